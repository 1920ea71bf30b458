"""All figures of predictions of survival: each the one of its own function, and sensible as a whole."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    FollowUp,
    OutcomeData,
    Split,
    brier_scores,
    competing_auc,
    folds,
    harrell_c,
    misspecification_test,
    repeated_splits,
    survival_performance,
    survival_predictions,
    uno_c,
)
from oncologyai.outcome.learners import learner

TIMES = [0.1, 0.2, 0.5, 1.0]


def a_table(competing=False, patients=300, seed=0, effect=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 2))
    first = rng.exponential(np.exp(-effect * x[:, 0]))
    second = rng.exponential(1.5, patients) if competing else np.full(patients, np.inf)
    end = rng.uniform(0.3, 3.0, patients)
    times = np.minimum(np.minimum(first, second), end)
    codes = np.where(times == end, 0, np.where(first < second, 1, 2))
    return OutcomeData(tuple(map(str, range(patients))), ("a", "b"), x, FollowUp(times, codes))


def halves(patients=300):
    return (Split("half", np.arange(patients // 2), np.arange(patients // 2, patients)),)


def judged(data, splits, name="cox"):
    return survival_predictions(learner(name), data, splits, TIMES)


def test_each_figure_is_that_of_its_own_function():
    data = a_table()
    made = judged(data, halves())
    found = survival_performance(made, [0.5, 1.0])
    rest = data.follow_up.of(np.arange(150, 300))
    assert found.harrell.value == harrell_c(made.risk, rest).value
    assert found.uno.value == uno_c(made.risk, rest, horizon=1.0).value
    assert found.horizons[0].auc.value == competing_auc(made.risk, rest, 0.5).value
    assert found.horizons[1].brier == brier_scores(1 - made.incidence[:, 3:], rest, [1.0]).values[0]
    assert found.brier.integrated == brier_scores(1 - made.incidence, rest, TIMES).integrated
    names, x = made.covariates
    expected = misspecification_test(x, made.linear_predictor, rest, names=names)
    assert tuple(found.misspecification) == expected
    assert (found.n, found.events, found.competing, found.splits) == (150, int(rest.happened.sum()), 0, 1)


def test_a_good_model_is_told_from_everybodys_curve():
    found = survival_performance(judged(a_table(patients=900), halves(900)), [0.5])
    at = found.horizons[0]
    assert found.harrell.low > 0.6 and at.auc.low > 0.6 and at.brier < at.null
    assert found.brier.integrated < found.integrated_null
    assert abs(found.calibration.slope - 1.0) < 3 * found.calibration.error and found.misspecification.p > 0.01
    assert at.low <= at.predicted <= at.high
    assert {s.rule for s in found.strata} == {"median", "third quartile", "best cut"}
    assert all(s.log_rank.p < 1e-3 and s.ratio_low > 1 for s in found.strata)
    assert at.decision.model.max() > 0.0 and sum(group.n for group in at.groups) == 450


def test_an_overfitted_model_has_a_slope_below_1():
    rng = np.random.default_rng(1)
    data = a_table(patients=120, effect=0.5)
    x = np.concatenate([data.x, rng.normal(size=(120, 28))], axis=1)
    data = OutcomeData(data.patients, tuple(f"f{n}" for n in range(30)), x, data.outcome)
    found = survival_performance(judged(data, halves(120)))
    assert found.calibration.slope < 0.7 and found.calibration.p < 0.05


def test_competing_events_are_counted_as_such():
    data = a_table(competing=True)
    for name in ("cox", "fine-gray"):
        found = survival_performance(judged(data, halves(), name), [0.5])
        at = found.horizons[0]
        assert found.competing > 20 and found.uno is None and at.auc.low > 0.55 and at.c.low > 0.55
        assert at.low <= at.predicted <= at.high and at.brier < at.null
        assert found.strata[0].high.incidence.at([0.5]) > found.strata[0].low.incidence.at([0.5])
    assert found.misspecification is None  # the test is of hazards


def test_folds_are_compared_within_and_a_patient_counts_once():
    data = a_table()
    made = judged(data, folds(data, 3, np.random.default_rng(0)))
    found = survival_performance(made, [0.5])
    assert (found.n, found.splits, found.misspecification) == (300, 3, None)
    again = survival_performance(judged(data, repeated_splits(data, 12, np.random.default_rng(0))), [0.5])
    assert again.n <= 300 and again.splits == 12
    assert (
        all(s.low.n + s.high.n == again.n for s in again.strata)
        and sum(g.n for g in again.horizons[0].groups) == again.n
    )
    assert 0.5 < again.calibration.error / found.calibration.error < 1.5
    # twelve times the pairs, not twelve times the patients: the error is that of 300
    assert 0.5 < again.harrell.error / found.harrell.error < 1.5


def test_what_these_patients_do_not_allow_is_none():
    data = a_table()
    data = data.with_x(np.zeros((300, 2)))
    with pytest.raises(InputError):
        judged(data, halves())
    quiet = a_table()
    codes = quiet.follow_up.events.copy()
    codes[150:] = 0
    found = survival_performance(
        judged(quiet.with_outcome(FollowUp(quiet.follow_up.times, codes)), halves()), [0.5, 1.0]
    )
    assert found.harrell is None and found.horizons[0].auc is None and found.calibration is None
    assert found.horizons[0].observed == 0.0 and found.events == 0


def test_horizons_beyond_the_follow_up_are_named_and_unknown_ones_refused():
    data = a_table()
    made = survival_predictions(learner("cox"), data, halves(), [0.5, 99.0])
    found = survival_performance(made, [0.5, 99.0])
    assert found.not_judged == (99.0,) and [at.horizon for at in found.horizons] == [0.5]
    with pytest.raises(InputError, match="among the predictions' times"):
        survival_performance(made, [0.7])
