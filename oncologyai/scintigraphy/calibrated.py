"""A probability with its interval from a network's logits, by the calibration on a model's card."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oncologyai.models import LogitCalibration

__all__ = ["calibrated_probability"]

_NORMAL_95 = 1.959964  # two-sided quantile of the normal distribution


def calibrated_probability(calibration: LogitCalibration, logit: float) -> tuple[float, tuple[float, float]]:
    """Give the calibrated probability and its 95 % interval.

    Parameters
    ----------
    calibration : LogitCalibration
    logit : float
        The second logit less the first.

    Returns
    -------
    float, (float, float)
        The interval is that of the calibration's uncertainty (delta method, on the logit's scale): how far the
        held-out scans settle what such a logit means. It does not tell how sure the network is of this scan.
    """
    x = calibration.intercept + calibration.slope * logit
    (aa, ab), (_, bb) = calibration.covariance
    deviation = math.sqrt(max(0.0, aa + 2.0 * logit * ab + logit**2 * bb))
    low, high = (_logistic(x + side * _NORMAL_95 * deviation) for side in (-1.0, 1.0))
    return _logistic(x), (low, high)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else math.exp(x) / (1.0 + math.exp(x))
