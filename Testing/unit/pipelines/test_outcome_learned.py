"""Features over splits: how often they were chosen and with which weights, wherever a learner says so."""

import math

from oncologyai.pipelines import learned_features

STEPS = [{"step": "z-score", "features": ["a", "b", "c"], "mean": [0, 0, 0], "sd": [1, 1, 1]}]


def test_the_most_chosen_comes_first_with_the_span_of_its_coefficients():
    told = [
        {"steps": STEPS, "model": {"features": ["a", "b"], "coefficients": [1.0, -3.0]}},
        {"steps": STEPS, "model": {"features": ["b"], "coefficients": [-1.0]}},
        {"steps": STEPS, "model": {"features": ["b"], "coefficients": [-2.0]}},
    ]
    first, second = learned_features(told)
    assert (first.feature, first.chosen, first.splits) == ("b", 3, 3)
    assert (first.weight, first.low, first.high) == (-2.0, -3.0, -1.0)
    assert (second.feature, second.chosen, second.weight) == ("a", 1, 1.0)


def test_parts_of_a_combined_model_are_found_and_weights_may_be_absent():
    told = [{"parts": {"images": {"model": {"features": ["f"]}}, "age": [{"features": ["g"], "importances": [0.5]}]}}]
    found = {one.feature: one.weight for one in learned_features(told)}
    assert math.isnan(found["f"]) and found["g"] == 0.5
    assert learned_features([{"model": {"kind": "none"}}]) == ()
