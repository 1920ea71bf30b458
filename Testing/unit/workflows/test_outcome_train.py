"""A study from files to files: whole or not at all, nothing done twice, the same numbers by any runner."""

import json

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.workflows import train_outcome_study
from oncologyai.workflows.case_run import run_cases

STUDY = """
name: tiny
endpoint: death
tables:
  - {path: clinical.csv, patient: id, source: clinical}
  - {path: images.csv, patient: case, key: '^(P[0-9]+)_', source: images}
roles: {patient: id, time: days, event: dead, group: centre}
horizons_days: [300]
design: {folds: 3, inner_folds: 2}
models:
  - {name: age, learner: cox, features: [age]}
  - {name: all, learner: cox, options: {penalty: [0.1, 1.0], screen: 0.2}, leaking: true}
compare: [[all, age]]
seed: 3
"""


@pytest.fixture
def a_folder(tmp_path):
    rng = np.random.default_rng(0)
    age, f = rng.normal(60, 9, 90), rng.normal(size=(90, 4))
    days = rng.exponential(400 * np.exp(-(age - 60) / 9 - f[:, 1])) + 1
    rows = [f"P{n};{age[n]:.1f};{days[n]:.0f};{int(n % 4 > 0)};{'AB'[n % 2]}" for n in range(90)]
    text = "\n".join(["id;age;days;dead;centre", *rows]).replace(".", ",")
    (tmp_path / "clinical.csv").write_text(text + "\n")
    lines = [f"P{n}_CT," + ",".join(f"{v:.4f}" for v in f[n]) for n in range(90)]
    (tmp_path / "images.csv").write_text("\n".join(["case,f0,f1,f2,f3", *lines]) + "\n")
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path


def numbers(folder):
    content = json.loads((folder / "results.json").read_text())
    for part in content["models"]:
        del part["seconds"]
    return [content[name] for name in ("cohort", "splits", "models", "comparisons")]


def test_it_leaves_figures_predictions_and_who_was_learned_from(a_folder):
    result = train_outcome_study(a_folder / "study.yaml", a_folder / "out")
    assert sorted(p.name for p in (a_folder / "out").iterdir()) == [
        "figures", "folds.json", "predictions.csv", "report.html", "results.json",
    ]  # fmt: skip
    content = json.loads((a_folder / "out" / "results.json").read_text())
    assert content["schema_version"] == 1 and content["cohort"]["patients"] == 90
    assert [model["name"] for model in content["models"]] == ["age", "all", "all (as published)"]
    assert [(one["first"], one["second"]) for one in content["comparisons"]] == [
        ("all", "age"), ("all (as published)", "all"),
    ]  # fmt: skip
    lines = (a_folder / "out" / "predictions.csv").read_text().splitlines()
    assert lines[0] == "patient,model,split,prediction,chance_300,days,event" and len(lines) == 1 + 3 * 90
    folds = json.loads((a_folder / "out" / "folds.json").read_text())["models"]["all"]
    for fold in folds:
        assert not set(fold["trained"]) & set(fold["judged"])
        assert len(fold["trained"]) == fold["learned"]["patients"]
    assert result.models[1].judged.score.low > 0.6


def test_a_second_run_computes_nothing_twice_and_says_the_same(a_folder):
    asked = []

    def counting(tasks, store, progress):
        outcomes = run_cases(tasks, store, progress)
        asked.append(sum(not one.kept for one in outcomes))
        return outcomes

    first = a_folder / "first"
    train_outcome_study(a_folder / "study.yaml", first, state=a_folder / "state", runner=counting, page=False)
    train_outcome_study(
        a_folder / "study.yaml", a_folder / "second", state=a_folder / "state", runner=counting, page=False
    )
    assert asked == [9, 0] and numbers(first) == numbers(a_folder / "second")
    changed = STUDY.replace("features: [age]", "features: [age, f0]")
    (a_folder / "study.yaml").write_text(changed)
    train_outcome_study(a_folder / "study.yaml", first, state=a_folder / "state", runner=counting, page=False)
    assert asked[-1] == 3, "only the model that has changed"


class Stopping:
    """Cancels when so many models are done."""

    def __init__(self, after):
        self.after, self.told = after, 0

    def stage(self, name, share):
        self.told += name.startswith("case ")

    def cancelled(self):
        return self.told >= self.after


def test_a_cancelled_study_leaves_nothing_but_goes_on(a_folder):
    with pytest.raises(CancelledError):
        train_outcome_study(a_folder / "study.yaml", a_folder / "out", progress=Stopping(5))
    assert not (a_folder / "out").exists()
    kept = []

    def counting(tasks, store, progress):
        outcomes = run_cases(tasks, store, progress)
        kept.append(sum(one.kept for one in outcomes))
        return outcomes

    train_outcome_study(a_folder / "study.yaml", a_folder / "out", runner=counting, page=False)
    assert kept[0] >= 4 and (a_folder / "out" / "results.json").is_file()


def test_a_model_that_cannot_be_fitted_is_named_and_the_others_are_judged(a_folder):
    text = STUDY.replace("compare:", "  - {name: odd, learner: logistic}\ncompare:")
    (a_folder / "study.yaml").write_text(text)
    result = train_outcome_study(a_folder / "study.yaml", a_folder / "out", page=False)
    assert "odd was not judged: fold 1: outcome: expected classes 0 and 1" in result.notes[-1]
    assert json.loads((a_folder / "out" / "results.json").read_text())["failed"].keys() == {"odd"}


def test_nothing_is_written_where_no_model_can_be_fitted(a_folder):
    text = STUDY.split("models:", maxsplit=1)[0] + "models: [{name: odd, learner: logistic}]\n"
    (a_folder / "study.yaml").write_text(text)
    with pytest.raises(InputError, match="model odd: expected a model that can be fitted, got fold 1: outcome"):
        train_outcome_study(a_folder / "study.yaml", a_folder / "out")
    assert not (a_folder / "out").exists()


def test_classes_of_features_are_found_beside_their_table(a_folder):
    text = "feature,stability,measure,value,low,high,limit,n,setting,source,reason\n"
    (a_folder / "images.stability.csv").write_text(text + "f1,rejected,CCC,0.2,0.1,0.3,0.9,20,test-retest,,\n")
    train_outcome_study(a_folder / "study.yaml", a_folder / "out", page=False)
    content = json.loads((a_folder / "out" / "results.json").read_text())
    assert content["cohort"]["stability"] == {"f1": "rejected"}
