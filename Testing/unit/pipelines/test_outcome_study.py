"""A study judged: every figure of every model, pairs over the same patients, words and checklists that say so."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    PUBLISHED,
    FollowUp,
    OutcomeData,
    StudyConfig,
    StudyData,
    evaluation_times,
    study_splits,
    training_thresholds,
)
from oncologyai.outcome.study_tables import Flow
from oncologyai.pipelines import (
    ModelTold,
    check_answers,
    filled_checklists,
    judge_split,
    judge_study,
    methods_paragraphs,
)


def a_study(survival, **changes):
    roles = {"patient": "id", "time": "days", "event": "dead"} if survival else {"patient": "id", "label": "idh"}
    learner = "cox" if survival else "logistic"
    content = {
        "name": "s", "endpoint": "death" if survival else "mutation", "tables": [{"path": "/x/t.csv"}], "roles": roles,
        "design": {"folds": 3}, "compare": [["all", "first"]], "answers": {"clear-8": "approved"},
        "models": [
            {"name": "first", "learner": learner, "features": ["f0"]},
            {"name": "all", "learner": learner, "options": {"screen": 0.1}, "leaking": True},
        ],
    }  # fmt: skip
    if survival:
        content["horizons_days"] = [200, 500]
    return StudyConfig.model_validate(content | changes)


def a_cohort(survival, n=120):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, 5))
    names, sources = tuple(f"f{k}" for k in range(5)), ("clinical", *("radiomics",) * 4)
    outcome = rng.integers(0, 2, n)
    if survival:
        outcome = FollowUp(rng.exponential(400 * np.exp(-x[:, 0])) + 1, rng.random(n) < 0.8)
    data = OutcomeData(tuple(f"P{k}" for k in range(n)), names, x, outcome, None, sources)
    return StudyData(data, (Flow("rows read", 0, n + 2), Flow("rows without an outcome", 2, n)), (("f1", 3),), ())


def judged(survival):
    study, cohort = a_study(survival), a_cohort(survival)
    splits = study_splits(cohort.data, study.design, seed=0)
    times = evaluation_times(cohort.data.follow_up, study.horizons_days).tolist() if survival else ()
    told = []
    for model in study.models:
        for published in (False, True)[: 1 + model.leaking]:
            said = [judge_split(cohort.data, model, s, seed=[0], published=published, times=times) for s in splits]
            told.append(ModelTold(model.name + PUBLISHED * published, model, published, tuple(said)))
    return judge_study(study, cohort, splits, told)


@pytest.fixture(scope="module")
def a_result():
    return judged(survival=True)


def test_survival_gets_its_figures(a_result):
    first = a_result.models[0]
    assert first.survival.harrell.value == pytest.approx(first.judged.score.value)
    assert [at.horizon for at in first.survival.horizons] == [200, 500]
    assert first.survival.n == 120 and first.survival.splits == 3 and first.classes is None
    assert {one.rule for one in first.survival.strata} >= {"median", "third quartile"}
    assert [one.feature for one in first.learned] == ["f0"] and first.learned[0].chosen == 3


def test_two_models_of_classes_say_where_they_agree():
    result = judged(survival=False)
    pair = next(one for one in result.pairs if one.first == "all")
    first, second = (next(m for m in result.models if m.name == name) for name in ("all", "first"))
    assert pair.agreement.rows == 120 and 0 < pair.agreement.agreed < 120
    both = [one.judged.predictions for one in (first, second)]
    cuts = [training_thresholds(one.judged, result.cohort.data, result.splits) for one in (first, second)]
    assert pair.agreement.agreed == int(((both[0] >= cuts[0]) == (both[1] >= cuts[1])).sum())


def test_lesions_are_judged_as_lesions_and_as_patients():
    study, cohort = a_study(survival=False), a_cohort(survival=False)
    whose = tuple(f"P{n // 3}" for n in range(120))
    data = replace(cohort.data, groups=whose)
    splits = study_splits(data, study.design, seed=0)
    said = tuple(judge_split(data, study.models[0], split, seed=[0]) for split in splits)
    found = judge_study(study, replace(cohort, data=data), splits, [ModelTold("first", study.models[0], False, said)])
    (model,) = found.models
    assert (model.classes.rows, model.classes.patients) == (120, 40)
    assert (model.patients.rows, model.patients.patients) == (40, 40)
    assert model.patients.positives == len({name for name, label in zip(whose, data.labels, strict=True) if label})


def test_classes_get_theirs():
    first = judged(survival=False).models[0]
    assert first.survival is None and first.classes.rows == 120 and len(first.classes.thresholds) == 3


def test_pairs_are_those_asked_for_and_each_model_beside_its_published_form(a_result):
    assert [(pair.first, pair.second) for pair in a_result.pairs] == [("all", "first"), ("all (as published)", "all")]
    scores = {model.name: model.judged.score.value for model in a_result.models}
    assert a_result.pairs[0].difference.value == pytest.approx(scores["all"] - scores["first"])


def test_methods_say_who_how_and_with_what(a_result):
    text = " ".join(methods_paragraphs(a_result))
    for part in (
        "Of 122 rows of t.csv 120 patients were analysed", "2 rows without an outcome",
        "5 features (1 clinical, 4 radio",
        "3-fold cross-validation", "80 patients learned from", "all (as published) learned from everybody",
        "all: cox with screen 0.1 of 5 features after imputation by the median", "first: cox of 1 feature after",
        "seed 0",
    ):  # fmt: skip
        assert part in text


def test_checklists_count_what_is_filled_answered_and_open(a_result):
    tripod, clear, quality = filled_checklists(a_result)
    assert (len(tripod.items), len(clear.items), len(quality.items)) == (52, 58, 16)
    for one in (tripod, clear, quality):
        states = ("filled by the run", "answered by the authors", "open")
        assert sum(map(one.count, states)) == len(one.items)
        assert all(bool(item.said) == (item.state != "open") for item in one.items)
    by_id = {item.id: item for one in (tripod, clear, quality) for item in one.items}
    assert by_id["clear-8"].said == "approved" and by_id["clear-8"].state == "answered by the authors"
    assert by_id["tripod-17"].state == "open" and by_id["clear-31"].state == "open"
    assert "2 rows without an outcome" in by_id["tripod-20a"].said


def test_an_answer_to_no_item_is_refused():
    check_answers(a_study(True))
    with pytest.raises(InputError, match="answers.tripod-99: expected an item such as tripod-17"):
        check_answers(a_study(True, answers={"tripod-99": "x"}))
