"""``oncology-ai outcome``: what it says at its end, and one clear line for every bad input, with nothing written."""

import json

import numpy as np
import pytest

from oncologyai.cli import main

STUDY = """
name: tiny
tables: [{path: t.csv}]
roles: {patient: id, OUTCOME, group: centre, features: [age, f]}
design: {folds: 5}
models: [{name: plain, learner: LEARNER}]
"""
SURVIVAL = STUDY.replace("OUTCOME", "time: days, event: dead").replace("LEARNER", "cox")
CLASSES = STUDY.replace("OUTCOME", "label: dead").replace("LEARNER", "logistic")


def cells():
    rng = np.random.default_rng(0)
    n = np.arange(60)
    return {
        "id": [f"P{k}" for k in n], "days": rng.integers(20, 900, 60).tolist(),
        "dead": (n % 3 > 0).astype(int).tolist(),
        "age": rng.integers(40, 80, 60).tolist(), "f": rng.normal(size=60).round(3).tolist(),
        "centre": ["AB"[k % 2] for k in n],
    }  # fmt: skip


@pytest.fixture
def a_study(tmp_path):
    def write(text=SURVIVAL, **changes):
        columns = cells() | changes
        rows = zip(*columns.values(), strict=True)
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        (tmp_path / "study.yaml").write_text(text)
        return ["outcome", "train", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"), "--workers", "1"]

    return write


def test_it_says_how_every_model_did(a_study, tmp_path, capsys):
    assert main(a_study()) == 0
    said = capsys.readouterr().out
    assert "60 patients, 40 with the event, 5 splits" in said and "plain: C 0." in said
    assert said.rstrip().endswith("report.html") and (tmp_path / "out" / "report.html").is_file()


def test_programs_read_events(a_study, capsys):
    assert main([*a_study(), "--progress", "json", "--no-page"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "done" and events[-1]["patients"] == 60 and events[-1]["failed"] == 0
    shares = [event["share"] for event in events if event["event"] == "stage"]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("text", "changes", "said"),
    [
        (SURVIVAL, {"dead": [0] * 60}, "events: expected the event in at least one patient, got 0; check the column"),
        (CLASSES, {"dead": [1] * 2 + [0] * 58}, "folds: expected at most 2, the patients with the event, got 5"),
        (CLASSES, {"dead": [1] * 60}, "dead: expected two classes, got one: all patients are 1"),
        (SURVIVAL, {"days": ["soon"] + [9] * 59}, "days: expected days as numbers, got text such as 'soon'"),
        (SURVIVAL, {"days": [-3] + [9] * 59}, "times: expected finite days of at least 0"),
        (SURVIVAL.replace("folds: 5", "kind: centres"), {"centre": ["A"] * 60}, "group: expected a column of at least"),
        (SURVIVAL.replace("days", "dayz"), {}, "dayz: expected a column of the table, got no such one among id, days"),
        (SURVIVAL.replace("cox", "coxx"), {}, "study.yaml: model plain: learner: expected one of"),
        (SURVIVAL.replace("[age, f]", "[age, dead]"), {}, "study.yaml: roles features: expected columns other than"),
        (SURVIVAL.replace("folds: 5", "folds: five"), {}, "study.yaml: design.folds: expected a valid integer"),
        ("name: [", {}, "study.yaml: expected YAML, got"),
        (SURVIVAL.replace("t.csv", "u.csv"), {}, "u.csv: expected a table"),
        (SURVIVAL, {"dead": [7] * 60}, "dead: expected 0 (none), 1 (the event) or a code that is named, got '7'"),
        (SURVIVAL.replace("cox", "logistic"), {}, "expected a model that can be fitted, got fold 1: outcome"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_code_2(a_study, tmp_path, capsys, text, changes, said):
    assert main(a_study(text, **changes)) == 2
    error = capsys.readouterr().err
    assert error.startswith("oncology-ai: ") and said in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_feature_that_gives_the_outcome_away_is_a_finding(a_study, tmp_path, capsys):
    text = CLASSES.replace("[age, f]", "[age, f, copy]")
    words = a_study(text, copy=cells()["dead"])
    assert main([*words, "--no-page"]) == 0
    found = json.loads((tmp_path / "out" / "results.json").read_text())["findings"]
    assert any(one["column"] == "copy" and "gives dead away" in one["text"] for one in found)


def test_check_says_what_is_odd_with_its_lines_and_writes_it(a_study, tmp_path, capsys):
    changes = {"f": ["?"] + [0.5 * k for k in range(59)], "dead": [""] + [0, 1] * 29 + [1]}
    a_study(**changes)
    words = ["outcome", "check", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "findings.csv")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "warning: dead: 1 rows without an outcome (lines 2)" in said
    assert "note: f: 1 cells hold '?', taken as missing (lines 2)" in said and "0 errors, 1 warning, 1 note" in said
    assert (tmp_path / "findings.csv").read_text().splitlines()[0] == "kind,column,finding,lines"


def test_tables_are_checked_by_options_and_an_error_ends_with_code_2(a_study, tmp_path, capsys):
    a_study(days=[-1, *range(1, 60)])
    words = ["outcome", "check", str(tmp_path / "t.csv"), "--patient", "id", "--time", "days", "--event", "dead"]
    assert main([*words, "--category", "centre"]) == 2
    said = capsys.readouterr().out
    assert "error: days: negative days (lines 2)" in said and "error: times: expected finite days" in said
    assert main(["outcome", "check", str(tmp_path / "t.csv"), "--label", "dead"]) == 2
    assert "--patient: expected the column of the patient" in capsys.readouterr().err
    assert main([*words[:4], "id", "--label", "dead"]) == 0
    assert "columns of text are no features: centre" in capsys.readouterr().out


def test_learners_and_schema_are_printed(capsys):
    assert main(["outcome", "learners"]) == 0
    assert "cox: penalty, alpha, most" in capsys.readouterr().out
    assert main(["outcome", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "StudyConfig"
