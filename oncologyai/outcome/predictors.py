"""Models at the end of chains: Cox's and its ridge, logistic ridge, boosted trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_choice
from oncologyai._optional import import_optional
from oncologyai.errors import InputError
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.elimination import backward_elimination

__all__ = [
    "BoostedTrees",
    "CoxRegression",
    "FittedCox",
    "FittedLearner",
    "FittedTrees",
    "LogisticRegression",
]

_INSTALL = "pip install 'oncologyai[stats]'"


@dataclass(frozen=True, eq=False)
class FittedCox:
    """What Cox's model learned, of the features at these places."""

    model: CoxModel
    chosen: tuple[int, ...]
    ridge: float = 0.0  # that was used, times the events

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient, (n,)."""
        return self.model.risk(data.x[:, self.chosen])

    def covariates(self, data: OutcomeData) -> tuple[tuple[str, ...], np.ndarray]:
        """Give the features that count, by name, and their values."""
        return self.model.names, data.x[:, self.chosen]

    def told(self) -> Mapping[str, Any]:
        """Say what was learned."""
        return {
            "kind": "cox",
            "ridge": self.ridge,
            "features": list(self.model.names),
            "coefficients": self.model.coefficients.tolist(),
            "errors": self.model.errors.tolist(),
            "p": self.model.p.tolist(),
            "means": self.model.means.tolist(),
        }


@dataclass(frozen=True)
class CoxRegression:
    """Cox's model of all features that are left.

    Parameters
    ----------
    penalty : float
        Ridge, times the number of events: the same strength in small and large cohorts.
    alpha : float, optional
        Fast backward elimination to p below it, then a fit of what stays.
    most : int, optional
        At most so many features go in, the first ones given: a model has no more than its events allow.
    fallback : float, optional
        Ridge, as ``penalty``, where the likelihood without one has no maximum; without it that is an error.
    """

    penalty: float = 0.0
    alpha: float | None = None
    most: int | None = None
    fallback: float | None = None
    name: str = "Cox"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedCox:
        """Fit; where elimination leaves nothing, the model says the same of all."""
        data.follow_up.require()
        try:
            return self._fit(data, self.penalty)
        except InputError:
            if self.fallback is None or np.isnan(data.x).any():
                raise
            return self._fit(data, self.fallback)

    def _fit(self, data: OutcomeData, ridge: float) -> FittedCox:
        chosen = tuple(range(len(data.names)))[: self.most]
        strength = ridge * max(int(data.follow_up.happened.sum()), 1)
        model = self._fitted(data, chosen, strength)
        if self.alpha is not None:
            chosen = tuple(chosen[n] for n in backward_elimination(model, alpha=self.alpha))
            model = self._fitted(data, chosen, strength)
        return FittedCox(model, chosen, ridge)

    @staticmethod
    def _fitted(data: OutcomeData, chosen: tuple[int, ...], strength: float) -> CoxModel:
        names = [data.names[n] for n in chosen]
        return fit_cox(data.x[:, chosen], data.follow_up, names=names, penalty=strength)


@dataclass(frozen=True, eq=False)
class FittedLearner:
    """What one of scikit-learn's models learned."""

    learner: Any
    kind: str
    names: tuple[str, ...]
    settings: Mapping[str, Any]

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient, (n,)."""
        return np.asarray(self.learner.predict_proba(data.x)[:, 1])

    def told(self) -> Mapping[str, Any]:
        """Say what was learned."""
        found: dict[str, Any] = {"kind": self.kind, "features": list(self.names), "settings": dict(self.settings)}
        if hasattr(self.learner, "coef_"):
            found["coefficients"] = self.learner.coef_[0].tolist()
            found["intercept"] = float(self.learner.intercept_[0])
        return found


@dataclass(frozen=True)
class LogisticRegression:
    """Logistic regression with a ridge; ``strength`` is scikit-learn's C (smaller is a stronger penalty)."""

    strength: float = 1.0
    balanced: bool = True
    name: str = "logistic regression"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedLearner:
        """Fit."""
        import_optional("sklearn", feature="classification", install=_INSTALL)
        from sklearn.linear_model import LogisticRegression as Learner

        _require_classes(data)
        weight = "balanced" if self.balanced else None
        learner = Learner(C=self.strength, class_weight=weight, max_iter=5000).fit(data.x, data.labels)
        settings = {"C": self.strength, "balanced": self.balanced}
        return FittedLearner(learner, "logistic", data.names, settings)


