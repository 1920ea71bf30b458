"""RadiomicsOutcome's panel, driven under PySide6 on real MRML: from a segmented scene to table and maps."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import read_table
from oncologyai.host import clear, load_module
from oncologyai.robustness import FeatureStability, write_stability
from oncologyai.types import Point
from Testing.slice_views import distances_of_slice_views

ROOT = Path(__file__).resolve().parents[2]
MEAN, CONTRAST = "original_firstorder_Mean", "original_glcm_Contrast"
SAY = "import json, os, sys, time\ndef say(**e): print(json.dumps(e), flush=True)\n"
WAITS = SAY + "say(event='stage', name='features', share=0.4)\ntime.sleep(120)"
CRASHES = SAY + "say(event='stage', name='features', share=0.4)\nsys.stderr.write('Segmentation fault')\nos.abort()"


class Panel:
    """The panel over the scene as it is, and what a user does with it."""

    def __init__(self, module) -> None:
        import slicer

        self.slicer = slicer
        self.widget = module.createNewWidgetRepresentation()
        self.widget.parent.resize(470, 1100)
        self.widget.parent.show()
        self.ui, self.logic = self.widget.ui, self.widget.logic
        self.cohort = self.widget.panel._cohort.run

    def use_child(self, path: Path, program: str) -> None:
        path.write_text(program, encoding="utf-8")
        self.logic._command = self.cohort._command = [sys.executable, str(path)]

    def apply(self) -> None:
        self.ui.applyButton.click()

    def until(self, reached) -> None:
        end = time.monotonic() + 400
        while not reached():
            self.slicer.app.processEvents()
            assert time.monotonic() < end, f"still waiting: {self.status()} {self.ui.cohortLabel.text()}"

    def until_end(self) -> None:
        self.until(lambda: not self.logic.isRunning())

    def until_stage(self) -> None:
        self.until(lambda: self.ui.progressBar.value() > 0 or not self.logic.isRunning())
        assert self.logic.isRunning(), self.status()

    def run(self) -> None:
        self.apply()
        self.until_end()
        assert self.status().startswith("Done: "), self.status()

    def check(self, name: str, text: str, checked: bool = True) -> None:
        from PySide6.QtCore import Qt

        widget = getattr(self.ui, name)
        (item,) = [widget.item(row) for row in range(widget.count()) if widget.item(row).text() == text]
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)

    def texts(self, name: str) -> list[str]:
        widget = getattr(self.ui, name)
        return [widget.item(row).text() for row in range(widget.count())]

    def few_features(self, tmp_path: Path, families: str = "{firstorder: [Mean, Energy], glcm: [Contrast]}") -> Path:
        """Choose a file of settings that is quickly computed."""
        path = tmp_path / "few.yaml"
        path.write_text(f"featureClass: {families}\n", encoding="utf-8")
        self.ui.presetComboBox.setCurrentIndex(self.ui.presetComboBox.count() - 1)
        self.ui.settingsPathEdit.setCurrentPath(str(path))
        return path

    def table(self):
        from oncologyai.scene import table_from_node

        return table_from_node(self.ui.tableSelector.currentNode())

    def shown(self) -> list[list[str]]:
        widget = self.ui.resultsTable
        columns = range(widget.columnCount())
        return [[widget.item(row, column).text() for column in columns] for row in range(widget.rowCount())]

    def foreground(self) -> str | None:
        composite = self.slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")
        return composite.GetForegroundVolumeID() if composite is not None else None

    def status(self) -> str:
        return self.ui.statusLabel.text()

    def nodes(self) -> dict[str, str]:
        scene = self.slicer.mrmlScene
        found = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
        return {node.GetID(): node.GetName() for node in found if not node.IsA("vtkMRMLSubjectHierarchyNode")}

    def names(self) -> list[str]:
        """Names of all nodes but displays, whose numbers go up, and how many there are."""
        found = self.nodes().values()
        return [str(len(found)), *sorted(name for name in found if "Display" not in name)]

    def is_ready(self) -> bool:
        button = self.ui.applyButton
        return button.text() == "Apply" and button.isEnabled() and not self.ui.progressBar.isVisible()


@pytest.fixture
def a_module():
    """RadiomicsOutcome in the host; its panels are closed and the scene is empty afterwards."""
    module = load_module(ROOT / "RadiomicsOutcome" / "RadiomicsOutcome.py")
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_sample(a_module):
    """Two balls and their segmentation."""
    from RadiomicsOutcomeLib import SyntheticLesions

    return SyntheticLesions()


@pytest.fixture
def a_panel(a_module, a_sample) -> Panel:
    """The panel, opened on a scene with two segmented lesions."""
    return Panel(a_module)


def command_line(*words: object) -> None:
    command = [sys.executable, "-m", "oncologyai", "features", *map(str, words)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)


@pytest.mark.slow
def test_from_a_result_of_segmentation_to_table_and_maps_with_the_values_of_the_command_line(a_module, tmp_path):
    import slicer
    from RadiomicsOutcomeLib import SyntheticLesions

    from oncologyai.scene import scene_from_bundle, volume_from_node
    from oncologyai.workflows import Request, segment_config, segment_to_bundle

    volume = volume_from_node(SyntheticLesions().volumeNode, modality="CT")
    clear()
    config = segment_config(max_distance_mm=40.0)
    seed = Point("I-1", (-16.0, 0.0, 0.0))
    segment_to_bundle(Request(volume, (seed,), config=config, name="Thorax"), tmp_path / "segmented")
    nodes = scene_from_bundle(tmp_path / "segmented")

    panel = Panel(a_module)
    assert panel.ui.inputSelector.currentNode() is nodes.volume  # nobody has clicked
    assert panel.ui.segmentationSelector.currentNode() is nodes.segmentation
    panel.check("mapsList", MEAN)
    panel.check("mapsList", CONTRAST)
    panel.run()
    assert panel.is_ready()

    image, masks = tmp_path / "segmented" / "volume.nrrd", tmp_path / "segmented" / "segmentation.seg.nrrd"
    command_line(image, masks, "--out", tmp_path / "there.csv")
    here, there = panel.table(), read_table(tmp_path / "there.csv")
    assert len(there.columns) == 108
    assert here.columns[-107:] == there.columns[-107:]
    assert [row[-107:] for row in here.rows] == [tuple(float(v) for v in row[-107:]) for row in there.rows]

    command_line(image, masks, "--out", tmp_path / "maps", "--voxel-based", MEAN, "--voxel-based", CONTRAST)
    mask = slicer.util.arrayFromSegmentBinaryLabelmap(nodes.segmentation, "GTV-1", nodes.volume).astype(bool)
    for name in (MEAN, CONTRAST):
        there = slicer.util.arrayFromVolume(slicer.util.loadVolume(str(tmp_path / "maps" / f"GTV-1_{name}.nrrd")))
        (node,) = [one for one in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if one.GetName() == name]
        here = slicer.util.arrayFromVolume(node)
        np.testing.assert_array_equal(here[mask], there[mask])
        assert np.isnan(here[~mask]).all()
    picture = panel.widget.parent.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, 460, 3) for y in range(0, 1000, 3)}) > 50


@pytest.mark.slow
def test_table_maps_and_parameters_survive_save_and_reopen(a_panel, a_sample, tmp_path):
    slicer = a_panel.slicer
    settings = a_panel.few_features(tmp_path)
    a_panel.check("segmentsList", "GTV-2", checked=False)
    a_panel.check("mapsList", CONTRAST)
    a_panel.check("mapsList", MEAN)
    a_panel.ui.cohortOutputEdit.setCurrentPath("/some/where")
    a_panel.run()
    a_panel.ui.mapComboBox.setCurrentIndex(2)
    before = a_panel.table()
    chosen = a_panel.ui.mapComboBox.currentText()
    values = {name: slicer.util.arrayFromVolume(slicer.util.getNode(name)).copy() for name in (CONTRAST, MEAN)}
    path = str(tmp_path / "features scene.mrb")
    assert slicer.util.saveScene(path)
    clear()
    assert a_panel.ui.resultsTable.rowCount() == 0
    assert a_panel.ui.tableSelector.currentNode() is None
    slicer.util.loadScene(path)

    assert a_panel.table() == before
    assert a_panel.shown()[0][0] == MEAN.replace("Mean", "Energy")
    for name, array in values.items():
        np.testing.assert_array_equal(slicer.util.arrayFromVolume(slicer.util.getNode(name)), array)
    assert a_panel.ui.mapComboBox.currentText() == chosen
    assert a_panel.foreground() == slicer.util.getNode(chosen).GetID()
    parameters = a_panel.logic.getParameterNode()
    assert (parameters.preset, parameters.settingsFile) == ("", str(settings))
    assert list(parameters.excludedSegments) == ["GTV-2"]
    assert set(parameters.mapNames) == {CONTRAST, MEAN}
    assert parameters.cohortOutput == "/some/where"
    assert a_panel.ui.inputSelector.currentNode().GetName() == "Synthetic lesions"
    assert a_panel.is_ready()


@pytest.mark.slow
def test_a_second_apply_replaces_what_the_first_made_unless_a_new_table_is_wanted(a_panel, tmp_path):
    slicer = a_panel.slicer
    a_panel.few_features(tmp_path)
    a_panel.check("mapsList", MEAN)
    a_panel.run()
    first = a_panel.names()
    a_panel.run()
    assert a_panel.names() == first
    a_panel.ui.tableSelector.setCurrentNode(None)
    a_panel.run()
    assert len(slicer.util.getNodesByClass("vtkMRMLTableNode")) == 2
    assert len({node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLTableNode")}) == 2


@pytest.mark.slow
def test_a_further_image_adds_a_column_for_each_segment(a_panel, tmp_path):
    slicer = a_panel.slicer
    assert not a_panel.ui.volumesList.isVisible()
    coarse = np.diag([4.0, 4.0, 4.0, 1.0])
    coarse[:3, 3] = -44.0
    slicer.util.addVolumeFromArray(np.full((22, 22, 22), 5, np.int16), coarse, name="PET")
    assert a_panel.texts("volumesList") == ["PET"]
    a_panel.check("volumesList", "PET")
    a_panel.few_features(tmp_path, "{firstorder: [Mean]}")
    a_panel.run()
    assert [row[:2] for row in a_panel.table().rows] == [
        ("GTV-1", "Synthetic lesions"), ("GTV-2", "Synthetic lesions"), ("GTV-1", "PET"), ("GTV-2", "PET"),
    ]  # fmt: skip
    assert a_panel.shown()[0][3:] == ["5", "5"]
    header = a_panel.ui.resultsTable.horizontalHeaderItem(3).text()
    assert header == "GTV-1 · PET"


@pytest.mark.slow
def test_values_lead_to_their_segments_maps_are_shown_and_the_table_is_written(a_panel, a_sample, tmp_path):
    a_panel.few_features(tmp_path)
    for name in (MEAN, CONTRAST):
        a_panel.check("mapsList", name)
    verdicts = tmp_path / "study.stability.csv"
    write_stability([FeatureStability(MEAN, "harmonisable", "CCC", 0.93, 0.9, 0.95, 0.9, 20, "phantom")], verdicts)
    a_panel.ui.stabilityPathEdit.setCurrentPath(str(verdicts))
    a_panel.run()
    slicer = a_panel.slicer
    names = [row[0] for row in a_panel.shown()]
    assert dict(zip(names, (row[1] for row in a_panel.shown()), strict=True))[MEAN] == "harmonisable"

    a_panel.ui.resultsFilterEdit.setText("glcm")
    hidden = [a_panel.ui.resultsTable.isRowHidden(row) for row in range(len(names))]
    assert [name for name, away in zip(names, hidden, strict=True) if not away] == [CONTRAST]
    for column, middle in ((2, (-16.0, 0.0, 0.0)), (3, (18.0, 6.0, -8.0))):
        a_panel.ui.resultsTable.cellClicked.emit(names.index(CONTRAST), column)
        assert distances_of_slice_views(middle) == pytest.approx([0.0] * 3, abs=2.0)
        assert a_panel.ui.mapComboBox.currentText() == CONTRAST
        assert a_panel.foreground() == slicer.util.getNode(CONTRAST).GetID()
    a_panel.ui.mapComboBox.setCurrentIndex(0)
    assert not a_panel.foreground()

    assert not a_panel.ui.exportButton.isEnabled()
    a_panel.ui.exportPathEdit.setCurrentPath(str(tmp_path / "out.xlsx"))
    a_panel.ui.exportButton.click()
    assert a_panel.ui.exportLabel.text().startswith("Written: ")
    assert (tmp_path / "out.xlsx").is_file() and (tmp_path / "out.stability.csv").is_file()
    a_panel.ui.exportPathEdit.setCurrentPath(str(tmp_path / "out.doc"))
    a_panel.ui.exportButton.click()
    assert "expected a name that ends in" in a_panel.ui.exportLabel.text()


@pytest.mark.slow
def test_segments_that_are_empty_or_too_small_are_told(a_panel, a_sample, tmp_path):
    a_panel.few_features(tmp_path)
    dot = np.zeros((40, 40, 40), bool)
    dot[2, 2, 2] = True
    a_sample.addSegment("dot", dot)
    assert a_panel.texts("segmentsList") == ["GTV-1", "GTV-2", "dot"]  # as soon as it is there
    a_panel.run()
    assert "dot" in a_panel.status() and "Note: " in a_panel.status()
    assert set(a_panel.table().rows[2][1:]) == {None}
    a_panel.ui.tableSelector.setCurrentNode(None)
    for name in ("GTV-1", "GTV-2"):
        a_panel.check("segmentsList", name, checked=False)
    before = a_panel.nodes()
    a_panel.apply()
    a_panel.until_end()
    assert "expected one large enough for features" in a_panel.status()
    a_sample.segmentationNode.GetSegmentation().RemoveSegment("dot")
    a_sample.segmentationNode.GetSegmentation().AddEmptySegment("nothing", "nothing")
    a_panel.apply()
    a_panel.until_end()
    assert "nothing: expected voxels, got an empty segment; leave it out" in a_panel.status()
    assert a_panel.nodes() == before
    assert a_panel.is_ready()


@pytest.mark.slow
def test_the_self_test_passes(a_module, monkeypatch):
    test, told = getattr(a_module.python(), f"{a_module.name}Test"), []
    monkeypatch.setattr(test, "delayDisplay", lambda self, name, **_: told.append(name))
    a_module.self().runTest(msec=0)  # raises at the first assertion of the module's own Test class that fails
    assert set(told) == {name for name in dir(test) if name.startswith("test_")}


def test_cancel_in_mid_run_ends_the_child_and_leaves_the_scene_as_it_was(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    before = a_panel.nodes()
    a_panel.apply()
    a_panel.until_stage()
    assert (a_panel.status(), a_panel.ui.progressBar.value()) == ("Running: features", 40)
    assert a_panel.ui.applyButton.text() == "Cancel"
    number = a_panel.logic.processId()
    a_panel.apply()  # the button is Cancel now; the child gets a second at most
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.status() == "Cancelled; the scene is as it was."
    assert a_panel.nodes() == before
    assert a_panel.is_ready()
    assert not list(Path(a_panel.slicer.app.temporaryPath).glob("OncologyAI-*"))


@pytest.mark.slow
def test_cancel_ends_the_real_child_too(a_panel):
    before = a_panel.nodes()
    a_panel.check("mapsList", CONTRAST)
    a_panel.apply()
    a_panel.until(lambda: "features" in a_panel.status() or not a_panel.logic.isRunning())
    number = a_panel.logic.processId()
    a_panel.apply()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.nodes() == before
    assert a_panel.is_ready()


def test_a_crash_is_told_with_its_reason_and_the_panel_can_be_used_again(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", CRASHES)
    before = a_panel.nodes()
    for _ in range(2):
        a_panel.apply()
        a_panel.until_end()
        assert a_panel.status() == "The feature extraction process crashed: Segmentation fault"
        assert a_panel.nodes() == before
        assert a_panel.is_ready()


def test_what_is_missing_is_said_until_it_is_there(a_module):
    from RadiomicsOutcomeLib import SyntheticLesions

    panel = Panel(a_module)
    assert panel.status() == "Choose a volume."
    assert not panel.ui.applyButton.isEnabled()
    sample = SyntheticLesions()
    panel.ui.inputSelector.setCurrentNode(sample.volumeNode)
    assert panel.status().startswith("Choose a segmentation")
    panel.ui.segmentationSelector.setCurrentNode(sample.segmentationNode)
    assert panel.is_ready()
    sample.segmentationNode.GetSegmentation().RemoveAllSegments()
    assert panel.status() == "The segmentation 'Lesions' holds no segment."


def test_closing_the_scene_during_a_run_ends_it(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    a_panel.apply()
    a_panel.until_stage()
    number = a_panel.logic.processId()
    clear()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert not a_panel.logic.isRunning()
    assert a_panel.status() == "Choose a volume."


def test_deleting_the_segmentation_during_a_run_is_told(a_panel, a_sample, tmp_path):
    ends = SAY + f"say(event='stage', name='a', share=0.4)\nwhile not os.path.exists({str(tmp_path / 'go')!r}):\n"
    a_panel.use_child(tmp_path / "child.py", ends + "    time.sleep(0.01)\nsay(event='done', bundle='x')")
    a_panel.apply()
    a_panel.until_stage()
    a_panel.slicer.mrmlScene.RemoveNode(a_sample.segmentationNode)
    before = a_panel.nodes()
    (tmp_path / "go").touch()
    a_panel.until_end()
    assert "segmentation: expected the segmentation that the run was given" in a_panel.status()
    assert a_panel.nodes() == before


def test_closing_the_panel_ends_run_and_cohort(a_module, a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    start_cohort(a_panel, tmp_path)
    a_panel.apply()
    a_panel.until_stage()
    numbers = a_panel.logic.processId(), a_panel.cohort.processId()
    assert all(numbers)
    a_module.closePanels()
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def start_cohort(panel: Panel, folder: Path, table: str = "patient,image,mask\n") -> None:
    (folder / "cases.csv").write_text(table, encoding="utf-8")
    panel.ui.cohortButton.setCollapsed(False)
    panel.ui.cohortTableEdit.setCurrentPath(str(folder / "cases.csv"))
    panel.ui.cohortOutputEdit.setCurrentPath(str(folder / "out"))
    panel.ui.cohortRunButton.click()


def test_a_cohort_shows_its_progress_and_is_cancelled_with_its_state_kept(a_panel, tmp_path):
    polite = "import signal\nsignal.signal(signal.SIGTERM, lambda *_: (say(event='cancelled'), sys.exit(130)))\n"
    a_panel.use_child(tmp_path / "child.py", SAY + polite + WAITS.removeprefix(SAY))
    start_cohort(a_panel, tmp_path)
    a_panel.until(lambda: a_panel.ui.cohortProgressBar.value() == 40)
    assert a_panel.ui.cohortRunButton.text() == "Cancel"
    number = a_panel.cohort.processId()
    a_panel.ui.cohortRunButton.click()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.ui.cohortLabel.text() == "Cancelled; what was done is kept, and Run goes on with it."
    assert a_panel.ui.cohortRunButton.text() == "Run"
    assert a_panel.ui.cohortRunButton.isEnabled()


@pytest.mark.slow
def test_a_cohort_gives_one_table_names_its_failures_and_goes_on_where_it_was(a_panel, a_sample, tmp_path):
    from oncologyai.imaging import write_seg_nrrd, write_volume
    from oncologyai.scene import mask_from_segment, volume_from_node

    volume = volume_from_node(a_sample.volumeNode, modality="CT", unit="HU")
    write_volume(volume, tmp_path / "a.nrrd")
    masks = [mask_from_segment(a_sample.segmentationNode, n, a_sample.volumeNode) for n in ("GTV-1", "GTV-2")]
    write_seg_nrrd(masks, tmp_path / "a.seg.nrrd")
    a_panel.few_features(tmp_path)
    table = "patient,image,mask\nP-1,a.nrrd,a.seg.nrrd\nP-2,gone.nrrd,a.seg.nrrd\n"
    for computed in ("first", "again"):
        start_cohort(a_panel, tmp_path, table)
        a_panel.until(lambda: not a_panel.cohort.isRunning())
        told = a_panel.ui.cohortLabel.text()
        assert told.startswith("Done: 2 rows of 2 cases in ") and told.endswith("; 1 failed"), (computed, told)
        failures = a_panel.ui.cohortFailuresTable
        assert failures.isVisible()
        assert failures.item(0, 0).text() == "P-2"
        assert "gone.nrrd" in failures.item(0, 1).text()
    found = read_table(tmp_path / "out" / "features.csv")
    assert [row[0] for row in found.rows] == ["P-1", "P-1"]
    mean = [row[found.columns.index(MEAN)] for row in found.rows]
    assert mean == pytest.approx([a_sample.mean("GTV-1"), a_sample.mean("GTV-2")])


@pytest.mark.slow
def test_a_folder_of_studies_is_described_and_checked_from_the_panel(a_panel, tmp_path):
    from oncologyai.samples import GridSpec, ThoraxSpec, write_sample

    write_sample("ct", tmp_path / "studies" / "one", spec=ThoraxSpec(GridSpec((60, 60, 24), (6.0, 6.0, 12.0))))
    ui = a_panel.ui
    ui.datasetSourceEdit.setCurrentPath(str(tmp_path / "studies"))
    assert ui.datasetLabel.text() == "Choose a folder for the results."
    for task, made in (("Describe", "description.html"), ("Check", "checks.csv")):
        out = tmp_path / task
        ui.datasetOutputEdit.setCurrentPath(str(out))
        box = ui.datasetTaskComboBox
        box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n).startswith(task)))
        assert not ui.datasetPresetComboBox.isVisibleTo(a_panel.widget.parent)
        ui.datasetRunButton.click()
        a_panel.until(lambda: not a_panel.widget.panel._dataset.run.isRunning())
        assert ui.datasetLabel.text().startswith("Done: "), ui.datasetLabel.text()
        assert (out / made).is_file()


def test_pre_processing_shows_its_chains(a_panel):
    ui = a_panel.ui
    ui.datasetButton.setProperty("collapsed", False)
    box = ui.datasetTaskComboBox
    box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n).startswith("Pre-process")))
    assert ui.datasetPresetComboBox.isVisibleTo(ui.datasetButton)
    ui.datasetPresetComboBox.setCurrentIndex(ui.datasetPresetComboBox.findText("pet-suv"))
    assert a_panel.logic.getParameterNode().datasetPreset == "pet-suv"
