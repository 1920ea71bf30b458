"""RadiomicsOutcome's outcome side, driven under PySide6 on real MRML: signatures applied, maps, models trained."""

import csv
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from oncologyai.host import clear, load_module

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(Path(__file__).parent))
SAY = "import json, os, sys, time\ndef say(**e): print(json.dumps(e), flush=True)\n"
WAITS = SAY + "say(event='stage', name='features', share=0.4)\ntime.sleep(120)"

from outcome_cards import CONTRAST, MEAN, VOLUME, write_card  # noqa: E402  found beside this file


class Panel:
    """The panel over the scene as it is, and what a user does with its outcome side."""

    def __init__(self, module) -> None:
        import slicer

        self.slicer = slicer
        self.widget = module.createNewWidgetRepresentation()
        self.widget.parent.resize(480, 1400)
        self.widget.parent.show()
        self.ui = self.widget.ui
        self.prediction, self.maps = self.widget.outcome.prediction, self.widget.outcome.maps
        self.training = self.widget.outcome.training.run

    def until(self, reached) -> None:
        end = time.monotonic() + 400
        while not reached():
            self.slicer.app.processEvents()
            assert time.monotonic() < end, f"still waiting: {self.told()} {self.ui.trainingLabel.text()}"

    def choose(self, card: Path) -> None:
        self.ui.signaturePathEdit.setCurrentPath(str(card))

    def fill(self, **texts: str) -> None:
        form = self.widget.outcome.signature._form
        for column, text in texts.items():
            edit = form.edit(column)
            if hasattr(edit, "setText"):
                edit.setText(text)
            else:
                rows = range(edit.count())
                edit.setCurrentIndex(next(n for n in rows if edit.itemText(n).partition(":")[0] == text))

    def predict(self) -> None:
        self.ui.predictButton.click()
        self.until(lambda: not self.prediction.isRunning())
        assert self.told().startswith("Done: "), self.told()

    def told(self) -> str:
        return self.ui.predictLabel.text()

    def cells(self, name: str) -> list[list[str]]:
        widget = getattr(self.ui, name)
        columns = range(widget.columnCount())
        return [[widget.item(row, column).text() for column in columns] for row in range(widget.rowCount())]

    def fits(self) -> dict[str, str]:
        return {row[0]: row[1] for row in self.cells("fitTable")}

    def table(self):
        from oncologyai.scene import table_from_node

        table = table_from_node(self.ui.predictionSelector.currentNode())
        return dict(zip(table.columns, table.rows[0], strict=True))

    def click(self, feature: str) -> None:
        names = [row[0] for row in self.cells("contributionsTable")]
        self.ui.contributionsTable.cellClicked.emit(names.index(feature), 0)
        self.until(lambda: not self.maps.isRunning())

    def foreground(self) -> str:
        composite = self.slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")
        node = self.slicer.mrmlScene.GetNodeByID(composite.GetForegroundVolumeID() or "")
        return node.GetName() if node is not None else ""

    def choose_text(self, name: str, text: str) -> None:
        box = getattr(self.ui, name)
        box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n).startswith(text)))

    def check(self, name: str, text: str, checked: bool = True) -> None:
        from PySide6.QtCore import Qt

        widget = getattr(self.ui, name)
        items = [widget.item(row) for row in range(widget.count())]
        item = next(one for one in items if one.text().startswith(text))
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)

    def nodes(self) -> dict[str, str]:
        scene = self.slicer.mrmlScene
        found = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
        return {node.GetID(): node.GetName() for node in found if not node.IsA("vtkMRMLSubjectHierarchyNode")}


@pytest.fixture
def a_module():
    """RadiomicsOutcome in the host; its panels are closed and the scene is empty afterwards."""
    module = load_module(ROOT / "RadiomicsOutcome" / "RadiomicsOutcome.py")
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_panel(a_module) -> Panel:
    """The panel, opened on a scene with two segmented lesions."""
    from RadiomicsOutcomeLib import SyntheticLesions

    SyntheticLesions()
    return Panel(a_module)


