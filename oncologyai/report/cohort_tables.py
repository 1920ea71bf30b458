"""An evaluation's tables as people read them: numbers rounded, intervals in brackets, metrics by their names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oncologyai.pipelines import CohortResult, shown_name
from oncologyai.types import Table

__all__ = ["Shown", "agreement_table", "detection_table", "overview", "plain_table", "shown_number", "survival_table"]

Cell = str | float | int | None

_HEADS = {
    "method": "Method", "metric": "Metric", "n": "n", "missing": "Missing", "infinite": "Infinite", "mean": "Mean",
    "sd": "SD", "q1": "Q1", "q3": "Q3", "median": "Median", "iqr": "IQR", "minimum": "Minimum", "maximum": "Maximum",
    "factor": "Factor", "group": "Group", "first": "First", "second": "Second", "n_first": "n first",
    "n_second": "n second", "statistic": "U or W", "p": "p", "p_corrected": "p corrected", "stars": "",
    "kind": "Kind", "pair": "Pair", "case": "Case", "rank": "Rank", "predicted_dice": "Dice foretold",
    "predicted_low": "from", "predicted_high": "to", "dice": "Dice", "error": "Error",
    "error_of_mean": "Error of telling the mean", "rank_correlation": "Spearman", "n_intervals": "n with interval",
    "coverage": "Coverage", "slices": "Slices", "tp_slices": "TP slices", "fn_slices": "FN slices",
    "fp_slices": "FP slices", "quantity": "Quantity", "contour": "Contour", "cases_of": "Cases of", "days": "Days",
    "at_risk": "At risk", "reason": "Reason",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A table ready for the page; ``numeric`` are the columns to be set flush right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    folded: bool = False


def plain_table(
    table: Table, caption: str = "", *, leave_out: Sequence[str] = (), folded: bool = False, most: int | None = None
) -> Shown:
    """Show a table as it is, without the columns ``leave_out``, the first ``most`` rows."""
    kept = [n for n, name in enumerate(table.columns) if name not in leave_out]
    columns = tuple(table.columns[n] for n in kept)
    rows = tuple(
        tuple(shown_name(str(row[n])) if table.columns[n] in ("metric", "quantity") else _text(row[n]) for n in kept)
        for row in table.rows[:most]
    )
    numeric = tuple(any(isinstance(row[n], int | float) for row in table.rows) for n in kept)
    return Shown(caption, tuple(_HEADS.get(name, name) for name in columns), rows, numeric, folded)


def overview(result: CohortResult) -> Shown:
    """Give a row a method: cases, detection with intervals, median (IQR) of the chosen metrics; ch. 6, table 2."""
    detection = _by_key(result.tables.get("detection"), ("method",))
    summary = _by_key(result.tables.get("summary"), ("method", "metric"))
    metrics = [name for name in result.config.metrics if any((method, name) in summary for method in result.methods)]
    heads = ["Method", "Cases"]
    heads += ["AUC (95 % interval)", "Sensitivity", "Specificity"] if detection else []
    heads += [f"{shown_name(metric)}: median (IQR)" for metric in metrics]
    rows = []
    for method in result.methods:
        cells = [method, str(sum(row.method == method for row in result.rows))]
        if detection:
            found = detection.get((method,), {})
            cells += [_interval(found, "auc"), _text(found.get("sensitivity")), _text(found.get("specificity"))]
        for metric in metrics:
            own = summary.get((method, metric))
            cells.append(f"{_text(own['median'])} ({_text(own['iqr'])})" if own else "–")
        rows.append(tuple(cells))
    return Shown("", tuple(heads), tuple(rows), (False, *[True] * (len(heads) - 1)))


def detection_table(table: Table) -> Shown:
    """Give counts and figures with their intervals, a row a method."""
    heads = (
        "Method", "Unit", "Positives", "Negatives", "TP", "FP", "FN", "TN", "Sensitivity (bootstrap)", "exact",
        "Specificity (bootstrap)", "exact", "AUC (bootstrap)", "Sensitivity by overlap",
    )  # fmt: skip
    rows = []
    for found in _by_key(table, ("method",)).values():
        counts = [_text(found[name]) for name in ("positives", "negatives", "tp", "fp", "fn", "tn")]
        rows.append(
            (
                str(found["method"]), str(found["unit"]), *counts,
                _interval(found, "sensitivity"), _range(found, "sensitivity_exact"),
                _interval(found, "specificity"), _range(found, "specificity_exact"),
                _interval(found, "auc"), _text(found["overlapping_sensitivity"]),
            )
        )  # fmt: skip
    return Shown("", heads, tuple(rows), (False, False, *[True] * (len(heads) - 2)))


def agreement_table(table: Table) -> Shown:
    """Give bias and limits with their intervals."""
    heads = ("Quantity", "Method", "n", "Bias (95 % interval)", "SD", "Lower limit", "Upper limit")
    rows = tuple(
        (
            shown_name(str(found["quantity"])), str(found["method"]), _text(found["n"]), _interval(found, "bias"),
            _text(found["sd"]), _interval(found, "lower"), _interval(found, "upper"),
        )
        for found in _by_key(table, ("quantity", "method")).values()
    )  # fmt: skip
    return Shown("", heads, rows, (False, False, *[True] * 5))


def survival_table(table: Table) -> Shown:
    """Give groups, events, medians and the log-rank p; ch. 6, table 4."""
    heads = (
        "Quantity", "Contour", "Cases of", "n (events)", "Cut", "At most the cut: n (events)", "median days",
        "Above: n (events)", "median days", "Chi square", "Log-rank p",
    )  # fmt: skip
    rows = tuple(
        (
            shown_name(str(found["quantity"])), str(found["contour"]), str(found["cases_of"]),
            f"{found['n']} ({found['events']})",
            _text(found["cut"]), f"{found['n_low']} ({found['events_low']})", _text(found["median_days_low"]),
            f"{found['n_high']} ({found['events_high']})", _text(found["median_days_high"]),
            _text(found["chi_square"]), _text(found["p"]),
        )
        for found in _by_key(table, ("quantity", "contour", "cases_of")).values()
    )  # fmt: skip
    return Shown("", heads, rows, (False, False, False, *[True] * 8))


def shown_number(value: float) -> str:
    """Round a number to what a reader needs: three digits after the point below 10, whole from 1000 on."""
    if math.isinf(value):
        return "∞" if value > 0 else "–∞"
    if value == 0 or 1e-3 <= abs(value) < 10:
        return f"{value:.3f}".rstrip("0").rstrip(".") if value == round(value) else f"{value:.3f}"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.2e}" if abs(value) < 1e-3 else f"{value:.4g}"


def _text(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    return shown_number(cell) if isinstance(cell, float) else str(cell)


def _interval(found: Mapping[str, Cell], name: str) -> str:
    if found.get(name) is None:
        return "–"
    return f"{_text(found[name])} ({_range(found, name)})"


def _range(found: Mapping[str, Cell], name: str) -> str:
    low, high = found.get(f"{name}_low"), found.get(f"{name}_high")
    return "–" if low is None or high is None else f"{_text(low)} to {_text(high)}"


def _by_key(table: Table | None, names: Sequence[str]) -> dict[tuple[Cell, ...], dict[str, Cell]]:
    if table is None:
        return {}
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {tuple(row[name] for name in names): row for row in rows}
