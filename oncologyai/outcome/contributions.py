"""What each feature adds to a patient's prediction: exactly, for sums; by TreeSHAP, for boosted trees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._optional import import_optional
from oncologyai.errors import UnreadableFileError

__all__ = ["Contributions", "linear_contributions", "tree_contributions"]


@dataclass(frozen=True, eq=False)
class Contributions:
    """Parts that sum to the predictor.

    Attributes
    ----------
    base : float
        What everybody has: the predictor of a patient at the training mean, or the trees' mean margin.
    parts : ndarray, shape (n, p)
        Of each patient and feature.
    predictor : ndarray (n,)
        ``base`` and a patient's parts together. Of sums it is computed as just that; of trees it is their margin, in
        single precision, and the parts sum to it within 1e-4 of their size.
    """

    base: float
    parts: np.ndarray
    predictor: np.ndarray


def linear_contributions(scaled: np.ndarray, coefficients: np.ndarray, intercept: float = 0.0) -> Contributions:
    """Give each coefficient times its scaled value; ``scaled`` is (n, p) and 0 at the training mean."""
    parts = np.asarray(scaled, dtype=np.float64) * np.asarray(coefficients, dtype=np.float64)
    return Contributions(intercept, parts, intercept + parts.sum(axis=1))


def tree_contributions(model: bytes, scaled: np.ndarray, *, reverse: bool = False) -> Contributions:
    """Give TreeSHAP's values of xgboost (Lundberg et al., Nat Mach Intell 2020;2:56), on the scale of the margin.

    Parameters
    ----------
    model : bytes
        xgboost's JSON.
    scaled : ndarray, shape (n, p)
        As the trees were fitted on.
    reverse : bool
        Whether the trees predict times, so that signs are turned.

    Raises
    ------
    UnreadableFileError
        If the bytes are no model of xgboost, or one of other features.
    MissingDependencyError
        If xgboost is not installed.
    """
    import_optional("xgboost", feature="signatures of boosted trees", install="pip install 'oncologyai[stats]'")
    import xgboost

    matrix = xgboost.DMatrix(np.asarray(scaled, dtype=np.float64), nthread=1)
    try:
        booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(model))
        found = np.asarray(booster.predict(matrix, pred_contribs=True), dtype=np.float64)
        margin = np.asarray(booster.predict(matrix, output_margin=True), dtype=np.float64)
    except (xgboost.core.XGBoostError, ValueError) as error:
        first = str(error).strip().splitlines()[-1]
        raise UnreadableFileError("model", expected="a model of xgboost of the card's features", got=first) from error
    sign = -1.0 if reverse else 1.0
    base = sign * float(found[0, -1]) if len(found) else 0.0
    return Contributions(base, sign * found[:, :-1], sign * margin)
