"""ComBat as a step: centres' shifts and scales, estimated on training patients, taken from others of these centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.robustness import CombatConfig, CombatModel, apply_combat, fit_combat

__all__ = ["Adjusted", "ComBat"]


@dataclass(frozen=True, eq=False)
class Adjusted:
    """Estimates of ComBat, of training patients."""

    model: CombatModel

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Take the shifts of their centre from patients.

        Raises
        ------
        InputError
            If a centre was not among the training patients: no shift is known for it.
        """
        centres = _centres(data)
        if new := sorted(set(centres) - set(self.model.batches)):
            raise InputError(
                "centre", expected="one of training: " + ", ".join(self.model.batches), got=", ".join(new),
                remedy="ComBat knows no shift for it: leave ComBat out, or judge by folds that hold every centre",
            )  # fmt: skip
        return data.with_x(apply_combat(self.model, data.x, centres))

    def told(self) -> Mapping[str, Any]:
        """Say of how many patients of which centres, and which features had nothing to adjust."""
        rows = dict(zip(self.model.batches, self.model.rows, strict=True))
        return {"patients_by_centre": rows, "unadjusted": list(self.model.unadjusted)}


@dataclass(frozen=True)
class ComBat:
    """Values of centres brought together (``OutcomeData.batch``), by ``robustness.fit_combat``.

    Missing values are filled before. The outcome is no covariate: it is not known for a new patient.

    Parameters
    ----------
    empirical_bayes, location_only : bool
        As ``CombatConfig``.
    reference : str, optional
        The centre that stays as it is.
    """

    empirical_bayes: bool = True
    location_only: bool = False
    reference: str | None = None
    name: str = "ComBat"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Adjusted:
        """Estimate.

        Raises
        ------
        InputError
            If there is no centre or only one, one has too few patients, or a value is missing.
        """
        config = CombatConfig(
            empirical_bayes=self.empirical_bayes, location_only=self.location_only, reference=self.reference
        )
        return Adjusted(fit_combat(data.x, _centres(data), data.names, config=config))


def _centres(data: OutcomeData) -> list[str]:
    if data.batch is None:
        raise InputError("batch", expected="a column of centres", got="none", remedy="name it as the group")
    return [str(value) for value in data.batch]