def test_the_card_says_what_is_needed_before_anything_runs(a_panel, tmp_path):
    assert a_panel.told() == "Choose a signature."
    a_panel.choose(write_card(tmp_path))
    text = a_panel.ui.cardBrowser.toPlainText()
    assert "A demonstration" in text and "not for clinical use" in text and "0.62 - 0.78" in text
    assert a_panel.told() == "stage: missing."
    assert a_panel.fits()["age"] == "missing: the cohort's value is taken"
    a_panel.fill(age="seventy", stage="III")
    assert a_panel.told() == "age: not a number."
    a_panel.fill(age="120,5")
    assert a_panel.fits()["age"] == "outside the training range"
    assert a_panel.fits()[MEAN] == "not in the scene; computed on Apply"
    assert a_panel.told() == "Ready."
    a_panel.ui.inputSelector.setCurrentNode(None)
    assert "Choose a volume" in a_panel.told()


def test_a_card_with_a_changed_byte_is_refused(a_panel, tmp_path):
    card = write_card(tmp_path)
    card.write_text(card.read_text(encoding="utf-8").replace("years", "Years", 1), encoding="utf-8")
    a_panel.choose(card)
    assert "expected the card as it was sealed" in a_panel.told()
    assert not a_panel.ui.predictButton.isEnabled()


@pytest.mark.slow
def test_from_a_result_of_segmentation_to_a_prediction_in_the_scene_with_no_file_dialog_between(a_module, tmp_path):
    from RadiomicsOutcomeLib import SyntheticLesions

    from oncologyai.scene import scene_from_bundle, volume_from_node
    from oncologyai.types import Point
    from oncologyai.workflows import Request, segment_config, segment_to_bundle

    volume = volume_from_node(SyntheticLesions().volumeNode, modality="CT", unit="HU")
    clear()
    request = Request(
        volume, (Point("I-1", (-16.0, 0.0, 0.0)),), config=segment_config(max_distance_mm=40.0), name="CT"
    )
    segment_to_bundle(request, tmp_path / "segmented")
    scene_from_bundle(tmp_path / "segmented")

    panel = Panel(a_module)
    panel.choose(write_card(tmp_path))
    panel.fill(age="71,5", stage="III")
    panel.predict()
    found = panel.table()
    assert (found["endpoint"], found["horizon_days"], found["group"]) == ("death", 730.0, "high")
    assert 0.0 < found["low"] < found["value"] < found["high"] < 1.0
    assert found["range_check"] == "within the training ranges"
    assert "Research software, not for clinical use." in panel.ui.headlineLabel.text()
    assert set(panel.fits().values()) == {"found"}  # the features are in the scene now, and are not computed again
    adds = [float(row[2]) for row in panel.cells("contributionsTable")]
    assert sum(adds) == pytest.approx(found["predictor"], abs=0.01)
    charts = [panel.ui.chartComboBox.itemText(n) for n in range(panel.ui.chartComboBox.count())]
    assert len(charts) == 2
    view = panel.slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    assert view.GetPlotChartNode().GetTitle() == charts[0]
    panel.ui.chartComboBox.setCurrentIndex(1)
    assert view.GetPlotChartNode().GetTitle() == charts[1]
    patient = panel.slicer.util.getNode("This patient (predicted)")
    assert patient.GetTableNode().GetTable().GetValueByName(0, "survival").ToDouble() == 1.0

    features = panel.slicer.util.getNodesByClass("vtkMRMLTableNode")
    panel.predict()  # takes the place of the first
    assert len(panel.slicer.util.getNodesByClass("vtkMRMLTableNode")) == len(features)
    assert panel.table() == found


