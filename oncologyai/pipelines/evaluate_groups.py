"""Cases in groups (slice thickness, volume, location, one tumour or several), and methods on the same cases."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from oncologyai.errors import InputError
from oncologyai.metrics import METRIC_DEFINITIONS, PairTest, Summary, compare_groups, compare_paired, summarise
from oncologyai.pipelines.cohort import CASE_VALUES, CohortConfig, CohortRow, by_method
from oncologyai.types import Table

__all__ = [
    "SUMMARY_COLUMNS",
    "TEST_COLUMNS",
    "Grouping",
    "group_cases",
    "group_tables",
    "method_tests",
    "summary_cells",
    "test_cells",
]

Cell = str | float | int | None

SUMMARY_COLUMNS = ("n", "infinite", "median", "iqr", "q1", "q3", "mean", "sd", "minimum", "maximum")
TEST_COLUMNS = ("first", "second", "n_first", "n_second", "statistic", "p", "p_corrected", "stars")

_MEASURED = {*CASE_VALUES, *METRIC_DEFINITIONS} - {"tumours", "slice_thickness_mm"}
_MOST_CATEGORIES = 6  # a numeric column with more different values is split at its median


@dataclass(frozen=True)
class Grouping:
    """A factor's groups: ``labels`` in their order, also empty ones; ``label_of`` by case, absent where unknown."""

    factor: str
    labels: tuple[str, ...]
    label_of: Mapping[str, str]


def group_cases(rows: Sequence[CohortRow], factor: str, edges: Sequence[float] | None = None) -> Grouping:
    """Sort cases into the groups of a factor.

    Parameters
    ----------
    rows : sequence of CohortRow
        Of several rows of a case the first that has the factor counts.
    factor : str
        A column among ``groups``, else a name among ``values``.
    edges : sequence of float, optional
        Rising borders; a border belongs to the group below it. Without, measured values (``CASE_VALUES``, metrics)
        and numbers of more than six different values are split at the cases' median (the median belongs below), the
        number of tumours into single and multiple, and other values are the groups themselves.

    Raises
    ------
    InputError
        If no row knows the factor, or edges are given for something that is no number.
    """
    raw: dict[str, str | float] = {}
    for row in rows:
        value: str | float = row.groups.get(factor) or row.value(factor)
        if isinstance(value, str) or not math.isnan(value):
            raw.setdefault(row.case, value)
    if not raw:
        there = sorted({name for row in rows for name in (*row.groups, *row.values)})
        raise InputError("--group-by", expected="one of " + ", ".join(there), got=repr(factor))
    numbers = _numbers(raw)
    if edges is not None and numbers is None:
        wrong = next(str(value) for value in raw.values() if _number(value) is None)
        raise InputError(f"--edges {factor}", expected="a column of numbers", got=f"{wrong!r} in it")
    if numbers is not None and edges is not None:
        return _binned(factor, numbers, edges)
    if numbers is not None and factor == "tumours":
        return _counted(factor, numbers)
    if numbers is not None and (factor in _MEASURED or len(set(numbers.values())) > _MOST_CATEGORIES):
        middle = float(np.median(list(numbers.values())))
        return _binned(factor, numbers, (middle,), digits=4)
    texts = {case: value if isinstance(value, str) else f"{value:g}" for case, value in raw.items()}
    labels = sorted(set(texts.values()), key=lambda text: (_number(text) or 0.0, text) if numbers else (0.0, text))
    return Grouping(factor, tuple(labels), texts)


def group_tables(rows: Sequence[CohortRow], groupings: Sequence[Grouping], config: CohortConfig) -> tuple[Table, Table]:
    """Summarise the chosen metrics by group and method, and test every pair of groups (Mann and Whitney).

    The correction (Bonferroni) is for the pairs of groups of one factor, method and metric, as in ch. 6, table 3.
    """
    described: list[tuple[Cell, ...]] = []
    tested: list[tuple[Cell, ...]] = []
    for grouping in groupings:
        for method, own in by_method(rows).items():
            for metric in config.metrics:
                values = _values_by_group(own, grouping, metric)
                if not any(values.values()):
                    continue
                head = (grouping.factor, method, metric)
                described += [(*head, label, *summary_cells(summarise(v))) for label, v in values.items()]
                tested += [(*head, *test_cells(test)) for test in compare_groups(values)]
    return (
        Table("groups", ("factor", "method", "metric", "group", *SUMMARY_COLUMNS), tuple(described)),
        Table("group_tests", ("factor", "method", "metric", *TEST_COLUMNS), tuple(tested)),
    )


def method_tests(rows: Sequence[CohortRow], metrics: Sequence[str]) -> Table:
    """Test every pair of methods on the cases that both have (Wilcoxon), corrected for the pairs of each metric."""
    tested: list[tuple[Cell, ...]] = []
    for metric in metrics:
        values = {
            method: {row.case: row.value(metric) for row in own if metric in row.values}
            for method, own in by_method(rows).items()
        }
        tested += [(metric, *test_cells(test)) for test in compare_paired({m: v for m, v in values.items() if v})]
    return Table("method_tests", ("metric", *TEST_COLUMNS), tuple(tested))


def summary_cells(found: Summary) -> tuple[Cell, ...]:
    """Give a summary's cells in the order of ``SUMMARY_COLUMNS``, None for what is not defined."""
    return tuple(_cell(getattr(found, name)) for name in SUMMARY_COLUMNS)


def test_cells(found: PairTest) -> tuple[Cell, ...]:
    """Give a test's cells in the order of ``TEST_COLUMNS``, None for what is not defined."""
    return tuple(_cell(value) for value in found)


def _values_by_group(rows: Sequence[CohortRow], grouping: Grouping, metric: str) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {label: [] for label in grouping.labels}
    for row in rows:
        label = grouping.label_of.get(row.case)
        if label is not None and metric in row.values:
            values[label].append(row.value(metric))
    return values


def _binned(factor: str, numbers: Mapping[str, float], edges: Sequence[float], digits: int = 10) -> Grouping:
    shown = [f"{edge:.{digits}g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(shown)]
    labels = (f"≤ {shown[0]}", *between, f"> {shown[-1]}")
    return Grouping(factor, labels, {case: labels[bisect.bisect_left(edges, n)] for case, n in numbers.items()})


def _counted(factor: str, numbers: Mapping[str, float]) -> Grouping:
    names = {case: "single" if n < 2 else "multiple" for case, n in numbers.items() if n >= 1}
    return Grouping(factor, ("single", "multiple"), names)


def _numbers(raw: Mapping[str, str | float]) -> dict[str, float] | None:
    found = {case: _number(value) for case, value in raw.items()}
    return None if None in found.values() else {case: n for case, n in found.items() if n is not None}


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _cell(value: Cell) -> Cell:
    return None if isinstance(value, float) and math.isnan(value) else value
