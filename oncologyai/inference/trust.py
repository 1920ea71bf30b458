"""How far a result can be trusted: the Dice that is to be expected, with its interval.

The members of an ensemble, of dropout or of flips agree on easy cases and disagree on hard ones. A ridge regression
from a few measures of that to the Dice, fitted on cases that the network had not seen, foretells the Dice of a new
one; the interval's half width is a quantile of the errors on cases left out (split-conformal in the manner of the
jackknife).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.models import TrustCalibration

__all__ = ["METHODS", "TRUST_FEATURES", "Trust", "TrustFit", "assess_trust", "fit_trust", "trust_features"]

METHODS = ("ensemble", "dropout", "flips")
TRUST_FEATURES = ("log_volume", "mean_probability", "border_entropy", "disagreement", "mean_spread")
"""What ``trust_features`` gives, in this order."""

_PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_MOST_DISAGREEMENT = 3.0  # more voxels in dispute than this many times the lesion tell no more
_SMALLEST_ML = 0.01
_CONSTANT = 1e-12
_MOST_LEVERAGE = 0.999


@dataclass(frozen=True)
class Trust:
    """What is to be expected of a result.

    Attributes
    ----------
    found : bool
        False says that no tumour was found.
    dice : float or None
        The Dice to be expected, 0-1; None where nothing was found or the card holds no calibration.
    interval : tuple of float or None
        Where it lies in ``level`` of the cases.
    level : float
        Such as 0.9; 0 without an interval.
    features : mapping
        What it was told from; empty where nothing was found.
    warnings : tuple of str
        In what the input is unlike the training data, and what else a reader must know.
    """

    found: bool
    dice: float | None
    interval: tuple[float, float] | None
    level: float
    features: Mapping[str, float]
    warnings: tuple[str, ...]

    def sentence(self) -> str:
        """Say it in a line."""
        if not self.found:
            return "no tumour found"
        if self.dice is None or self.interval is None:
            return "tumour found; how well it is outlined is not known for this model"
        low, high = self.interval
        return (
            f"tumour found; Dice to be expected {self.dice:.2f} ({low:.2f} to {high:.2f} in {self.level:.0%} of cases)"
        )


@dataclass(frozen=True, eq=False)
class TrustFit:
    """A calibration and how it did on cases left out.

    Attributes
    ----------
    weights, intercept : mapping, float
        Of the features as they are: Dice = intercept + sum of weight times feature.
    half_width, level : float
        The interval is the prediction, more or less this; the share of cases that it should hold.
    predicted : ndarray, shape (n,)
        Each case's Dice foretold without it.
    error, error_of_mean : float
        Mean absolute error of ``predicted``, and of foretelling the mean of the other cases.
    rank_correlation : float
        Spearman's, of ``predicted`` and the true Dice; 0 where either is constant.
    coverage : float
        Share of cases within an interval made without them.
    penalty : float
        Of the ridge, chosen among the cases that each fit was given.
    """

    weights: Mapping[str, float]
    intercept: float
    half_width: float
    level: float
    predicted: np.ndarray
    error: float
    error_of_mean: float
    rank_correlation: float
    coverage: float
    penalty: float

    def calibration(self, method: str, *, test_set: str) -> TrustCalibration:
        """Give what a model card keeps; ``test_set`` says which cases these were, ``method`` what disagreed.

        Raises
        ------
        InputError
            If ``method`` is not one of ``METHODS``.
        """
        from oncologyai.models import Figure, TrustCalibration

        check_choice(method, METHODS, "method")
        values = {
            "mean absolute error of the predicted Dice": self.error,
            "mean absolute error of predicting the mean": self.error_of_mean,
            "rank correlation with the true Dice": self.rank_correlation,
            "coverage of the interval": self.coverage,
        }
        return TrustCalibration.model_validate(
            {
                "method": method,
                "intercept": self.intercept,
                "weights": dict(self.weights),
                "half_width": self.half_width,
                "level": self.level,
                "figures": tuple(
                    Figure(metric=name, value=value, test_set=test_set, cases=len(self.predicted))
                    for name, value in values.items()
                ),
            }
        )


def trust_features(
    probability: np.ndarray, spread: np.ndarray, votes: np.ndarray, *, voxel_ml: float, threshold: float = 0.5
) -> dict[str, float]:
    """Measure how sure the members were, and how much they agreed.

    Parameters
    ----------
    probability, spread, votes : ndarray, shape (k, j, i)
        Mean probability, standard deviation of the members, share of members that vote for the label.
    voxel_ml : float
        Volume of a voxel.
    threshold : float
        A voxel above it is lesion.

    Returns
    -------
    dict of str to float
        ``TRUST_FEATURES``: decimal logarithm of the volume in ml; mean probability in the lesion; mean entropy in
        bits in the shell of a voxel on both sides of its border; voxels in dispute over voxels of the lesion, at most
        3; mean deviation in lesion and shell. Empty where there is no lesion.

    Raises
    ------
    InputError
        If the shapes differ.
    """
    if not probability.shape == spread.shape == votes.shape:
        raise InputError("votes", expected=f"shape {probability.shape}", got=f"{spread.shape} and {votes.shape}")
    lesion = probability > threshold
    count = int(np.count_nonzero(lesion))
    if not count:
        return {}
    ball = ndimage.generate_binary_structure(lesion.ndim, 1)
    wide = ndimage.binary_dilation(lesion, ball)
    shell = wide & ~ndimage.binary_erosion(lesion, ball)
    disputed = int(np.count_nonzero((votes > 0) & (votes < 1)))
    return {
        "log_volume": float(np.log10(max(count * voxel_ml, _SMALLEST_ML))),
        "mean_probability": float(probability[lesion].mean(dtype=np.float64)),
        "border_entropy": float(_entropy(probability[shell]).mean()),
        "disagreement": min(disputed / count, _MOST_DISAGREEMENT),
        "mean_spread": float(spread[wide].mean(dtype=np.float64)),
    }


def fit_trust(
    features: np.ndarray, dices: np.ndarray, *, names: tuple[str, ...] = TRUST_FEATURES, level: float = 0.9
) -> TrustFit:
    """Fit the calibration, and tell how it does on cases left out.

    Parameters
    ----------
    features : ndarray, shape (n, feature), n >= 8
        Of cases that the network did not learn from, such as each patient's by the fold that left him out.
    dices : ndarray, shape (n,)
        Their true Dice, 0-1.
    names : tuple of str
        Of the features.
    level : float
        Share of cases that the interval should hold.

    Returns
    -------
    TrustFit
        Everything but the final weights is from fits that never saw the case: the ridge's penalty and the interval
        are chosen anew without it. Constant features get the weight 0.

    Raises
    ------
    InputError
        If shapes, numbers or ``level`` do not fit.
    """
    x, y = np.asarray(features, dtype=np.float64), np.asarray(dices, dtype=np.float64)
    check_range(level, 0.5, 0.99, "level")
    if x.ndim != 2 or x.shape != (len(y), len(names)) or len(y) < 8:
        raise InputError(
            "features", expected=f"8 or more rows of {len(names)}, a Dice each", got=f"{x.shape}, {y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all() and y.min() >= 0 and y.max() <= 1):
        raise InputError("dices", expected="finite features and Dice within 0-1", got="others")
    count = len(y)
    predicted, inside = np.empty(count), np.empty(count, dtype=bool)
    for n in range(count):
        kept = np.arange(count) != n
        penalty, left_out = _choose_penalty(x[kept], y[kept])
        intercept, weights = _ridge(x[kept], y[kept], penalty)
        predicted[n] = np.clip(intercept + x[n] @ weights, 0.0, 1.0)
        inside[n] = abs(predicted[n] - y[n]) <= _half_width(np.abs(left_out - y[kept]), level)
    penalty, _ = _choose_penalty(x, y)
    intercept, weights = _ridge(x, y, penalty)
    mean_without = (y.sum() - y) / (count - 1)
    return TrustFit(
        weights={name: float(w) for name, w in zip(names, weights, strict=True)},
        intercept=float(intercept),
        half_width=_half_width(np.abs(predicted - y), level),
        level=level,
        predicted=predicted,
        error=float(np.abs(predicted - y).mean()),
        error_of_mean=float(np.abs(mean_without - y).mean()),
        rank_correlation=_rank_correlation(predicted, y),
        coverage=float(inside.mean()),
        penalty=penalty,
    )


def assess_trust(
    features: Mapping[str, float], calibration: TrustCalibration | None, *, warnings: tuple[str, ...] = ()
) -> Trust:
    """Foretell the Dice of a case.

    Parameters
    ----------
    features : mapping
        From ``trust_features``; empty where nothing was found.
    calibration : TrustCalibration, optional
        The card's.
    warnings : tuple of str
        From ``unlike_training`` and the run.

    Returns
    -------
    Trust

    Raises
    ------
    InputError
        If the calibration asks for a feature that was not measured.
    """
    if not features:
        return Trust(False, None, None, 0.0, {}, warnings)
    if calibration is None:
        return Trust(True, None, None, 0.0, dict(features), warnings)
    missing = [name for name in calibration.weights if name not in features]
    if missing:
        raise InputError("calibration", expected=f"features of {', '.join(features)}", got=", ".join(missing))
    raw = calibration.intercept + sum(weight * features[name] for name, weight in calibration.weights.items())
    dice = min(max(raw, 0.0), 1.0)
    interval = max(0.0, dice - calibration.half_width), min(1.0, dice + calibration.half_width)
    return Trust(True, dice, interval, calibration.level, dict(features), warnings)


def _ridge(x: np.ndarray, y: np.ndarray, penalty: float) -> tuple[float, np.ndarray]:
    """Give intercept and weights of the features as they are; they are standardised inside."""
    middle, scale = x.mean(axis=0), x.std(axis=0)
    live = scale > _CONSTANT
    weights = np.zeros(x.shape[1])
    if live.any():
        z = (x[:, live] - middle[live]) / scale[live]
        inner = z.T @ z + penalty * np.eye(z.shape[1])
        weights[live] = np.linalg.solve(inner, z.T @ (y - y.mean())) / scale[live]
    return float(y.mean() - middle @ weights), weights


def _choose_penalty(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Give the penalty of the least error on cases left out, and the predictions of them.

    Each case's prediction without it comes from the leverages h of one fit: y - (y - fitted) / (1 - h).
    """
    scale = x.std(axis=0)
    live = scale > _CONSTANT
    z = (x[:, live] - x[:, live].mean(axis=0)) / scale[live]
    best: tuple[float, float, np.ndarray] | None = None
    for penalty in _PENALTIES:
        smoother = z @ np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T) + 1 / len(y)
        leverage = np.minimum(np.diag(smoother), _MOST_LEVERAGE)
        found = np.clip(y - (y - smoother @ y) / (1 - leverage), 0.0, 1.0)
        error = float(np.abs(found - y).mean())
        if best is None or error < best[0]:
            best = (error, penalty, found)
    return (best[1], best[2]) if best else (_PENALTIES[0], y)


def _half_width(errors: np.ndarray, level: float) -> float:
    """Give the conformal quantile: the ceil((n + 1) level)-th smallest error, the largest where there are too few."""
    rank = min(int(np.ceil((len(errors) + 1) * level)), len(errors))
    return float(np.sort(errors)[rank - 1])


def _entropy(probability: np.ndarray) -> np.ndarray:
    p = np.clip(probability.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    from scipy import stats

    if np.ptp(a) < 1e-12 or np.ptp(b) < 1e-12:
        return 0.0
    return float(stats.spearmanr(a, b).statistic)
