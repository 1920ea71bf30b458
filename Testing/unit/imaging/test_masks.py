"""Masks are read from whatever holds them."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import (
    AmbiguousStudyError,
    EmptyStudyError,
    GeometryMismatchError,
    InputError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.imaging.dicom_seg_write import write_dicom_seg
from oncologyai.imaging.masks import read_masks
from oncologyai.imaging.rtstruct_write import write_rtstruct
from oncologyai.imaging.seg_nrrd_write import write_seg_nrrd
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_mask(a_ct: Volume) -> Mask:
    array = np.zeros(a_ct.shape, dtype=bool)
    array[1:4, 5:9, 6:14] = True
    return Mask.on(a_ct, array, "GTV-1", kind="lesion")


def _label_map(volume: Volume, labels: np.ndarray, path) -> str:
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing(volume.spacing_mm)
    lps = np.diag([-1.0, -1.0, 1.0]) @ volume.ijk_to_ras[:3]
    image.SetDirection((lps[:, :3] / volume.spacing_mm).ravel())
    image.SetOrigin(lps[:, 3])
    sitk.WriteImage(image, str(path))
    return str(path)


def test_a_structure_set_is_read_from_a_file_of_any_name_or_its_folder(a_mask, a_ct, tmp_path):
    write_rtstruct([a_mask], a_ct, tmp_path / "ct" / "deep" / "IM9")
    for path in (tmp_path / "ct" / "deep" / "IM9", tmp_path / "ct"):
        (mask,) = read_masks(path, grid=a_ct)
        np.testing.assert_array_equal(mask.array, a_mask.array)


def test_a_structure_set_needs_the_image(a_mask, a_ct, tmp_path):
    write_rtstruct([a_mask], a_ct, tmp_path / "rs.dcm")
    with pytest.raises(InputError, match="grid: expected the image that the structures were drawn on"):
        read_masks(tmp_path / "rs.dcm")


def test_a_dicom_segmentation_is_read(a_mask, a_ct, tmp_path):
    write_dicom_seg([a_mask], a_ct, tmp_path / "seg.dcm")
    np.testing.assert_array_equal(read_masks(tmp_path / "seg.dcm", grid=a_ct)[0].array, a_mask.array)


def test_a_seg_nrrd_is_read_by_content_not_by_name(a_mask, a_ct, tmp_path):
    write_seg_nrrd([a_mask], tmp_path / "any.nrrd")
    (mask,) = read_masks(tmp_path / "any.nrrd", grid=a_ct)
    np.testing.assert_array_equal(mask.array, a_mask.array)
    assert mask.label == "GTV-1"


@pytest.mark.parametrize("suffix", [".nrrd", ".nii.gz", ".mha"])
def test_each_value_of_a_label_map_is_a_mask(a_mask, a_ct, tmp_path, suffix):
    labels = a_mask.array.astype(np.int16) * 3
    labels[5] = 12
    path = _label_map(a_ct, labels, tmp_path / f"labels{suffix}")
    three, twelve = read_masks(path, grid=a_ct)
    assert (three.label, twelve.label) == ("label 3", "label 12")
    np.testing.assert_array_equal(three.array, a_mask.array)
    assert [m.label for m in read_masks(path, names=["label 12"])] == ["label 12"]
    with pytest.raises(InputError, match="expected one of label 3, label 12, got 'label 4'"):
        read_masks(path, names=["label 4"])


def test_a_part_of_the_image_is_put_in_its_place(a_mask, a_ct, tmp_path):
    ijk_to_ras = a_ct.ijk_to_ras.copy()
    ijk_to_ras[:3, 3] = a_ct.ras_from_ijk([5, 4, 1])
    part = Mask(a_mask.array[1:5, 4:12, 5:20].copy(), ijk_to_ras, "GTV-1")
    write_seg_nrrd([part], tmp_path / "part.seg.nrrd")
    np.testing.assert_array_equal(read_masks(tmp_path / "part.seg.nrrd", grid=a_ct)[0].array, a_mask.array)


def test_axes_that_count_backwards_are_turned(a_mask, a_ct, tmp_path):
    ijk_to_ras = a_ct.ijk_to_ras @ np.diag([-1.0, 1.0, -1.0, 1.0])
    ijk_to_ras[:3, 3] = a_ct.ras_from_ijk([23, 0, 5])
    turned = Mask(a_mask.array[::-1, :, ::-1].copy(), ijk_to_ras, "GTV-1")
    write_seg_nrrd([turned], tmp_path / "turned.seg.nrrd")
    np.testing.assert_array_equal(read_masks(tmp_path / "turned.seg.nrrd", grid=a_ct)[0].array, a_mask.array)


@pytest.mark.parametrize("change", [(0.4, 1.0), (0.0, 1.1)])
def test_rejects_a_mask_on_another_grid(a_mask, a_ct, tmp_path, change):
    shift, scale = change
    ijk_to_ras = a_ct.ijk_to_ras @ np.diag([scale, 1, 1, 1])
    ijk_to_ras[0, 3] += shift
    write_seg_nrrd([Mask(a_mask.array, ijk_to_ras, "GTV-1")], tmp_path / "a.seg.nrrd")
    with pytest.raises(GeometryMismatchError, match="GTV-1: expected the image's grid"):
        read_masks(tmp_path / "a.seg.nrrd", grid=a_ct)


def test_rejects_a_mask_that_reaches_out_of_the_image(a_mask, a_ct, tmp_path):
    ijk_to_ras = a_ct.ijk_to_ras.copy()
    ijk_to_ras[:3, 3] = a_ct.ras_from_ijk([15, 0, 0])
    write_seg_nrrd([Mask(a_mask.array, ijk_to_ras, "GTV-1")], tmp_path / "a.seg.nrrd")
    with pytest.raises(GeometryMismatchError, match="reaches out"):
        read_masks(tmp_path / "a.seg.nrrd", grid=a_ct)


def test_rejects_a_folder_with_no_or_several_mask_files(a_mask, a_ct, tmp_path):
    with pytest.raises(EmptyStudyError, match="expected an RT Structure Set or a DICOM Segmentation, got none"):
        read_masks(tmp_path / "ct", grid=a_ct)
    write_rtstruct([a_mask], a_ct, tmp_path / "two" / "a.dcm")
    write_dicom_seg([a_mask], a_ct, tmp_path / "two" / "b.dcm")
    with pytest.raises(AmbiguousStudyError, match=r"got 2 \(a.dcm, b.dcm\)"):
        read_masks(tmp_path / "two", grid=a_ct)


def test_rejects_what_holds_no_mask(a_ct, tmp_path):
    with pytest.raises(MissingFileError, match="nothing there"):
        read_masks(tmp_path / "absent")
    with pytest.raises(UnreadableFileError, match="another DICOM object"):
        read_masks(a_ct.dicom.files[0], grid=a_ct)
    (tmp_path / "a.txt").write_text("text", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="got another file"):
        read_masks(tmp_path / "a.txt")
    path = _label_map(a_ct, np.random.default_rng(0).random(a_ct.shape).astype(np.float32), tmp_path / "image.nrrd")
    with pytest.raises(UnreadableFileError, match="label map of whole numbers"):
        read_masks(path)
