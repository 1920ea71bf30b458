"""A chain of steps that ends in a model, fitted as one: nothing in it has seen a patient that it is judged on.

A *step* (``steps.py``) is a frozen description; ``fit`` gives what it learned, whose ``apply`` changes other patients
without learning anything from them. A *model* (``predictors.py``) ends a chain; its ``predict`` gives a number a
patient that rises with the risk, or the chance of class 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData

__all__ = ["Chain", "FittedChain", "FittedPredictor", "FittedStep", "Predictor", "Step"]


class FittedStep(Protocol):
    """What a step learned."""

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Change patients as learned; their outcome is not looked at."""

    def told(self) -> Mapping[str, Any]:
        """Say what was learned, as JSON values."""


class Step(Protocol):
    """Something that is learned from training patients before the model."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedStep:
        """Learn from training patients."""


class FittedPredictor(Protocol):
    """A model that was learned."""

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient, (n,): the chance of class 1, or the log relative hazard."""

    def told(self) -> Mapping[str, Any]:
        """Say what was learned, as JSON values."""


class Predictor(Protocol):
    """A model to be learned."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedPredictor:
        """Learn from training patients."""


@dataclass(frozen=True, eq=False)
class FittedChain:
    """A chain that was learned; ``seen`` are the patients it was learned from."""

    name: str
    steps: tuple[tuple[str, FittedStep], ...]
    model: FittedPredictor
    names: tuple[str, ...]
    kept: tuple[str, ...]
    seen: frozenset[str]

    def transform(self, data: OutcomeData) -> OutcomeData:
        """Give patients as the model sees them.

        Raises
        ------
        InputError
            If their features are not those of training.
        """
        if data.names != self.names:
            missing = sorted(set(self.names) - set(data.names))
            got = f"without {missing[0]}" if missing else "others, or in another order"
            raise InputError("features", expected=f"the {len(self.names)} of training", got=got)
        for _, step in self.steps:
            data = step.apply(data)
        return data

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient; raises as ``transform``."""
        return self.model.predict(self.transform(data))

    @property
    def scale(self) -> str:
        """What a prediction of survival is (``absolute_risk.SCALES``): the model's own word, or a log hazard."""
        return str(getattr(self.model, "scale", "hazard"))

    def covariates(self, data: OutcomeData) -> tuple[tuple[str, ...], np.ndarray] | None:
        """Give the features that a linear model uses, as it sees them; None for other models."""
        used = getattr(self.model, "covariates", None)
        return None if used is None else used(self.transform(data))

    def told(self) -> dict[str, Any]:
        """Say what every part learned."""
        return {
            "chain": self.name,
            "patients": len(self.seen),
            "kept": list(self.kept),
            "steps": [{"step": name, **step.told()} for name, step in self.steps],
            "model": dict(self.model.told()),
        }


@dataclass(frozen=True)
class Chain:
    """Steps in order, and the model at their end.

    Parameters
    ----------
    name : str
        What it is called in reports.
    steps : sequence of Step
    model : Predictor
    """

    name: str
    steps: Sequence[Step]
    model: Predictor

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedChain:
        """Learn all of it from these patients and no others.

        Raises
        ------
        InputError
            As its parts; also if a step leaves no feature.
        """
        given, fitted = data, []
        for step in self.steps:
            learned = step.fit(data, rng)
            data = learned.apply(data)
            fitted.append((step.name, learned))
            if not data.names:
                raise InputError("features", expected="at least one", got=f"none after {step.name}")
        model = self.model.fit(data, rng)
        return FittedChain(self.name, tuple(fitted), model, given.names, data.names, frozenset(given.units))
