"""C indices against R, scikit-survival's definition by loops, and by hand."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import auc_interval, compare_auc
from oncologyai.outcome import FollowUp, by_patient, compare_concordance, fit_cox, harrell_c, uno_c

COHORTS = ("small", "head_neck", "glioma", "lung1")


@pytest.mark.parametrize(("a_cohort", "name"), [(n, n) for n in COHORTS], indirect=["a_cohort"])
def test_harrells_c_and_its_error_equal_r(a_cohort, by_r, name):
    found = harrell_c(fit_cox(a_cohort.x, a_cohort.follow_up).risk(a_cohort.x), a_cohort.follow_up)
    assert found.value == pytest.approx(by_r[name]["harrell_c"], abs=1e-9)
    assert found.error == pytest.approx(by_r[name]["harrell_error"], rel=1e-6)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("a_cohort", "name", "columns"),
    [("glioma", "delong_glioma", (1, 2, -1)), ("lung1", "delong_lung1", (0, 1, 1))],
    indirect=["a_cohort"],
)
def test_areas_of_two_risks_of_the_same_patients_equal_proc(a_cohort, by_r, name, columns):
    first, second, sign = columns
    died, x, expected = a_cohort.follow_up.happened, a_cohort.x, by_r[name]
    found = compare_auc(died, x[:, first], sign * x[:, second])
    assert found.p == pytest.approx(expected["p"], abs=1e-9)
    area = auc_interval(died, x[:, first])
    assert [area.low, area.value, area.high] == pytest.approx(expected["auc"], abs=1e-9)


def test_order_ties_and_unknown_pairs_by_hand():
    # pairs known: (1, others) three, (2, 3) and (2, 4) two; the third was censored, so 3 against 4 is unknown
    follow_up = FollowUp([1, 2, 3, 4], [1, 1, 0, 1])
    assert harrell_c(np.array([4.0, 3.0, 3.0, 1.0]), follow_up).value == pytest.approx((3 + 0.5 + 1) / 5)
    assert harrell_c(np.array([1.0, 2.0, 3.0, 4.0]), follow_up).value == 0.0


def test_without_censoring_uno_is_harrell():
    rng = np.random.default_rng(4)
    follow_up = FollowUp(rng.permutation(50) + 1.0, np.ones(50))
    risk = rng.normal(size=50)
    assert uno_c(risk, follow_up).value == pytest.approx(harrell_c(risk, follow_up).value)


def test_uno_weights_pairs_by_the_squared_chance_of_being_followed():
    follow_up = FollowUp([1, 2, 3, 4, 5], [1, 0, 1, 0, 1])
    risk = np.array([3.0, 9.0, 1.0, 2.0, 0.0])
    # censoring survival: 3/4 from 2, 3/8 from 4; the event at 1 weighs 1, that at 3 weighs 16/9, that at 5 has no pair
    agreed = 1 * 3 + 16 / 9 * 1
    assert uno_c(risk, follow_up).value == pytest.approx(agreed / (4 + 16 / 9 * 2))


def test_uno_depends_less_on_censoring_than_harrell():
    rng = np.random.default_rng(6)
    x = rng.normal(size=3000)
    times = rng.exponential(np.exp(-x))
    truth = harrell_c(x, FollowUp(times, np.ones(3000))).value
    end = rng.exponential(0.5, 3000)
    censored = FollowUp(np.minimum(times, end), times <= end)
    horizon = float(np.quantile(times, 0.8))
    assert abs(uno_c(x, censored, horizon=horizon).value - truth) < 0.03


def test_equal_risks_do_not_differ_and_opposite_ones_do():
    rng = np.random.default_rng(7)
    x = rng.normal(size=200)
    follow_up = FollowUp(rng.exponential(np.exp(-x)), np.ones(200))
    good, bad = harrell_c(x, follow_up), harrell_c(rng.normal(size=200), follow_up)
    assert compare_concordance(good, good).p == 1.0
    found = compare_concordance(good, bad)
    assert found.p < 1e-6 and found.low > 0


def test_rows_that_repeat_patients_say_no_more_than_the_patients():
    rng = np.random.default_rng(11)
    x = rng.normal(size=80)
    follow_up = FollowUp(rng.exponential(np.exp(-x)), np.ones(80))
    once = harrell_c(x, follow_up)
    nine = FollowUp(np.tile(follow_up.times, 9), np.tile(follow_up.events, 9))
    rows = harrell_c(np.tile(x, 9), nine, strata=np.repeat(np.arange(9), 80))
    names = [f"P{n}" for n in range(80)] * 9
    found = by_patient(rows, names)
    assert rows.error == pytest.approx(once.error / 3)
    assert (found.value, found.error, found.low) == pytest.approx((once.value, once.error, once.low))
    assert len(found.influence) == 80
    assert by_patient(once, names[:80]).error == pytest.approx(once.error)
    with pytest.raises(InputError, match="one a row"):
        by_patient(once, names)


def test_refuses_risks_without_a_pair_or_with_gaps():
    with pytest.raises(InputError, match="a pair of patients"):
        harrell_c(np.array([1.0, 2.0]), FollowUp([1, 2], [0, 0]))
    with pytest.raises(InputError, match="finite values"):
        harrell_c(np.array([1.0, np.nan]), FollowUp([1, 2], [1, 0]))
    with pytest.raises(InputError, match="as the first"):
        compare_concordance(
            harrell_c(np.array([1.0, 2.0]), FollowUp([1, 2], [1, 1])),
            harrell_c(np.array([1.0, 2.0, 3.0]), FollowUp([1, 2, 3], [1, 1, 1])),
        )
