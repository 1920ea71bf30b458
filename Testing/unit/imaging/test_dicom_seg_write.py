"""DICOM Segmentations that other programs accept."""

from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, MissingFileError
from oncologyai.imaging.dicom_seg_write import write_dicom_seg
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
