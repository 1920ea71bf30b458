"""Probabilities of logits: known lines are found, classes that are parted wholly give finite ones."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from oncologyai.errors import InputError
from oncologyai.outcome import recalibrate_logits


def _drawn(intercept: float, slope: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(5)
    logits = generator.normal(1.0, 2.0, n)
    return (generator.random(n) < 1.0 / (1.0 + np.exp(-(intercept + slope * logits)))).astype(int), logits


def test_the_line_is_that_of_an_independent_logistic_regression() -> None:
    labels, logits = _drawn(-0.7, 1.6)
    found = recalibrate_logits(labels, logits)
    own = LogisticRegression(C=np.inf).fit(logits[:, None], labels)
    assert found.intercept == pytest.approx(float(own.intercept_[0]), abs=0.01)
    assert found.slope == pytest.approx(float(own.coef_[0, 0]), abs=0.01)
    chance = own.predict_proba(logits[:, None])[:, 1]
    design = np.column_stack([np.ones_like(logits), logits])
    expected = np.linalg.inv(design.T @ (design * (chance * (1 - chance))[:, None]))
    assert np.allclose(found.covariance, expected, rtol=0.03)


def test_the_temperature_undoes_logits_that_are_too_large() -> None:
    labels, logits = _drawn(0.0, 1.0)
    assert recalibrate_logits(labels, 3.0 * logits).temperature == pytest.approx(3.0, rel=0.05)


def test_classes_parted_wholly_give_a_finite_line() -> None:
    found = recalibrate_logits(np.repeat([0, 1], 20), np.linspace(-1.0, 1.0, 40))
    assert 0.0 < found.slope < 100.0 and np.isfinite(found.covariance).all()


@pytest.mark.parametrize(
    ("labels", "logits", "message"),
    [
        ([0, 1], [1.0, 1.0], "2 different numbers"),
        ([0, 1], [1.0, np.nan], "different numbers"),
        ([0, 1, 1], [1.0, 2.0], "3 different numbers"),
        ([1, 1], [1.0, 2.0], "both classes"),
    ],
)
def test_refuses_what_gives_no_line(labels: list[int], logits: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        recalibrate_logits(np.array(labels), np.array(logits))
