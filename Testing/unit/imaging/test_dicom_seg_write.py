"""DICOM Segmentations that other programs accept."""

from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, MissingFileError, UnreadableFileError
from oncologyai.imaging.dicom_seg import read_dicom_seg
from oncologyai.imaging.dicom_seg_write import write_dicom_seg
from oncologyai.imaging.read import read_volume
from oncologyai.resources import terminology
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_mask(a_ct: Volume) -> Mask:
    array = np.zeros(a_ct.shape, dtype=bool)
    array[2:4, 5:9, 6:14] = True
    return Mask.on(a_ct, array, "GTV-1")


def test_the_validator_finds_no_error(a_mask, a_ct, tmp_path, dciodvfy_errors):
    lung = replace(a_mask, label="Lung L", code=terminology("lung_left"), kind="organ")
    write_dicom_seg([a_mask, lung], a_ct, tmp_path / "seg.dcm")
    assert dciodvfy_errors(tmp_path / "seg.dcm") == []


def test_holds_only_slices_with_voxels_and_says_who_made_it(a_mask, a_ct, tmp_path):
    write_dicom_seg([a_mask], a_ct, tmp_path / "seg.dcm")
    seg = highdicom.seg.segread(tmp_path / "seg.dcm")
    assert seg.NumberOfFrames == 2
    assert seg.SegmentationType == "BINARY"
    segment = seg.SegmentSequence[0]
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "86049000"  # SCT Neoplasm, Primary: the default
    assert segment.SegmentationAlgorithmIdentificationSequence[0].AlgorithmName == "OncologyAI"
    assert (seg.PatientID, seg.StudyInstanceUID) == ("PAT-4711", a_ct.dicom.study_uid)
    assert seg.get_volume(combine_segments=True).array.astype(bool).sum() == a_mask.array.sum()


def test_the_same_masks_give_the_same_bytes(a_mask, a_ct, tmp_path):
    for name in ("a", "b"):
        write_dicom_seg([a_mask], a_ct, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_modifier_is_written(a_mask, a_ct, tmp_path):
    write_dicom_seg([replace(a_mask, code=terminology("lung_left"))], a_ct, tmp_path / "seg.dcm")
    kind = pydicom.dcmread(tmp_path / "seg.dcm").SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0]
    assert kind.SegmentedPropertyTypeModifierCodeSequence[0].CodeMeaning == "Left"


def test_rejects_what_cannot_be_written(a_mask, a_ct, tmp_path):
    path = tmp_path / "seg.dcm"
    with pytest.raises(InputError, match="masks: expected at least one mask"):
        write_dicom_seg([], a_ct, path)
    with pytest.raises(InputError, match="volume: expected an image read from DICOM"):
        write_dicom_seg([a_mask], replace(a_ct, dicom=None), path)
    with pytest.raises(EmptyMaskError, match="GTV-1: expected a mask with voxels"):
        write_dicom_seg([replace(a_mask, array=np.zeros_like(a_mask.array))], a_ct, path)
    with pytest.raises(GeometryMismatchError, match="GTV-1: expected the image's grid"):
        write_dicom_seg([replace(a_mask, ijk_to_ras=np.eye(4))], a_ct, path)
    Path(a_ct.dicom.files[2]).unlink()
    with pytest.raises(MissingFileError, match="the DICOM file that the image was read from"):
        write_dicom_seg([a_mask], a_ct, path)
    assert not path.exists()


def test_frames_of_an_enhanced_file_are_referred_to(a_writer, a_ct_array, tmp_path):
    shared, frames = Dataset(), []
    shared.PixelMeasuresSequence = [_item(PixelSpacing=[0.9, 0.7], SliceThickness=2)]
    shared.PlaneOrientationSequence = [_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]
    for k in range(len(a_ct_array)):  # from the head down: the image's slices are in the other order
        frames.append(_item(PlanePositionSequence=[_item(ImagePositionPatient=[3, 4, 20 - 2 * k])]))
        frames[-1].PixelValueTransformationSequence = [_item(RescaleSlope=1, RescaleIntercept=-1000, RescaleType="HU")]
    header = _item(SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=frames)
    a_writer.write_multiframe(a_ct_array, modality="CT", sop_class="1.2.840.10008.5.1.4.1.1.2.1", header=header)
    volume = read_volume(a_writer.folder)
    array = np.zeros(volume.shape, dtype=bool)
    array[1:3, 2:4, 1:5] = array[2, 4, 4] = True
    write_dicom_seg([Mask.on(volume, array, "GTV-1")], volume, tmp_path / "seg.dcm")
    (mask,) = read_dicom_seg(tmp_path / "seg.dcm", grid=volume)
    np.testing.assert_array_equal(mask.array, array)


def _item(**values) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def test_frames_of_a_dose_grid_get_their_places(a_writer, tmp_path):
    stored = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)
    header = _item(ImagePositionPatient=[1, 2, 3], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[2.5, 2])
    header.GridFrameOffsetVector, header.DoseUnits, header.DoseGridScaling = [0, 4, 8], "GY", "0.01"
    a_writer.write_multiframe(stored, modality="RTDOSE", sop_class="1.2.840.10008.5.1.4.1.1.481.2", header=header)
    volume = read_volume(a_writer.folder, modality="RTDOSE")
    mask = Mask.on(volume, volume.array > 0.25, "isodose")
    write_dicom_seg([mask], volume, tmp_path / "seg.dcm")
    np.testing.assert_array_equal(read_dicom_seg(tmp_path / "seg.dcm", grid=volume)[0].array, mask.array)


def test_rejects_headers_that_lack_what_must_be_repeated(a_mask, a_ct, tmp_path):
    for file in a_ct.dicom.files:
        dataset = pydicom.dcmread(file)
        del dataset.ImagePositionPatient
        dataset.save_as(file)
    with pytest.raises(UnreadableFileError, match="headers that a DICOM Segmentation can refer to"):
        write_dicom_seg([a_mask], a_ct, tmp_path / "seg.dcm")


def test_rejects_a_slice_without_a_file_and_one_that_was_moved(a_mask, a_ct, tmp_path):
    k = int(np.flatnonzero(a_mask.array.any(axis=(1, 2)))[0])
    files = [*a_ct.dicom.files]
    files[k] = ""
    gap = replace(a_ct, dicom=replace(a_ct.dicom, files=tuple(files)))
    with pytest.raises(GeometryMismatchError, match=f"a file for each slice, got slice {k} interpolated"):
        write_dicom_seg([a_mask], gap, tmp_path / "seg.dcm")
    moved = replace(a_ct, ijk_to_ras=a_ct.ijk_to_ras + np.eye(4)[:, [0]] * np.eye(4)[3])
    with pytest.raises(GeometryMismatchError, match="slices where their files say"):
        write_dicom_seg([Mask.on(moved, a_mask.array)], moved, tmp_path / "seg.dcm")
    assert not list(tmp_path.glob("seg*"))
