"""What survival models say of patients they have not seen: risks, chances by each time, cuts from training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.absolute_risk import absolute_risk
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import FittedLearner, Learner, Split
from oncologyai.outcome.risk_groups import best_cut, quantile_cut
from oncologyai.outcome.subjects import FollowUp
from oncologyai.progress import Progress, Silent

__all__ = [
    "RISK_CUTS",
    "SurvivalPredictions",
    "evaluation_times",
    "gather_predictions",
    "once_each",
    "predict_survival",
    "survival_predictions",
]

RISK_CUTS = ("median", "third quartile", "best cut")
"""Where training patients are parted into low and high risk: the second is that of ch. 3."""

_GRID = 40
_FEWEST_DRAWS = 19  # of permutations, whose p is not used for a cut that is judged on other patients


@dataclass(frozen=True, eq=False)
class SurvivalPredictions:
    """Patients judged, a row each; one who is judged by several splits' models stands several times.

    Attributes
    ----------
    name : str
        Of the learner.
    patients : tuple of str
    split : ndarray of int (n,)
        Whose model judged the patient.
    follow_up : FollowUp
    risk : ndarray (n,)
        As the model gives it.
    linear_predictor : ndarray (n,)
        Log relative (subdistribution) hazard.
    times : ndarray (m,)
        Rising days.
    incidence : ndarray (n, m)
        Predicted chance of the event by each of them.
    high : mapping of str to ndarray of bool (n,)
        Who is above the cut of his model's training patients, by ``RISK_CUTS``; a cut that cannot be made is absent.
    scale : str
        Of the risk.
    covariates : tuple of names and ndarray (n, p), optional
        What a linear model uses; None where several models judged, or none is linear.
    """

    name: str
    patients: tuple[str, ...]
    split: np.ndarray
    follow_up: FollowUp
    risk: np.ndarray
    linear_predictor: np.ndarray
    times: np.ndarray
    incidence: np.ndarray
    high: dict[str, np.ndarray]
    scale: str = "hazard"
    covariates: tuple[tuple[str, ...], np.ndarray] | None = field(default=None)


def evaluation_times(follow_up: FollowUp, horizons: Sequence[float] = ()) -> np.ndarray:
    """Give rising days for curves: the horizons, and even steps over the time in which nine tenths of events happen."""
    happened = follow_up.times[follow_up.happened]
    if not len(happened):
        raise InputError("events", expected="the event in at least one patient", got="none")
    last = float(np.quantile(happened, 0.9))
    return np.unique(np.concatenate([np.linspace(last / _GRID, last, _GRID), np.asarray(horizons, dtype=np.float64)]))


def predict_survival(
    fitted: FittedLearner, training: OutcomeData, judged: OutcomeData, times: Sequence[float], *, name: str = ""
) -> SurvivalPredictions:
    """Let a fitted learner judge patients; baseline and cuts come from those it was fitted on.

    Raises
    ------
    InputError
        If a patient to be judged was seen in fitting, or nobody in training has the event.
    """
    if fitted.seen & set(judged.patients):
        raise InputError("judged", expected="patients that the model has not seen", got="some that it has")
    scale = str(getattr(fitted, "scale", "hazard"))
    own = fitted.predict(training)
    baseline = absolute_risk(own, training.follow_up, scale=scale)
    risk = fitted.predict(judged)
    used = getattr(fitted, "covariates", None)
    return SurvivalPredictions(
        name, judged.patients, np.zeros(len(judged), dtype=np.int64), judged.follow_up, risk,
        baseline.linear_predictor(risk), np.asarray(times, dtype=np.float64), baseline.incidence(risk, times),
        {rule: risk > cut for rule, cut in _cuts(own, training.follow_up).items()}, scale,
        None if used is None else used(judged),
    )  # fmt: skip


def gather_predictions(parts: Sequence[SurvivalPredictions]) -> SurvivalPredictions:
    """Put the splits of one learner together, in order.

    Raises
    ------
    InputError
        If there is none, or they are not of the same times.
    """
    if not parts:
        raise InputError("predictions", expected="at least one split", got="none")
    first = parts[0]
    if len(parts) == 1:
        return first
    if any(not np.array_equal(part.times, first.times) for part in parts):
        raise InputError("predictions", expected="the same times in every split", got="others")
    everyone = FollowUp(
        np.concatenate([p.follow_up.times for p in parts]), np.concatenate([p.follow_up.events for p in parts])
    )
    rules = [rule for rule in RISK_CUTS if all(rule in part.high for part in parts)]
    return replace(
        first,
        patients=tuple(name for part in parts for name in part.patients),
        split=np.repeat(np.arange(len(parts)), [len(part.patients) for part in parts]),
        follow_up=everyone,
        risk=np.concatenate([part.risk for part in parts]),
        linear_predictor=np.concatenate([part.linear_predictor for part in parts]),
        incidence=np.concatenate([part.incidence for part in parts]),
        high={rule: np.concatenate([part.high[rule] for part in parts]) for rule in rules},
        covariates=None,
    )


def once_each(predictions: SurvivalPredictions) -> SurvivalPredictions:
    """Give a row a patient: the mean of what several splits' models said of him, and the group of most of them.

    Repeated splits make more predictions, not more patients: tests and intervals that count rows would be too sure.
    """
    place = {name: n for n, name in enumerate(dict.fromkeys(predictions.patients))}
    if len(place) == len(predictions.patients):
        return predictions
    whose = np.array([place[name] for name in predictions.patients])
    count = np.bincount(whose)
    first = np.unique(whose, return_index=True)[1]

    def mean(values: np.ndarray) -> np.ndarray:
        total = np.zeros((len(place), *values.shape[1:]))
        np.add.at(total, whose, values)
        return np.asarray(total / count.reshape(-1, *[1] * (values.ndim - 1)))

    return replace(
        predictions,
        patients=tuple(place),
        split=np.zeros(len(place), dtype=np.int64),
        follow_up=predictions.follow_up.of(first),
        risk=mean(predictions.risk),
        linear_predictor=mean(predictions.linear_predictor),
        incidence=mean(predictions.incidence),
        high={rule: mean(high.astype(np.float64)) > 0.5 for rule, high in predictions.high.items()},
        covariates=None,
    )


def survival_predictions(
    learner: Learner,
    data: OutcomeData,
    splits: Sequence[Split],
    times: Sequence[float],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> SurvivalPredictions:
    """Fit on each split's training patients and let the others be judged, with ``validate``'s streams of numbers.

    Raises
    ------
    InputError
        As fitting does, or if a split judges a patient it learned from.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    streams = np.random.SeedSequence(seed).spawn(len(splits))
    parts = []
    for n, (split, stream) in enumerate(zip(splits, streams, strict=True)):
        watch.stage(f"{learner.name}: {split.name}", n / len(splits))
        training = data.rows(split.train)
        fitted = learner.fit(training, np.random.default_rng(stream))
        parts.append(predict_survival(fitted, training, data.rows(split.test), times, name=learner.name))
    return gather_predictions(parts)


def _cuts(risk: np.ndarray, follow_up: FollowUp) -> dict[str, float]:
    found = {"median": quantile_cut(risk, 0.5), "third quartile": quantile_cut(risk, 0.75)}
    try:
        found["best cut"] = best_cut(risk, follow_up, np.random.default_rng(0), draws=_FEWEST_DRAWS).cut
    except InputError:
        return found  # the risks are the same for nearly all
    return found
