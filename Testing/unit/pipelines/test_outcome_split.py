"""One model in one split: nothing of the judged patients is learned, and the same seed gives the same numbers."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, ModelPart, OutcomeData, Split
from oncologyai.pipelines import SplitJudged, judge_split, nomogram_of

HALF = Split("half", np.arange(60), np.arange(60, 120))


def patients(seed=0, features=300):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(120, features))
    outcome = FollowUp(rng.exponential(np.exp(-x[:, 0])), rng.random(120) < 0.8)
    names = tuple(f"f{k}" for k in range(features))
    return OutcomeData(tuple(map(str, range(120))), names, x, outcome)


def test_what_is_judged_changes_nothing_that_is_learned():
    model = ModelPart(name="m", learner="cox", options={"screen": 0.05, "penalty": [0.1, 1.0]})
    data = patients()
    shuffled = data.follow_up.of(np.r_[np.arange(60), np.random.default_rng(1).permutation(np.arange(60, 120))])
    found, again = (judge_split(d, model, HALF, seed=[1, 2]) for d in (data, data.with_outcome(shuffled)))
    assert found.told == again.told and found.risk == again.risk
    assert found.trained == tuple(map(str, range(60))) and len(found.training_risk) == 60


def test_the_published_form_has_learned_from_everybody():
    model = ModelPart(name="m", learner="cox", options={"screen": 0.01, "penalty": 0.1})
    honest, leaky = (judge_split(patients(), model, HALF, seed=[1], published=p) for p in (False, True))
    assert honest.told["chain"] == "Cox" and "leaking" in leaky.told["chain"]
    assert honest.told["kept"] != leaky.told["kept"]


def test_it_goes_through_json_and_back_to_the_last_digit():
    model = ModelPart(name="m", learner="boosted-survival", options={"rounds": 5})
    found = judge_split(patients(features=5), model, HALF, seed=[7])
    assert SplitJudged.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_a_linear_model_of_few_features_has_a_nomogram_that_says_what_it_foretells():
    data = patients(features=3)
    model = ModelPart(name="m", learner="cox")
    found = judge_split(data, model, HALF, seed=[1], times=[0.5, 1.0], horizon=1.0)
    made = nomogram_of(SplitJudged.from_dict(json.loads(json.dumps(found.to_dict()))))
    values = [dict(zip(data.names, data.x[row], strict=True)) for row in HALF.test]
    chances = 1.0 - made.survival([made.total(one) for one in values])
    np.testing.assert_allclose(chances, [row[1] for row in found.survival["incidence"]], atol=0.02)
    assert nomogram_of(judge_split(data, model, HALF, seed=[1], times=[0.5])) is None
    trees = ModelPart(name="t", learner="boosted-survival", options={"rounds": 5})
    assert nomogram_of(judge_split(data, trees, HALF, seed=[1], times=[0.5], horizon=1.0)) is None


def test_a_model_of_classes_says_that_it_wants_them():
    with pytest.raises(InputError, match="outcome: expected classes 0 and 1, got times and events"):
        judge_split(patients(features=3), ModelPart(name="m", learner="logistic"), HALF, seed=[0])
