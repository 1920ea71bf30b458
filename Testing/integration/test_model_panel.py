"""A trained model run from the panel: the command line's voxels, its card, trust, disagreement and lesions."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.imaging import read_masks, write_volume

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(a_pet_model, tmp_path):
    """PET and CT for the tiny model as files; the smaller lesion is so faint that only a dense CT tells it."""
    pet, ct = a_pet_model.pet, a_pet_model.ct
    faint = np.where((pet.array > 5.0) & (pet.array < 7.0), np.float32(3.8), pet.array)
    paths = tmp_path / "PET größe.nrrd", tmp_path / "ct.nrrd"
    write_volume(pet.with_array(faint), paths[0])
    write_volume(ct.with_array(np.full(ct.shape, 1000, np.int16)), paths[1])
    return paths


@pytest.fixture
def a_model_panel(files, a_panel):
    """The panel with the files loaded, the model chosen and its further channel given."""
    from SegmentationAILib import Modality

    a_panel.pet, a_panel.ct = (a_panel.slicer.util.loadVolume(str(path)) for path in files)
    a_panel.ui.insideSelector.setCurrentNode(None)
    a_panel.ui.modalityComboBox.setCurrentIndex(list(Modality).index(Modality.PET))
    a_panel.ui.inputSelector.setCurrentNode(a_panel.pet)
    a_panel.choose_model("tiny")
    a_panel.ui.channelSelector1.setCurrentNode(a_panel.ct)
    return a_panel


def by_command(files, mask, *words):
    command = [sys.executable, "-m", "oncologyai", "segment", files[0], "--model", "tiny", *words, "-o", mask]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([str(word) for word in command], check=True, env=environment, capture_output=True)
    return {found.label: found.array for found in read_masks(mask)}


@pytest.mark.slow
def test_from_files_to_lesions_with_the_same_voxels_as_the_command_line(a_model_panel, a_pet_model, files, tmp_path):
    panel = a_model_panel
    panel.ui.allLesionsCheckBox.setChecked(True)
    panel.apply()
    assert panel.ui.applyButton.text() == "Cancel"
    panel.until_end()
    assert panel.status().startswith("Done: "), panel.status()
    expected = by_command(files, tmp_path / "m.seg.nrrd", "--channel", f"ct={files[1]}", "--all-lesions")
    assert panel.segments() == list(expected) == ["GTV-1", "GTV-2"]
    for name, array in expected.items():
        np.testing.assert_array_equal(panel.segment(name), array)
    assert list(by_command(files, tmp_path / "n.seg.nrrd", "--all-lesions")) == ["GTV-1"], "the CT must have counted"


@pytest.mark.slow
def test_trust_and_disagreement_are_shown(a_model_panel):
    panel = a_model_panel
    panel.apply()
    panel.until_end()
    assert panel.ui.trustLabel.isVisible()
    assert "Dice" in panel.ui.trustLabel.text()
    table = panel.ui.resultsTable.mrmlTableNode()
    columns = [table.GetColumnName(n) for n in range(table.GetNumberOfColumns())]
    assert {"Predicted Dice", "Interval"} <= set(columns)
    (disagreement,) = [
        n for n in panel.slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if n.GetName() == "Disagreement"
    ]
    (composite, *_) = panel.slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    assert not composite.GetForegroundVolumeID()
    panel.ui.disagreementCheckBox.setChecked(True)
    assert composite.GetForegroundVolumeID() == disagreement.GetID()
    assert composite.GetForegroundOpacity() == pytest.approx(0.4)
    panel.ui.disagreementCheckBox.setChecked(False)
    assert not composite.GetForegroundVolumeID()


@pytest.mark.slow
def test_a_models_result_is_corrected_with_its_probabilities(a_model_panel, a_pet_model):
    panel = a_model_panel
    panel.apply()
    panel.until_end()
    before = panel.segment("GTV-1")
    inside = panel.new_points("Inside")
    panel.ui.insideSelector.setCurrentNode(inside)
    inside.AddControlPoint(*a_pet_model.small)
    panel.ui.correctButton.click()
    after = panel.segment("GTV-1 edited")
    assert np.count_nonzero(after) > np.count_nonzero(before)
    assert panel.widget.panel._correction._session.history.probability is not None


@pytest.mark.slow
def test_no_tumour_is_an_answer_and_empties_the_output_that_was_chosen(a_model_panel):
    panel = a_model_panel
    panel.apply()
    panel.until_end()
    assert panel.segments() == ["GTV-1"]
    array = panel.slicer.util.arrayFromVolume(panel.pet)
    array[:] = 0.5
    panel.pet.Modified()
    panel.apply()
    panel.until_end()
    assert panel.status() == "Done: no tumour found"
    assert panel.segments() == []
    assert "no tumour found" in panel.ui.trustLabel.text().lower()
    assert [t.GetName() for t in panel.slicer.util.getNodesByClass("vtkMRMLTableNode")].count("Measurements") == 1


@pytest.mark.slow
def test_a_models_file_that_was_changed_is_told_and_nothing_is_added(a_model_panel, a_pet_model):
    panel = a_model_panel
    path = a_pet_model.store / "tiny" / "member0.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    before = panel.nodes()
    panel.apply()
    panel.until_end()
    assert "member0.onnx" in panel.status()
    assert panel.nodes() == before
    assert panel.is_ready()


@pytest.mark.slow
def test_cancel_in_the_network_ends_the_child_and_leaves_the_scene_as_it_was(a_slow_model, a_model_panel):
    panel = a_model_panel
    before = panel.nodes()
    panel.apply()
    panel.until(lambda: panel.status().startswith("Running: network") or not panel.logic.isRunning())
    assert panel.logic.isRunning(), panel.status()
    number = panel.logic.processId()
    panel.apply()  # the button is Cancel now; the child gets a second at most
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert panel.status() == "Cancelled; the scene is as it was."
    assert panel.nodes() == before
    assert panel.is_ready()
