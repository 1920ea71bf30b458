"""Prognostic indices, one a source, combined in a Cox model: models 4 to 7 of ch. 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import FittedLearner, Learner, folds, leaking

__all__ = ["FittedIndices", "PrognosticIndices"]

_RIDGE = 0.01  # times the events: where the likelihood of the indices has no maximum


@dataclass(frozen=True, eq=False)
class FittedIndices:
    """A model a source, and Cox's model of what they say; ``seen`` are the patients it was learned from."""

    name: str
    parts: Mapping[str, FittedLearner]
    used: tuple[str, ...]
    model: CoxModel
    seen: frozenset[str]
    flattering: bool

    def covariates(self, data: OutcomeData) -> tuple[tuple[str, ...], np.ndarray]:
        """Give the indices that count, a row a patient and a column a source."""
        found = [self.parts[source].predict(data.of_source(source)) for source in self.used]
        return self.used, np.stack(found, axis=1) if found else np.zeros((len(data), 0))

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a log relative hazard a patient, (n,)."""
        return self.model.risk(self.covariates(data)[1])

    def told(self) -> dict[str, Any]:
        """Say what every part learned and how they are combined."""
        return {
            "kind": "indices",
            "chain": self.name,
            "patients": len(self.seen),
            "indices_of": "the same training patients" if self.flattering else "folds within the training patients",
            "features": list(self.used),
            "coefficients": self.model.coefficients.tolist(),
            "errors": self.model.errors.tolist(),
            "parts": {source: dict(part.told()) for source, part in self.parts.items()},
        }


@dataclass(frozen=True)
class PrognosticIndices:
    """A learner a source gives an index; a Cox model of the indices joins them.

    The index of a patient whom its model was fitted on flatters, that of many candidate features most, so that a Cox
    model of such indices (as ch. 3 has it) trusts it too much. With ``crossfit`` the joining model sees each training
    patient's index from models of the others, in folds; new patients get that of the model of all.

    Parameters
    ----------
    parts : mapping of str to Learner
        By source, as in ``OutcomeData.sources``.
    crossfit : int
        Folds within the training patients; 0: indices of the same patients, as published. An index out of folds that
        counts against its own model (by noise) is left out.
    """

    parts: Mapping[str, Learner]
    crossfit: int = 0
    name: str = "prognostic indices"

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputError("parts", expected="at least one source", got="none")
        if self.crossfit == 1 or self.crossfit < 0:
            raise InputError("crossfit", expected="0, or folds from 2", got=str(self.crossfit))

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedIndices:
        """Fit the parts, then the model that joins them.

        Raises
        ------
        InputError
            If a source has no feature, or a part cannot be fitted.
        """
        self._check(data)
        streams = dict(zip(self.parts, rng.spawn(len(self.parts)), strict=True))
        fitted = {source: part.fit(data.of_source(source), streams[source]) for source, part in self.parts.items()}
        if self.crossfit:
            made = folds(data, self.crossfit, rng)
            indices = {source: self._out_of_folds(data, source, made, streams[source]) for source in self.parts}
        else:
            indices = {source: part.predict(data.of_source(source)) for source, part in fitted.items()}
        used, model = self._join(data, indices)
        return FittedIndices(self.name, fitted, used, model, frozenset(data.patients), self.crossfit == 0)

    def as_published(self, data: OutcomeData, rng: np.random.Generator) -> tuple[PrognosticIndices, OutcomeData]:
        """Give parts that have learned their steps from everybody, and data to match; indices of the same patients."""
        self._check(data)
        parts, names, sources, columns = {}, [], [], []
        for source, part in self.parts.items():
            learner, changed = leaking(part, data.of_source(source), rng)
            parts[source] = learner
            names += list(changed.names)
            sources += [source] * len(changed.names)
            columns.append(changed.x)
        x = np.concatenate(columns, axis=1)
        seen = OutcomeData(data.patients, tuple(names), x, data.outcome, data.batch, tuple(sources))
        return PrognosticIndices(parts, 0, f"{self.name} (leaking: steps learned from everybody)"), seen

    def _check(self, data: OutcomeData) -> None:
        for source in self.parts:
            if source not in data.sources:
                known = ", ".join(sorted({one for one in data.sources if one})) or "none"
                raise InputError("parts", expected=f"sources of the study: {known}", got=source)

    def _out_of_folds(self, data: OutcomeData, source: str, made: Any, rng: np.random.Generator) -> np.ndarray:
        whole, part = data.of_source(source), self.parts[source]
        index = np.zeros(len(data))
        for split in made:
            training = whole.rows(split.train)
            fitted = part.fit(training, rng)
            # each fold's scale begins at its own training patients
            index[split.test] = fitted.predict(whole.rows(split.test)) - fitted.predict(training).mean()
        return index

    def _join(self, data: OutcomeData, indices: Mapping[str, np.ndarray]) -> tuple[tuple[str, ...], CoxModel]:
        used = tuple(source for source, index in indices.items() if np.ptp(index) > 1e-9)
        while True:
            x = np.stack([indices[source] for source in used], axis=1) if used else np.zeros((len(data), 0))
            model = _cox(x, data, used)
            against = model.coefficients < 0
            if not self.crossfit or not against.any():
                return used, model
            weakest = int(np.argmin(model.coefficients * np.where(against, 1.0, 0.0)))
            used = tuple(source for n, source in enumerate(used) if n != weakest)


def _cox(x: np.ndarray, data: OutcomeData, names: tuple[str, ...]) -> CoxModel:
    try:
        return fit_cox(x, data.follow_up, names=names)
    except InputError:
        ridge = _RIDGE * max(int(data.follow_up.happened.sum()), 1)
        return fit_cox(x, data.follow_up, names=names, penalty=ridge)
