"""Readers against each other, against themselves and against methods; the time that contours take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from oncologyai.metrics import compare_paired, summarise
from oncologyai.pipelines.cohort import REFERENCE, CohortConfig, CohortRow, by_method
from oncologyai.pipelines.evaluate_groups import SUMMARY_COLUMNS, TEST_COLUMNS, summary_cells, test_cells
from oncologyai.types import Table

__all__ = ["INTER", "INTRA", "analyse_pairs", "analyse_seconds", "pair_kind", "pair_name"]

Cell = str | float | int | None

INTER = "inter-observer"
INTRA = "intra-observer"
_MIXED = "method against reader"
_REPEATED = "method repeated"
_METHODS = "method against method"
_ALL = "all"


def pair_kind(row: CohortRow, readers: Sequence[str]) -> str:
    """Say what two contours are to each other."""
    people = (row.method in readers, row.against in readers)
    if row.method == row.against:
        return INTRA if all(people) else _REPEATED
    return INTER if all(people) else _MIXED if any(people) else _METHODS


def pair_name(row: CohortRow) -> str:
    """Name a pair of methods or readers, the same whichever is first; one name where a reader repeats."""
    return row.method if row.method == row.against else " – ".join(sorted((row.method, row.against)))


def analyse_pairs(rows: Sequence[CohortRow], config: CohortConfig) -> tuple[Table, Table]:
    """Summarise the chosen metrics of every pair, then test methods against the readers' own variability.

    Parameters
    ----------
    rows : sequence of CohortRow
        Those whose ``against`` is another result; others are left out.
    config : CohortConfig
        Its ``readers`` are the people.

    Returns
    -------
    tuple of Table
        ``pairs_summary``: a row a pair and metric, and one for all pairs of a kind. ``pairs_tests``, Wilcoxon,
        Bonferroni within kind and metric: under inter-observer, a case's mean over the pairs of readers
        (``inter-observer``) and its mean over each method's pairs with readers (the method's name); under
        intra-observer, everybody's agreement with their own repetition.
    """
    pairs = [row for row in rows if row.against != REFERENCE]
    described: list[tuple[Cell, ...]] = []
    tested: list[tuple[Cell, ...]] = []
    for metric in config.metrics:
        own = [row for row in pairs if metric in row.values]
        for kind, name, values in _listed(own, config.readers, metric):
            described.append((kind, name, metric, *summary_cells(summarise(values))))
        for kind, means in ((INTER, _case_means(own, config.readers, metric)), (INTRA, _repeated(own, metric))):
            tested += [(kind, metric, *test_cells(test)) for test in compare_paired(means)]
    return (
        Table("pairs_summary", ("kind", "pair", "metric", *SUMMARY_COLUMNS), tuple(described)),
        Table("pairs_tests", ("kind", "metric", *TEST_COLUMNS), tuple(tested)),
    )


def analyse_seconds(rows: Sequence[CohortRow]) -> tuple[Table, Table, dict[str, dict[str, float]]]:
    """Summarise and test the seconds a contour by method; the reference's are called ``reference``.

    Returns
    -------
    tuple
        Table ``seconds``, table ``seconds_tests`` (Wilcoxon on the same cases, Bonferroni), and the seconds by
        method and case, empty where no row has any.
    """
    seconds = {
        method: {row.case: row.values["seconds"] for row in own if "seconds" in row.values}
        for method, own in by_method(rows).items()
    }
    by_hand = {row.case: row.values["reference_seconds"] for row in rows if "reference_seconds" in row.values}
    found = {method: own for method, own in {REFERENCE: by_hand, **seconds}.items() if own}
    described = tuple((method, *summary_cells(summarise(list(own.values())))) for method, own in found.items())
    tested = tuple(test_cells(test) for test in compare_paired(found))
    return (
        Table("seconds", ("method", *SUMMARY_COLUMNS), described),
        Table("seconds_tests", TEST_COLUMNS, tested),
        found,
    )


def _listed(rows: Sequence[CohortRow], readers: Sequence[str], metric: str) -> list[tuple[str, str, list[float]]]:
    """Give kind, pair and values: each pair, and after those of a kind all of them together."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        names = found.setdefault(pair_kind(row, readers), {})
        for name in (pair_name(row), _ALL):
            names.setdefault(name, []).append(row.value(metric))
    order = [kind for kind in (INTER, INTRA, _MIXED, _REPEATED, _METHODS) if kind in found]
    listed = []
    for kind in order:
        every = found[kind].pop(_ALL)
        listed += [(kind, name, values) for name, values in found[kind].items()]
        listed.append((kind, _ALL, every))
    return listed


def _case_means(rows: Sequence[CohortRow], readers: Sequence[str], metric: str) -> dict[str, dict[str, float]]:
    """Give the mean of a case over the pairs of readers, and for each method over its pairs with readers."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        kind = pair_kind(row, readers)
        if kind == INTER:
            name = INTER
        elif kind == _MIXED:
            name = row.against if row.method in readers else row.method
        else:
            continue
        found.setdefault(name, {}).setdefault(row.case, []).append(row.value(metric))
    return {name: {case: fmean(values) for case, values in cases.items()} for name, cases in found.items()}


def _repeated(rows: Sequence[CohortRow], metric: str) -> Mapping[str, Mapping[str, float]]:
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        if row.method == row.against:
            found.setdefault(row.method, {}).setdefault(row.case, []).append(row.value(metric))
    return {name: {case: fmean(values) for case, values in cases.items()} for name, cases in found.items()}
