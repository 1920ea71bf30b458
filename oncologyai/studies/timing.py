"""Seconds a contour, by method and reader, and what a method saves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.metrics import compare_paired, summarise
from oncologyai.studies.resampling import Resampling, interval_over_cases
from oncologyai.studies.tables import cell_number, table_cells
from oncologyai.studies.timer import read_sessions
from oncologyai.types import Table

__all__ = ["ALL_READERS", "TimeColumns", "TimesResult", "analyse_times", "times_from_sessions", "times_from_tables"]

ALL_READERS = "all readers"
_COLUMNS = ("reader", "case", "method", "seconds")


@dataclass(frozen=True)
class TimeColumns:
    """Names of the columns of a collected table; ``reader`` may be "" where there is none."""

    reader: str = "reader"
    case: str = "case"
    method: str = "method"
    seconds: str = "seconds"


@dataclass(frozen=True)
class TimesResult:
    """``methods``, ``readers``: seconds a contour; ``savings``: method against reference; ``times``: every contour."""

    method: str
    reference: str
    methods: Table
    readers: Table
    savings: Table
    times: Table
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return (self.methods, self.readers, self.savings, self.times)


def times_from_sessions(paths: Sequence[Path]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the active seconds of all sessions that are done.

    Returns
    -------
    tuple of (DataFrame, tuple of str)
        Columns reader, case, method, seconds; a note for each session that is still open.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As ``read_sessions``.
    """
    sessions = [session for path in paths for session in read_sessions(path)]
    rows = [(s.reader, s.case, s.method, s.active_s) for s in sessions if s.state == "done"]
    notes = tuple(
        f"left out: {s.reader}, case {s.case}, {s.method}: not ended after {s.active_s:.0f} s"
        for s in sessions
        if s.state == "open"
    )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"seconds": float}), notes


def times_from_tables(tables: Mapping[str, Table], columns: TimeColumns | None = None) -> pd.DataFrame:
    """Take seconds collected elsewhere, from one table or several of the same columns.

    Parameters
    ----------
    tables : mapping of str to Table
        By the name that messages give them; row n stands in line n + 2.
    columns : TimeColumns, optional
        What the columns are called.

    Returns
    -------
    DataFrame
        Columns reader ("" for a method that needs none), case, method, seconds.

    Raises
    ------
    InputError
        If a column is missing or a cell is not what it should be; the message names the line.
    """
    columns = columns or TimeColumns()
    rows = [row for name, table in tables.items() for row in _collected(table, name, columns)]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"seconds": float})


def analyse_times(
    times: pd.DataFrame,
    *,
    method: str = "automatic",
    reference: str = "manual",
    draws: Resampling | None = None,
    notes: Sequence[str] = (),
) -> TimesResult:
    """Compare the seconds that contours take.

    Parameters
    ----------
    times : DataFrame
        Columns reader, case, method, seconds; several contours of one reader, case and method count each in the
        summaries and as their mean in pairs.
    method, reference : str
        Whose saving against whom.
    draws : Resampling, optional
        For the intervals, from drawing cases again.
    notes : sequence of str
        Handed on to the result.

    Returns
    -------
    TimesResult
        A reader's contour with the reference is paired with the same reader's on the same case, or, where the method
        has times of no reader, with those. A row of ``savings`` for each reader; the row of all readers takes each
        case once, by the median of its readers' differences. saving = 100 (1 - sum of method / sum of reference), with
        its interval; median_saving is that of the pairs; p from Wilcoxon's signed-rank test.

    Raises
    ------
    EmptyStudyError
        If there is no time.
    InputError
        If neither name is a method of the table.
    """
    if times.empty:
        raise EmptyStudyError("times", expected="at least one contour that is done", got="none")
    there = list(dict.fromkeys(times["method"]))
    if method not in there and reference not in there:
        raise InputError("method", expected="one of " + ", ".join(there), got=repr(method))
    pairs = _pairs(times, method, reference)
    readers = [(str(name), part) for name, part in pairs.groupby("reader", sort=False)]
    saved = [_saving(name, part, draws) for name, part in readers]
    if len(readers) > 1:
        saved.append(_saving(ALL_READERS, _over_readers(pairs), draws))
    unpaired = () if len(pairs) else (f"no case has times of both {method} and {reference}: nothing is compared",)
    return TimesResult(
        method=method,
        reference=reference,
        methods=_summary("methods", times, ["method"]),
        readers=_summary("readers", times, ["method", "reader"]),
        savings=Table("savings", _SAVINGS, tuple(saved)),
        times=Table("times", _COLUMNS, tuple((r, c, m, float(s)) for r, c, m, s in times[list(_COLUMNS)].to_numpy())),
        notes=(*notes, *unpaired),
    )


