"""Whether volume and RECIST diameter part patients who live longer from others: manual against automatic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.outcome import LogRank, SurvivalCurve, censor_at, kaplan_meier, log_rank, split_at_median
from oncologyai.pipelines.cohort import REFERENCE, CohortConfig, CohortRow, by_method
from oncologyai.pipelines.evaluate_agreement import QUANTITIES
from oncologyai.types import Table

__all__ = ["SurvivalSplit", "analyse_survival", "has_outcomes"]

_COLUMNS = (
    "quantity", "contour", "cases_of", "n", "events", "cut", "n_low", "events_low", "median_days_low",
    "n_high", "events_high", "median_days_high", "chi_square", "p",
)  # fmt: skip
_TICKS = 6


@dataclass(frozen=True, eq=False)
class SurvivalSplit:
    """Two curves, of the cases at most at and above the median of a quantity.

    ``contour`` is the method that measured it, or ``reference``; ``cases_of`` the method whose ``cases`` they are;
    ``ticks`` the days at which the number at risk is told.
    """

    quantity: str
    contour: str
    cases_of: str
    cases: frozenset[str]
    cut: float
    low: SurvivalCurve
    high: SurvivalCurve
    test: LogRank
    ticks: tuple[float, ...]


def has_outcomes(rows: Sequence[CohortRow]) -> bool:
    """Tell whether any row has a time and an event."""
    return any("time_days" in row.values and "event" in row.values for row in rows)


def analyse_survival(rows: Sequence[CohortRow], config: CohortConfig) -> tuple[Table, Table, tuple[SurvivalSplit, ...]]:
    """Split patients at the median of each quantity and compare the survival of both halves by the log-rank test.

    For each method the reference's measurements and its own are split over the same cases, as in ch. 6, table 4;
    the reference's are not repeated where two methods have the same cases.

    Returns
    -------
    tuple
        Table ``survival``, table ``at_risk``, and the splits. Empty where no row has an outcome.

    Raises
    ------
    MissingDependencyError
        If lifelines is not installed and there are outcomes.
    """
    splits: list[SurvivalSplit] = []
    done: set[tuple[str, frozenset[str]]] = set()
    for method, own in by_method([row for row in rows if has_outcomes([row])]).items():
        for quantity in QUANTITIES:
            both = [row for row in own if {quantity, f"predicted_{quantity}"} <= set(row.values)]
            if not both:
                continue
            key = (quantity, frozenset(row.case for row in both))
            if key not in done:
                splits.append(_split(both, quantity, quantity, REFERENCE, config))
                done.add(key)
            splits.append(_split(both, f"predicted_{quantity}", quantity, method, config))
    return _table(splits), _at_risk(splits), tuple(splits)


def _split(rows: Sequence[CohortRow], name: str, quantity: str, contour: str, config: CohortConfig) -> SurvivalSplit:
    times = np.array([row.value("time_days") for row in rows])
    events = np.array([row.value("event") for row in rows]) > 0
    if config.horizon_days is not None:
        times, events = censor_at(list(times), list(events), config.horizon_days)
    cut, high = split_at_median([row.value(name) for row in rows])
    end = config.horizon_days or float(times.max())
    ticks = tuple(float(t) for t in np.linspace(0.0, end, _TICKS))
    curves = [kaplan_meier(list(times[chosen]), list(events[chosen])) for chosen in (~high, high)]
    test = log_rank(list(times), list(events), list(high))
    cases = frozenset(row.case for row in rows)
    return SurvivalSplit(quantity, contour, rows[0].method, cases, cut, curves[0], curves[1], test, ticks)


def _table(splits: Sequence[SurvivalSplit]) -> Table:
    rows = []
    for split in splits:
        cells = (
            split.low.n + split.high.n, split.low.events + split.high.events, split.cut,
            split.low.n, split.low.events, split.low.median, split.high.n, split.high.events, split.high.median,
            *split.test,
        )  # fmt: skip
        rows.append(
            (split.quantity, split.contour, split.cases_of, *(None if math.isnan(cell) else cell for cell in cells))
        )
    return Table("survival", _COLUMNS, tuple(rows))


def _at_risk(splits: Sequence[SurvivalSplit]) -> Table:
    rows = [
        (split.quantity, split.contour, split.cases_of, name, tick, curve.at_risk(tick))
        for split in splits
        for name, curve in (("low", split.low), ("high", split.high))
        for tick in split.ticks
    ]
    return Table("at_risk", ("quantity", "contour", "cases_of", "group", "days", "at_risk"), tuple(rows))
