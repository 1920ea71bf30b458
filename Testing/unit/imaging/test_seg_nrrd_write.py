"""Segmentation files that Slicer opens."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.imaging.seg_nrrd import read_seg_nrrd
from oncologyai.imaging.seg_nrrd_write import write_seg_nrrd
from oncologyai.resources import terminology
from oncologyai.types import Mask

_OBLIQUE = np.array([[-0.9, 0.1, 0.2, 5.1], [0.15, -0.8, 0.3, 7.7], [0.05, 0.2, 2.9, -30.3], [0, 0, 0, 1]])


def _masks() -> list[Mask]:
    array = np.random.default_rng(1).random((3, 5, 6, 7)) > 0.5  # overlapping
    empty = np.zeros((5, 6, 7), dtype=bool)
    return [
        Mask(array[0], _OBLIQUE, "GTV-1", terminology("tumour"), "lesion"),
        Mask(array[1], _OBLIQUE, "lung\nleft \\ é", terminology("lung_left"), "organ"),
        Mask(array[2], _OBLIQUE, "region", terminology("tissue"), "region"),
        Mask(empty, _OBLIQUE, "nothing", terminology("mass"), "lesion"),
    ]


def test_overlapping_masks_come_back_with_name_code_colour_and_kind(tmp_path):
    write_seg_nrrd(_masks(), tmp_path / "a.seg.nrrd")
    for before, after in zip(_masks(), read_seg_nrrd(tmp_path / "a.seg.nrrd"), strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        np.testing.assert_array_equal(after.ijk_to_ras, _OBLIQUE)
        assert (after.label, after.code, after.kind) == (before.label, before.code, before.kind)


def test_masks_that_do_not_overlap_share_a_layer_that_other_programs_read(tmp_path):
    array = np.zeros((5, 6, 7), dtype=bool)
    array[1:3, 2:5, 3:6] = True
    grid = np.diag([-0.5, -0.75, 3.0, 1.0])
    grid[:3, 3] = [11, 12, 13]
    write_seg_nrrd([Mask(array, grid, "a"), Mask(~array, grid, "b")], tmp_path / "a.seg.nrrd")
    image = sitk.ReadImage(str(tmp_path / "a.seg.nrrd"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), np.where(array, 1, 2))
    np.testing.assert_allclose(image.GetSpacing(), (0.5, 0.75, 3.0))
    np.testing.assert_allclose(image.GetOrigin(), (-11, -12, 13))
    assert image.GetMetaData("Segment0_Extent") == "3 5 2 4 1 2"
    assert image.GetMetaData("Segment1_LabelValue") == "2"


def test_more_than_255_segments_fit(tmp_path):
    array = np.zeros((300, 5, 5, 20), dtype=bool)
    for n in range(300):
        array[n].flat[n] = True
    write_seg_nrrd([Mask(a, np.eye(4), f"s{n}") for n, a in enumerate(array)], tmp_path / "a.seg.nrrd")
    assert np.flatnonzero(read_seg_nrrd(tmp_path / "a.seg.nrrd", names=["s299"])[0].array).tolist() == [299]


def test_the_same_masks_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_seg_nrrd(_masks(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_slicers_own_logic_opens_it(tmp_path):
    slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")
    vtk = pytest.importorskip("vtk")
    from vtk.util.numpy_support import vtk_to_numpy

    write_seg_nrrd(_masks(), tmp_path / "a.seg.nrrd")
    scene = slicer.vtkMRMLScene()
    logic = slicer.vtkSlicerSegmentationsModuleLogic()
    logic.SetMRMLScene(scene)
    node = logic.LoadSegmentationFromFile(str(tmp_path / "a.seg.nrrd"), True, "a")
    segmentation = node.GetSegmentation()
    assert segmentation.GetNumberOfSegments() == 4
    for n, mask in enumerate(_masks()[:3]):
        segment = segmentation.GetNthSegment(n)
        assert segment.GetName() == mask.label
        assert [round(255 * c) for c in segment.GetColor()] == list(mask.code.rgb)
        assert f"SCT^{mask.code.type.value}^{mask.code.type.meaning}" in segment.GetTerminology()
        image, place = slicer.vtkOrientedImageData(), vtk.vtkMatrix4x4()
        node.GetBinaryLabelmapRepresentation(segmentation.GetNthSegmentID(n), image)
        image.GetImageToWorldMatrix(place)
        shape = image.GetDimensions()[::-1]
        voxels = np.argwhere(vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape))[:, ::-1]
        ijk = voxels + np.array(image.GetExtent())[::2]
        matrix = np.array([[place.GetElement(r, c) for c in range(4)] for r in range(4)])
        ras = ijk @ matrix[:3, :3].T + matrix[:3, 3]
        expected = mask.ras_from_ijk(np.argwhere(mask.array)[:, ::-1])
        assert len(ras) == len(expected)
        np.testing.assert_allclose(
            ras[np.lexsort(np.round(ras, 3).T)], expected[np.lexsort(np.round(expected, 3).T)], atol=1e-3
        )


def test_rejects_no_mask_and_masks_on_two_grids(tmp_path):
    with pytest.raises(InputError, match="masks: expected at least one mask"):
        write_seg_nrrd([], tmp_path / "a.seg.nrrd")
    mask = _masks()[0]
    with pytest.raises(GeometryMismatchError, match="other: expected the image's grid"):
        write_seg_nrrd([mask, replace(mask, ijk_to_ras=np.eye(4), label="other")], tmp_path / "a.seg.nrrd")
    assert not (tmp_path / "a.seg.nrrd").exists()