def _collected(table: Table, name: str, columns: TimeColumns) -> list[tuple[str, str, str, float]]:
    wanted = (columns.reader, columns.case, columns.method, columns.seconds)
    rows = []
    for where, cells in table_cells(table, name, wanted):
        seconds = cell_number(cells[columns.seconds], where, least=0.0)
        if math.isnan(seconds) or not cells[columns.case] or not cells[columns.method]:
            raise InputError(where, expected="a case, a method and seconds", got="an empty cell")
        rows.append((cells.get(columns.reader, ""), cells[columns.case], cells[columns.method], seconds))
    return rows


_SAVINGS = (
    "reader", "cases", "reference_median_s", "method_median_s", "difference_median_s", "saving", "low", "high",
    "median_saving", "p",
)  # fmt: skip


def _pairs(times: pd.DataFrame, method: str, reference: str) -> pd.DataFrame:
    """Give reader, case, and mean seconds with the reference and with the method."""
    mean = times.groupby(["method", "reader", "case"], sort=False)["seconds"].mean()
    one, other = (
        mean[name].rename(column).reset_index() if name in mean.index.get_level_values(0) else None
        for name, column in ((reference, "reference_s"), (method, "method_s"))
    )
    if one is None or other is None:
        return pd.DataFrame(columns=["reader", "case", "reference_s", "method_s"])
    own = one.merge(other, on=["reader", "case"], how="left")
    anyone = other[other["reader"] == ""].set_index("case")["method_s"]
    own["method_s"] = own["method_s"].fillna(own["case"].map(anyone))
    return own.dropna(subset=["method_s"])


def _over_readers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Give each case once: medians of its readers; the difference is the median of theirs."""
    wider = pairs.assign(difference=pairs["reference_s"] - pairs["method_s"])
    return wider.groupby("case", sort=False)[["reference_s", "method_s", "difference"]].median().reset_index()


def _saving(name: str, part: pd.DataFrame, draws: Resampling | None) -> tuple[str | float | int | None, ...]:
    before, after = part["reference_s"].to_numpy(), part["method_s"].to_numpy()
    difference = part["difference"].to_numpy() if "difference" in part else before - after
    changes = {str(n): float(value) for n, value in enumerate(difference)}
    (test,) = compare_paired({"difference": changes, "none": dict.fromkeys(changes, 0.0)})

    def saving(cases: np.ndarray) -> float:
        total = before[cases].sum()
        return float(100 * (1 - after[cases].sum() / total)) if total > 0 else math.nan

    low, high = interval_over_cases(saving, len(part), draws)
    shares = 1 - after[before > 0] / before[before > 0]
    values = (
        float(np.median(before)), float(np.median(after)), float(np.median(difference)), saving(np.arange(len(part))),
        low, high, float(100 * np.median(shares)) if shares.size else math.nan, test.p,
    )  # fmt: skip
    return (name, len(part), *(None if math.isnan(value) else value for value in values))


def _summary(name: str, times: pd.DataFrame, by: list[str]) -> Table:
    rows = []
    for labels, part in times.groupby(by, sort=False):
        found = summarise(part["seconds"].to_list())
        spread = None if math.isnan(found.sd) else found.sd
        figures = (found.median, found.q1, found.q3, found.mean, spread, found.minimum, found.maximum)
        rows.append((*map(str, labels), found.n, *figures))
    columns = (*by, "contours", "median_s", "q1_s", "q3_s", "mean_s", "sd_s", "least_s", "most_s")
    return Table(name, columns, tuple(rows))
