"""A bundle as nodes, nodes as a bundle, and nothing left behind by a failure."""

import dataclasses

import numpy as np
import pytest
import vtk

from oncologyai import __version__, scene
from oncologyai.errors import CancelledError, GeometryMismatchError, InputError
from oncologyai.types import Mask, Volume


def node_ids(slicer):
    nodes = slicer.mrmlScene
    return {nodes.GetNthNode(n).GetID() for n in range(nodes.GetNumberOfNodes())}


def hierarchy_items(slicer):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), children, True)
    return children.GetNumberOfIds()


def test_every_part_of_a_bundle_becomes_a_node_named_as_the_conventions_say(slicer, a_bundle):
    nodes = scene.scene_from_bundle(a_bundle)

    assert nodes.volume.GetName() == "Thorax CT"
    assert nodes.segmentation.GetName() == "Thorax CT segmentation random walker"
    assert [n.GetName() for n in nodes.lines] == ["GTV-1 long axis", "GTV-1 short axis"]
    assert [n.GetName() for n in nodes.tables] == ["Measurements", "Features"]
    assert (nodes.inside.GetName(), nodes.outside.GetName()) == ("Inside", "Outside")
    for node in nodes.made():
        assert slicer.mrmlScene.GetNodeByID(node.GetID()) is node


def test_every_node_says_where_it_came_from(slicer, a_bundle):
    nodes = scene.scene_from_bundle(a_bundle)

    for node in nodes.made():
        assert node.GetAttribute("OncologyAI.Pipeline") == "analyse"
        assert node.GetAttribute("OncologyAI.Version") == __version__
        assert node.GetAttribute("OncologyAI.Model") == "random walker"
        assert node.GetAttribute("OncologyAI.Provenance") == "provenance.json"
        assert node.GetNodeReference("OncologyAI.InputVolume") is nodes.volume
        if node is not nodes.segmentation:
            assert node.GetNodeReference("OncologyAI.Segmentation") is nodes.segmentation
    assert nodes.segmentation.GetNodeReference("OncologyAI.Inside") is nodes.inside
    assert nodes.segmentation.GetNodeReference("OncologyAI.Outside") is nodes.outside


def test_a_bundle_comes_back_from_its_nodes(slicer, a_bundle):
    nodes = scene.scene_from_bundle(a_bundle)
    back = scene.bundle_from_nodes(
        nodes.volume,
        nodes.inside,
        nodes.outside,
        pipeline="segment",
        method="grow",
        settings={"max_distance_mm": 60.0},
        segmentation=nodes.segmentation,
    )

    assert np.array_equal(back.volume.array, a_bundle.volume.array)
    assert np.allclose(back.volume.ijk_to_ras, a_bundle.volume.ijk_to_ras, atol=1e-9)
    assert (back.volume.modality, back.volume.unit) == ("CT", "HU")
    assert (back.name, back.patient, back.study) == ("Thorax CT", "P-1", "CT 2020")
    assert (back.pipeline, back.method, back.settings) == ("segment", "grow", {"max_distance_mm": 60.0})
    assert [p.name for p in (*back.inside, *back.outside)] == ["I-1", "O-1"]
    assert np.allclose(back.inside[0].ras, a_bundle.inside[0].ras)
    for mask, original in zip(back.masks, a_bundle.masks, strict=True):
        assert np.array_equal(mask.array, original.array)
        assert (mask.label, mask.code, mask.kind) == (original.label, original.code, original.kind)


def test_a_volume_that_is_in_the_scene_is_used_and_not_touched(slicer, a_bundle):
    volume = slicer.util.addVolumeFromArray(a_bundle.volume.array, a_bundle.volume.ijk_to_ras, name="mine")
    volume.CreateDefaultDisplayNodes()
    volume.GetDisplayNode().SetAutoWindowLevel(False)
    volume.GetDisplayNode().SetWindowLevel(77.0, 7.0)
    nodes = scene.scene_from_bundle(a_bundle, input_node=volume)

    assert nodes.volume is volume
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1
    assert volume.GetDisplayNode().GetWindow() == 77.0
    assert volume.GetAttribute("OncologyAI.Pipeline") is None


