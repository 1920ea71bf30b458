"""The page of a study: offline, every model with its figures, checklists counted; pictures where something is drawn."""

import re
from dataclasses import replace

import numpy as np
import pytest

from oncologyai.metrics import Interval
from oncologyai.outcome import FollowUp, OutcomeData, StudyConfig, StudyData, evaluation_times, study_splits
from oncologyai.outcome.study_tables import Flow
from oncologyai.outcome.table_checks import Finding
from oncologyai.pipelines import LearnedFeature, ModelTold, judge_split, judge_study
from oncologyai.report import write_outcome_report
from oncologyai.report.outcome_figures import draw_learned, draw_scores


def a_result(survival, horizons=()):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(90, 3))
    roles = {"patient": "id", "time": "days", "event": "dead"} if survival else {"patient": "id", "label": "idh"}
    outcome = (rng.random(90) < 1 / (1 + np.exp(-x[:, 0]))).astype(int)
    if survival:
        outcome = FollowUp(rng.exponential(400 * np.exp(-x[:, 0])) + 1, rng.random(90) < 0.8)
    study = StudyConfig.model_validate({
        "name": "s", "title": "A <study>", "volume": "f2",
        "tables": [{"path": "/x/t.csv"}], "roles": roles, "horizons_days": horizons,
        "design": {"folds": 3}, "compare": [["a", "b"]],
        "models": [
            {"name": "a", "learner": "cox" if survival else "logistic", "leaking": True},
            {"name": "b", "learner": "boosted-survival" if survival else "random-forest", "features": ["f0"]},
        ],
    })  # fmt: skip
    data = OutcomeData(tuple(f"P{k}" for k in range(90)), ("f0", "f1", "f2"), x, outcome)
    splits = study_splits(data, study.design)
    times = evaluation_times(data.follow_up, horizons).tolist() if survival else ()
    told = []
    for model in study.models:
        for published in (False, True)[: 1 + model.leaking]:
            said = tuple(judge_split(data, model, s, seed=[0], published=published, times=times) for s in splits)
            told.append(ModelTold(model.name + " (as published)" * published, model, published, said))
    cohort = StudyData(data, (Flow("rows read", 0, 92), Flow("exact repeats", 2, 90)), (("f1", 3),), ("a note",))
    findings = (Finding("warning", "f1", "is odd", (2, 9)),)
    return judge_study(study, cohort, splits, told, findings=findings, stability={"f0": "stable", "f1": "rejected"})


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    made = {}
    for survival in (True, False):
        folder = tmp_path_factory.mktemp("page")
        result = a_result(survival, (200, 500) if survival else ())
        write_outcome_report(result, folder / "report.html", folder / "figures")
        made[survival] = (folder / "report.html").read_text(encoding="utf-8"), folder / "figures"
    return made


@pytest.mark.parametrize("survival", [True, False])
def test_the_page_holds_every_part_and_loads_nothing(pages, survival):
    page, figures = pages[survival]
    for part in (
        "A &lt;study&gt;", "exact repeats", "is odd", "2, 9", "Model: a (as published)", "Model: b", "This form leaks",
        "As published and honest", "Models compared", "Methods in words", "Checklist: TRIPOD+AI", "Checklist: CLEAR",
        "Radiomics quality score", "filled by the run", "Volume and sources",
        "0 of 2 features with", "a note", "rejected",
    ):  # fmt: skip
        assert part in page, part
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count("data:image/png;base64,") == len(list(figures.glob("*.png")))


def test_survival_and_classes_show_their_own_figures(pages):
    for part in ("Harrell", "Uno", "Integrated Brier", "By 200 days".lower(), "Calibration slope"):
        assert part in pages[True][0] and "Confusion matrix" not in pages[True][0]
    for part in ("Confusion matrix", "Balanced accuracy", "F1", "Thresholds of training", "Where both call the same"):
        assert part in pages[False][0] and "Harrell's C (95" not in pages[False][0]
    names = {path.name for path in pages[True][1].glob("*.png")}
    assert {"scores.png", "decisions.png", "a-groups.png", "b-calibration.png", "a-as-published-decision.png"} <= names
    assert "b-roc.png" in {path.name for path in pages[False][1].glob("*.png")}


def test_lesions_are_shown_by_patient_too(tmp_path):
    result = a_result(False)
    performance = result.models[0].classes
    shown = replace(result, models=(replace(result.models[0], patients=performance), *result.models[1:]))
    for one, count in ((result, 0), (shown, 1)):
        write_outcome_report(one, tmp_path / "report.html", tmp_path / "figures")
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert page.count("Performance by patient: the greatest chance") == count


def test_a_study_without_horizons_has_no_curves_of_them(tmp_path):
    result = a_result(True)
    write_outcome_report(result, tmp_path / "report.html", tmp_path / "figures")
    names = {path.name for path in (tmp_path / "figures").glob("*.png")}
    assert "a-groups.png" in names and not any("calibration" in name for name in names)


@pytest.mark.parametrize("kinds", [2, 3], ids=["plain", "competing"])
def test_one_split_has_a_nomogram_unless_other_events_compete(tmp_path, kinds):
    rng = np.random.default_rng(3)
    x, codes = rng.normal(size=(80, 2)), rng.integers(0, kinds, 80)
    data = OutcomeData(
        tuple(f"P{k}" for k in range(80)), ("f0", "f1"), x, FollowUp(rng.exponential(np.exp(-x[:, 0])), codes),
        np.array(["A", "B"] * 40),
    )  # fmt: skip
    study = StudyConfig.model_validate({
        "name": "s", "tables": [{"path": "/x/t.csv"}], "horizons_days": [0.5],
        "roles": {"patient": "id", "time": "t", "event": "e", "group": "g"},
        "design": {"kind": "external", "train": ["A"], "test": ["B"]}, "models": [{"name": "m", "learner": "cox"}],
    })  # fmt: skip
    splits = study_splits(data, study.design)
    times = evaluation_times(data.follow_up, [0.5]).tolist()
    said = judge_split(data, study.models[0], splits[0], seed=[0], times=times, horizon=0.5)
    told = [ModelTold("m", study.models[0], False, (said,))]
    result = judge_study(study, StudyData(data, (Flow("rows read", 0, 80),), (), ()), splits, told)
    write_outcome_report(result, tmp_path / "report.html", tmp_path / "figures")
    assert (result.models[0].survival.competing > 5) == (kinds == 3)
    names = {path.name for path in (tmp_path / "figures").glob("*.png")}
    assert "m-groups.png" in names and ("m-nomogram.png" in names) == (kinds == 2)
    assert "The split" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_pictures_of_scores_and_features_are_drawn_also_without_weights(tmp_path):
    draw_scores({"m": Interval(0.7, 0.6, 0.8)}, tmp_path / "s.png", label="C")
    nan = float("nan")
    draw_learned([LearnedFeature("f", 2, 3, nan, nan, nan)], {"f": "stable"}, tmp_path / "f.png")
    draw_learned([LearnedFeature("f", 1, 1, 0.5, 0.5, 0.5)], {}, tmp_path / "g.png")
    assert all((tmp_path / name).stat().st_size > 1000 for name in ("s.png", "f.png", "g.png"))
