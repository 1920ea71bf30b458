"""BoneScanClassifier's panel, driven under PySide6 on real MRML: from a file to the report, and what can go wrong."""

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from oncologyai.host import clear, load_module

ROOT = Path(__file__).resolve().parents[2]
SAY = "import json, os, sys, time\ndef say(**e): print(json.dumps(e), flush=True)\n"
WAITS = SAY + "say(event='stage', name='classify', share=0.4)\ntime.sleep(120)"
CRASHES = SAY + "say(event='stage', name='classify', share=0.4)\nsys.stderr.write('Segmentation fault')\nos.abort()"


class Panel:
    """The panel, and what a user does with it."""

    def __init__(self, module) -> None:
        import slicer

        self.slicer, self.module = slicer, module
        self.widget = module.createNewWidgetRepresentation()
        self.widget.parent.resize(480, 1500)
        self.widget.parent.show()
        self.ui, self.logic = self.widget.ui, self.widget.logic

    def load(self, path: Path) -> None:
        self.ui.studyEdit.setCurrentPath(str(path))
        self.ui.loadButton.click()

    def use_child(self, path: Path, program: str) -> None:
        path.write_text(program, encoding="utf-8")
        self.logic._run._command = [sys.executable, str(path)]

    def run(self) -> None:
        self.ui.applyButton.click()

    def until(self, reached) -> None:
        end = time.monotonic() + 240
        while not reached():
            self.slicer.app.processEvents()
            assert time.monotonic() < end, f"still waiting: {self.status()}"

    def until_end(self) -> None:
        self.until(lambda: not self.logic.isRunning())

    def until_stage(self) -> None:
        self.until(lambda: self.ui.progressBar.value() > 0 or not self.logic.isRunning())
        assert self.logic.isRunning(), self.status()

    def parameters(self):
        return self.logic.getParameterNode()

    def status(self) -> str:
        return self.ui.statusLabel.text()

    def shown(self, layout: str):
        return self.slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceCompositeNode")

    def middle(self, layout: str) -> tuple[float, float]:
        matrix = self.slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceNode").GetSliceToRAS()
        return matrix.GetElement(0, 3), matrix.GetElement(2, 3)

    def nodes(self) -> dict[str, str]:
        scene = self.slicer.mrmlScene
        found = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
        return {node.GetID(): node.GetName() for node in found if not node.IsA("vtkMRMLSubjectHierarchyNode")}

    def is_ready(self) -> bool:
        button = self.ui.applyButton
        return button.text() == "Run" and button.isEnabled() and not self.ui.progressBar.isVisible()

    def state(self) -> dict[str, object]:
        """What a user sees of scan, result and display."""
        ui = self.ui
        cells = [
            [ui.fociTable.item(row, column).text() for column in range(ui.fociTable.columnCount())]
            for row in range(ui.fociTable.rowCount())
        ]
        layouts = ("Red", "Yellow")
        scene = self.slicer.mrmlScene
        names = {
            layout: [
                scene.GetNodeByID(ID).GetName() if ID else None
                for ID in (self.shown(layout).GetBackgroundVolumeID(), self.shown(layout).GetForegroundVolumeID())
            ]
            for layout in layouts
        }
        return {
            "answer": ui.answerLabel.text(),
            "foci": cells,
            "notes": (ui.notesLabel.text(), ui.resultNotesLabel.text()),
            "rule": ui.ruleComboBox.currentText(),
            "views": (ui.anteriorSelector.currentNode().GetName(), ui.posteriorSelector.currentNode().GetName()),
            "shown": names,
            "opacity": [self.shown(layout).GetForegroundOpacity() for layout in layouts],
            "window": [
                scene.GetNodeByID(self.shown(layout).GetBackgroundVolumeID()).GetDisplayNode().GetWindow()
                for layout in layouts
            ],
            "grey": (ui.greyComboBox.currentText(), ui.upperSlider.value),
        }


@pytest.fixture
def a_module(a_bonescan_model):
    """BoneScanClassifier in the host, with one small model in its store."""
    module = load_module(ROOT / "BoneScanClassifier" / "BoneScanClassifier.py")
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_panel(a_module) -> Panel:
    """Its panel, with nothing loaded."""
    return Panel(a_module)


@pytest.fixture(scope="module")
def a_study(tmp_path_factory) -> Path:
    """A synthetic scan as DICOM."""
    from oncologyai.samples import write_bonescan_sample

    return write_bonescan_sample(tmp_path_factory.mktemp("Studie größe 1") / "sample", seed=5).folder / "NM"


@pytest.fixture
def a_loaded_panel(a_panel, a_study) -> Panel:
    """Its panel, with that scan loaded."""
    a_panel.load(a_study)
    assert a_panel.ui.anteriorSelector.currentNode() is not None, a_panel.ui.scanLabel.text()
    return a_panel


