"""A bone scan in the scene: views, maps over them, foci and tables that refer to each other, saved and read again."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai import scene
from oncologyai.bundle import BoneScanBundle, read_bonescan
from oncologyai.errors import GeometryMismatchError
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.progress import Provenance
from oncologyai.types import Point, Table, Volume

SIZE, EDGE = (120, 60), (8.0, 8.0)
FOCUS = (100.0, 0.0, 200.0)
VALUE = 0.1234567890123


def a_view(view: str, size: tuple[int, int] = SIZE) -> Volume:
    picture = np.zeros(size, np.float32)
    picture[10:-10, 15:-15] = np.random.default_rng(2).poisson(30.0, (size[0] - 20, size[1] - 30))
    return Volume(picture[None], planar_ijk_to_ras(view, size, EDGE), "NM", "counts", {"view": view})  # type: ignore[arg-type]


def a_result(*names: str) -> BoneScanBundle:
    views = {view: a_view(view) for view in names or ("anterior", "posterior")}
    maps = {}
    for view, volume in views.items():
        values = np.zeros(volume.shape, np.float32)
        i, j, _ = np.rint(volume.ijk_from_ras(FOCUS)).astype(int)
        values[0, j - 4 : j + 5, i - 4 : i + 5] = 1.0
        maps[view] = volume.with_array(values, unit="arbitrary")
    tables = (
        Table("Prediction", ("probability", "map"), ((VALUE, "grad-cam"),)),
        Table("Lesions", ("focus", "region"), ((1, "pelvis"),)),
    )
    return BoneScanBundle(
        "WB", views, "P-7", "S-1", {}, ("a note",), "blobs", maps, (Point("1", FOCUS),), tables,  # type: ignore[arg-type]
        {"id": "blobs"}, Provenance("bonescan"),
    )  # fmt: skip


@pytest.fixture
def nodes(slicer):
    yield scene.scene_from_bonescan(a_result())
    scene.hide_views()


def test_every_part_is_a_node_that_says_where_it_came_from(slicer, nodes) -> None:
    assert [node.GetName() for node in nodes.views.values()] == ["WB anterior", "WB posterior"]
    assert [node.GetName() for node in nodes.maps.values()] == [f"WB grad-cam blobs {v}" for v in nodes.views]
    for view, node in nodes.maps.items():
        assert node.GetNodeReference("OncologyAI.InputVolume") is nodes.views[view]
    for node in nodes.made():
        assert node.GetAttribute("OncologyAI.Pipeline") == "bonescan"
        assert node.GetAttribute("OncologyAI.Model") == "blobs"
    assert nodes.lesions.GetNodeReference(scene.FOCI) is nodes.foci
    assert nodes.prediction.GetNumberOfNodeReferences("OncologyAI.InputVolume") == 2
    assert nodes.foci.GetNthControlPointLabel(0) == "1"
    np.testing.assert_allclose(nodes.foci.GetNthControlPointPosition(0), FOCUS)
    assert '"blobs"' in nodes.card.GetText() and "bonescan" in nodes.provenance.GetText()


def test_all_lies_in_the_patient_s_study(slicer, nodes) -> None:
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    study = hierarchy.GetItemParent(nodes.folder)
    assert hierarchy.GetItemName(study) == "S-1"
    for node in nodes.views.values():
        assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node)) == study
    for node in nodes.made():
        assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node)) == nodes.folder, node.GetName()


def test_the_map_is_clear_where_it_says_little_and_has_a_colour_table_of_its_own(nodes) -> None:
    colours = {node.GetDisplayNode().GetColorNode().GetID() for node in nodes.maps.values()}
    assert len(colours) == 1
    display = nodes.maps["anterior"].GetDisplayNode()
    assert display.GetApplyThreshold() and display.GetLowerThreshold() == pytest.approx(0.15)
    table = display.GetColorNode()
    light, dark = ([0.0] * 4, [0.0] * 4)
    table.GetColor(0, light)
    table.GetColor(255, dark)
    assert sum(light[:3]) > 2.0 > sum(dark[:3])


def test_the_map_is_shown_over_its_own_view(slicer, nodes) -> None:
    for layout, view in (("Red", "anterior"), ("Yellow", "posterior")):
        composite = slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceCompositeNode")
        assert composite.GetBackgroundVolumeID() == nodes.views[view].GetID()
        assert composite.GetForegroundVolumeID() == nodes.maps[view].GetID()
        assert composite.GetForegroundOpacity() == pytest.approx(0.4)


def test_a_saved_scene_has_it_all_when_it_is_opened_again(slicer, nodes, tmp_path) -> None:
    scene.save_mrb(tmp_path / "scene.mrb")
    scene.load_mrb(tmp_path / "scene.mrb")
    found = {name: slicer.mrmlScene.GetFirstNodeByName(name) for name in ("Prediction", "Lesions", "WB anterior")}
    assert scene.table_from_node(found["Prediction"]).rows == ((VALUE, "grad-cam"),)
    foci = found["Lesions"].GetNodeReference(scene.FOCI)
    np.testing.assert_allclose(foci.GetNthControlPointPosition(0), FOCUS)
    over = slicer.mrmlScene.GetFirstNodeByName("WB grad-cam blobs posterior")
    assert over.GetNodeReference("OncologyAI.InputVolume").GetName() == "WB posterior"
    assert over.GetDisplayNode().GetColorNode().GetNumberOfColors() == 256
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(found["WB anterior"]), a_view("anterior").array)
    scene.hide_views()


def test_views_in_the_scene_are_used_as_they_are_and_give_a_request(slicer, tmp_path) -> None:
    given = scene.scene_from_bonescan(BoneScanBundle("WB", {"anterior": a_view("anterior")}, "P-7", "S-1")).views
    asked = scene.bonescan_from_nodes(given, settings={"fast": True})
    assert (asked.name, asked.patient, asked.study, asked.settings) == ("WB", "P-7", "S-1", {"fast": True})
    asked.write(tmp_path / "request")
    back = read_bonescan(tmp_path / "request").views["anterior"]
    np.testing.assert_array_equal(back.array, a_view("anterior").array)
    assert back.unit == "counts" and back.same_grid(a_view("anterior"))
    nodes = scene.scene_from_bonescan(a_result("anterior"), view_nodes=given)
    assert nodes.views["anterior"] is given["anterior"]
    assert slicer.mrmlScene.GetNodesByName("WB anterior").GetNumberOfItems() == 1
    scene.hide_views()


def test_nothing_is_left_where_a_view_is_another(slicer) -> None:
    other = scene.nodes_from_views({"anterior": a_view("anterior", (130, 70))}, "other")
    before = slicer.mrmlScene.GetNumberOfNodes()
    with pytest.raises(GeometryMismatchError, match="other anterior: expected the grid of the result's view"):
        scene.scene_from_bonescan(a_result("anterior"), view_nodes=other)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
