"""Probabilities with intervals from logits."""

import numpy as np
import pytest

from oncologyai.models import LogitCalibration
from oncologyai.scintigraphy import calibrated_probability


def test_without_uncertainty_the_interval_is_the_probability() -> None:
    plain = LogitCalibration(prevalence=0.5, scans=10)
    assert calibrated_probability(plain, 0.0) == (0.5, (0.5, 0.5))
    for logit in (-800.0, 800.0):
        value, (low, high) = calibrated_probability(plain, logit)
        assert low == value == high == float(logit > 0)


def test_the_interval_is_what_the_calibrations_covariance_gives() -> None:
    mean, covariance = np.array([0.3, 1.4]), np.array([[0.05, -0.02], [-0.02, 0.08]])
    calibration = LogitCalibration(
        intercept=0.3, slope=1.4, covariance=tuple(map(tuple, covariance)), prevalence=0.4, scans=100
    )
    drawn = np.random.default_rng(0).multivariate_normal(mean, covariance, 200_000)
    for logit in (-2.0, 0.0, 1.5):
        chances = 1.0 / (1.0 + np.exp(-drawn @ [1.0, logit]))
        value, interval = calibrated_probability(calibration, logit)
        assert value == pytest.approx(1.0 / (1.0 + np.exp(-mean @ [1.0, logit])))
        assert interval == pytest.approx(tuple(np.quantile(chances, [0.025, 0.975])), abs=0.005)
