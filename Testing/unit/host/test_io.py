"""slicer.util reads and writes files through the host."""

import numpy as np
import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from oncologyai import host


@pytest.fixture
def slicer():
    module = host.start()
    host.clear()
    yield module
    host.clear()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.seg.nrrd", "SegmentationFile"),
        ("a.nrrd", "VolumeFile"),
        ("A.NII.GZ", "VolumeFile"),
        ("a.mrk.json", "MarkupsFile"),
        ("a.mrb", "SceneFile"),
        ("a.stl", "ModelFile"),
        ("a.tsv", "TableFile"),
        ("a.exe", "NoFile"),
    ],
)
def test_files_are_told_apart_by_their_ending(slicer, name, kind):
    assert slicer.app.coreIOManager().fileType(name) == kind


def test_a_volume_is_written_and_read(slicer, tmp_path):
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    node = slicer.util.addVolumeFromArray(array, np.diag([2.0, 3.0, 4.0, 1.0]), name="v")
    assert slicer.util.saveNode(node, str(tmp_path / "größe.nrrd"), {"useCompression": 0})
    read = slicer.util.loadVolume(str(tmp_path / "größe.nrrd"), {"name": "again"})
    assert np.array_equal(slicer.util.arrayFromVolume(read), array)
    assert read.GetName() == "again"


def test_a_label_map_is_read_as_one(slicer, tmp_path):
    node = slicer.util.addVolumeFromArray(np.ones((2, 2, 2), np.uint8))
    slicer.util.saveNode(node, str(tmp_path / "l.nrrd"), {})
    assert slicer.util.loadLabelVolume(str(tmp_path / "l.nrrd"), {}).IsA("vtkMRMLLabelMapVolumeNode")


def test_markups_segmentations_tables_and_models_are_written_and_read(slicer, tmp_path):
    import vtk

    points = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    points.AddControlPoint(1, 2, 3)
    volume = slicer.util.addVolumeFromArray(np.zeros((4, 4, 4), np.int16))
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segment_id = segmentation.GetSegmentation().AddEmptySegment("s")
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        np.eye(4, dtype=np.uint8)[None].repeat(4, 0), segmentation, segment_id, volume
    )
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode")
    slicer.util.updateTableFromArray(table, np.array([1.0, 2.0]), "x")
    model = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLModelNode")
    sphere = vtk.vtkSphereSource()
    sphere.Update()
    model.SetAndObservePolyData(sphere.GetOutput())
    for node, name in ((points, "p.mrk.json"), (segmentation, "s.seg.nrrd"), (table, "t.tsv"), (model, "m.vtp")):
        assert slicer.util.saveNode(node, str(tmp_path / name), {}), name

    read = slicer.util.loadMarkups(str(tmp_path / "p.mrk.json"))
    assert read.GetNthControlPointPosition(0) == (1.0, 2.0, 3.0)
    assert slicer.util.loadSegmentation(str(tmp_path / "s.seg.nrrd"), {}).GetSegmentation().GetNumberOfSegments() == 1
    assert slicer.util.loadTable(str(tmp_path / "t.tsv")).GetNumberOfRows() == 2
    assert slicer.util.loadModel(str(tmp_path / "m.vtp")).GetPolyData().GetNumberOfPoints() == 50


@pytest.mark.parametrize("name", ["scene.mrb", "scene.mrml"])
def test_a_scene_is_written_and_read(slicer, tmp_path, name):
    slicer.util.addVolumeFromArray(np.full((2, 2, 2), 7, np.int16), name="v")
    if name.endswith(".mrml"):
        slicer.util.saveNode(slicer.util.getNode("v"), str(tmp_path / "v.nrrd"), {})
    assert slicer.util.saveScene(str(tmp_path / name), {})
    host.clear()
    slicer.util.loadScene(str(tmp_path / name), {})
    assert slicer.util.arrayFromVolume(slicer.util.getNode("v")).max() == 7


@pytest.mark.parametrize("name", ["none.nrrd", "none.mrb"])
def test_a_missing_file_raises_as_in_slicer(slicer, tmp_path, name):
    with pytest.raises(RuntimeError, match="no such file"):
        slicer.util.loadNodeFromFile(str(tmp_path / name))


@pytest.mark.parametrize("name", ["bad.mrb", "bad.nrrd", "bad.seg.nrrd", "bad.mrk.json", "bad.xyz"])
def test_a_damaged_file_raises_as_in_slicer(slicer, tmp_path, name):
    (tmp_path / name).write_text("nothing of the kind")
    with pytest.raises(RuntimeError, match="not a readable"):
        slicer.util.loadNodeFromFile(str(tmp_path / name))


def test_a_node_that_cannot_be_stored_is_not_saved(slicer, tmp_path):
    display = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLModelDisplayNode")
    assert not slicer.util.saveNode(display, str(tmp_path / "a.vtp"), {})


def test_a_place_that_cannot_be_written_gives_false(slicer, tmp_path):
    node = slicer.util.addVolumeFromArray(np.zeros((2, 2, 2), np.int16))
    (tmp_path / "file").write_text("")
    assert not slicer.util.saveNode(node, str(tmp_path / "file" / "a.nrrd"), {})