def test_seeds_that_are_in_the_scene_are_used(slicer, a_bundle):
    seeds = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "my seeds")
    nodes = scene.scene_from_bundle(a_bundle, inside_node=seeds)

    assert nodes.inside is seeds
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLMarkupsFiducialNode") == 2


def test_a_volume_of_another_grid_is_refused_and_the_scene_stays(slicer, a_bundle):
    volume = slicer.util.addVolumeFromArray(a_bundle.volume.array[1:], a_bundle.volume.ijk_to_ras)
    before = node_ids(slicer)
    with pytest.raises(GeometryMismatchError, match="expected the grid of the result, 64x60x30"):
        scene.scene_from_bundle(a_bundle, input_node=volume)
    assert node_ids(slicer) == before


def test_an_input_that_is_no_volume_is_refused(slicer, a_bundle):
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode")
    with pytest.raises(InputError, match="expected a scalar volume that holds an image, got vtkMRMLTableNode"):
        scene.scene_from_bundle(a_bundle, input_node=table)


def test_a_failure_half_way_leaves_the_scene_as_it_was(slicer, a_bundle):
    twice = dataclasses.replace(a_bundle, masks=(a_bundle.masks[0], a_bundle.masks[0]))
    scene.scene_from_bundle(a_bundle)
    before, items = node_ids(slicer), hierarchy_items(slicer)
    with pytest.raises(InputError, match="expected labels that differ, got GTV-1, GTV-1"):
        scene.scene_from_bundle(twice)
    assert node_ids(slicer) == before
    assert hierarchy_items(slicer) == items > 0


def test_a_cancel_at_the_end_leaves_the_scene_as_it_was(slicer, a_bundle, monkeypatch):
    def cancel(*_):
        raise CancelledError("cancelled")

    scene.scene_from_bundle(a_bundle)
    before, items = node_ids(slicer), hierarchy_items(slicer)
    monkeypatch.setattr("oncologyai.scene.assemble.show_lesion", cancel)
    with pytest.raises(CancelledError):
        scene.scene_from_bundle(a_bundle)
    assert node_ids(slicer) == before
    assert hierarchy_items(slicer) == items > 0


def test_results_follow_the_transform_of_their_volume(slicer, a_bundle):
    first = scene.scene_from_bundle(a_bundle)
    shift = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = np.eye(4)
    matrix[:3, 3] = (5.0, 0.0, 0.0)
    shift.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    first.volume.SetAndObserveTransformNodeID(shift.GetID())

    request = scene.bundle_from_nodes(first.volume, first.inside, pipeline="segment", method="grow")
    assert np.allclose(np.subtract(request.inside[0].ras, a_bundle.inside[0].ras), (-5.0, 0.0, 0.0))

    second = scene.scene_from_bundle(a_bundle, input_node=first.volume)
    assert second.segmentation.GetTransformNodeID() == shift.GetID()
    assert second.lines[0].GetTransformNodeID() == shift.GetID()


def test_a_bundle_without_a_lesion_becomes_a_scene_too(slicer, a_ct, a_bundle):
    empty = dataclasses.replace(
        a_bundle, masks=(Mask.on(a_ct, np.zeros(a_ct.shape, dtype=bool)),), lines=(), inside=(), outside=()
    )
    nodes = scene.scene_from_bundle(empty)
    assert nodes.segmentation.GetSegmentation().GetNumberOfSegments() == 1
    assert scene.mask_from_segment(nodes.segmentation, "GTV-1", nodes.volume).is_empty
    assert (nodes.inside, nodes.outside) == (None, None)


def test_a_folder_does_as_well_as_a_bundle_in_memory(slicer, a_bundle, tmp_path):
    from oncologyai.bundle import write_bundle

    write_bundle(a_bundle, tmp_path / "bundle")
    nodes = scene.scene_from_bundle(tmp_path / "bundle")
    assert nodes.segmentation.GetSegmentation().GetNumberOfSegments() == 2
    assert np.array_equal(slicer.util.arrayFromVolume(nodes.volume), a_bundle.volume.array)


