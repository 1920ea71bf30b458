"""Cox's model with an elastic net whose penalty is chosen in folds within the training patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.outcome.cox_path import CoxPath, fit_cox_path, partial_log_likelihood
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import folds

__all__ = ["PenalisedCox"]


@dataclass(frozen=True, eq=False)
class _FittedPenalised:
    names: tuple[str, ...]
    chosen: tuple[int, ...]
    coefficients: np.ndarray  # of the chosen
    means: np.ndarray
    penalty: float
    gains: np.ndarray  # cross-validated log-likelihood of each penalty over that of no model

    def predict(self, data: OutcomeData) -> np.ndarray:
        return np.asarray((data.x[:, self.chosen] - self.means) @ self.coefficients)

    def covariates(self, data: OutcomeData) -> tuple[tuple[str, ...], np.ndarray]:
        return self.names, data.x[:, self.chosen]

    def told(self) -> Mapping[str, Any]:
        return {
            "kind": "penalised cox",
            "features": list(self.names),
            "coefficients": self.coefficients.tolist(),
            "means": self.means.tolist(),
            "penalty": self.penalty,
            "gain": float(self.gains.max()),
        }


@dataclass(frozen=True)
class PenalisedCox:
    """An elastic net; the penalty is that of the greatest cross-validated partial likelihood.

    What a fold's model gains for the patients whom it has not seen is the likelihood of everybody less that of its own
    training patients (Verweij and van Houwelingen, Stat Med 1993;12:2305). The penalty that leaves no feature is among
    those tried, so that a model which says the same of all is a possible answer.

    Parameters
    ----------
    lasso_share : float
        1 is the lasso; less keeps groups of like features together.
    count : int
        Of penalties tried.
    smallest : float
        Least penalty, of the least one that leaves no feature.
    inner_folds : int
        Folds within the training patients.
    """

    lasso_share: float = 0.5
    count: int = 30
    smallest: float = 0.1
    inner_folds: int = 5
    name: str = "penalised Cox"

    def __post_init__(self) -> None:
        check_range(self.lasso_share, 1e-3, 1.0, "lasso_share")
        check_range(self.count, 2, 1000, "count")
        check_range(self.smallest, 1e-4, 0.99, "smallest")
        check_range(self.inner_folds, 2, 100, "inner_folds")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> _FittedPenalised:
        """Choose the penalty and fit; raises InputError where folds or the model cannot be made."""
        path = fit_cox_path(
            data.x, data.follow_up, names=data.names, lasso_share=self.lasso_share, count=self.count,
            smallest=self.smallest,
        )  # fmt: skip
        gains = self._gains(data, path, rng)
        best = int(np.argmax(gains))
        chosen = np.flatnonzero(path.coefficients[best])
        return _FittedPenalised(
            tuple(data.names[n] for n in chosen), tuple(int(n) for n in chosen), path.coefficients[best, chosen],
            path.means[chosen], float(path.penalties[best]), gains,
        )  # fmt: skip

    def _gains(self, data: OutcomeData, path: CoxPath, rng: np.random.Generator) -> np.ndarray:
        gains = np.zeros(len(path.penalties))
        for split in folds(data, self.inner_folds, rng):
            training = data.rows(split.train)
            found = fit_cox_path(
                training.x, training.follow_up, lasso_share=self.lasso_share, penalties=path.penalties.tolist()
            )
            risk = found.risk(data.x)
            everybody = partial_log_likelihood(risk, data.follow_up)
            gain = everybody - partial_log_likelihood(risk[split.train], training.follow_up)
            reached = len(gain)
            gains[:reached] += gain - gain[0]
            gains[reached:] = -np.inf  # a fold's path that ended has told its patients apart wholly
        return gains
