"""One model in one split: learned from the training patients, judged on the others; what a study resumes by."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome import (
    ModelPart,
    OutcomeData,
    Split,
    leaking,
    learner,
    model_features,
)

__all__ = ["SplitJudged", "judge_split"]


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
    seconds : float
    """

    split: str
    trained: tuple[str, ...]
    judged: tuple[str, ...]
    risk: tuple[float, ...]
    training_risk: tuple[float, ...]
    told: Mapping[str, Any]
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
        dict(fitted.told()), round(time.perf_counter() - start, 3),
    )  # fmt: skip


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
