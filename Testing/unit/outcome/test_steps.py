"""Steps learn from training patients and change others by what they learned."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    Correlation,
    FollowUp,
    Impute,
    OutcomeData,
    Screen,
    Standardise,
    Variance,
    harrell_c,
    univariate_strength,
)

RNG = np.random.default_rng(0)


def data_of(x, outcome=None):
    x = np.asarray(x, dtype=float)
    outcome = np.arange(len(x)) % 2 if outcome is None else outcome
    return OutcomeData(tuple(map(str, range(len(x)))), tuple(f"f{n}" for n in range(x.shape[1])), x, outcome)


def test_medians_of_training_fill_other_patients():
    fitted = Impute().fit(data_of([[1, np.nan], [3, np.nan], [np.nan, np.nan]]), RNG)
    assert fitted.apply(data_of([[np.nan, 5.0], [7.0, np.nan]])).x.tolist() == [[2.0, 5.0], [7.0, 0.0]]
    assert fitted.told() == {"missing_in_training": 4}


def test_scaling_is_that_of_training():
    fitted = Standardise().fit(data_of([[0, 4], [2, 4]]), RNG)
    np.testing.assert_allclose(fitted.apply(data_of([[1, 5]], [0])).x, [[0.0, 1.0]])


def test_constant_features_go_and_the_filter_is_void_after_scaling():
    data = data_of([[0, 4, 0.0], [2, 4, 0.05], [4, 4, 0.1]])
    assert Variance(0.01).fit(data, RNG).kept == ("f0",)
    scaled = Standardise().fit(data, RNG).apply(data)
    assert Variance(0.01).fit(scaled, RNG).kept == ("f0", "f2")


def test_of_correlated_features_the_stronger_or_the_first_stays():
    rng = np.random.default_rng(1)
    labels = np.arange(80) % 2
    weak = labels + rng.normal(0, 2.0, 80)
    strong = weak + 0.4 * labels
    other = rng.normal(size=80)
    data = data_of(np.stack([weak, strong, other], axis=1), labels)
    assert Correlation(0.85).fit(data, RNG).kept == ("f1", "f2")
    assert Correlation(0.85, keep="first").fit(data, RNG).kept == ("f0", "f2")
    assert Correlation(1.0).fit(data, RNG).kept == ("f0", "f1", "f2")


@pytest.mark.parametrize("survival", [True, False])
def test_the_screen_keeps_what_speaks_and_at_least_one(survival):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(120, 30))
    follow_up = FollowUp(rng.exponential(np.exp(-1.5 * x[:, 4])), np.ones(120))
    data = data_of(x, follow_up if survival else (x[:, 4] + rng.normal(0, 0.5, 120) > 0).astype(int))
    assert Screen(1e-6).fit(data, RNG).kept == ("f4",)
    assert Screen(0.0, least=2).fit(data, RNG).kept[0:2] != ()
    assert len(Screen(0.0, least=2).fit(data, RNG).kept) == 2


def test_strength_is_the_distance_of_c_or_auc_from_chance():
    rng = np.random.default_rng(3)
    x = np.round(rng.normal(size=(60, 3)), 1)
    follow_up = FollowUp(rng.integers(1, 20, 60), rng.integers(0, 2, 60))
    expected = [abs(harrell_c(x[:, n], follow_up).value - 0.5) for n in range(3)]
    np.testing.assert_allclose(univariate_strength(data_of(x, follow_up)), expected)
    labels = rng.integers(0, 2, 60)
    area = [np.mean((a[:, None] > b) + 0.5 * (a[:, None] == b)) for a, b in ((x[labels == 1, n], x[labels == 0, n]) for n in range(3))]  # fmt: skip  # noqa: E501
    np.testing.assert_allclose(univariate_strength(data_of(x, labels)), np.abs(np.array(area) - 0.5))


def test_missing_values_are_refused_where_they_cannot_be_ranked():
    with pytest.raises(InputError, match="impute before"):
        univariate_strength(data_of([[np.nan], [1.0]]))