def test_a_study_is_shown_side_by_side_before_any_model_runs(a_loaded_panel):
    ui = a_loaded_panel.ui
    for view, layout in (("anterior", "Red"), ("posterior", "Yellow")):
        node = getattr(ui, f"{view}Selector").currentNode()
        assert node.GetName().endswith(view)
        assert a_loaded_panel.shown(layout).GetBackgroundVolumeID() == node.GetID()
        assert a_loaded_panel.shown(layout).GetForegroundVolumeID() is None
    assert ui.answerLabel.text() == "No result of this scan yet."
    assert a_loaded_panel.is_ready()


def test_the_grey_scale_follows_preset_and_slider(a_loaded_panel):
    from BoneScanClassifierLib import Grey

    ui = a_loaded_panel.ui
    display = ui.anteriorSelector.currentNode().GetDisplayNode()
    usual = display.GetWindow()
    ui.upperSlider.setValue(50.0)
    assert display.GetWindow() == pytest.approx(usual / 2)
    assert display.GetLevel() == pytest.approx(usual / 4)
    ui.greyComboBox.setCurrentIndex(list(Grey).index(Grey.MAXIMUM))
    assert display.GetWindow() > usual / 2


def test_whole_body_brings_the_scan_back_to_the_slice_views(a_loaded_panel):
    from oncologyai.scene import hide_views

    hide_views()
    a_loaded_panel.shown("Red").SetBackgroundVolumeID(None)
    a_loaded_panel.ui.wholeBodyButton.click()
    node = a_loaded_panel.ui.anteriorSelector.currentNode()
    assert a_loaded_panel.shown("Red").GetBackgroundVolumeID() == node.GetID()
    yellow = a_loaded_panel.slicer.mrmlScene.GetSingletonNode("Yellow", "vtkMRMLSliceNode")
    assert yellow.GetOrientation() == "Posterior"


def test_what_cannot_be_read_is_told_and_nothing_changes(a_panel, tmp_path):
    (tmp_path / "letter.txt").write_text("no image", encoding="utf-8")
    before = a_panel.nodes()
    a_panel.load(tmp_path)
    assert a_panel.ui.scanLabel.text()
    assert "#b00020" in a_panel.ui.scanLabel.styleSheet()
    assert a_panel.nodes() == before
    assert not a_panel.ui.applyButton.isEnabled()
    assert a_panel.status() == "Load a bone scan first."


@pytest.mark.slow
def test_from_file_to_report(a_loaded_panel, tmp_path):
    from oncologyai.bundle import read_bonescan

    ui, slicer = a_loaded_panel.ui, a_loaded_panel.slicer
    ui.resultsFolderEdit.setCurrentPath(str(tmp_path / "results"))
    a_loaded_panel.run()
    assert ui.applyButton.text() == "Cancel"
    a_loaded_panel.until_end()
    assert a_loaded_panel.status().startswith("Done: "), a_loaded_panel.status()
    assert a_loaded_panel.is_ready()

    found = read_bonescan(tmp_path / "results" / "bundle")
    assert f"Probability of metastases: {found.value('probability'):.0%}" in ui.answerLabel.text()
    assert "95% interval" in ui.answerLabel.text()
    assert "synthetic scans" in ui.answerLabel.text()
    for view, layout in (("anterior", "Red"), ("posterior", "Yellow")):
        shown = slicer.mrmlScene.GetNodeByID(a_loaded_panel.shown(layout).GetForegroundVolumeID())
        assert shown.GetNodeReference("OncologyAI.InputVolume") is getattr(ui, f"{view}Selector").currentNode()
        assert a_loaded_panel.shown(layout).GetForegroundOpacity() == pytest.approx(0.4)
    assert ui.reportButton.isEnabled()
    assert Path(a_loaded_panel.parameters().report) == tmp_path / "results" / "report.html"
    picture = a_loaded_panel.widget.parent.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, 460, 3) for y in range(0, 1400, 3)}) > 50

    table = found.table("Lesions")
    assert ui.fociTable.rowCount() == (len(table.rows) if table is not None else 0)
    if table is not None and table.rows:
        ui.fociTable.cellClicked.emit(0, 0)
        place = [table.rows[0][table.columns.index(name)] for name in ("x_mm", "z_mm")]
        for layout in ("Red", "Yellow"):
            assert a_loaded_panel.middle(layout) == pytest.approx(place, abs=1.0)


