"""Fine and Gray's model at the end of a chain: the event, with others that make it impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.outcome.competing import FineGrayModel, fit_fine_gray
from oncologyai.outcome.data import OutcomeData

__all__ = ["FineGray"]


@dataclass(frozen=True, eq=False)
class _FittedFineGray:
    model: FineGrayModel
    means: np.ndarray
    scale: str = "subdistribution"

    def predict(self, data: OutcomeData) -> np.ndarray:
        return np.asarray((data.x - self.means) @ self.model.coefficients)

    def covariates(self, data: OutcomeData) -> tuple[tuple[str, ...], np.ndarray]:
        return self.model.names, data.x

    def told(self) -> Mapping[str, Any]:
        return {
            "kind": "fine-gray",
            "features": list(self.model.names),
            "coefficients": self.model.coefficients.tolist(),
            "errors": self.model.errors.tolist(),
            "p": self.model.p.tolist(),
            "means": self.means.tolist(),
        }


@dataclass(frozen=True)
class FineGray:
    """The model of all features that are left; without competing events it is Cox's (with Breslow's ties)."""

    name: str = "Fine and Gray"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> _FittedFineGray:
        """Fit; raises InputError as ``fit_fine_gray``."""
        return _FittedFineGray(fit_fine_gray(data.x, data.follow_up, names=data.names), data.x.mean(axis=0))