def test_a_wrong_node_as_volume_is_refused(slicer):
    with pytest.raises(InputError, match="volume node: expected a scalar volume, got none"):
        scene.bundle_from_nodes(None, pipeline="segment", method="grow")


def test_a_second_run_on_another_patient_gets_its_own_branch(slicer, a_bundle):
    other = dataclasses.replace(a_bundle, patient="P-2")
    folders = {scene.scene_from_bundle(a_bundle).folder, scene.scene_from_bundle(other).folder}
    assert len(folders) == 2


def a_disagreement(a_ct):
    return Volume(np.full(a_ct.shape, 0.25, np.float32), a_ct.ijk_to_ras, "CT", "probability")


def test_disagreement_is_a_scalar_volume_that_says_where_it_came_from(slicer, a_ct, a_bundle):
    bundle = dataclasses.replace(a_bundle, method="tiny", disagreement=a_disagreement(a_ct))
    nodes = scene.scene_from_bundle(bundle)

    node = nodes.disagreement
    assert (node.GetClassName(), node.GetName()) == ("vtkMRMLScalarVolumeNode", "Disagreement")
    assert node in list(nodes.made())
    assert node.GetAttribute("OncologyAI.Model") == "tiny"
    assert node.GetNodeReference("OncologyAI.InputVolume") is nodes.volume
    assert node.GetNodeReference("OncologyAI.Segmentation") is nodes.segmentation
    display = node.GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == (0.0, 0.5)
    assert display.GetColorNodeID() == "vtkMRMLColorTableNodeWarmShade1"
    assert np.array_equal(slicer.util.arrayFromVolume(node), bundle.disagreement.array)
    assert scene.scene_from_bundle(a_bundle).disagreement is None


def maps_of(a_bundle):
    volume, mask = a_bundle.volume, a_bundle.masks[0]
    values = np.where(mask.array, np.arange(volume.array.size, dtype=np.float32).reshape(volume.shape), np.nan)
    names = ("original_glcm_Contrast", "original_firstorder_Mean")
    return {name: volume.with_array((values + n).astype(np.float32), unit="arbitrary") for n, name in enumerate(names)}


def test_maps_are_scalar_volumes_that_say_where_they_came_from_and_the_first_is_shown(slicer, a_bundle):
    bundle = dataclasses.replace(a_bundle, pipeline="features", maps=maps_of(a_bundle))
    nodes = scene.scene_from_bundle(bundle)

    assert [node.GetName() for node in nodes.maps] == list(bundle.maps)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    for node, values in zip(nodes.maps, bundle.maps.values(), strict=True):
        assert node in list(nodes.made())
        assert node.GetAttribute("OncologyAI.Pipeline") == "features"
        assert node.GetAttribute("OncologyAI.Feature") == node.GetName()
        assert node.GetNodeReference("OncologyAI.InputVolume") is nodes.volume
        assert node.GetNodeReference("OncologyAI.Segmentation") is nodes.segmentation
        assert hierarchy.GetItemName(hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node))) == "OncologyAI"
        np.testing.assert_array_equal(slicer.util.arrayFromVolume(node), values.array)
        assert node.GetDisplayNode().GetColorNode().GetName() == "PET-Heat"
    table = nodes.tables[1]
    references = [table.GetNthNodeReference("OncologyAI.Map", n) for n in range(2)]
    assert references == list(nodes.maps)
    composite = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")
    assert composite.GetForegroundVolumeID() == nodes.maps[0].GetID()
    assert composite.GetForegroundOpacity() == pytest.approx(0.4)


def test_voxels_of_a_map_without_a_value_are_clear(slicer, a_bundle):
    bundle = dataclasses.replace(a_bundle, maps=maps_of(a_bundle))
    node = scene.scene_from_bundle(bundle).maps[0]
    display = node.GetDisplayNode()
    display.UpdateImageDataPipeline()
    connection = display.GetOutputImageDataConnection()
    connection.GetProducer().Update()
    colours = vtk.util.numpy_support.vtk_to_numpy(connection.GetProducer().GetOutput().GetPointData().GetScalars())
    opaque = colours[:, 3].reshape(bundle.volume.shape) > 0
    np.testing.assert_array_equal(opaque, bundle.masks[0].array)