@pytest.mark.slow
def test_a_signature_that_ships_is_applied_to_a_pet_that_was_segmented(a_module, tmp_path):
    from oncologyai.imaging import read_masks, read_volume
    from oncologyai.samples import GridSpec, PetCtSpec, write_sample
    from oncologyai.scene import scene_from_bundle
    from oncologyai.types import Point
    from oncologyai.workflows import Request, segment_config, segment_to_bundle

    spec = PetCtSpec(ct_grid=GridSpec((64, 64, 40), (6.0, 6.0, 6.0)))
    write_sample("petct", tmp_path / "study", spec=spec)
    pet = read_volume(tmp_path / "study", modality="PT")
    lesion = next(mask for mask in read_masks(tmp_path / "study", grid=pet) if mask.kind == "lesion")
    middle = np.argwhere(lesion.array).mean(axis=0)[::-1]
    seed = Point("I-1", tuple(float(v) for v in lesion.ras_from_ijk(tuple(np.round(middle)))))
    segment_to_bundle(Request(pet, (seed,), config=segment_config(), name="PET"), tmp_path / "segmented")
    scene_from_bundle(tmp_path / "segmented")

    panel = Panel(a_module)
    assert panel.ui.inputSelector.currentNode().GetName() == "PET"  # nobody has clicked
    panel.choose_text("signatureComboBox", "sts-lung-metastases")
    assert panel.told() == "Ready."
    panel.predict()
    found = panel.table()
    assert (found["endpoint"], found["horizon_days"]) == ("lung metastases", None)
    assert 0.0 <= found["low"] <= found["value"] <= found["high"] <= 1.0
    assert "nobody knows" not in found["range_check"]
    panel.choose_text("signatureComboBox", "hn-death-clinical")
    assert panel.told() == "Fill in the patient's values."
    panel.choose_text("signatureComboBox", "glioblastoma-os-model-1")
    assert "it ranks a cohort" in panel.told()


