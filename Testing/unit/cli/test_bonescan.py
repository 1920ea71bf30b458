"""The command: from files or a request to results, its events, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oncologyai.bundle import BoneScanBundle, read_bonescan
from oncologyai.cli import main
from Testing.unit.scintigraphy.conftest import ScanWriter


@pytest.fixture
def a_study(tmp_path: Path) -> Path:
    (tmp_path / "study").mkdir()
    ScanWriter(tmp_path / "study").nm()
    return tmp_path / "study"


def run(*words: object) -> int:
    return main([str(word) for word in ("bonescan", *words)])


def test_says_the_answer_and_what_it_is_not(a_study, a_bonescan_model, tmp_path, capsys) -> None:
    assert run(a_study, "--model", "blobs", "--no-scene", "--out", tmp_path / "out") == 0
    said = capsys.readouterr()
    assert "Probability of bone metastases 0." in said.out and "at the threshold 0.45 (youden)" in said.out
    assert "not for clinical use; a demonstration" in said.out
    assert (tmp_path / "out" / "report.html").is_file()


def test_events_lead_to_the_bundle(a_study, a_bonescan_model, tmp_path, capsys) -> None:
    out = tmp_path / "bundle"
    assert run(a_study, "--model", "blobs", "--out-bundle", out, "--progress", "json") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shares = [event["share"] for event in events if event["event"] == "stage"]
    assert shares == sorted(shares) and {"read", "model", "classify"} <= {event.get("name") for event in events}
    assert events[-1]["event"] == "done" and events[-1]["bundle"] == str(out)
    assert events[-1]["probability"] == read_bonescan(out).value("probability")


def test_a_panel_s_request_is_answered(a_study, a_bonescan_model, tmp_path, capsys) -> None:
    assert run(a_study, "--model", "blobs", "--out-bundle", tmp_path / "first") == 0
    views = read_bonescan(tmp_path / "first").views
    BoneScanBundle("WB", views, settings={"model": "blobs", "threshold": "0.9"}).write(tmp_path / "request")
    assert run("--bundle", tmp_path / "request", "--out-bundle", tmp_path / "second") == 0
    found = read_bonescan(tmp_path / "second")
    assert found.value("threshold") == 0.9 and found.name == "WB"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "STUDY: expected one of a study, --sample and --bundle, got none"),
        (("--sample", "ct"), "--sample: expected bonescan"),
        (("STUDY", "--sample", "bonescan"), "got STUDY and --sample"),
        (("--sample", "bonescan", "--out-bundle", "x"), "--out-bundle"),
        (("STUDY", "--method", "ablation"), "--method"),
        (("STUDY", "--threshold", "2"), "--threshold"),
        (("STUDY", "--turn-deg", "45"), "turn_deg"),
        (("nowhere", "--no-scene"), "nothing there"),
        (("--each", "--sample", "bonescan"), "one folder of studies"),
    ],
)
def test_refuses_in_one_line_and_leaves_nothing(words, message, a_study, a_bonescan_model, tmp_path, capsys) -> None:
    given = [a_study if word == "STUDY" else word for word in words]
    assert run(*given, "--model", "blobs", "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists() and not Path("x").exists()


def test_every_scan_of_a_folder_a_row_each_and_failures_beside(a_bonescan_model, tmp_path, capsys) -> None:
    week = tmp_path / "week"
    for name in ("one", "two", "broken"):
        (week / name).mkdir(parents=True)
    ScanWriter(week / "one").nm()
    ScanWriter(week / "two").nm(views=("anterior",))
    (week / "broken" / "x.dcm").write_bytes(b"0" * 400)
    words = (week, "--each", "--model", "blobs", "--workers", 1, "--out", tmp_path / "out")
    assert run(*words) == 0
    said = capsys.readouterr()
    assert "3 cases, 1 failed, 2 rows" in said.out and "failed: broken" in said.err
    lines = (tmp_path / "out" / "results.csv").read_text().splitlines()
    assert lines[0].startswith("case,probability,low,high,rule,threshold,group") and len(lines) == 3
    assert "posterior view is missing" in lines[2]
    page = (tmp_path / "out" / "index.html").read_text()
    assert "scans/one/bonescan/thumbnail.png" in page and "broken" in page
    for name in ("thumbnail.png", "map_anterior.nrrd", "prediction.csv"):
        assert (tmp_path / "out" / "scans" / "one" / "bonescan" / name).is_file(), name
    assert run(*words) == 0
    assert "0 computed, 2 there before" in capsys.readouterr().out
    assert run(*words, "--strict") == 2
