"""Survival of groups: Kaplan and Meier's curve, the log-rank test, a horizon, the split at the median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from oncologyai._checks import check_positive
from oncologyai._optional import import_optional
from oncologyai.errors import InputError

__all__ = [
    "LogRank",
    "SurvivalCurve",
    "censor_at",
    "kaplan_meier",
    "log_rank",
    "require_lifelines",
    "split_at_median",
]


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """A group's curve.

    Attributes
    ----------
    n, events : int
        Patients, and those of them with an event.
    times, survival, low, high : ndarray, float64 (m,)
        Step function from time 0: the survival and its pointwise interval from each time on.
    censored : ndarray, float64 (n - events,)
        Times of the patients without an event.
    observed : ndarray, float64 (n,)
        All times, for the number at risk.
    median : float
        Time at which survival falls to one half or below; infinite where it does not.
    """

    n: int
    events: int
    times: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    censored: np.ndarray
    observed: np.ndarray
    median: float

    def at_risk(self, time: float) -> int:
        """Count the patients who are still followed just before ``time``."""
        return int(np.count_nonzero(self.observed >= time))


class LogRank(NamedTuple):
    """Chi square of one degree of freedom and its p; NaN where a group is empty or nobody has an event."""

    statistic: float
    p: float


def require_lifelines() -> None:
    """Raise MissingDependencyError unless lifelines is installed, before long work that will need it."""
    import_optional("lifelines", feature="survival curves", install="pip install 'oncologyai[stats]'")


def censor_at(times: Sequence[float], events: Sequence[bool], horizon: float) -> tuple[np.ndarray, np.ndarray]:
    """End the follow-up at a horizon: later times become the horizon, without an event; the rest stays.

    Raises
    ------
    InputError
        If ``horizon`` is not above 0, or times or events are not usable.
    """
    check_positive(horizon, "horizon_days", "days")
    t, e = _checked(times, events)
    return np.minimum(t, horizon), e & (t <= horizon)


def split_at_median(values: Sequence[float]) -> tuple[float, np.ndarray]:
    """Give the median of the values and, bool (n,), which lie above it.

    Values equal to the median are in the lower group. NaN give False and do not count.
    """
    numbers = np.asarray(values, dtype=np.float64)
    kept = numbers[~np.isnan(numbers)]
    middle = float(np.median(kept)) if len(kept) else math.nan
    return middle, np.asarray(numbers > middle)


def kaplan_meier(times: Sequence[float], events: Sequence[bool], *, level: float = 0.95) -> SurvivalCurve:
    """Estimate a group's survival.

    Parameters
    ----------
    times : sequence of float, finite, >= 0
        Days to the event or the last sight.
    events : sequence of bool
        Whether the event happened.
    level : float
        Of the pointwise interval: Greenwood's variance on the scale log(-log S).

    Returns
    -------
    SurvivalCurve
        Without a patient, one step of NaN at time 0.

    Raises
    ------
    InputError
        If lengths differ or a time is negative or not finite.
    MissingDependencyError
        If lifelines is not installed.
    """
    t, e = _checked(times, events)
    require_lifelines()
    if not len(t):
        none = np.array([math.nan])
        return SurvivalCurve(0, 0, np.zeros(1), none, none, none, t, t, math.nan)
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter(alpha=1 - level).fit(t, e)
    curve, interval = fitted.survival_function_, fitted.confidence_interval_survival_function_
    return SurvivalCurve(
        n=len(t),
        events=int(np.count_nonzero(e)),
        times=curve.index.to_numpy(dtype=np.float64),
        survival=curve.iloc[:, 0].to_numpy(dtype=np.float64),
        low=interval.iloc[:, 0].to_numpy(dtype=np.float64),
        high=interval.iloc[:, 1].to_numpy(dtype=np.float64),
        censored=np.sort(t[~e]),
        observed=t,
        median=float(fitted.median_survival_time_),
    )


def log_rank(times: Sequence[float], events: Sequence[bool], group: Sequence[bool]) -> LogRank:
    """Test whether two groups survive alike, by the log-rank test.

    Parameters
    ----------
    times, events
        As in ``kaplan_meier``.
    group : sequence of bool
        Which of the two each patient is in.

    Raises
    ------
    InputError
        If lengths differ or a time is negative or not finite.
    MissingDependencyError
        If lifelines is not installed.
    """
    t, e = _checked(times, events)
    second = np.asarray(group, dtype=bool)
    if second.shape != t.shape:
        raise InputError("group", expected=f"{t.size} values, one a time", got=str(second.size))
    require_lifelines()
    if second.all() or not second.any() or not e.any():
        return LogRank(math.nan, math.nan)
    from lifelines.statistics import logrank_test

    found = logrank_test(t[~second], t[second], e[~second], e[second])
    return LogRank(float(found.test_statistic), float(found.p_value))


def _checked(times: Sequence[float], events: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    t, e = np.asarray(times, dtype=np.float64), np.asarray(events, dtype=bool)
    if t.shape != e.shape or t.ndim != 1:
        raise InputError("events", expected=f"{t.size} values, one a time", got=str(e.size))
    if not np.isfinite(t).all() or (t < 0).any():
        raise InputError("times", expected="finite days of at least 0", got="another value")
    return t, e