@pytest.mark.slow
def test_a_click_on_a_contribution_shows_its_map_made_once_with_the_settings_of_the_card(a_panel, tmp_path):
    a_panel.choose(write_card(tmp_path))
    a_panel.fill(age="60", stage="I-II")
    a_panel.predict()
    a_panel.click("age")
    assert a_panel.ui.contributionLabel.text() == "age is no feature of an image: it has no map."
    a_panel.click(VOLUME)
    assert "has no map" in a_panel.ui.contributionLabel.text()
    a_panel.click(CONTRAST)
    assert a_panel.ui.contributionLabel.text() == f"Map of {CONTRAST} over the image"
    assert a_panel.foreground() == CONTRAST
    volumes = len(a_panel.slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))
    values = a_panel.slicer.util.arrayFromVolume(a_panel.slicer.util.getNode(CONTRAST))
    assert np.isfinite(values).sum() == pytest.approx(900, rel=0.1)  # the ball GTV-1
    a_panel.click(MEAN)
    assert a_panel.foreground() == MEAN
    a_panel.click(CONTRAST)
    assert a_panel.foreground() == CONTRAST
    assert len(a_panel.slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == volumes + 1


@pytest.mark.slow
def test_features_of_other_settings_are_not_taken_and_those_that_fit_are(a_panel, tmp_path):
    a_panel.choose(write_card(tmp_path))
    a_panel.fill(stage="III")
    settings = tmp_path / "other.yaml"
    families = "{firstorder: [Mean], glcm: [Contrast], shape: [MeshVolume]}"
    for width, said in ((25, "other settings; computed anew"), (20, "found")):
        settings.write_text(f"featureClass: {families}\nsetting: {{binWidth: {width}}}\n", encoding="utf-8")
        a_panel.ui.presetComboBox.setCurrentIndex(a_panel.ui.presetComboBox.count() - 1)
        a_panel.ui.settingsPathEdit.setCurrentPath(str(settings))
        a_panel.widget.panel.show()
        a_panel.ui.applyButton.click()
        a_panel.until(lambda: not a_panel.widget.logic.isRunning())
        assert a_panel.fits()[CONTRAST] == said
    tables = len(a_panel.slicer.util.getNodesByClass("vtkMRMLTableNode"))
    a_panel.predict()
    names = [node.GetName() for node in a_panel.slicer.util.getNodesByClass("vtkMRMLTableNode")]
    assert sum("features" in name for name in names) == tables


def test_clinical_values_come_from_a_row_of_a_table_node(a_panel, tmp_path):
    from oncologyai.scene import node_from_table
    from oncologyai.types import Table

    rows = (("P-1", 50.0, "I-II"), ("P-2", 80.0, "III"), ("P-3", 60.0, "IV"))
    node = node_from_table(Table("Patients", ("patient", "age", "stage"), rows))
    a_panel.choose(write_card(tmp_path, image=False))
    a_panel.ui.clinicalTableSelector.setCurrentNode(node)
    a_panel.choose_text("clinicalRowComboBox", "2: P-2")
    assert a_panel.cells("fitTable") == [
        ["age", "found", "80", "36.55 - 91.91 years"], ["stage", "found", "III", "I-II, III"],
    ]  # fmt: skip
    a_panel.choose_text("clinicalRowComboBox", "3: P-3")
    assert a_panel.told() == "stage: not among the values."


@pytest.mark.slow
def test_a_clinical_signature_needs_no_image_and_a_class_has_its_place_in_the_cohort(a_module, tmp_path):
    panel = Panel(a_module)
    panel.choose(write_card(tmp_path, "class", image=False))
    panel.fill(stage="III")
    panel.predict()
    found = panel.table()
    assert found["endpoint"] == "response"
    assert "age: missing" in found["range_check"]
    point = panel.slicer.util.getNode("This patient").GetTableNode().GetTable()
    assert point.GetValueByName(0, "prediction").ToDouble() == pytest.approx(found["value"])


@pytest.mark.slow
def test_prediction_plots_and_choices_survive_save_and_reopen(a_panel, tmp_path):
    card = write_card(tmp_path)
    a_panel.choose(card)
    a_panel.fill(age="71,5", stage="III")
    a_panel.choose_text("lesionComboBox", "GTV-2")
    a_panel.predict()
    a_panel.click(CONTRAST)
    ask_for_training(a_panel, tmp_path)
    a_panel.choose_text("makeComboBox", "cox")
    before, shown = a_panel.table(), a_panel.cells("contributionsTable")
    study = a_panel.widget.outcome.training.request()
    path = str(tmp_path / "outcome scene.mrb")
    assert a_panel.slicer.util.saveScene(path)
    clear()
    assert a_panel.ui.predictionSelector.currentNode() is None
    assert a_panel.cells("predictionTable") == []
    a_panel.slicer.util.loadScene(path)
    assert a_panel.table() == before
    assert a_panel.cells("contributionsTable") == shown
    assert set(a_panel.fits().values()) == {"found"}
    assert a_panel.ui.lesionComboBox.currentText() == "GTV-2"
    assert a_panel.told() == "Ready."
    assert a_panel.ui.chartComboBox.count() == 2
    assert a_panel.widget.outcome.training.request() == study
    assert a_panel.ui.timeComboBox.currentText() == "days" and a_panel.ui.trainingLabel.text() == "Ready."
    maps = len(a_panel.slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))
    a_panel.click(CONTRAST)  # found, not made again
    assert len(a_panel.slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == maps


def test_cancel_ends_the_child_and_leaves_the_scene_as_it_was(a_panel, tmp_path):
    a_panel.choose(write_card(tmp_path))
    a_panel.fill(stage="III")
    child = tmp_path / "child.py"
    child.write_text(WAITS, encoding="utf-8")
    a_panel.prediction._command = [sys.executable, str(child)]
    before = a_panel.nodes()
    a_panel.ui.predictButton.click()
    a_panel.until(lambda: a_panel.ui.predictProgressBar.value() > 0)
    assert (a_panel.told(), a_panel.ui.predictButton.text()) == ("Running: features", "Cancel")
    number = a_panel.prediction.processId()
    a_panel.ui.predictButton.click()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.told() == "Cancelled; the scene is as it was."
    assert a_panel.nodes() == before
    assert not list(Path(a_panel.slicer.app.temporaryPath).glob("OncologyAI-*"))


@pytest.mark.slow
def test_what_the_child_refuses_is_told_and_nothing_is_added(a_panel, tmp_path):
    a_panel.choose(write_card(tmp_path))
    a_panel.fill(age="300", stage="III")
    before = a_panel.nodes()
    a_panel.ui.predictButton.click()
    a_panel.until(lambda: not a_panel.prediction.isRunning())
    assert "age: expected years from 0 to 120, got 300" in a_panel.told()
    assert a_panel.nodes() == before


def write_cohort(path: Path, patients: int = 90) -> None:
    rng = np.random.default_rng(5)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["patient", "days", "dead", "age", "sex", "noise", "centre"])
        for n in range(patients):
            age = rng.normal(60.0, 10.0)
            days = rng.exponential(900.0 * np.exp(-0.08 * (age - 60.0)))
            stop = rng.uniform(200.0, 2000.0)
            row = [f"P{n}", round(min(days, stop) + 1.0, 1), int(days <= stop), round(age, 1)]
            writer.writerow([*row, "mf"[n % 2], round(rng.normal(), 3), "AB"[n % 3 == 0]])


