"""Segments: voxels, codes, colours, geometry, surfaces."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.resources import terminology, terminology_names
from oncologyai.scene.segments import mask_from_segment, masks_from_node, node_from_masks, put_segment
from oncologyai.scene.volumes import node_from_volume
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_node(slicer, a_bundle):
    volume = node_from_volume(a_bundle.volume, "ct")
    return node_from_masks(a_bundle.masks, "segments", volume), volume


def test_segments_are_coded_coloured_and_named(slicer, a_node):
    segment = a_node[0].GetSegmentation().GetSegment("GTV-1")
    entry = slicer.vtkSlicerTerminologyEntry()
    text = slicer.vtkSlicerTerminologiesModuleLogic.SerializeTerminologyEntry(entry)
    import vtk

    tag = vtk.mutable("")
    assert segment.GetTag("TerminologyEntry", tag)
    assert slicer.modules.terminologies.logic().DeserializeTerminologyEntry(str(tag), entry)
    assert str(tag) != text
    assert entry.GetCategoryObject().GetCodeValue() == "49755003"
    assert entry.GetTypeObject().GetCodeValue() == "86049000"
    assert entry.GetTypeObject().GetCodingSchemeDesignator() == "SCT"
    assert entry.GetTypeObject().GetCodeMeaning() == "Neoplasm, Primary"
    assert segment.GetColor() == pytest.approx((230 / 255, 70 / 255, 50 / 255))


@pytest.mark.parametrize("name", terminology_names())
def test_every_code_of_ours_survives(slicer, a_ct, name):
    volume = node_from_volume(a_ct, "ct")
    array = np.zeros(a_ct.shape, dtype=bool)
    array[3, 4, 5] = True
    node = node_from_masks([Mask.on(a_ct, array, "x", code=terminology(name))], "s", volume)
    assert mask_from_segment(node, "x", volume).code == terminology(name)


def test_voxels_come_back_exactly_also_at_the_border_and_overlapping(slicer, a_ct):
    a_ct = Volume(a_ct.array[:6, :9, :12], a_ct.ijk_to_ras, "CT", "HU")
    volume = node_from_volume(a_ct, "ct")
    rng = np.random.default_rng(3)
    masks = [Mask.on(a_ct, rng.random(a_ct.shape) < 0.3, f"m{n}") for n in range(3)]
    masks.append(Mask.on(a_ct, np.ones(a_ct.shape, dtype=bool), "all"))
    for mask, back in zip(masks, masks_from_node(node_from_masks(masks, "s", volume), volume), strict=True):
        assert np.array_equal(mask.array, back.array)
        assert back.same_grid(mask)


def test_segments_apart_share_one_layer(slicer, a_node):
    assert a_node[0].GetSegmentation().GetNumberOfLayers() == 1


def test_the_reference_geometry_is_the_volumes(slicer, a_node):
    node, volume = a_node
    assert node.GetNodeReference("referenceImageGeometryRef") is volume


def test_the_closed_surface_encloses_the_tumour(slicer, a_node, a_bundle):
    import vtk

    surface = vtk.vtkPolyData()
    assert a_node[0].GetClosedSurfaceRepresentation("GTV-1", surface)
    mass = vtk.vtkMassProperties()
    mass.SetInputData(surface)
    assert mass.GetVolume() / 1000 == pytest.approx(a_bundle.masks[0].volume_ml, rel=0.15)


def test_a_mask_without_a_code_is_coded_by_its_kind(slicer, a_ct, a_bundle):
    volume = node_from_volume(a_ct, "ct")
    array = a_bundle.masks[0].array
    node = node_from_masks([Mask.on(a_ct, array, "a"), Mask.on(a_ct, array, "b", kind="organ")], "s", volume)
    assert mask_from_segment(node, "a", volume).code == terminology("tumour")
    assert mask_from_segment(node, "b", volume).code == terminology("tissue")


def test_a_segment_that_a_user_drew_counts_as_a_lesion(slicer, a_ct):
    volume = node_from_volume(a_ct, "ct")
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segment_id = node.GetSegmentation().AddEmptySegment("s1", "mine")
    slicer.util.updateSegmentBinaryLabelmapFromArray((a_ct.array == 30).astype(np.uint8), node, segment_id, volume)
    mask = mask_from_segment(node, segment_id, volume)
    assert (mask.label, mask.kind) == ("mine", "lesion")
    assert np.array_equal(mask.array, a_ct.array == 30)


def test_an_unknown_segment_is_refused(slicer, a_node):
    with pytest.raises(InputError, match="segment: expected a segment of segments, got 'GTV-9'"):
        mask_from_segment(a_node[0], "GTV-9", a_node[1])


def test_equal_labels_are_refused(slicer, a_ct, a_bundle):
    volume = node_from_volume(a_ct, "ct")
    with pytest.raises(InputError, match="masks: expected labels that differ"):
        node_from_masks([a_bundle.masks[0]] * 2, "s", volume)


def test_a_segment_is_put_in_place_of_the_one_of_its_name(slicer, a_node, a_ct, a_bundle):
    node, volume = a_node
    lesion = a_bundle.masks[0]
    for shift in (1, 2):
        edited = Mask.on(a_ct, np.roll(lesion.array, shift, axis=2), "GTV-1 edited", code=lesion.code)
        assert put_segment(node, edited, instead_of="GTV-1") == "GTV-1 edited"
        assert node.GetSegmentation().GetNumberOfSegments() == 3
        back = mask_from_segment(node, "GTV-1 edited", volume)
        np.testing.assert_array_equal(back.array, edited.array)
        assert back.code == lesion.code
    np.testing.assert_array_equal(mask_from_segment(node, "GTV-1", volume).array, lesion.array)
    assert not node.GetDisplayNode().GetSegmentVisibility("GTV-1")
    assert node.GetDisplayNode().GetSegmentVisibility("GTV-1 edited")
    import vtk

    polygons = vtk.vtkPolyData()
    node.GetClosedSurfaceRepresentation("GTV-1 edited", polygons)
    assert polygons.GetNumberOfPolys() > 0


def test_an_emptied_segment_stays_as_an_empty_one(slicer, a_node, a_ct):
    node, volume = a_node
    put_segment(node, Mask.on(a_ct, np.zeros(a_ct.shape, bool), "GTV-1"))
    assert mask_from_segment(node, "GTV-1", volume).is_empty


def test_reading_a_segment_leaves_the_scene_as_it_was(slicer, a_node):
    node, volume = a_node
    scene = slicer.mrmlScene
    before = scene.GetNumberOfNodes()
    mask_from_segment(node, "GTV-1", volume)
    assert scene.GetNumberOfNodes() == before