@dataclass(frozen=True, eq=False)
class FittedTrees:
    """What boosted trees learned."""

    booster: Any
    names: tuple[str, ...]
    settings: Mapping[str, Any]

    @property
    def scale(self) -> str:
        """What a prediction of survival is (``absolute_risk.SCALES``)."""
        return "rank" if self.settings["outcome"] == "aft" else "hazard"

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient, (n,)."""
        import xgboost

        found = self.booster.predict(
            xgboost.DMatrix(data.x, nthread=1), output_margin=self.settings["outcome"] != "classes"
        )
        return np.asarray(found, dtype=np.float64)

    def told(self) -> Mapping[str, Any]:
        """Say what was learned."""
        return {"kind": "boosted trees", "features": list(self.names), "settings": dict(self.settings)}

    @property
    def raw(self) -> Any:
        """Give xgboost's booster; where times are boosted its margin falls with the risk."""
        return self.booster.raw if isinstance(self.booster, _Reversed) else self.booster


@dataclass(frozen=True)
class BoostedTrees:
    """Gradient-boosted trees (xgboost): of classes, or of Cox's partial likelihood.

    Parameters
    ----------
    rounds, depth, rate : int, int, float
        Trees, their levels, and how far each goes.
    subsample, columns, least : float, float, float
        Share of patients and of features a tree sees, and the least weight of a leaf.
    survival : {'cox', 'aft'}
        What is boosted where the outcome is a follow-up: the partial likelihood, or accelerated failure times
        (its prediction is turned round, so that greater means earlier).
    """

    rounds: int = 100
    depth: int = 2
    rate: float = 0.05
    subsample: float = 0.8
    columns: float = 0.8
    least: float = 1.0
    survival: str = "cox"
    name: str = "boosted trees"

    def __post_init__(self) -> None:
        check_choice(self.survival, ("aft", "cox"), "survival")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedTrees:
        """Fit, one thread: the same numbers on every machine."""
        import_optional("xgboost", feature="boosted trees", install=_INSTALL)
        import xgboost

        kind, matrix = self._matrix(xgboost, data)
        settings = {
            "max_depth": self.depth, "eta": self.rate, "subsample": self.subsample, "colsample_bytree": self.columns,
            "min_child_weight": self.least, "seed": _seed(rng), "nthread": 1, "verbosity": 0, "tree_method": "exact",
            **kind,
        }  # fmt: skip
        booster = xgboost.train(settings, matrix, num_boost_round=self.rounds)
        outcome = "classes" if not data.is_survival else self.survival
        told = {"rounds": self.rounds, "outcome": outcome, **settings}
        return FittedTrees(_Reversed(booster) if outcome == "aft" else booster, data.names, told)

    def _matrix(self, xgboost: Any, data: OutcomeData) -> tuple[dict[str, Any], Any]:
        if not data.is_survival:
            _require_classes(data)
            weight = float((data.labels == 0).sum() / (data.labels == 1).sum())
            return {"objective": "binary:logistic", "scale_pos_weight": weight}, xgboost.DMatrix(
                data.x, data.labels, nthread=1
            )
        follow_up = data.follow_up
        follow_up.require()
        times = np.maximum(follow_up.times, 1e-3)
        if self.survival == "cox":
            return {"objective": "survival:cox"}, xgboost.DMatrix(data.x, np.where(follow_up.happened, times, -times))
        matrix = xgboost.DMatrix(data.x)
        matrix.set_float_info("label_lower_bound", times)
        matrix.set_float_info("label_upper_bound", np.where(follow_up.happened, times, np.inf))
        return {"objective": "survival:aft", "aft_loss_distribution": "normal"}, matrix


class _Reversed:
    """A booster of times, read as one of risks."""

    def __init__(self, booster: Any) -> None:
        self.raw = booster

    def predict(self, matrix: Any, *, output_margin: bool) -> np.ndarray:
        return -np.asarray(self.raw.predict(matrix, output_margin=output_margin))


def _require_classes(data: OutcomeData) -> None:
    if len(np.unique(data.labels)) < 2:
        raise InputError("outcome", expected="both classes in training", got="one", remedy="check the outcome's column")


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31 - 1))
