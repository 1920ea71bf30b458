"""How good predicted survival is at a time: cumulative/dynamic AUC, Brier score, and both over a span of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.censoring import censoring_survival
from oncologyai.outcome.competing import cumulative_incidence
from oncologyai.outcome.subjects import FollowUp

__all__ = ["AucAtTimes", "BrierScores", "auc_at_times", "brier_scores"]


@dataclass(frozen=True, eq=False)
class AucAtTimes:
    """The area at each time, and their mean weighted by how many events happen around it."""

    times: np.ndarray
    values: np.ndarray
    mean: float


@dataclass(frozen=True, eq=False)
class BrierScores:
    """The score at each time; ``integrated`` is its mean over the span; ``null`` that of everybody's survival curve."""

    times: np.ndarray
    values: np.ndarray
    integrated: float
    null: np.ndarray


def auc_at_times(
    risk: np.ndarray, follow_up: FollowUp, times: Sequence[float], *, training: FollowUp | None = None
) -> AucAtTimes:
    """Give the area under the ROC curve of 'the event by t' against 'none by t', cases weighted for censoring.

    Hung and Chiang's estimator (Can J Stat 2010;38:8), the one of scikit-survival.

    Parameters
    ----------
    risk : ndarray (n,) or (n, m), finite
        Greater means earlier; one column a time, or one for all.
    follow_up : FollowUp
    times : sequence of float
        Rising, after the first event and before the end of follow-up.
    training : FollowUp, optional
        Whose censoring the weights are estimated from; the patients' own if left out.

    Raises
    ------
    InputError
        If times lie outside the follow-up or do not rise, or a risk is missing.
    """
    t = _times(times, follow_up)
    score = np.asarray(risk, dtype=np.float64)
    score = np.repeat(score[:, None], len(t), axis=1) if score.ndim == 1 else score
    if score.shape != (len(follow_up), len(t)) or not np.isfinite(score).all():
        raise InputError("risk", expected=f"{len(follow_up)} finite values a time", got=f"shape {score.shape}")
    weight = _event_weights(follow_up, training)
    values = np.array([_area(score[:, n], follow_up, weight, at) for n, at in enumerate(t)])
    if len(t) == 1:
        return AucAtTimes(t, values, float(values[0]))
    survival = _kaplan_meier(follow_up, t)
    share = -np.diff(np.concatenate([[1.0], survival]))
    total = 1.0 - survival[-1]
    return AucAtTimes(t, values, float(np.sum(values * share) / total) if total > 0 else float("nan"))


def brier_scores(
    survival: np.ndarray, follow_up: FollowUp, times: Sequence[float], *, training: FollowUp | None = None
) -> BrierScores:
    """Give the mean squared error of predicted survival, weighted for censoring (Graf et al., Stat Med 1999;18:2529).

    Where other events compete, what is predicted is the chance of not having had the event, and who had another one
    will not have it (Schoop et al., Biom J 2011;53:88).

    Parameters
    ----------
    survival : ndarray, shape (n, m), 0 to 1
        A row a patient, a column a time.
    follow_up, times, training
        As in ``auc_at_times``.

    Raises
    ------
    InputError
        As ``auc_at_times``.
    """
    t = _times(times, follow_up)
    predicted = np.asarray(survival, dtype=np.float64)
    if predicted.shape != (len(follow_up), len(t)) or not ((predicted >= 0) & (predicted <= 1)).all():
        raise InputError("survival", expected=f"{len(follow_up)} x {len(t)} values from 0 to 1", got="others")
    weight = _event_weights(follow_up, training)
    chance = censoring_survival(training or follow_up).at(t)
    values = _scores(predicted, follow_up, t, weight, chance)
    curve = np.repeat(_event_free(follow_up, t)[None], len(follow_up), axis=0)
    null = _scores(curve, follow_up, t, weight, chance)
    integrated = float(np.trapezoid(values, t) / (t[-1] - t[0])) if len(t) > 1 else float(values[0])
    return BrierScores(t, values, integrated, null)


def _times(times: Sequence[float], follow_up: FollowUp) -> np.ndarray:
    t = np.asarray(times, dtype=np.float64)
    low, high = (follow_up.times.min(), follow_up.times.max()) if len(follow_up) else (0.0, 0.0)
    if t.ndim != 1 or not len(t) or (np.diff(t) <= 0).any() or t[0] < low or t[-1] >= high:
        raise InputError(
            "times", expected=f"rising days from {low:g} to before {high:g}, within the follow-up", got=str(times)
        )
    return t


def _event_weights(follow_up: FollowUp, training: FollowUp | None) -> np.ndarray:
    chance = censoring_survival(training or follow_up).at(follow_up.times)
    ended = follow_up.events > 0
    if (chance[ended] <= 0).any():
        raise InputError("training", expected="follow-up as long as that of the patients judged", got="a shorter one")
    return np.where(ended, 1.0 / np.where(ended, chance, 1.0), 0.0)


def _area(score: np.ndarray, follow_up: FollowUp, weight: np.ndarray, at: float) -> float:
    case = follow_up.happened & (follow_up.times <= at)
    control = follow_up.times > at
    if not case.any() or not control.any():
        return float("nan")
    controls = np.sort(score[control])
    below = np.searchsorted(controls, score[case], side="left")
    upto = np.searchsorted(controls, score[case], side="right")
    wins = (below + upto) / 2.0
    return float(np.sum(weight[case] * wins) / (weight[case].sum() * len(controls)))


def _scores(
    predicted: np.ndarray, follow_up: FollowUp, times: np.ndarray, weight: np.ndarray, chance: np.ndarray
) -> np.ndarray:
    ended = (follow_up.times[:, None] <= times[None]) & follow_up.happened[:, None]
    alive = follow_up.times[:, None] > times[None]
    other = (follow_up.times[:, None] <= times[None]) & (follow_up.events > 1)[:, None]
    with np.errstate(divide="ignore"):
        inverse = np.where(chance > 0, 1.0 / chance, 0.0)
    free = alive * inverse[None] + other * weight[:, None]
    terms = predicted**2 * ended * weight[:, None] + (1.0 - predicted) ** 2 * free
    return np.asarray(terms.mean(axis=0))


def _event_free(follow_up: FollowUp, times: np.ndarray) -> np.ndarray:
    """Give the share without the event by each time: Kaplan and Meier's, or with competing events Aalen's."""
    if (follow_up.events > 1).any() and follow_up.happened.any():
        return 1.0 - cumulative_incidence(follow_up).at(times.tolist())
    return _kaplan_meier(follow_up, times)


def _kaplan_meier(follow_up: FollowUp, times: np.ndarray) -> np.ndarray:
    # the event in the place of censoring: the same product, of who has not had it yet
    reversed_ = FollowUp(follow_up.times, ~follow_up.happened)
    return censoring_survival(reversed_, events_first=False).at(times)
