"""One model in one split: learned from the training patients, judged on the others; what a study resumes by."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome import (
    FittedChain,
    ModelPart,
    Nomogram,
    NomogramScale,
    OutcomeData,
    Split,
    SurvivalPredictions,
    chain_nomogram,
    gather_predictions,
    leaking,
    learner,
    model_features,
    predict_survival,
)

__all__ = ["SplitJudged", "judge_split", "nomogram_of", "survival_of"]

_MOST_SCALES = 15
_OF_NOMOGRAMS = ("per_point", "least", "horizon", "baseline")


@dataclass(frozen=True)
class SplitJudged:
    """What a model said in a split.

    Attributes
    ----------
    split : str
    trained, judged : tuple of str
        Patients.
    risk, training_risk : tuple of float
        The model's number for each judged and each training patient: the chance of class 1, or a risk.
    told : mapping
        What the model learned.
    survival : mapping
        Of survival, what else ``SurvivalPredictions`` holds of the judged, as JSON values; else empty.
    seconds : float
    """

    split: str
    trained: tuple[str, ...]
    judged: tuple[str, ...]
    risk: tuple[float, ...]
    training_risk: tuple[float, ...]
    told: Mapping[str, Any]
    survival: Mapping[str, Any]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Give JSON values."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> SplitJudged:
        """Make one from what ``to_dict`` gave."""
        lists = ("trained", "judged", "risk", "training_risk")
        return cls(**{**content, **{name: tuple(content[name]) for name in lists}})


def judge_split(
    data: OutcomeData,
    model: ModelPart,
    split: Split,
    *,
    seed: Sequence[int],
    published: bool = False,
    inner_folds: int = 3,
    times: Sequence[float] = (),
    horizon: float | None = None,
) -> SplitJudged:
    """Fit a model on a split's training patients and let it judge the others.

    Parameters
    ----------
    data : OutcomeData
        All patients.
    model : ModelPart
    split : Split
    seed : sequence of int
        Of this model in this split: the same numbers in whatever order or process it runs.
    published : bool
        As it was published, leaking; see ``outcome.leaking``.
    inner_folds : int
    times : sequence of float
        Of survival: rising days that chances are foretold for (``evaluation_times``).
    horizon : float, optional
        Of survival: days that a nomogram of the model is made for, where it ends in Cox's model of few features.

    Raises
    ------
    InputError
        If the model cannot be fitted, or has seen a patient that it is to judge.
    """
    start = time.perf_counter()
    chosen = model_features(data, model)
    learns = learner(model.learner, inner_folds=inner_folds, **model.options)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(list(seed)).spawn(2)]
    if published:
        learns, chosen = leaking(learns, chosen, streams[1])
    training, judged = chosen.rows(split.train), chosen.rows(split.test)
    fitted = learns.fit(training, streams[0])
    if fitted.seen & set(judged.units):
        raise InputError(split.name, expected="patients that the model has not seen", got="some that it has")
    risk, own = fitted.predict(judged), fitted.predict(training)
    return SplitJudged(
        split.name, training.patients, judged.patients, _floats(risk), _floats(own),
        dict(fitted.told()), _survival(fitted, training, judged, times, horizon), round(time.perf_counter() - start, 3),
    )  # fmt: skip


def survival_of(data: OutcomeData, name: str, splits: Sequence[SplitJudged], times: np.ndarray) -> SurvivalPredictions:
    """Put what a model said in its splits together.

    Parameters
    ----------
    data : OutcomeData
        All patients.
    name : str
        Of the model.
    splits : sequence of SplitJudged
    times : ndarray
        Those that were given to ``judge_split``.
    """
    place = {patient: n for n, patient in enumerate(data.patients)}
    return gather_predictions(
        [
            SurvivalPredictions(
                name=name,
                patients=one.judged,
                split=np.zeros(len(one.judged), dtype=np.int64),
                follow_up=data.follow_up.of(np.array([place[patient] for patient in one.judged], dtype=np.int64)),
                risk=np.array(one.risk),
                linear_predictor=np.array(one.survival["linear_predictor"]),
                times=times,
                incidence=np.array(one.survival["incidence"]).reshape(len(one.judged), len(times)),
                high={rule: np.array(above, dtype=bool) for rule, above in one.survival["high"].items()},
                scale=str(one.survival["scale"]),
                covariates=_covariates(one.survival["covariates"], len(one.judged)),
            )
            for one in splits
        ]
    )


def nomogram_of(said: SplitJudged) -> Nomogram | None:
    """Give the nomogram that a split's model has, None where it has none."""
    held = said.survival.get("nomogram")
    if not held:
        return None
    scales = tuple(
        NomogramScale(one["name"], np.array(one["values"]), np.array(one["points"])) for one in held["scales"]
    )
    return Nomogram(scales, **{name: float(held[name]) for name in _OF_NOMOGRAMS})


def _survival(
    fitted: Any, training: OutcomeData, judged: OutcomeData, times: Sequence[float], horizon: float | None
) -> dict[str, Any]:
    if not training.is_survival or not len(times):
        return {}
    said = predict_survival(fitted, training, judged, times)
    used = said.covariates
    return {
        "linear_predictor": said.linear_predictor.tolist(),
        "incidence": said.incidence.tolist(),
        "high": {rule: above.tolist() for rule, above in said.high.items()},
        "scale": said.scale,
        "covariates": None if used is None else {"names": list(used[0]), "x": used[1].tolist()},
        "nomogram": None if horizon is None else _nomogram(fitted, training, horizon),
    }


def _nomogram(fitted: Any, training: OutcomeData, horizon: float) -> dict[str, Any] | None:
    """Give a nomogram as JSON values; None for other models, many features, or one that nobody could read.

    Also where other events compete: what it would tell is a chance in a world without them.
    """
    if not isinstance(fitted, FittedChain) or (training.follow_up.events > 1).any():
        return None
    try:
        made = chain_nomogram(fitted, training, horizon)
    except InputError:
        return None
    if not 0 < len(made.scales) <= _MOST_SCALES:
        return None
    scales = [{"name": s.name, "values": s.values.tolist(), "points": s.points.tolist()} for s in made.scales]
    return {"scales": scales, **{name: float(getattr(made, name)) for name in _OF_NOMOGRAMS}}


def _covariates(held: Mapping[str, Any] | None, patients: int) -> tuple[tuple[str, ...], np.ndarray] | None:
    if held is None:
        return None
    return tuple(held["names"]), np.array(held["x"], dtype=np.float64).reshape(patients, len(held["names"]))


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
