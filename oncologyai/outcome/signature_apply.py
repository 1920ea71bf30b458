"""A signature applied to patients: prediction, interval, risk group, contributions, and what to be careful about."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special, stats

from oncologyai.errors import InputError
from oncologyai.outcome.cohort_distance import distance_of, share_below
from oncologyai.outcome.contributions import Contributions, linear_contributions, tree_contributions
from oncologyai.outcome.signature import Signature
from oncologyai.outcome.signature_inputs import Caution, Given, SignatureInputs, signature_inputs
from oncologyai.outcome.signature_parts import IndexModel, LinearModel, TreesModel

__all__ = ["FAR", "Applied", "LEAST_COHORT", "apply_signature", "patient_survival"]

FAR = 0.99
"""A patient farther from the cohort than this share of its patients are from each other is far."""
LEAST_COHORT = 10
"""Patients whose values can give an index its scaling."""


@dataclass(frozen=True, eq=False)
class Applied:
    """Predictions, one a patient.

    Attributes
    ----------
    card : Signature
    patients : tuple of str
    predictor : ndarray (n,)
        Log relative hazard, logit, margin or index: greater is a greater risk, or chance of class 1.
    value, low, high : ndarray (n,)
        The chance of the event by the card's horizon, or of class 1, and its 95% interval; NaN where the card has none.
    group : tuple of str
        Empty texts where the card has no groups.
    rank : ndarray (n,)
        Share of the training patients whose predictor is lower; of an index, the place in the user's own cohort,
        1 the greatest.
    distance, nearer : ndarray (n,)
        From the training cohort, and the share of its patients who are nearer to the others; NaN without it.
    x, contributions
        The values that the model took, before scaling, and what each adds.
    cautions : tuple of Caution
    """

    card: Signature
    patients: tuple[str, ...]
    predictor: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    group: tuple[str, ...]
    rank: np.ndarray
    distance: np.ndarray
    nearer: np.ndarray
    x: np.ndarray
    contributions: Contributions
    cautions: tuple[Caution, ...]

    @property
    def is_index(self) -> bool:
        """Tell whether it is an index and its place in the user's own cohort, and no absolute risk."""
        return isinstance(self.card.model, IndexModel)

    def cautions_of(self, patient: str) -> tuple[Caution, ...]:
        """Give what to be careful about in one patient, with what holds for all."""
        return tuple(caution for caution in self.cautions if caution.patient in ("", patient))


def apply_signature(
    card: Signature, frame: pd.DataFrame, given: Given | None = None, *, model: bytes = b"", level: float = 0.95
) -> Applied:
    """Apply a signature to the patients of a table.

    Parameters
    ----------
    card : Signature
    frame : DataFrame
        A row a patient. For an index without scaling, the user's own cohort: its values give the scaling.
    given : Given, optional
        What is known of the table besides its cells.
    model : bytes
        The model's file, where the card has one.
    level : float
        Of the interval.

    Raises
    ------
    InputError
        If the table does not fit (``signature_inputs``), the level is not between 0 and 1, or a cohort that is to give
        the scaling is too small or all alike.
    UnitsError
        As ``signature_inputs``.
    UnreadableFileError, MissingDependencyError
        As ``tree_contributions``.
    """
    if not 0.0 < level < 1.0:
        raise InputError("level", expected="a number between 0 and 1", got=str(level))
    taken = signature_inputs(card, frame, given)
    scaled = _scaled(card, taken)
    if isinstance(card.model, IndexModel):
        return _index(card, card.model, taken, scaled)
    return _predicted(card, taken, scaled, model, level)


def patient_survival(applied: Applied, patient: int) -> np.ndarray:
    """Give a patient's predicted survival at the times of the card's baseline, (m,).

    Raises
    ------
    InputError
        If the signature predicts no survival.
    """
    baseline = applied.card.baseline
    if baseline is None or not applied.card.gives_chance:
        raise InputError("signature", expected="one that predicts survival", got=applied.card.id)
    model, log_hazard = applied.card.model, float(applied.predictor[patient])
    if isinstance(model, TreesModel) and model.recalibration is not None:
        log_hazard *= model.recalibration.slope
    return np.asarray(np.array(baseline.survival) ** np.exp(log_hazard))