@pytest.mark.slow
def test_the_answer_is_that_of_the_command_line(a_loaded_panel, a_study, a_bonescan_model, tmp_path, oncology_ai):
    from oncologyai.bundle import read_bonescan

    ui = a_loaded_panel.ui
    ui.resultsFolderEdit.setCurrentPath(str(tmp_path / "panel"))
    a_loaded_panel.run()
    done = oncology_ai(
        "bonescan", a_study, "--model", a_bonescan_model, "--out-bundle", tmp_path / "command",
        env={"ONCOLOGYAI_MODELS": os.environ["ONCOLOGYAI_MODELS"]},
    )  # fmt: skip
    assert done.code == 0, done.err
    a_loaded_panel.until_end()
    here, there = read_bonescan(tmp_path / "panel" / "bundle"), read_bonescan(tmp_path / "command")
    assert here.value("probability") == there.value("probability")
    for view in ("anterior", "posterior"):
        assert (here.maps[view].array == there.maps[view].array).all()


@pytest.mark.slow
def test_threshold_opacity_and_map_follow_without_a_new_run(a_loaded_panel):
    ui = a_loaded_panel.ui
    a_loaded_panel.run()
    a_loaded_panel.until_end()
    assert ui.ruleComboBox.count() == 3
    ui.ruleComboBox.setCurrentIndex(2)
    for own, said in (
        (0.0, "With metastases at the threshold 0.00"),
        (1.0, "Without metastases at the threshold 1.00"),
    ):
        ui.ownThresholdSlider.setValue(own)
        assert said in ui.answerLabel.text()
    assert "hold the threshold of the run" in ui.answerLabel.text()
    ui.ruleComboBox.setCurrentIndex(0)
    assert "hold the threshold of the run" not in ui.answerLabel.text()
    ui.opacitySlider.setValue(0.75)
    assert a_loaded_panel.shown("Yellow").GetForegroundOpacity() == pytest.approx(0.75)
    ui.mapCheckBox.setChecked(False)
    assert a_loaded_panel.shown("Yellow").GetForegroundVolumeID() is None
    ui.mapCheckBox.setChecked(True)
    assert a_loaded_panel.shown("Red").GetForegroundOpacity() == pytest.approx(0.75)


@pytest.mark.slow
def test_a_second_run_takes_the_place_of_the_first(a_loaded_panel):
    ui = a_loaded_panel.ui
    names = []
    for index in (0, 1):
        ui.methodComboBox.setCurrentIndex(index)
        a_loaded_panel.run()
        a_loaded_panel.until_end()
        assert a_loaded_panel.status().startswith("Done: "), a_loaded_panel.status()
        names.append(sorted(a_loaded_panel.nodes().values()))
    assert len(names[0]) == len(names[1])
    for name in ("Prediction", "Lesions", "BoneScanIndex", "Foci"):
        assert names[1].count(name) == names[0].count(name) <= 1
    assert "grad-cam++" in ui.answerLabel.text()


@pytest.mark.slow
def test_the_panel_is_the_same_when_its_scene_is_opened_again(a_loaded_panel, tmp_path):
    from BoneScanClassifierLib import Grey

    ui, slicer = a_loaded_panel.ui, a_loaded_panel.slicer
    ui.greyComboBox.setCurrentIndex(list(Grey).index(Grey.FAINT))
    ui.upperSlider.setValue(80.0)
    a_loaded_panel.run()
    a_loaded_panel.until_end()
    ui.ruleComboBox.setCurrentIndex(1)
    ui.opacitySlider.setValue(0.6)
    before = a_loaded_panel.state()
    path = str(tmp_path / "bone scan.mrb")
    assert slicer.util.saveScene(path)
    clear()
    assert ui.anteriorSelector.currentNode() is None
    assert ui.fociTable.rowCount() == 0
    slicer.util.loadScene(path)
    assert a_loaded_panel.state() == before
    assert a_loaded_panel.is_ready()


def test_cancel_in_mid_run_ends_the_child_and_leaves_the_scene_as_it_was(a_loaded_panel, tmp_path):
    a_loaded_panel.use_child(tmp_path / "child.py", WAITS)
    before = a_loaded_panel.nodes()
    a_loaded_panel.run()
    a_loaded_panel.until_stage()
    assert (a_loaded_panel.status(), a_loaded_panel.ui.progressBar.value()) == ("Running: classify", 40)
    number = a_loaded_panel.logic.processId()
    a_loaded_panel.run()  # the button is Cancel now; the child gets a second at most
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_loaded_panel.status() == "Cancelled; the scene is as it was."
    assert a_loaded_panel.nodes() == before
    assert a_loaded_panel.is_ready()
    assert not list(Path(a_loaded_panel.slicer.app.temporaryPath).glob("OncologyAI-*"))


@pytest.mark.slow
def test_cancel_ends_the_real_child_too(a_loaded_panel):
    a_loaded_panel.run()
    a_loaded_panel.until_stage()
    number = a_loaded_panel.logic.processId()
    a_loaded_panel.run()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_loaded_panel.is_ready()


