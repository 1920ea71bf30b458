"""Chances of several sources averaged (ch. 3: VASARI and radiomics); the sources' chains learn apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import FittedLearner, Learner, leaking

__all__ = ["AveragedSources", "FittedAverage"]


@dataclass(frozen=True, eq=False)
class FittedAverage:
    """A learner a source, fitted; ``seen`` are the patients they were learned from."""

    name: str
    parts: Mapping[str, FittedLearner]
    seen: frozenset[str]

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give the mean of the sources' chances of class 1, (n,)."""
        return np.mean([part.predict(data.of_source(source)) for source, part in self.parts.items()], axis=0)

    def told(self) -> dict[str, Any]:
        """Say what every source's learner learned."""
        parts = {source: dict(part.told()) for source, part in self.parts.items()}
        return {"kind": "average", "chain": self.name, "patients": len(self.seen), "parts": parts}


@dataclass(frozen=True)
class AveragedSources:
    """A learner a source; what they say of a patient is averaged.

    Parameters
    ----------
    parts : mapping of str to Learner
        By source, as in ``OutcomeData.sources``; each sees the features of its source alone.

    Raises
    ------
    InputError
        If there is no part.
    """

    parts: Mapping[str, Learner]
    name: str = "average of sources"

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputError("parts", expected="at least one source", got="none")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedAverage:
        """Fit each; InputError if a source has no feature, or as the parts raise.

        Each part has a stream of random numbers of its own, so that leaving one out changes nothing for the others.
        """
        data.require_classes()
        self._check(data)
        seed = int(rng.integers(2**31 - 1))
        fitted = {
            source: part.fit(data.of_source(source), _stream(seed, source)) for source, part in self.parts.items()
        }
        return FittedAverage(self.name, fitted, frozenset(data.units))

    def as_published(self, data: OutcomeData, rng: np.random.Generator) -> tuple[AveragedSources, OutcomeData]:
        """Give the parts as published, and data with the features of each as it changed them."""
        self._check(data)
        parts, changed = {}, []
        for source, part in self.parts.items():
            parts[source], seen = leaking(part, data.of_source(source), rng)
            changed.append((source, seen))
        names = tuple(name for _, seen in changed for name in seen.names)
        sources = tuple(source for source, seen in changed for _ in seen.names)
        x = np.concatenate([seen.x for _, seen in changed], axis=1)
        given = OutcomeData(data.patients, names, x, data.outcome, data.batch, sources, data.groups)
        return AveragedSources(parts, f"{self.name} (leaking: as published)"), given

    def _check(self, data: OutcomeData) -> None:
        for source in self.parts:
            if source not in data.sources:
                known = ", ".join(sorted({one for one in data.sources if one})) or "none"
                raise InputError("parts", expected=f"sources of the study: {known}", got=source)


def _stream(seed: int, source: str) -> np.random.Generator:
    return np.random.default_rng([seed, *source.encode()])
