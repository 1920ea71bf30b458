"""Structure sets that are written come back, and other programs accept them."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pydicom
import pytest
from scipy import ndimage

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.imaging.rtstruct import masks_from_structures, read_rtstruct
from oncologyai.imaging.rtstruct_write import uid_from_content, write_rtstruct
from oncologyai.resources import terminology
from oncologyai.types import Mask, Volume


@pytest.fixture
def some_masks(a_ct: Volume) -> list[Mask]:
    rng = np.random.default_rng(3)
    blob = ndimage.gaussian_filter(rng.random(a_ct.shape), 1.0) > 0.52
    holed = np.zeros(a_ct.shape, dtype=bool)
    holed[1:5, 2:18, 3:20] = True
    holed[2:4, 6:12, 8:12] = False
    return [
        Mask.on(a_ct, blob, "GTV-1", code=terminology("tumour"), kind="lesion"),
        Mask.on(a_ct, holed, "Lunge links é", code=terminology("lung_left"), kind="organ"),
    ]


def test_masks_come_back_voxel_for_voxel_with_name_code_and_kind(some_masks, a_ct, tmp_path):
    write_rtstruct(some_masks, a_ct, tmp_path / "rs.dcm")
    again, notes = masks_from_structures(read_rtstruct(tmp_path / "rs.dcm"), a_ct)
    assert notes == ()
    for before, after in zip(some_masks, again, strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        assert (after.label, after.code, after.kind) == (before.label, before.code, before.kind)


def test_the_validator_finds_no_error(some_masks, a_ct, tmp_path, dciodvfy_errors):
    write_rtstruct(some_masks, a_ct, tmp_path / "rs.dcm")
    assert dciodvfy_errors(tmp_path / "rs.dcm") == []


def test_the_validator_accepts_structures_of_a_deidentified_patient(some_masks, a_ct, tmp_path, dciodvfy_errors):
    removed = replace(a_ct.dicom, attributes={**a_ct.dicom.attributes, "PatientIdentityRemoved": "YES"})
    write_rtstruct(some_masks, replace(a_ct, dicom=removed), tmp_path / "rs.dcm")
    assert dciodvfy_errors(tmp_path / "rs.dcm") == []


def test_refers_to_every_slice_and_each_contour_to_its_own(some_masks, a_ct, tmp_path):
    write_rtstruct(some_masks, a_ct, tmp_path / "rs.dcm")
    dataset = pydicom.dcmread(tmp_path / "rs.dcm")
    frame = dataset.ReferencedFrameOfReferenceSequence[0]
    series = frame.RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == a_ct.dicom.series_uid
    assert [i.ReferencedSOPInstanceUID for i in series.ContourImageSequence] == list(a_ct.dicom.sop_uids)
    heights = {pydicom.dcmread(f).SOPInstanceUID: pydicom.dcmread(f).ImagePositionPatient[2] for f in a_ct.dicom.files}
    for contour in dataset.ROIContourSequence[0].ContourSequence:
        assert contour.ContourData[2] == heights[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
    assert (dataset.PatientID, dataset.StudyDate) == ("PAT-4711", "20200131")
    assert dataset.StudyInstanceUID == a_ct.dicom.study_uid


def test_the_same_masks_give_the_same_bytes(some_masks, a_ct, tmp_path):
    for name in ("a", "b"):
        write_rtstruct(some_masks, a_ct, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    write_rtstruct(some_masks, a_ct, tmp_path / "c", written_at=datetime(2024, 2, 3, 4, 5, 6))
    assert pydicom.dcmread(tmp_path / "c").StructureSetDate == "20240203"


def test_one_of_several_masks_may_be_empty(some_masks, a_ct, tmp_path):
    empty = Mask.on(a_ct, np.zeros(a_ct.shape, dtype=bool), "nothing")
    write_rtstruct([*some_masks, empty], a_ct, tmp_path / "rs.dcm")
    structures = read_rtstruct(tmp_path / "rs.dcm")
    assert [roi.name for roi in structures.rois][-1] == "nothing"
    assert "nothing" not in structures.names


def test_frames_of_a_multi_frame_file_are_referred_to_by_number(some_masks, a_ct, tmp_path):
    one_file = replace(a_ct.dicom, sop_uids=("1.2.3",) * 6, frames=(6, 5, 4, 3, 2, 1))
    write_rtstruct(some_masks[1:], replace(a_ct, dicom=one_file), tmp_path / "rs.dcm")
    dataset = pydicom.dcmread(tmp_path / "rs.dcm")
    study = dataset.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    assert len(study.RTReferencedSeriesSequence[0].ContourImageSequence) == 1
    first = dataset.ROIContourSequence[0].ContourSequence[0]
    assert first.ContourImageSequence[0].ReferencedFrameNumber == 5


def test_rejects_what_cannot_be_written(some_masks, a_ct, tmp_path):
    path = tmp_path / "rs.dcm"
    with pytest.raises(InputError, match="masks: expected at least one mask"):
        write_rtstruct([], a_ct, path)
    with pytest.raises(InputError, match="volume: expected an image read from DICOM"):
        write_rtstruct(some_masks, replace(a_ct, dicom=None), path)
    with pytest.raises(EmptyMaskError, match="got empty masks only"):
        write_rtstruct([Mask.on(a_ct, np.zeros(a_ct.shape, dtype=bool))], a_ct, path)
    moved = Mask(some_masks[0].array, np.diag([1.0, 1.0, 3.0, 1.0]), "GTV-1")
    with pytest.raises(GeometryMismatchError, match="GTV-1: expected the image's grid"):
        write_rtstruct([moved], a_ct, path)
    assert not path.exists()


def test_a_uid_of_content_is_a_uid_and_tells_parts_apart():
    uid = uid_from_content("a", b"bc")
    assert pydicom.uid.UID(uid).is_valid
    assert uid != uid_from_content("ab", b"c")


def test_an_interpolated_slice_is_drawn_and_refers_to_no_image(some_masks, a_ct, tmp_path, dciodvfy_errors):
    k = 2
    uids = [*a_ct.dicom.sop_uids]
    uids[k] = ""
    gap = replace(a_ct, dicom=replace(a_ct.dicom, sop_uids=tuple(uids)))
    write_rtstruct(some_masks, gap, tmp_path / "rs.dcm")
    assert dciodvfy_errors(tmp_path / "rs.dcm") == []
    frame = pydicom.dcmread(tmp_path / "rs.dcm").ReferencedFrameOfReferenceSequence[0]
    series = frame.RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    assert [i.ReferencedSOPInstanceUID for i in series.ContourImageSequence] == [u for u in uids if u]
    again, _ = masks_from_structures(read_rtstruct(tmp_path / "rs.dcm"), a_ct)
    np.testing.assert_array_equal(again[1].array[k], some_masks[1].array[k])
