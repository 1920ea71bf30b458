"""DICOM Segmentations are read, ours and others'."""

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from oncologyai.errors import (
    GeometryMismatchError,
    InputError,
    MissingDependencyError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.imaging.dicom_seg import load_highdicom, read_dicom_seg
from oncologyai.imaging.dicom_seg_write import write_dicom_seg
from oncologyai.resources import terminology
from oncologyai.types import Mask, Volume


@pytest.fixture
def some_masks(a_ct: Volume) -> list[Mask]:
    array = np.random.default_rng(5).random((2, *a_ct.shape)) > 0.6
    array[0, [0, 5]] = False
    array[1, :4] = False  # overlapping on slice 4, apart elsewhere
    return [
        Mask.on(a_ct, array[0], "GTV-1", code=terminology("tumour"), kind="lesion"),
        Mask.on(a_ct, array[1], "Lung", code=terminology("lung_right"), kind="organ"),
    ]


@pytest.fixture
def a_seg(some_masks, a_ct, tmp_path):
    write_dicom_seg(some_masks, a_ct, tmp_path / "seg.dcm")
    return tmp_path / "seg.dcm"


def test_segments_come_back_voxel_for_voxel_with_label_code_colour_and_kind(a_seg, some_masks, a_ct):
    for before, after in zip(some_masks, read_dicom_seg(a_seg, grid=a_ct), strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        assert (after.label, after.code, after.kind) == (before.label, before.code, before.kind)


def test_without_a_grid_the_masks_lie_on_the_slices_of_the_file(a_seg, some_masks, a_ct):
    first, second = read_dicom_seg(a_seg)
    assert first.shape == (5, 20, 24)  # slices 1 to 5 of the image hold voxels
    np.testing.assert_array_equal(first.array, some_masks[0].array[1:])
    np.testing.assert_array_equal(second.array, some_masks[1].array[1:])
    np.testing.assert_allclose(first.ras_from_ijk([2, 3, 0]), a_ct.ras_from_ijk([2, 3, 1]), atol=1e-6)


def test_a_segment_is_chosen_by_its_label(a_seg):
    assert [m.label for m in read_dicom_seg(a_seg, names=["Lung"])] == ["Lung"]
    with pytest.raises(InputError, match="names: expected one of GTV-1, Lung, got 'GTV-2'"):
        read_dicom_seg(a_seg, names=["GTV-2"])


def test_rejects_an_image_it_does_not_belong_to(a_seg, a_ct):
    moved = a_ct.ijk_to_ras.copy()
    moved[2, 3] += 1.0
    with pytest.raises(GeometryMismatchError, match="frames that are slices of the image"):
        read_dicom_seg(a_seg, grid=Volume(a_ct.array, moved))
    with pytest.raises(GeometryMismatchError, match="frames of 10x8 pixels, got 24x20"):
        read_dicom_seg(a_seg, grid=Volume(np.zeros((6, 8, 10)), a_ct.ijk_to_ras))


def test_another_writers_segmentation_is_read():
    (liver,) = read_dicom_seg(get_testdata_file("liver_1frame.dcm"))
    pixels = pydicom.dcmread(get_testdata_file("liver_1frame.dcm")).pixel_array
    np.testing.assert_array_equal(liver.array[0], pixels.astype(bool))
    assert (liver.label, liver.code.type.meaning, liver.kind) == ("Liver", "Liver", "organ")
    assert liver.spacing_mm[0] == pytest.approx(0.810547)


def test_a_fractional_segmentation_counts_from_half_on(some_masks, a_ct, tmp_path):
    headers = [pydicom.dcmread(f) for f in a_ct.dicom.files]
    fraction = np.linspace(0, 1, a_ct.array.size).reshape(a_ct.shape)
    written = pydicom.dcmread(_seg_of(some_masks, a_ct, tmp_path))
    description = highdicom.seg.SegmentDescription.from_dataset(written.SegmentSequence[0])
    seg = highdicom.seg.Segmentation(
        headers, fraction, "FRACTIONAL", [description], "1.2.3", 1, "1.2.4", 1, "m", "m", "1", "1"
    )
    seg.save_as(tmp_path / "fractional.dcm")
    (mask,) = read_dicom_seg(tmp_path / "fractional.dcm", grid=a_ct)
    assert mask.array.mean() == pytest.approx(0.5, abs=0.005)
    assert mask.array[-1].all()
    assert not mask.array[0].any()


def _seg_of(masks, volume, folder):
    write_dicom_seg(masks, volume, folder / "other.dcm")
    return folder / "other.dcm"


def test_rejects_what_is_no_segmentation(tmp_path, a_ct):
    with pytest.raises(MissingFileError, match="nothing there"):
        read_dicom_seg(tmp_path / "absent.dcm")
    (tmp_path / "text.dcm").write_text("not DICOM", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="expected a DICOM Segmentation"):
        read_dicom_seg(tmp_path / "text.dcm")
    with pytest.raises(UnreadableFileError, match="modality CT"):
        read_dicom_seg(a_ct.dicom.files[0])


def test_rejects_a_segmentation_without_a_place_in_space(a_seg, tmp_path):
    dataset = pydicom.dcmread(a_seg)
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        del frame.PlanePositionSequence
    dataset.save_as(tmp_path / "lost.dcm")
    with pytest.raises(UnreadableFileError, match="lost.dcm: expected"):
        read_dicom_seg(tmp_path / "lost.dcm")


def test_names_the_feature_where_highdicom_is_absent(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "highdicom.seg", None)
    with pytest.raises(MissingDependencyError, match="reading DICOM Segmentations.*pip install highdicom"):
        load_highdicom("reading DICOM Segmentations")
