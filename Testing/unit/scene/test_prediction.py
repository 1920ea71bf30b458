"""A prediction as nodes: all that belongs to it is referred to, filed with the patient, saved and read again."""

import json

import numpy as np
import pytest

from oncologyai.bundle import Bundle, Chart, ChartSeries, PatientPrediction, write_prediction
from oncologyai.errors import UnreadableFileError
from oncologyai.progress import Provenance
from oncologyai.scene import image_kind, load_mrb, save_mrb, scene_from_bundle, scene_from_prediction, table_from_node
from oncologyai.types import Table, Volume

LINE = Table("Patient curve", ("years", "survival"), ((0.0, 1.0), (1.0, 0.5)))
VALUE = 0.1234567890123


def a_prediction() -> PatientPrediction:
    chart = Chart("Survival", "death", "years", "survival", (ChartSeries("This patient", LINE, "years", "survival"),))
    one = Table("Prediction", ("endpoint", "value"), (("death", VALUE),))
    parts = Table("Contributions", ("feature", "contribution"), (("age", 0.5),))
    told = Provenance("outcome apply", warnings=("age: missing",))
    return PatientPrediction("CT", "card 1.0.0", {"id": "card"}, one, parts, (chart,), told)


def a_volume(slicer):
    volume = Volume(np.zeros((4, 5, 6), np.int16), np.eye(4), modality="PT", unit="SUVbw")
    return scene_from_bundle(Bundle("CT", "segment", "m", volume, patient="P-7", study="S")).volume


def test_the_table_refers_to_contributions_card_provenance_and_plots(slicer) -> None:
    nodes = scene_from_prediction(a_prediction())
    table = nodes.table
    assert table.GetAttribute("OncologyAI.Prediction") == "card 1.0.0"
    assert table.GetAttribute("OncologyAI.Pipeline") == "outcome"
    assert table.GetNodeReference("OncologyAI.Contributions") is nodes.contributions
    assert json.loads(table.GetNodeReference("OncologyAI.Card").GetText()) == {"id": "card"}
    assert json.loads(table.GetNodeReference("OncologyAI.ProvenanceText").GetText())["warnings"] == ["age: missing"]
    assert table.GetNthNodeReference("OncologyAI.Chart", 0) is nodes.charts["Survival"]
    view = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    assert view.GetPlotChartNodeID() == nodes.charts["Survival"].GetID()


def test_it_lies_with_the_patient_whose_volume_it_is_from(slicer) -> None:
    volume = a_volume(slicer)
    nodes = scene_from_prediction(a_prediction(), volume_node=volume)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    folder = hierarchy.GetItemParent(hierarchy.GetItemByDataNode(nodes.table))
    assert hierarchy.GetItemName(folder) == "CT prediction card 1.0.0"
    above = hierarchy.GetItemParent(folder)
    assert hierarchy.GetItemName(above) == "OncologyAI"
    assert hierarchy.GetItemName(hierarchy.GetItemParent(hierarchy.GetItemParent(above))) == "P-7"
    assert nodes.table.GetNodeReference("OncologyAI.InputVolume") is volume


def test_every_digit_survives_a_saved_scene(slicer, tmp_path) -> None:
    scene_from_prediction(a_prediction()).table.SetName("mine")
    save_mrb(tmp_path / "s.mrb")
    load_mrb(tmp_path / "s.mrb")
    assert table_from_node(slicer.mrmlScene.GetFirstNodeByName("mine")).rows == (("death", VALUE),)


def test_a_folder_is_read_and_a_damaged_one_adds_nothing(slicer, tmp_path) -> None:
    write_prediction(a_prediction(), tmp_path / "p")
    assert scene_from_prediction(tmp_path / "p").table.GetName() == "Prediction"
    slicer.mrmlScene.Clear()
    before = slicer.mrmlScene.GetNumberOfNodes()
    (tmp_path / "p" / "charts" / "charts.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableFileError):
        scene_from_prediction(tmp_path / "p")
    assert slicer.mrmlScene.GetNumberOfNodes() == before


def test_modality_and_unit_of_a_volume_are_told_without_reading_it(slicer) -> None:
    volume = a_volume(slicer)
    assert image_kind(volume) == ("PT", "SUVbw")
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "other")
    assert image_kind(other) == ("OT", "arbitrary")