def _scaled(card: Signature, taken: SignatureInputs) -> np.ndarray:
    """Give (n, p) as the model takes it."""
    out = np.empty_like(taken.x)
    for place, feature in enumerate(card.features):
        values = taken.x[:, place]
        if feature.scale is not None:
            out[:, place] = (values - feature.shift) / feature.scale
            continue
        if len(values) < LEAST_COHORT:
            raise InputError(
                "table", expected=f"a cohort of at least {LEAST_COHORT} patients, whose values give the scaling",
                got=str(len(values)),
            )  # fmt: skip
        deviation = values.std(ddof=1)
        if not deviation > 0:
            raise InputError(feature.column, expected="values that differ, to give the scaling", got="one for all")
        out[:, place] = (values - values.mean()) / deviation
    return out


def _index(card: Signature, model: IndexModel, taken: SignatureInputs, scaled: np.ndarray) -> Applied:
    found = linear_contributions(scaled, np.array(model.coefficients))
    none = np.full(len(taken.patients), np.nan)
    place = stats.rankdata(-found.predictor, method="min").astype(np.float64)
    cautions = [Caution("", "", f"the publication does not give {missing}") for missing in model.missing]
    if any(feature.scale is None for feature in card.features):
        cautions.append(Caution("", "", f"scaled by the table's own {len(taken.patients)} patients"))
    return Applied(
        card, taken.patients, found.predictor, none, none, none, ("",) * len(taken.patients), place, none, none,
        taken.x, found, (*taken.cautions, *cautions),
    )  # fmt: skip


def _predicted(card: Signature, taken: SignatureInputs, scaled: np.ndarray, model: bytes, level: float) -> Applied:
    kind = card.model
    n = len(taken.patients)
    if isinstance(kind, LinearModel):
        own = kind.intercept if kind.link == "logistic" else 0.0
        found = linear_contributions(scaled, np.array(kind.coefficients), own)
        value, low, high = _linear_chance(kind, scaled, found.predictor, level)
    elif isinstance(kind, TreesModel):
        found = tree_contributions(model, scaled, reverse=kind.link == "aft")
        value, low, high = _tree_chance(kind, found.predictor), np.full(n, np.nan), np.full(n, np.nan)
    else:
        raise InputError("signature", expected="a linear model or trees", got=kind.kind)
    applied = Applied(
        card, taken.patients, found.predictor, value, low, high, _groups(card, found.predictor),
        share_below(found.predictor, card.predictors) if card.predictors else np.full(n, np.nan),
        np.full(n, np.nan), np.full(n, np.nan), taken.x, found, taken.cautions,
    )  # fmt: skip
    return applied if card.distance is None else _with_distance(applied, scaled)


def _with_distance(applied: Applied, scaled: np.ndarray) -> Applied:
    if applied.card.distance is None:
        return applied
    distance, nearer = distance_of(scaled, applied.card.distance)
    far = [
        Caution(applied.patients[n], "", f"far from the cohort: distance {distance[n]:.2f}, {nearer[n]:.0%} are nearer")
        for n in np.flatnonzero(nearer > FAR)
    ]
    return replace(applied, distance=distance, nearer=nearer, cautions=(*applied.cautions, *far))


def _linear_chance(
    model: LinearModel, scaled: np.ndarray, predictor: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the chance and its interval, symmetric on the scale of the logit, or of log(-log S)."""
    chance = special.expit if model.link == "logistic" else _risk
    middle = predictor if model.link == "logistic" else predictor + model.intercept
    if model.covariance is None:
        none = np.full(len(predictor), np.nan)
        return chance(middle), none, none
    design = np.column_stack([np.ones(len(scaled)), scaled])
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, np.array(model.covariance), design), 0.0))
    half = stats.norm.ppf(0.5 + level / 2.0) * error
    return chance(middle), chance(middle - half), chance(middle + half)


def _tree_chance(model: TreesModel, margin: np.ndarray) -> np.ndarray:
    if model.recalibration is None:
        return np.full(len(margin), np.nan)
    middle = model.recalibration.intercept + model.recalibration.slope * margin
    return np.asarray(special.expit(middle) if model.link == "logistic" else _risk(middle))


def _risk(log_hazard: np.ndarray) -> np.ndarray:
    """Give 1 - S from the log of the cumulative hazard."""
    return np.asarray(-np.expm1(-np.exp(log_hazard)))


def _groups(card: Signature, predictor: np.ndarray) -> tuple[str, ...]:
    if card.groups is None:
        return ("",) * len(predictor)
    return tuple(card.groups.names[n] for n in np.searchsorted(card.groups.cuts, predictor, side="left"))
