"""How far a patient is from those that a model was learned from."""

from __future__ import annotations

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.signature_parts import CohortDistance

__all__ = ["distance_of", "learn_distance", "share_below"]

_SHRINKAGE = 0.1  # of the covariances towards none, so that few patients and many features can be inverted
_QUANTILES = 101
_DIGITS = 10


def learn_distance(scaled: np.ndarray) -> CohortDistance:
    """Learn mean, inverse covariance and the training patients' own distances.

    Covariances are shrunk by a tenth towards none. Each patient's distance is measured from the others, as a new
    patient's will be: with his own part in mean and covariance everybody would seem nearer.

    Parameters
    ----------
    scaled : ndarray, shape (n, p), finite
        Training patients.

    Raises
    ------
    InputError
        If there are fewer than 4 patients, or a feature is the same for all.
    """
    x = np.asarray(scaled, dtype=np.float64)
    if len(x) < 4:
        raise InputError("patients", expected="at least 4 to measure distances from", got=str(len(x)))
    if (np.ptp(x, axis=0) == 0).any():
        raise InputError("features", expected="values that differ", got="a feature that is the same for all")
    own = np.array([_distances(x[n : n + 1], *_shape(np.delete(x, n, axis=0)))[0] for n in range(len(x))])
    mean, inverse = _shape(x)
    quantiles = np.maximum.accumulate(np.quantile(own, np.linspace(0, 1, _QUANTILES)))
    return CohortDistance(
        mean=tuple(np.round(mean, _DIGITS).tolist()),
        inverse_covariance=tuple(tuple(row) for row in np.round(inverse, _DIGITS).tolist()),
        quantiles=tuple(np.round(quantiles, _DIGITS).tolist()),
    )


def distance_of(scaled: np.ndarray, cohort: CohortDistance) -> tuple[np.ndarray, np.ndarray]:
    """Give each patient's distance, and the share of training patients who are nearer (0 to 1), (n,) each."""
    found = _distances(np.asarray(scaled, dtype=np.float64), np.array(cohort.mean), np.array(cohort.inverse_covariance))
    return found, share_below(found, cohort.quantiles)


def share_below(values: np.ndarray, quantiles: tuple[float, ...]) -> np.ndarray:
    """Give the share of a sample, known by quantiles at equal shares, that lies at or below values, 0 to 1."""
    marks = np.asarray(quantiles)
    return np.asarray(np.interp(values, marks, np.linspace(0.0, 1.0, len(marks))))


def _shape(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    spread = np.diag(np.maximum(np.diag(covariance), 1e-6))  # without the only patient of a kind there is none left
    shrunk = (1.0 - _SHRINKAGE) * covariance + _SHRINKAGE * spread
    return x.mean(axis=0), np.linalg.inv(shrunk)


def _distances(x: np.ndarray, mean: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    away = x - mean
    return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", away, inverse, away), 0.0))
