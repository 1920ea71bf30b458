"""Fitted models as cards have them: coefficients with their covariance, or trees and what recalibrates them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.chain import FittedChain
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.cox_interval import hazard_covariance
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.predictors import FittedCox, FittedLearner, FittedTrees
from oncologyai.outcome.signature_curves import baseline_of, plain_numbers
from oncologyai.outcome.signature_parts import Baseline, LinearModel, Recalibration, TreesFile, TreesModel
from oncologyai.outcome.signature_terms import Terms
from oncologyai.outcome.subjects import FollowUp

__all__ = ["HeldOut", "Learned", "cox_model", "logistic_model", "tree_margin", "trees_model"]

_WALD = (
    "The training patients' sampling error: baseline and coefficients together. A choice of features or of the "
    "penalty, and another population, are not in it."
)
_RIDGE = (
    "As of a normal prior of the penalty's strength on the coefficients (the inverse of the penalised information). "
    "A choice of features or of the penalty, and another population, are not in it."
)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions of the training patients by models that had not seen them, (n,), and how they were made."""

    predictions: np.ndarray
    source: str


@dataclass(frozen=True, eq=False)
class Learned:
    """The model of a card, and its baseline where it predicts survival."""

    model: LinearModel | TreesModel
    baseline: Baseline | None = None


def cox_model(
    fitted: FittedCox, chain: FittedChain, data: OutcomeData, terms: Terms, horizon: float
) -> tuple[Terms, Learned]:
    """Give the features that Cox's model takes, centred, and the model; raises InputError where it has none."""
    places = np.array(fitted.chosen, dtype=np.int64)
    if not len(places):
        raise InputError("chain", expected="a model of at least one feature", got="none that elimination left")
    model, x = fitted.model, chain.transform(data).x[:, places]
    log_hazard, covariance = hazard_covariance(model, x, data.follow_up, horizon)
    ridge = not np.allclose(model.covariance @ _information(model, x, data.follow_up), np.eye(len(places)), atol=1e-4)
    linear = LinearModel(
        link="cox", coefficients=plain_numbers(model.coefficients), intercept=log_hazard,
        covariance=_matrix(covariance), interval=_RIDGE if ridge else _WALD,
    )  # fmt: skip
    baseline = baseline_of(model, data.follow_up, horizon)
    return terms.of(places).centred(model.means), Learned(linear, baseline)


def _information(model: CoxModel, x: np.ndarray, follow_up: FollowUp) -> np.ndarray:
    """Give the information without a penalty, at the model's coefficients."""
    z, total = x - model.means, np.zeros((x.shape[1], x.shape[1]))
    weight, happened = np.exp(z @ model.coefficients), follow_up.happened
    for time in np.unique(follow_up.times[happened]):
        risk, tied = follow_up.times >= time, happened & (follow_up.times == time)
        for done in range(int(tied.sum())):
            share = weight * risk - done / tied.sum() * weight * tied
            share = share / share.sum()
            mean = share @ z
            total += (share[:, None] * z).T @ z - np.outer(mean, mean)
    return total


def logistic_model(fitted: FittedLearner, chain: FittedChain, data: OutcomeData, terms: Terms) -> tuple[Terms, Learned]:
    """Give the features, centred, and the model; raises InputError where classes were weighted."""
    if fitted.settings["balanced"]:
        raise InputError(
            "chain", expected="logistic regression without weights of classes", got="a balanced one",
            remedy="its chances are those of a cohort with as many of either class: use balanced=False",
        )  # fmt: skip
    x = chain.transform(data).x
    mean, coefficients = x.mean(axis=0), np.asarray(fitted.learner.coef_[0], dtype=np.float64)
    intercept = float(fitted.learner.intercept_[0]) + float(mean @ coefficients)
    design = np.column_stack([np.ones(len(x)), x - mean])
    chance = 1.0 / (1.0 + np.exp(-(design @ np.concatenate([[intercept], coefficients]))))
    penalty = np.diag([0.0, *[1.0 / fitted.settings["C"]] * len(coefficients)])
    covariance = np.linalg.inv(design.T @ (design * (chance * (1.0 - chance))[:, None]) + penalty)
    linear = LinearModel(
        link="logistic", coefficients=plain_numbers(coefficients), intercept=intercept, covariance=_matrix(covariance),
        interval=_RIDGE,
    )  # fmt: skip
    return terms.centred(mean), Learned(linear)


def trees_model(
    fitted: FittedTrees, data: OutcomeData, name: str, horizon: float, content: bytes, held_out: HeldOut | None
) -> Learned:
    """Give boosted trees; raises InputError where held-out predictions are not one a patient."""
    link = {"classes": "logistic", "cox": "cox", "aft": "aft"}[fitted.settings["outcome"]]
    file = TreesFile(name=f"{name}.xgboost.json", sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    if held_out is None:
        return Learned(TreesModel(link=link, file=file))  # type: ignore[arg-type]
    risk = np.asarray(held_out.predictions, dtype=np.float64)
    if risk.shape != (len(data),) or not np.isfinite(risk).all():
        raise InputError("held_out", expected=f"{len(data)} finite predictions", got=f"shape {risk.shape}")
    if not data.is_survival:
        slope, intercept = _platt(risk, data.labels)
        again = Recalibration(slope=slope, intercept=intercept, source=held_out.source)
        return Learned(TreesModel(link=link, file=file, recalibration=again))  # type: ignore[arg-type]
    model = fit_cox(risk[:, None], data.follow_up, names=["margin"])
    slope, offset = float(model.coefficients[0]), float(model.coefficients[0] * model.means[0])
    log_hazard, _ = hazard_covariance(model, risk[:, None], data.follow_up, horizon)
    again = Recalibration(slope=slope, intercept=log_hazard - offset, source=held_out.source)
    baseline = baseline_of(model, data.follow_up, horizon, offset)
    return Learned(TreesModel(link=link, file=file, recalibration=again), baseline)  # type: ignore[arg-type]


def _platt(margin: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Fit the logit of the class on the margin alone, by Newton's steps; a hair of ridge keeps it finite."""
    x = np.column_stack([margin, np.ones(len(margin))])
    beta = np.array([1.0, 0.0])
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-(x @ beta)))
        slope = x.T @ (labels - chance) - 1e-6 * beta
        step = np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x + 1e-6 * np.eye(2), slope)
        beta = beta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def tree_margin(fitted: FittedTrees, chain: FittedChain, data: OutcomeData) -> np.ndarray:
    """Give the margin of training patients, greater where the risk is."""
    import xgboost

    found = fitted.raw.predict(xgboost.DMatrix(chain.transform(data).x), output_margin=True)
    return np.asarray(found, dtype=np.float64) * (-1.0 if fitted.settings["outcome"] == "aft" else 1.0)


def _matrix(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(plain_numbers(row) for row in values)
