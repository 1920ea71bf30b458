"""A reader study from the table of scans to the report: made, answered in the panel, killed, resumed, analysed."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oncologyai.cli import main
from oncologyai.host import clear, load_module
from oncologyai.imaging import write_nm_whole_body
from oncologyai.studies import read_answers, read_diagnosis_key, read_items, read_study
from Testing.unit.scintigraphy.conftest import as_view, draw_body

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "BoneScanClassifier" / "BoneScanClassifier.py"

THREE_ANSWERS_THEN_A_KILL = """
import os, signal, sys
from oncologyai.host import load_module
module = load_module(sys.argv[1])
widget = module.createNewWidgetRepresentation()
panel = widget.studyPanel
panel.studyEdit.setCurrentPath(sys.argv[2])
panel.readerBox.setCurrentIndex(0)
panel.beginButton.click()
for _ in range(3):
    panel.answers.choose(0)
    panel.confidences.choose(4)
    panel.commentEdit.setText("before the kill")
    panel.answerButton.click()
panel.answers.choose(1)
sys.stdout.write("three\\n"); sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def a_cohort(tmp_path: Path) -> Path:
    """The table of eight scans of hand-drawn bodies, four of them called ill."""
    lines = ["case,scan,metastases"]
    for n in range(8):
        place = tmp_path / "scans" / f"P{n}"
        place.mkdir(parents=True)
        volumes = [as_view(draw_body(view, seed=n), view) for view in ("anterior", "posterior")]
        write_nm_whole_body(volumes, place / "scan.dcm", attributes={"PatientID": f"P{n}"})
        lines.append(f"P{n},P{n},{int(n < 4)}")
    table = tmp_path / "scans" / "cases.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


@pytest.fixture
def a_study(a_cohort: Path, tmp_path: Path) -> Path:
    """Six of the scans for Dr A and Dr B."""
    words = ["study", "create", "bonescan", "--table", str(a_cohort), "--out", str(tmp_path / "study"), "--cases", "6"]
    assert main([*words, "--reader", "Dr A=physician", "--reader", "Dr B=physician", "--progress", "none"]) == 0
    return tmp_path / "study"


@pytest.fixture
def a_panel():
    """The study's part of the module's panel in the host."""
    module = load_module(MODULE)
    clear()
    widget = module.createNewWidgetRepresentation()
    yield widget.studyPanel
    module.closePanels()
    clear()


