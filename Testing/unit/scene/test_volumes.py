"""Volume nodes: values, place, window, and what the DICOM reader of Slicer notes."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scene.volumes import node_from_volume, volume_from_node, window_of
from oncologyai.types import Volume

OBLIQUE = np.array([[0.9, 0.1, 0.0, 5.0], [-0.1, 0.9, 0.3, -7.0], [0.0, -0.2, 2.5, 11.0], [0.0, 0.0, 0.0, 1.0]])


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.float32, np.float64])
def test_values_and_an_oblique_grid_come_back(slicer, dtype):
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        array += dtype(0.5)
    node = node_from_volume(Volume(array, OBLIQUE, "MR"), "v")
    back = volume_from_node(node)
    assert back.array.dtype == dtype
    assert np.array_equal(back.array, array)
    assert np.allclose(back.ijk_to_ras, OBLIQUE, atol=1e-12)
    assert (back.modality, back.unit) == ("MR", "arbitrary")


def test_whole_float_values_are_kept_as_int16(slicer):
    node = node_from_volume(Volume(np.full((2, 2, 2), -1000, np.float32), np.eye(4), "CT", "HU"), "v")
    assert slicer.util.arrayFromVolume(node).dtype == np.int16


@pytest.mark.parametrize("value", [40_000.0, np.nan, 0.25])
def test_float_values_that_int16_cannot_hold_stay_float(slicer, value):
    array = np.zeros((2, 2, 2), np.float32)
    array[1, 1, 1] = value
    node = node_from_volume(Volume(array, np.eye(4)), "v")
    assert np.array_equal(slicer.util.arrayFromVolume(node), array, equal_nan=True)


def test_the_copy_is_independent_of_the_node(slicer):
    node = node_from_volume(Volume(np.zeros((2, 2, 2), np.int16), np.eye(4)), "v")
    volume_from_node(node).array[:] = 9
    assert not slicer.util.arrayFromVolume(node).any()


def test_ct_is_shown_in_the_lung_window(slicer):
    display = node_from_volume(Volume(np.zeros((2, 2, 2), np.int16), np.eye(4), "CT", "HU"), "v").GetDisplayNode()
    assert (display.GetWindow(), display.GetLevel()) == (1500.0, -600.0)
    assert not display.GetAutoWindowLevel()
    assert display.GetColorNodeID() == "vtkMRMLColorTableNodeGrey"


def test_pet_in_suv_is_shown_from_0_to_10_inverted(slicer):
    display = node_from_volume(Volume(np.zeros((2, 2, 2), np.float32), np.eye(4), "PT", "SUVbw"), "v").GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == (0.0, 10.0)
    assert display.GetColorNodeID() == "vtkMRMLColorTableNodeInvertedGrey"


def test_other_images_are_shown_between_percentiles():
    array = np.arange(1000, dtype=np.float32).reshape(10, 10, 10)
    width, level, inverted = window_of(Volume(array, np.eye(4), "NM", "counts"))
    low, high = np.percentile(array[:, ::2, ::2], [1, 99.5])
    assert (level - width / 2, level + width / 2) == pytest.approx((low, high))
    assert inverted


def test_a_constant_image_has_a_window_above_0():
    assert window_of(Volume(np.ones((2, 2, 2), np.float32), np.eye(4), "MR"))[0] > 0


def test_what_slicers_dicom_reader_notes_is_understood(slicer):
    node = slicer.util.addVolumeFromArray(np.ones((2, 2, 2), np.float32))
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
    hierarchy.SetItemAttribute(item, "DICOM.Modality", "PT")
    units = slicer.vtkCodedEntry()
    units.SetValueSchemeMeaning("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight")
    node.SetVoxelValueUnits(units)
    assert (volume_from_node(node).modality, volume_from_node(node).unit) == ("PT", "SUVbw")


def test_a_given_modality_and_unit_win(slicer):
    node = slicer.util.addVolumeFromArray(np.ones((2, 2, 2), np.float32))
    assert volume_from_node(node).unit == "arbitrary"
    assert volume_from_node(node, modality="CT").unit == "HU"
    assert volume_from_node(node, modality="PT", unit="SUVlbm").unit == "SUVlbm"


def test_an_empty_volume_is_refused(slicer):
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "hollow")
    with pytest.raises(InputError, match="hollow: expected a volume that holds an image, got an empty one"):
        volume_from_node(node)


def test_colours_are_no_image(slicer):
    node = slicer.util.addVolumeFromArray(np.ones((2, 2, 2, 3), np.uint8), nodeClassName="vtkMRMLVectorVolumeNode")
    with pytest.raises(InputError, match="expected one value a voxel"):
        volume_from_node(node)
