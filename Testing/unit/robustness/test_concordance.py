"""Concordance: published data against another program, the formula by hand, and coverage by simulation."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import concordance, lin_concordance

_REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "concordance.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", _REFERENCE["pairs"], ids=lambda case: case["name"])
def test_equals_epir_on_published_data(case: dict) -> None:
    found = lin_concordance(case["first"], case["second"])
    assert found == pytest.approx((case["value"], case["low"], case["high"]), abs=1e-9)


def test_overall_coefficient_equals_epir_on_published_data() -> None:
    case = _REFERENCE["many"]
    values = np.tile(np.array(case["values"], dtype=np.float64), (case["repeats"], 1))
    found = concordance(values[:, :, np.newaxis])
    assert found.value[0] == pytest.approx(case["value"], abs=case["tolerance"])  # n or n - 1 no longer matters


def test_by_hand() -> None:
    # means 2 and 3, variances (of n) 2/3 and 2/3, covariance 2/3: 2 * 2/3 / (4/3 + 1)
    assert lin_concordance([1, 2, 3], [2, 3, 4]).value == pytest.approx(4 / 7)


def test_many_measurements_of_two_are_lin_s() -> None:
    generator = np.random.default_rng(1)
    truth = generator.normal(size=(20, 1, 3))
    pairs = truth + generator.normal(0, 0.4, (20, 2, 3))
    doubled = np.concatenate([pairs, pairs[:, :1] * np.nan], axis=1)
    assert np.isnan(concordance(doubled).value).all()  # nobody has all three
    assert concordance(pairs).value == pytest.approx(
        [lin_concordance(pairs[:, 0, f], pairs[:, 1, f]).value for f in range(3)]
    )


def test_overall_is_the_mean_of_pairs_where_spreads_are_equal() -> None:
    a = np.array([1.0, 2, 3, 4, 5])
    values = np.stack([a, a[[1, 0, 2, 4, 3]], a[[0, 2, 1, 3, 4]]], axis=1)
    of_pairs = [lin_concordance(values[:, i], values[:, j]).value for i, j in ((0, 1), (0, 2), (1, 2))]
    assert concordance(values[:, :, np.newaxis]).value[0] == pytest.approx(np.mean(of_pairs))


def test_a_shift_and_a_scale_lower_it_where_a_correlation_stays_one() -> None:
    a = np.arange(10.0)
    assert lin_concordance(a, a).value == 1
    assert lin_concordance(a, a + 3).value < 0.7 and lin_concordance(a, 2 * a).value < 0.7


@pytest.mark.parametrize("measurements", [2, 3])
def test_the_interval_holds_the_truth_as_often_as_it_says(measurements: int) -> None:
    generator, held, tries = np.random.default_rng(7), 0, 600
    for _ in range(6):
        values = generator.normal(size=(40, 1, tries // 6)) + generator.normal(0, 0.5, (40, measurements, tries // 6))
        found = concordance(values)
        held += np.count_nonzero((found.low <= 0.8) & (found.high >= 0.8))  # 1 / (1 + 0.25)
    assert held / tries == pytest.approx(0.95, abs=0.03)


def test_perfect_agreement_has_no_width_and_no_agreement_a_negative_value() -> None:
    a = np.array([1.0, 2, 4, 8])
    assert tuple(lin_concordance(a, a)) == (1, 1, 1)
    assert lin_concordance(a, -a).value < 0


def test_missing_and_degenerate_values() -> None:
    found = concordance(np.array([[[1.0, 5, np.nan], [1.1, 5, 1]], [[2, 5, 2], [2.1, 5, 2]], [[4, 5, 4], [3.9, 5, 4]]]))
    assert list(found.n) == [3, 3, 2]
    assert not math.isnan(found.value[0]) and np.isnan(found.value[1:]).all()


def test_bad_input() -> None:
    with pytest.raises(InputError, match="second: expected 2 numbers, one a subject, got 1"):
        lin_concordance([1, 2], [1])
    with pytest.raises(InputError, match="values: expected subjects by measurements by features, got 2 axes"):
        concordance(np.ones((3, 2)))
    with pytest.raises(InputError, match="level"):
        concordance(np.ones((3, 2, 1)), level=0.2)