def scans_in_the_scene() -> list[str]:
    import slicer

    return [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")]


def answer(panel, choice: int, confidence: int, comment: str = "") -> None:
    panel.answers.choose(choice)
    panel.confidences.choose(confidence - 1)
    panel.commentEdit.setText(comment)
    assert panel.answerButton.isEnabled()
    panel.answerButton.click()


def begin(panel, study: Path, reader: int = 0) -> None:
    panel.studyEdit.setCurrentPath(str(study))
    panel.readerBox.setCurrentIndex(reader)
    panel.beginButton.click()


def test_killed_in_mid_study_resumed_finished_and_analysed(a_study, a_panel, tmp_path):
    child = subprocess.run(
        [sys.executable, "-c", THREE_ANSWERS_THEN_A_KILL, str(MODULE), str(a_study)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL and "three" in child.stdout, child.stderr
    study = read_study(a_study)
    kept = read_answers(study, study.readers[0])
    assert [(one.choice, one.confidence, one.comment) for one in kept] == [("yes", 5, "before the kill")] * 3

    truth = {case.case: case for case in read_diagnosis_key(tmp_path / "study-key", study.identity).cases}
    begin(a_panel, a_study)
    assert a_panel.statusLabel.text() == "Scan 4 of 6" and a_panel.progressBar.value() == 3
    for item in read_items(study, study.readers[0])[3:]:
        assert scans_in_the_scene() == [f"Scan {item.number} anterior", f"Scan {item.number} posterior"]
        answer(a_panel, 0 if truth[item.case].positive else 1, 4)
    assert a_panel.statusLabel.text().startswith("All 6 scans are answered") and scans_in_the_scene() == []
    assert len(read_answers(study, study.readers[0])) == 6
    a_panel.beginButton.click()
    begin(a_panel, a_study, reader=1)
    for item in read_items(study, study.readers[1]):
        answer(a_panel, 0 if truth[item.case].positive else 1, 3)

    with (tmp_path / "model.csv").open("w", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["case", "probability"])
        for case in truth.values():
            write([case.source, 0.8 if case.positive else 0.3])
    words = ["study", "accuracy", str(a_study), "--model", f"net={tmp_path / 'model.csv'}", "--resamples", "200"]
    assert main([*words, "--out", str(tmp_path / "result"), "--progress", "none"]) == 0
    with (tmp_path / "result" / "accuracy.csv").open(newline="") as stream:
        rows = {row["reader"]: row for row in csv.DictReader(stream)}
    assert rows["Dr B"]["auc"] == rows["net"]["auc"] == "1.0" and rows["Dr A"]["cases"] == "6"
    assert (tmp_path / "result" / "report.html").is_file() and (tmp_path / "result" / "seconds.png").is_file()


def test_the_scan_is_seen_only_while_time_counts(a_study, a_panel):
    import slicer

    begin(a_panel, a_study)
    assert len(scans_in_the_scene()) == 2
    answer(a_panel, 0, 2)
    a_panel.pauseButton.click()
    assert scans_in_the_scene() == [] and not a_panel.answerButton.isEnabled()
    assert a_panel.pauseButton.text() == "Go on" and a_panel.statusLabel.text() == "Paused: 1 of 6 are answered"
    a_panel.pauseButton.click()
    assert scans_in_the_scene() == ["Scan 2 anterior", "Scan 2 posterior"]
    a_panel.setParameters(None)  # the user leaves the module
    assert scans_in_the_scene() == [] and a_panel.pauseButton.text() == "Go on"
    a_panel.pauseButton.click()
    slicer.mrmlScene.Clear()
    assert scans_in_the_scene() == [] and a_panel.beginButton.text() == "Begin or go on"
    begin(a_panel, a_study)
    assert a_panel.statusLabel.text() == "Scan 2 of 6"


def test_grey_scale_answer_and_a_step_back(a_study, a_panel):
    import slicer

    begin(a_panel, a_study)
    (node, _) = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    before = node.GetDisplayNode().GetWindow()
    a_panel.greyBox.setCurrentIndex(1)
    assert node.GetDisplayNode().GetWindow() < before
    a_panel.percentSlider.setValue(200.0)
    doubled = node.GetDisplayNode().GetWindow()
    a_panel.percentSlider.setValue(100.0)
    assert doubled == pytest.approx(2 * node.GetDisplayNode().GetWindow())
    assert not a_panel.answerButton.isEnabled() and not a_panel.undoButton.isEnabled()
    a_panel.answers.choose(0)
    assert not a_panel.answerButton.isEnabled(), "the confidence is missing"
    a_panel.confidences.choose(0)
    a_panel.answers.choose(0)
    assert not a_panel.answerButton.isEnabled(), "pressed again, the answer is up"
    answer(a_panel, 1, 3, "rib")
    study = read_study(a_study)
    (kept,) = read_answers(study, study.readers[0])
    assert (kept.choice, kept.confidence, kept.comment, kept.shown) == ("no", 3, "rib", "faint 100 %")
    assert a_panel.commentEdit.text() == "" and a_panel.greyBox.currentIndex() == 0
    a_panel.undoButton.click()
    assert read_answers(study, study.readers[0]) == () and a_panel.statusLabel.text() == "Scan 1 of 6"


def test_what_is_wrong_is_said_in_the_panel(a_study, a_panel, tmp_path):
    a_panel.studyEdit.setCurrentPath(str(tmp_path))
    assert "expected the folder of a study" in a_panel.statusLabel.text() and not a_panel.beginButton.isEnabled()
    begin(a_panel, a_study)
    study = read_study(a_study)
    for place in read_items(study, study.readers[0])[1].files.values():
        place.unlink()
    answer(a_panel, 0, 1)
    assert "expected" in a_panel.statusLabel.text() and ".nrrd" in a_panel.statusLabel.text()
    assert scans_in_the_scene() == [] and len(read_answers(study, study.readers[0])) == 1


def test_nothing_of_a_study_is_saved_with_the_scene(a_study, a_panel):
    import slicer

    begin(a_panel, a_study)
    nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    assert all(node.GetHideFromEditors() and not node.GetSaveWithScene() for node in nodes)