def ask_for_training(panel: Panel, folder: Path) -> None:
    write_cohort(folder / "cohort.csv")
    panel.ui.trainingTableEdit.setCurrentPath(str(folder / "cohort.csv"))
    panel.choose_text("patientComboBox", "patient")
    panel.choose_text("timeComboBox", "days")
    panel.choose_text("eventComboBox", "dead")
    panel.choose_text("groupComboBox", "centre")
    panel.check("modelsList", "Cox's model with a ridge")
    panel.ui.trainingOutputEdit.setCurrentPath(str(folder / "Study 1"))


def test_the_boxes_make_a_study_file_that_the_library_reads(a_panel, tmp_path):
    from oncologyai.outcome import read_study

    ask_for_training(a_panel, tmp_path)
    a_panel.check("columnsList", "noise", checked=False)
    a_panel.choose_text("designComboBox", "External")
    assert a_panel.ui.trainingLabel.text() == "Choose the groups to test on, not all of them."
    a_panel.check("testGroupsList", "B")
    assert a_panel.ui.trainingLabel.text() == "Ready."
    request = a_panel.widget.outcome.training.request()
    request.write()
    study = read_study(tmp_path / "Study 1" / "study.yaml")
    assert (study.name, study.design.train, study.design.test) == ("study-1", ("A",), ("B",))
    assert (study.roles.time, study.roles.event, study.roles.categories) == ("days", "dead", ("sex",))
    assert set(study.roles.exclude) == {"noise"}
    assert study.horizons_days == (730.0,)


@pytest.mark.slow
def test_training_shows_each_model_and_keeps_the_report_in_the_scene(a_panel, tmp_path):
    ask_for_training(a_panel, tmp_path)
    assert not a_panel.ui.reportButton.isEnabled()
    a_panel.choose_text("makeComboBox", "cox")
    a_panel.ui.trainingRunButton.click()
    a_panel.until(lambda: not a_panel.training.isRunning())
    assert a_panel.ui.trainingLabel.text().startswith("Done: "), a_panel.ui.trainingLabel.text()
    ((name, told),) = a_panel.cells("trainingFailuresTable")
    assert name == "cox"
    content = json.loads((tmp_path / "Study 1" / "results" / "results.json").read_text(encoding="utf-8"))
    value = content["models"][0]["discrimination"]["value"]
    assert told.startswith(f"C {value:.2f} (")
    assert value > 0.6
    report = a_panel.widget.logic.getParameterNode().studyReport
    assert Path(report) == tmp_path / "Study 1" / "results" / "report.html"
    assert Path(report).is_file() and a_panel.ui.reportButton.isEnabled()
    a_panel.choose_text("signatureComboBox", str(tmp_path / "Study 1" / "results" / "signatures" / "study-1.json"))
    a_panel.fill(age="70", sex="m", noise="0")
    a_panel.predict()
    assert a_panel.table()["signature"] == "study-1 1.0.0"


@pytest.mark.slow
def test_training_can_be_cancelled(a_panel, tmp_path):
    ask_for_training(a_panel, tmp_path)
    a_panel.ui.trainingRunButton.click()
    a_panel.until(lambda: a_panel.ui.trainingProgressBar.value() > 0 or not a_panel.training.isRunning())
    number = a_panel.training.processId()
    assert number and a_panel.ui.trainingRunButton.text() == "Cancel"
    a_panel.ui.trainingRunButton.click()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.ui.trainingLabel.text() == "Cancelled; what was done is kept, and Run goes on with it."
    assert not (tmp_path / "Study 1" / "results").exists()