def test_segments_that_are_there_already_are_used_as_they_are(slicer, a_bundle):
    first = scene.scene_from_bundle(a_bundle)
    first.segmentation.GetSegmentation().GetSegment("GTV-1").SetColor(0.1, 0.2, 0.3)
    bundle = dataclasses.replace(a_bundle, pipeline="features", maps=maps_of(a_bundle))
    second = scene.scene_from_bundle(bundle, input_node=first.volume, segmentation_node=first.segmentation)
    assert second.segmentation is first.segmentation
    assert len(slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1
    assert first.segmentation.GetAttribute("OncologyAI.Pipeline") == "analyse"
    assert second.maps[0].GetNodeReference("OncologyAI.Segmentation") is first.segmentation


def test_a_map_without_any_value_or_of_one_value_is_a_volume_all_the_same(slicer, a_bundle):
    empty = a_bundle.volume.with_array(np.full(a_bundle.volume.shape, np.nan, np.float32), unit="arbitrary")
    even = a_bundle.volume.with_array(np.full(a_bundle.volume.shape, 3.0, np.float32), unit="arbitrary")
    nodes = scene.scene_from_bundle(dataclasses.replace(a_bundle, maps={"empty": empty, "even": even}))
    assert all(node.GetDisplayNode().GetWindow() > 0 for node in nodes.maps)


def test_channels_come_in_the_coordinates_of_the_volume_whatever_moves_them(slicer, a_ct, a_bundle):
    volume = scene.scene_from_bundle(a_bundle).volume
    other = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16), np.diag([5.0, 5.0, 5.0, 1.0]), name="MR")
    request = {"pipeline": "segment", "method": "m"}
    plain = scene.bundle_from_nodes(volume, channels={"mr": other}, **request)
    assert np.allclose(plain.channels["mr"].ijk_to_ras, np.diag([5.0, 5.0, 5.0, 1.0]))

    shift = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    shift.SetMatrixTransformToParent(scene_matrix(np.array([[1, 0, 0, 7], [0, 1, 0, 8], [0, 0, 1, 9], [0, 0, 0, 1.0]])))
    other.SetAndObserveTransformNodeID(shift.GetID())
    moved = scene.bundle_from_nodes(volume, channels={"mr": other}, **request).channels["mr"]
    assert np.allclose(moved.ijk_to_ras[:3, 3], (7, 8, 9))
    volume.SetAndObserveTransformNodeID(shift.GetID())
    together = scene.bundle_from_nodes(volume, channels={"mr": other}, **request).channels["mr"]
    assert np.allclose(together.ijk_to_ras[:3, 3], 0)
    other.SetAndObserveTransformNodeID(None)
    back = scene.bundle_from_nodes(volume, channels={"mr": other}, **request).channels["mr"]
    assert np.allclose(back.ijk_to_ras[:3, 3], (-7, -8, -9))


def test_a_channel_under_a_bent_transform_or_without_an_image_is_refused(slicer, a_bundle):
    volume = scene.scene_from_bundle(a_bundle).volume
    other = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16), np.eye(4), name="MR")
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode")
    grid = vtk.vtkBSplineTransform()
    coefficients = vtk.vtkImageData()
    coefficients.SetDimensions(4, 4, 4)
    coefficients.AllocateScalars(vtk.VTK_DOUBLE, 3)
    grid.SetCoefficientData(coefficients)
    bent.SetAndObserveTransformFromParent(grid)
    other.SetAndObserveTransformNodeID(bent.GetID())
    with pytest.raises(InputError, match="MR: expected a linear transform against the input volume"):
        scene.bundle_from_nodes(volume, channels={"mr": other}, pipeline="segment", method="m")
    empty = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    with pytest.raises(InputError, match="empty: expected a volume that holds an image"):
        scene.bundle_from_nodes(volume, channels={"mr": empty}, pipeline="segment", method="m")


def scene_matrix(values):
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy([float(v) for row in values for v in row])
    return matrix
