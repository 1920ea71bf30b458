"""Scans come into the scene as they are read, and what is missing is said before."""

import pytest

from oncologyai.errors import OncologyAIError


def test_a_synthetic_scan_says_that_it_is_one(a_module):
    from BoneScanClassifierLib import loadSyntheticScan, notesOf

    loaded = loadSyntheticScan()
    assert {view: node.GetName() for view, node in loaded.nodes.items()} == {
        "anterior": "Synthetic bone scan 1 anterior",
        "posterior": "Synthetic bone scan 1 posterior",
    }
    assert notesOf(loaded.nodes) == loaded.notes
    assert loaded.notes[0] == "synthetic sample: not a patient"


def test_what_cannot_be_read_leaves_the_scene_as_it_was(a_module, tmp_path):
    import slicer
    from BoneScanClassifierLib import LoadRequest, loadScan

    (tmp_path / "notes.txt").write_text("no image", encoding="utf-8")
    before = slicer.mrmlScene.GetNumberOfNodes()
    with pytest.raises(OncologyAIError):
        loadScan(LoadRequest(str(tmp_path)))
    assert slicer.mrmlScene.GetNumberOfNodes() == before


def test_what_is_missing_is_said(a_parameter_node, tmp_path):
    from BoneScanClassifierLib import loadRequestFromParameters

    assert loadRequestFromParameters(a_parameter_node).problem() == "Choose a folder with one study, or a file."
    a_parameter_node.study = str(tmp_path / "gone")
    assert "nothing at" in loadRequestFromParameters(a_parameter_node).problem()
    a_parameter_node.study, a_parameter_node.secondFile = str(tmp_path), str(tmp_path / "other.dcm")
    assert "other.dcm" in loadRequestFromParameters(a_parameter_node).problem()
    a_parameter_node.secondFile = ""
    assert loadRequestFromParameters(a_parameter_node).problem() == ""
