"""The report of an evaluation: sections of tables and figures in one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from oncologyai.metrics import METRIC_DEFINITIONS
from oncologyai.pipelines import CASE_VALUES, CohortResult, shown_name
from oncologyai.report.cohort_figures import (
    agreement_pictures,
    group_pictures,
    metric_pictures,
    pair_pictures,
    roc_pictures,
    seconds_pictures,
    survival_pictures,
    trust_pictures,
)
from oncologyai.report.cohort_tables import (
    Shown,
    agreement_table,
    detection_table,
    overview,
    plain_table,
    survival_table,
)
from oncologyai.report.sections import Section, write_sections
from oncologyai.types import Table

__all__ = ["write_cohort_report"]

_RANKED = 20
_LISTED_FAILURES = 200


def write_cohort_report(
    result: CohortResult, path: Path, figures: Path, *, name: str, failures: Table, notes: Sequence[str] = ()
) -> None:
    """Write the report of an evaluation.

    Parameters
    ----------
    result : CohortResult
        Every analysis that it has becomes a section.
    path : Path
        The HTML file; every figure is inside it.
    figures : Path
        Folder that gets the figures as PNG files too.
    name : str
        What the cohort is called.
    failures : Table
        case, method, reason; may have no row.
    notes : sequence of str
        Beside the result's own.
    """
    figures.mkdir(parents=True, exist_ok=True)
    cases = {row.case for row in (*result.rows, *result.pairs)}
    facts = [
        ("Cases", str(len(cases))),
        ("Patients", str(len({row.patient or row.case for row in (*result.rows, *result.pairs)}))),
        ("Methods", ", ".join(result.methods)),
        ("Failures", str(len(failures.rows))),
    ]
    write_sections(
        path,
        kind="Evaluation",
        name=name,
        facts=facts,
        sections=list(_sections(result, figures, failures)),
        provenance=result.provenance,
        notes=(*notes, *result.notes),
    )


def _sections(result: CohortResult, figures: Path, failures: Table) -> Iterator[Section]:
    yield Section("Overview", _OVERVIEW, (overview(result),))
    yield Section(
        "Metrics", _METRICS,
        (
            *_tables(result, "summary", "Median, quartiles, mean", only=result.config.metrics),
            *_tables(result, "method_tests", "Methods on the same cases (Wilcoxon signed-rank)"),
            *_tables(result, "slices", "Slices of all cases pooled: Dice of those that the reference marks"),
            *_tables(result, "summary", "All values", folded=True),
        ),
        metric_pictures(result, figures),
    )  # fmt: skip
    detection = result.tables.get("detection")
    if detection is not None:
        yield Section("Detection", _DETECTION, (detection_table(detection),), roc_pictures(result, figures))
    for grouping in result.groupings:
        tables = [
            *_tables(result, "groups", "", only_factor=grouping.factor),
            *_tables(result, "group_tests", "Groups against each other (Mann-Whitney)", only_factor=grouping.factor),
        ]
        title = f"By {shown_name(grouping.factor)}"
        yield Section(title, _GROUPS, tuple(tables), group_pictures(result, grouping, figures))
    agreement = result.tables.get("agreement")
    if agreement is not None:
        yield Section("Agreement", _AGREEMENT, (agreement_table(agreement),), agreement_pictures(result, figures))
    yield Section(
        "Readers", _READERS,
        (*_tables(result, "pairs_summary", "Pairs"), *_tables(result, "pairs_tests", "Wilcoxon signed-rank")),
        pair_pictures(result, figures),
    )  # fmt: skip
    yield Section(
        "Time", "",
        (*_tables(result, "seconds", "Seconds a contour"), *_tables(result, "seconds_tests", "Wilcoxon signed-rank")),
        seconds_pictures(result, figures),
    )  # fmt: skip
    survival = result.tables.get("survival")
    if survival is not None:
        horizon = result.config.horizon_days
        text = _SURVIVAL + (f" Follow-up ends at {horizon:g} days." if horizon else "")
        yield Section("Survival", text, (survival_table(survival),), survival_pictures(result, figures))
    ranked = _tables(result, "ranked", f"Worst expected first (at most {_RANKED}; all are in tables/ranked.csv)")
    trust = _tables(result, "trust", "Foretold against true Dice")
    yield Section("Trust", _TRUST, (*trust, *ranked), trust_pictures(result, figures))
    shown = plain_table(failures, most=_LISTED_FAILURES)
    yield Section("Failures", _FAILURES, (shown,) if failures.rows else ())
    yield Section("Definitions", "", (_definitions(result),))


def _tables(
    result: CohortResult,
    name: str,
    caption: str,
    *,
    only: Sequence[str] | None = None,
    only_factor: str | None = None,
    folded: bool = False,
) -> list[Shown]:
    """Show a table of the result, its rows of some metrics or of one factor alone; nothing where there are none."""
    table = result.tables.get(name)
    if table is None:
        return []
    rows = table.rows
    if only is not None:
        rows = tuple(row for row in rows if row[table.columns.index("metric")] in only)
    if only_factor is not None:
        rows = tuple(row for row in rows if row[table.columns.index("factor")] == only_factor)
    hidden = ("factor",) if only_factor is not None else ()
    most = _RANKED if name == "ranked" else None
    kept = Table(table.name, table.columns, rows)
    return [plain_table(kept, caption, leave_out=hidden, folded=folded, most=most)] if rows else []


def _definitions(result: CohortResult) -> Shown:
    names = dict.fromkeys(name for row in (*result.rows, *result.pairs) for name in row.values)
    known = {**METRIC_DEFINITIONS, **CASE_VALUES}
    rows = tuple((name, shown_name(name), known[name]) for name in names if name in known)
    return Shown("What each value is", ("Name in the files", "Shown as", "Definition"), rows, (False,) * 3, folded=True)


_OVERVIEW = (
    "Over the cases with a tumour: medians with the interquartile range (third minus first quartile) in brackets."
)
_METRICS = (
    "An infinite distance (one mask is empty) counts as the largest in median and quartiles; mean and SD are of finite "
    "values. Missing: cases of the cohort without this value. p corrected: p times the number of pairs of methods of "
    "the metric (Bonferroni). ns p > 0.05, * p ≤ 0.05, ** p ≤ 0.01, *** p ≤ 0.001, **** p ≤ 0.0001, all corrected."
)
_DETECTION = (
    "A unit is positive where the reference marks a voxel in it, and found where the result does. Intervals are 95 %: "
    "from the bootstrap over patients, and the exact ones of Clopper and Pearson. Where neither a score nor a "
    "probability is given, the AUC is that of found or not found. By overlap: found only where both share a voxel."
)
_GROUPS = (
    "Two-sided Mann-Whitney tests; p corrected: p times the number of pairs of groups of the metric and method "
    "(Bonferroni). A border belongs to the group below it."
)
_AGREEMENT = (
    "Automatic minus manual: bias, and limits of agreement at 1.96 standard deviations, each with its 95 % interval. "
    "A missed tumour counts as 0; cases without a tumour in both are left out."
)
_READERS = (
    "Inter-observer: two readers, their first contours. Intra-observer: one reader's first contour and a repetition. "
    "The tests compare, case by case, the mean over the pairs of readers with the mean over a method's pairs with them."
)
_SURVIVAL = (
    "Patients split at the median of what was measured on the reference's contour and on the method's. Kaplan-Meier "
    "with 95 % pointwise intervals (log-log), marks for censored patients, two-sided log-rank test."
)
_TRUST = (
    "Error: mean absolute difference of foretold and true Dice; it should be below that of telling each case the mean "
    "of the others. Coverage: share of true values within their interval."
)
_FAILURES = "These could not be compared and are in no table above."
