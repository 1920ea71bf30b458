import numpy as np
import pytest
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.inference import TRUST_FEATURES, assess_trust, fit_trust, trust_features


def planted(seed=0, n=40, noise=0.04):
    """Cases whose Dice falls with the disagreement, with noise; the other features tell nothing."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, len(TRUST_FEATURES)))
    dices = np.clip(0.75 - 0.1 * features[:, 3] + rng.normal(scale=noise, size=n), 0, 1)
    return features, dices


def test_beats_the_mean_where_disagreement_tells_the_dice():
    features, dices = planted()
    fit = fit_trust(features, dices)
    mean_without = np.array([np.delete(dices, n).mean() for n in range(len(dices))])
    assert fit.error_of_mean == pytest.approx(np.abs(mean_without - dices).mean())
    assert fit.error == pytest.approx(np.abs(fit.predicted - dices).mean())
    assert fit.error < 0.6 * fit.error_of_mean
    assert fit.rank_correlation == pytest.approx(stats.spearmanr(fit.predicted, dices).statistic)
    assert fit.rank_correlation > 0.8
    assert fit.weights["disagreement"] == pytest.approx(-0.1, abs=0.02)


def test_says_so_where_nothing_tells_the_dice():
    rng = np.random.default_rng(3)
    fit = fit_trust(rng.normal(size=(40, 5)), rng.uniform(0.4, 0.9, size=40))
    assert fit.error > 0.9 * fit.error_of_mean
    assert abs(fit.rank_correlation) < 0.5


def test_the_interval_holds_its_share_of_new_cases():
    features, dices = planted(99, 2000)
    shares, coverages = [], []
    for seed in range(8):
        fit = fit_trust(*planted(seed), level=0.9)
        predicted = fit.intercept + features @ np.array([fit.weights[name] for name in TRUST_FEATURES])
        shares.append(np.mean(np.abs(np.clip(predicted, 0, 1) - dices) <= fit.half_width))
        coverages.append(fit.coverage)
    assert np.mean(shares) == pytest.approx(0.9, abs=0.04)
    assert np.mean(coverages) == pytest.approx(0.9, abs=0.04)


def test_a_case_left_out_does_not_sway_its_own_prediction():
    features, dices = planted(n=12)
    first = fit_trust(features, dices).predicted[0]
    dices[0] = 0.0
    assert fit_trust(features, dices).predicted[0] == pytest.approx(first)


def test_a_constant_feature_weighs_nothing():
    features, dices = planted()
    features[:, 0] = 3.0
    fit = fit_trust(features, dices)
    assert fit.weights["log_volume"] == 0.0
    assert np.isfinite(fit.intercept)


def test_features_of_a_cube_are_those_counted_by_hand():
    probability = np.zeros((7, 7, 7), dtype=np.float32)
    probability[2:5, 2:5, 2:5] = 0.9
    votes = (probability > 0).astype(np.float32)
    votes[2, 2, 2:5] = 0.5
    votes[0, 0, 0] = 0.25
    spread = np.where(probability > 0, 0.1, 0.0).astype(np.float32)
    found = trust_features(probability, spread, votes, voxel_ml=0.5)
    assert tuple(found) == TRUST_FEATURES
    entropy = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1))
    assert found["log_volume"] == pytest.approx(np.log10(13.5))
    assert found["mean_probability"] == pytest.approx(0.9)
    assert found["border_entropy"] == pytest.approx(26 * entropy / 80, rel=1e-3)
    assert found["disagreement"] == pytest.approx(4 / 27)
    assert found["mean_spread"] == pytest.approx(2.7 / 81)
    assert trust_features(probability * 0, spread, votes, voxel_ml=0.5) == {}
    with pytest.raises(InputError, match="votes: expected shape"):
        trust_features(probability, spread, votes[1:], voxel_ml=0.5)


def test_the_card_s_calibration_gives_the_fit_s_prediction():
    features, dices = planted()
    fit = fit_trust(features, dices)
    calibration = fit.calibration("flips", test_set="40 planted cases")
    case = dict(zip(TRUST_FEATURES, features[0], strict=True))
    trust = assess_trust(case, calibration, warnings=("odd",))
    expected = fit.intercept + sum(fit.weights[n] * case[n] for n in TRUST_FEATURES)
    assert trust.found
    assert trust.dice == pytest.approx(np.clip(expected, 0, 1))
    assert trust.interval == pytest.approx((trust.dice - fit.half_width, min(1, trust.dice + fit.half_width)))
    assert trust.warnings == ("odd",)
    assert "Dice to be expected" in trust.sentence()
    assert {f.metric for f in calibration.figures} >= {"coverage of the interval"}
    with pytest.raises(InputError, match="calibration: expected features"):
        assess_trust({"log_volume": 1.0}, calibration)
    with pytest.raises(InputError, match="method"):
        fit.calibration("guess", test_set="none")


def test_nothing_found_is_said_and_not_scored():
    trust = assess_trust({}, fit_trust(*planted()).calibration("flips", test_set="planted"))
    assert not trust.found
    assert trust.dice is None
    assert trust.sentence() == "no tumour found"
    assert "not known" in assess_trust({"log_volume": 1.0}, None).sentence()


def test_refuses_too_few_or_broken_cases():
    features, dices = planted(n=8)
    with pytest.raises(InputError, match="features: expected 8 or more rows"):
        fit_trust(features[:7], dices[:7])
    with pytest.raises(InputError, match="dices: expected finite"):
        fit_trust(features, dices + 1)
    with pytest.raises(InputError, match="level"):
        fit_trust(features, dices, level=1.0)