def test_a_crash_is_told_with_its_reason_and_the_panel_can_be_used_again(a_loaded_panel, tmp_path):
    a_loaded_panel.use_child(tmp_path / "child.py", CRASHES)
    before = a_loaded_panel.nodes()
    for _ in range(2):
        a_loaded_panel.run()
        a_loaded_panel.until_end()
        assert a_loaded_panel.status() == "The classification process crashed: Segmentation fault"
        assert a_loaded_panel.nodes() == before
        assert a_loaded_panel.is_ready()


def test_a_damaged_result_is_told_and_nothing_is_added(a_loaded_panel, tmp_path):
    a_loaded_panel.use_child(tmp_path / "child.py", SAY + "say(event='done', folder='/no/such/folder')")
    before = a_loaded_panel.nodes()
    a_loaded_panel.run()
    a_loaded_panel.until_end()
    assert "expected a bone scan" in a_loaded_panel.status()
    assert a_loaded_panel.nodes() == before
    assert a_loaded_panel.is_ready()


def test_closing_the_scene_during_a_run_ends_it_and_gives_the_slice_views_back(a_loaded_panel, tmp_path):
    a_loaded_panel.use_child(tmp_path / "child.py", WAITS)
    a_loaded_panel.run()
    a_loaded_panel.until_stage()
    number = a_loaded_panel.logic.processId()
    clear()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert not a_loaded_panel.logic.isRunning()
    assert a_loaded_panel.status() == "Load a bone scan first."
    views = {n: a_loaded_panel.slicer.mrmlScene.GetSingletonNode(n, "vtkMRMLSliceNode") for n in ("Red", "Yellow")}
    assert {name: view.GetOrientation() for name, view in views.items()} == {"Red": "Axial", "Yellow": "Sagittal"}


def test_a_view_that_is_deleted_leaves_the_panel_with_the_other(a_loaded_panel):
    a_loaded_panel.slicer.mrmlScene.RemoveNode(a_loaded_panel.ui.posteriorSelector.currentNode())
    assert a_loaded_panel.ui.posteriorSelector.currentNode() is None
    assert (
        a_loaded_panel.shown("Red").GetBackgroundVolumeID() == a_loaded_panel.ui.anteriorSelector.currentNode().GetID()
    )
    assert a_loaded_panel.is_ready()


@pytest.mark.slow
def test_a_folder_is_classified_to_a_table_and_a_page_and_failures_are_listed(a_panel, a_study, tmp_path):
    from oncologyai.bundle import read_table

    studies = tmp_path / "studies"
    shutil.copytree(a_study, studies / "one")
    (studies / "two").mkdir()
    (studies / "two" / "letter.txt").write_text("no image", encoding="utf-8")
    ui, batch = a_panel.ui, a_panel.widget.panel._batch
    ui.batchButton.setCollapsed(False)
    ui.batchSourceEdit.setCurrentPath(str(studies))
    ui.batchOutputEdit.setCurrentPath(str(tmp_path / "out"))
    assert not ui.batchPageButton.isEnabled()
    ui.batchRunButton.click()
    assert ui.batchRunButton.text() == "Cancel"
    a_panel.until(lambda: not batch.run.isRunning())
    assert ui.batchLabel.text().startswith("Done: 1 scans in "), ui.batchLabel.text()
    assert [row[0] for row in read_table(tmp_path / "out" / "results.csv", "results").rows] == ["one"]
    assert ui.batchFailuresTable.item(0, 0).text() == "two"
    assert (tmp_path / "out" / "index.html").is_file()
    assert ui.batchPageButton.isEnabled()


def test_cancel_ends_a_batch(a_panel, tmp_path):
    (tmp_path / "studies").mkdir()
    (tmp_path / "child.py").write_text(WAITS, encoding="utf-8")
    ui, run = a_panel.ui, a_panel.widget.panel._batch.run
    run._command = [sys.executable, str(tmp_path / "child.py")]
    ui.batchSourceEdit.setCurrentPath(str(tmp_path / "studies"))
    ui.batchOutputEdit.setCurrentPath(str(tmp_path / "out"))
    ui.batchRunButton.click()
    a_panel.until(lambda: ui.batchProgressBar.value() > 0)
    number = run.processId()
    ui.batchRunButton.click()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert ui.batchLabel.text().startswith("Cancelled")
    assert ui.batchRunButton.text() == "Run"


@pytest.mark.slow
def test_the_self_test_passes(a_module, monkeypatch):
    test, told = getattr(a_module.python(), f"{a_module.name}Test"), []
    monkeypatch.setattr(test, "delayDisplay", lambda self, name, **_: told.append(name))
    a_module.self().runTest(msec=0)  # raises at the first assertion of the module's own Test class that fails
    assert set(told) == {name for name in dir(test) if name.startswith("test_")}
