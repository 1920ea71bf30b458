"""How well a risk orders patients by their times: Harrell's and Uno's C, with intervals, and two of them compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import stats

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.censoring import censoring_survival
from oncologyai.outcome.subjects import FollowUp

__all__ = [
    "Concordance",
    "Difference",
    "by_patient",
    "compare_concordance",
    "harrell_c",
    "uno_c",
    "weighted_concordance",
]


@dataclass(frozen=True, eq=False)
class Concordance:
    """A C index.

    Attributes
    ----------
    value : float
        0.5 by chance, 1 where who is at greater risk always has the event first.
    error : float
        Standard error by the infinitesimal jackknife.
    low, high : float
        The interval, on the scale of the logit, so that it stays within 0 and 1.
    influence : ndarray (n,)
        What each patient adds to the value; their squares sum to the variance.
    pairs : float
        Comparable pairs (weighted, in Uno's).
    """

    value: float
    error: float
    low: float
    high: float
    influence: np.ndarray
    pairs: float


class Difference(NamedTuple):
    """One C less another on the same patients, its standard error, interval and two-sided p."""

    value: float
    error: float
    low: float
    high: float
    p: float


def harrell_c(
    risk: np.ndarray, follow_up: FollowUp, *, strata: np.ndarray | None = None, level: float = 0.95
) -> Concordance:
    """Give Harrell's C: of the pairs whose order is known, the share that the risk puts in order; ties count half.

    A pair is comparable where the earlier time ended with the event; at equal times only where one of the two had it.
    The same as ``concordance`` of R's survival, and its variance.

    Parameters
    ----------
    risk : ndarray, shape (n,), finite
        Greater values mean an earlier event.
    follow_up : FollowUp
        Any other event than 1 ends the follow-up.
    strata : ndarray (n,), optional
        Only pairs of one stratum are compared: such as patients judged by one fold's model.
    level : float
        Of the interval.

    Raises
    ------
    InputError
        If there is no comparable pair, or a risk is missing.
    """
    score = _checked(risk, follow_up)
    return _concordance(score, follow_up, follow_up.happened.astype(np.float64), level, strata)


def uno_c(
    risk: np.ndarray,
    follow_up: FollowUp,
    *,
    training: FollowUp | None = None,
    horizon: float | None = None,
    strata: np.ndarray | None = None,
    level: float = 0.95,
) -> Concordance:
    """Give Uno's C: pairs are weighted by the inverse of the squared chance of not being censored before.

    Unlike Harrell's it does not depend on how patients were censored (Uno et al., Stat Med 2011;30:1105).

    Parameters
    ----------
    risk, follow_up, strata, level
        As in ``harrell_c``.
    training : FollowUp, optional
        Whose censoring the weights are estimated from; the patients' own if left out. The interval takes them as known.
    horizon : float, optional
        Days; only events before it count. Without, all.

    Raises
    ------
    InputError
        As ``harrell_c``; also if the training follow-up ends before an event that counts.
    """
    score = _checked(risk, follow_up)
    counts = follow_up.happened & (follow_up.times < (math.inf if horizon is None else horizon))
    chance = censoring_survival(training or follow_up).at(follow_up.times)
    if (chance[counts] <= 0).any():
        raise InputError(
            "training",
            expected="follow-up as long as the events that are judged",
            got="none at the latest of them",
            remedy="give a horizon",
        )
    weight = np.where(counts, 1.0 / np.where(counts, chance, 1.0) ** 2, 0.0)
    return _concordance(score, follow_up, weight, level, strata)


def weighted_concordance(
    risk: np.ndarray,
    cases: np.ndarray,
    weight: np.ndarray,
    *,
    strata: np.ndarray | None = None,
    level: float = 0.95,
) -> Concordance:
    """Give the share of pairs in order where each pair has a weight: a row a case, a column a patient.

    Parameters
    ----------
    risk : ndarray (n,), finite
    cases : ndarray of int (k,)
        Patients who should be at the greater risk.
    weight : ndarray (k, n), >= 0
        0 where a pair is not compared.
    strata, level
        As in ``harrell_c``.

    Raises
    ------
    InputError
        If no pair has a weight, or a risk is missing.
    """
    check_range(level, 0.5, 0.999, "level")
    score = np.asarray(risk, dtype=np.float64)
    if weight.shape != (len(cases), len(score)) or not np.isfinite(score).all():
        raise InputError("risk", expected=f"{weight.shape[-1]} finite values", got=f"shape {score.shape}")
    if strata is not None:
        weight = weight * (strata[cases, None] == strata[None])
    total = float(weight.sum())
    if total <= 0:
        raise InputError("follow-up", expected="a pair of patients whose order is known", got="none")
    order = np.where(score[None] < score[cases, None], 1.0, np.where(score[None] == score[cases, None], 0.5, 0.0))
    value = float((weight * order).sum() / total)
    part = weight * (order - value) / total
    influence = part.sum(axis=0)
    influence[cases] += part.sum(axis=1)
    return _told(value, influence, total, level)


def by_patient(found: Concordance, patients: Sequence[str], *, level: float = 0.95) -> Concordance:
    """Give the same index with the error of patients: rows of one patient are not independent, however many there are.

    What a patient's rows add to the value is summed before it is squared (the grouped jackknife).

    Parameters
    ----------
    found : Concordance
        Of rows.
    patients : sequence of str
        Whose each row is. The new ``influence`` has a value a patient, in the order of their first rows.
    level : float
        Of the interval.

    Raises
    ------
    InputError
        If there are not as many patients as rows.
    """
    check_range(level, 0.5, 0.999, "level")
    if len(patients) != len(found.influence):
        raise InputError("patients", expected=f"{len(found.influence)}, one a row", got=str(len(patients)))
    place = {name: n for n, name in enumerate(dict.fromkeys(patients))}
    influence = np.bincount([place[name] for name in patients], found.influence, len(place))
    error = float(np.sqrt(np.sum(influence**2)))
    low, high = _logit_interval(found.value, error, level)
    return replace(found, error=error, low=low, high=high, influence=influence)


def compare_concordance(first: Concordance, second: Concordance, *, level: float = 0.95) -> Difference:
    """Compare two indices of the same patients in the same order (first less second).

    Raises
    ------
    InputError
        If they are not of as many patients.
    """
    if first.influence.shape != second.influence.shape:
        raise InputError(
            "second", expected=f"{len(first.influence)} patients, as the first", got=str(len(second.influence))
        )
    value = first.value - second.value
    error = float(np.sqrt(np.sum((first.influence - second.influence) ** 2)))
    width = float(stats.norm.ppf(0.5 + level / 2)) * error
    p = float(2 * stats.norm.sf(abs(value) / error)) if error > 0 else (1.0 if value == 0 else 0.0)
    return Difference(value, error, value - width, value + width, p)


def _checked(risk: np.ndarray, follow_up: FollowUp) -> np.ndarray:
    score = np.asarray(risk, dtype=np.float64)
    if score.shape != (len(follow_up),) or not np.isfinite(score).all():
        raise InputError("risk", expected=f"{len(follow_up)} finite values, one a patient", got=f"shape {score.shape}")
    return score


def _concordance(
    score: np.ndarray, follow_up: FollowUp, weight: np.ndarray, level: float, strata: np.ndarray | None = None
) -> Concordance:
    check_range(level, 0.5, 0.999, "level")
    t, event = follow_up.times, follow_up.happened
    agreed, compared = np.zeros(len(t)), np.zeros(len(t))
    total_agreed = total_compared = 0.0
    for n in np.flatnonzero(weight > 0):
        later = (t > t[n]) | ((t == t[n]) & ~event)
        if strata is not None:
            later &= strata == strata[n]
        order = np.where(score[later] < score[n], 1.0, np.where(score[later] == score[n], 0.5, 0.0))
        agreed[later] += weight[n] * order
        compared[later] += weight[n]
        agreed[n] += weight[n] * order.sum()
        compared[n] += weight[n] * len(order)
        total_agreed += weight[n] * float(order.sum())
        total_compared += weight[n] * len(order)
    if total_compared == 0:
        raise InputError("follow-up", expected="a pair of patients whose order is known", got="none")
    value = total_agreed / total_compared
    return _told(value, (agreed - value * compared) / total_compared, total_compared, level)


def _told(value: float, influence: np.ndarray, pairs: float, level: float) -> Concordance:
    error = float(np.sqrt(np.sum(influence**2)))
    low, high = _logit_interval(value, error, level)
    return Concordance(value, error, low, high, influence, pairs)


def _logit_interval(value: float, error: float, level: float) -> tuple[float, float]:
    if not 0 < value < 1:
        return value, value
    width = float(stats.norm.ppf(0.5 + level / 2)) * error / (value * (1 - value))
    middle = math.log(value / (1 - value))
    return 1 / (1 + math.exp(-(middle - width))), 1 / (1 + math.exp(-(middle + width)))
