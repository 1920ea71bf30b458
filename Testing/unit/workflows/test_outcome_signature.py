"""The signature of a study: of a model of its own, fitted on all patients, that anybody can apply."""

import json

import numpy as np
import pandas as pd
import pytest

from oncologyai.cli import main
from oncologyai.features import FeatureSettings
from oncologyai.outcome import load_signature

MEAN = "original_firstorder_Mean"


def write_study(folder, outcome="survival", *, image=False, **changes):
    """Write a cohort whose risk rises with age, and its study."""
    rng = np.random.default_rng(2)
    n = 80
    age = rng.normal(60.0, 10.0, n).round(1)
    days = rng.exponential(900.0 * np.exp(-0.08 * (age - 60.0)))
    stop = rng.uniform(300.0, 2000.0, n)
    columns = {"patient": [f"P{k}" for k in range(n)], "age": age, "sex": np.where(np.arange(n) % 3, "m", "f")}
    columns["centre"] = np.where(np.arange(n) % 4, "A", "B")
    if image:
        columns[MEAN] = rng.normal(20.0, 5.0, n)
    roles = {"patient": "patient", "categories": ["sex"]}
    if outcome == "survival":
        columns |= {"days": np.minimum(days, stop).round(1) + 1.0, "dead": (days <= stop).astype(int)}
        roles |= {"time": "days", "event": "dead"}
    else:
        columns["answer"] = (rng.random(n) < 1 / (1 + np.exp(-0.1 * (age - 60.0)))).astype(int)
        roles["label"] = "answer"
    pd.DataFrame(columns).to_csv(folder / "cohort.csv", index=False)
    model = {"name": "m", "learner": "cox", "options": {"penalty": 0.05}}
    if outcome != "survival":
        model = {"name": "m", "learner": "logistic", "options": {"balanced": False}}
    study = {
        "name": "a-study", "tables": [{"path": "cohort.csv"}], "roles": roles, "models": [model],
        "design": {"kind": "nested", "folds": 3}, "signature": {"model": "m"},
    }  # fmt: skip
    study |= {"horizons_days": [730]} if outcome == "survival" else {}
    (folder / "study.yaml").write_text(json.dumps({**study, **changes}), encoding="utf-8")
    return folder / "study.yaml"


def train(study, out):
    return main(["outcome", "train", str(study), "--out", str(out), "--workers", "1"])


@pytest.mark.parametrize("outcome", ["survival", "class"])
def test_a_study_leaves_a_signature_that_can_be_applied(tmp_path, capsys, outcome):
    out = tmp_path / "out"
    assert train(write_study(tmp_path, outcome), out) == 0
    card = load_signature(out / "signatures" / "a-study.json")
    found = json.loads((out / "results.json").read_text())["models"][0]["discrimination"]
    assert card.performance[0].value == pytest.approx(found["value"])
    assert card.performance[0].cases == 80
    assert card.cohort.patients == 80
    (sex,) = [feature for feature in card.features if feature.column == "sex"]
    assert (sex.level, list(sex.categories)) == ("f", ["f", "m"])
    assert card.image is None
    assert card.example.values["sex"] == "f"
    capsys.readouterr()
    pd.DataFrame({"patient": ["X"], "age": [70], "sex": ["m"]}).to_csv(tmp_path / "x.csv", index=False)
    assert main(["outcome", "apply", str(out / "signatures" / "a-study.json"), str(tmp_path / "x.csv")]) == 0
    assert "X: " in capsys.readouterr().out


def test_an_external_design_learns_from_its_training_groups_alone(tmp_path):
    roles = {"patient": "patient", "time": "days", "event": "dead", "group": "sex"}
    design = {"kind": "external", "train": ["m"], "test": ["f"]}
    assert train(write_study(tmp_path, roles=roles, design=design), tmp_path / "out") == 0
    card = load_signature(tmp_path / "out" / "signatures" / "a-study.json")
    assert card.cohort.patients == 53 and card.performance[0].cases == 27


def test_a_model_that_no_card_can_hold_is_a_note_and_the_study_is_done(tmp_path):
    weighing = [{"name": "m", "learner": "logistic"}]
    assert train(write_study(tmp_path, "class", models=weighing), tmp_path / "out") == 0
    notes = json.loads((tmp_path / "out" / "results.json").read_text())["notes"]
    assert "no signature was made:" in notes[-1] and not (tmp_path / "out" / "signatures").exists()


@pytest.mark.parametrize("outcome", ["survival", "class"])
def test_centres_that_judge_a_card_are_not_learned_from(tmp_path, outcome):
    study = write_study(tmp_path, outcome, design={"kind": "external", "train": ["A"], "test": ["B"]})
    content = json.loads(study.read_text())
    content["roles"]["group"] = "centre"
    study.write_text(json.dumps(content))
    assert train(study, tmp_path / "out") == 0
    card = load_signature(tmp_path / "out" / "signatures" / "a-study.json")
    assert card.cohort.patients == 60
    assert {(f.cases, f.test_set) for f in card.performance} == {(20, "patients of B, who were not learned from")}
    figures = {f.metric: f.interval for f in card.performance}
    wanted = (
        ("Harrell's C", "AUC at 730 days", "Brier score at 730 days")
        if outcome == "survival"
        else ("AUC", "Brier score")
    )
    assert {*wanted, "calibration slope"} <= set(figures) and figures[wanted[0]] is not None


def test_the_settings_of_features_come_from_the_provenance_beside_the_table(tmp_path):
    from dataclasses import asdict

    study = write_study(tmp_path, image=True)
    settings = FeatureSettings(bin_width=10)
    kept = {"features": json.loads(json.dumps(asdict(settings))), "image": {"modality": "CT", "unit": "HU"}}
    provenance = {"pipeline": "features", "settings": kept}
    (tmp_path / "cohort.provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    assert train(study, tmp_path / "out") == 0
    card = load_signature(tmp_path / "out" / "signatures" / "a-study.json")
    assert card.image.unit == "HU" and card.image.sha256
    assert card.image.settings["setting"]["binWidth"] == 10
    assert {feature.column: feature.source for feature in card.features} == {
        "age": "clinical", "sex": "clinical", MEAN: "radiomics",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"model": "other"}, "signature: model: expected one of m, got 'other'"),
        ({"model": "m", "colour": "red"}, "signature: expected some of model"),
        ({"model": "m", "title": 3}, "signature: title: expected a str"),
        ({}, ""),
    ],
)
def test_a_section_that_is_wrong_is_refused_before_anything_is_fitted(tmp_path, capsys, section, told):
    study = write_study(tmp_path, signature=section)
    assert train(study, tmp_path / "out") == (2 if told else 0)
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out" / "signatures").exists()


def test_survival_needs_a_horizon(tmp_path, capsys):
    assert train(write_study(tmp_path, horizons_days=[]), tmp_path / "out") == 2
    assert "horizons_days: expected days by which a signature tells the risk" in capsys.readouterr().err
