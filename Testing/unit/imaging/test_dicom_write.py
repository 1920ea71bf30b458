"""CT and PET written as classic DICOM series."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.errors import InputError, ModalityError, OutputError, SliceGeometryError, UnitsError
from oncologyai.imaging import read_volume, write_dicom_series
from oncologyai.types import Volume

_PATIENT = {
    "PatientName": "SYNTHETIC^TEST",
    "PatientID": "SYNTHETIC-1",
    "PatientBirthDate": "19600101",
    "PatientSex": "M",
    "PatientWeight": "80",
    "StudyDate": "20240229",
    "StudyTime": "100000",
    "StudyID": "1",
    "Manufacturer": "OncologyAI synthetic",
    "BodyPartExamined": "CHEST",
    "ImageComments": "synthetic",
}
_DOSE = {
    "RadionuclideTotalDose": "400000000",
    "RadionuclideHalfLife": "6586.2",
    "RadiopharmaceuticalStartTime": "090000",
    "RadiopharmaceuticalStartDateTime": "20240229090000",
    "Radiopharmaceutical": "FDG",
}


def _straight() -> np.ndarray:
    matrix = np.diag([-1.25, -0.8, 3.0, 1.0])
    matrix[:3, 3] = (41.0, 33.5, -120.25)
    return matrix


def _oblique() -> np.ndarray:
    a, b = np.deg2rad(17.0), np.deg2rad(-8.0)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    matrix = _straight()
    matrix[:3, :3] = turn @ tilt @ matrix[:3, :3]
    return matrix


def _ct(matrix: np.ndarray) -> Volume:
    rng = np.random.default_rng(5)
    return Volume(rng.integers(-1024, 3000, (5, 12, 17)).astype(np.int16), matrix, "CT", "HU")


def _pet(matrix: np.ndarray) -> Volume:
    rng = np.random.default_rng(6)
    scale = np.array([1.0, 1e5, 30.0, 0.0])[:, None, None]
    return Volume((rng.random((4, 11, 13)) * scale).astype(np.float32), matrix, "PT", "BQML")


@pytest.mark.parametrize("matrix", [_straight(), _oblique()], ids=["straight", "oblique"])
def test_ct_is_read_back_voxel_for_voxel_in_its_place(tmp_path: Path, matrix: np.ndarray) -> None:
    volume = _ct(matrix)
    write_dicom_series(volume, tmp_path / "ct", attributes=_PATIENT)
    back = read_volume(tmp_path / "ct")
    assert (back.modality, back.unit) == ("CT", "HU")
    np.testing.assert_array_equal(back.array, volume.array)
    np.testing.assert_allclose(back.ijk_to_ras, matrix, atol=1e-6)


def test_slices_stand_where_the_matrix_puts_them_also_when_they_run_downwards(tmp_path: Path) -> None:
    matrix = _oblique()
    matrix[:3, 3] += 4 * matrix[:3, 2]
    matrix[:3, 2] *= -1
    volume = _ct(matrix)
    written = write_dicom_series(volume, tmp_path / "ct", attributes=_PATIENT)
    assert written.dicom is not None
    for k, file in enumerate(written.dicom.files):
        slice_ = pydicom.dcmread(file)
        expected = np.array([-1, -1, 1]) * (matrix @ [0, 0, k, 1])[:3]
        np.testing.assert_allclose([float(v) for v in slice_.ImagePositionPatient], expected, atol=1e-6)
        assert slice_.SOPInstanceUID == written.dicom.sop_uids[k]
        hu = slice_.pixel_array * float(slice_.RescaleSlope) + float(slice_.RescaleIntercept)
        np.testing.assert_array_equal(hu, volume.array[k])


def test_pet_keeps_each_slice_to_16_bits_of_its_own_largest_value(tmp_path: Path) -> None:
    volume = _pet(_straight())
    written = write_dicom_series(volume, tmp_path / "pet", attributes={**_PATIENT, **_DOSE})
    assert written.dicom is not None
    for k, file in enumerate(written.dicom.files):
        slice_ = pydicom.dcmread(file)
        activity = slice_.pixel_array * float(slice_.RescaleSlope)
        assert np.abs(activity - volume.array[k]).max() <= volume.array[k].max() / 65_000


def test_pet_read_back_is_the_hand_computed_suv(tmp_path: Path) -> None:
    volume = _pet(_straight())
    write_dicom_series(volume, tmp_path / "pet", attributes={**_PATIENT, **_DOSE})
    back = read_volume(tmp_path / "pet")
    remaining = 400e6 * 2.0 ** (-3600.0 / 6586.2)
    expected = volume.array[1].astype(float) * 80_000.0 / remaining
    np.testing.assert_allclose(back.array[1], expected, atol=expected.max() / 60_000)


def test_pet_without_weight_is_written_without_it(tmp_path: Path) -> None:
    attributes = {**_PATIENT, **_DOSE}
    del attributes["PatientWeight"]
    write_dicom_series(_pet(_straight()), tmp_path / "pet", attributes=attributes)
    assert "PatientWeight" not in pydicom.dcmread(tmp_path / "pet" / "IM0001.dcm")


def test_same_input_gives_the_same_bytes_and_other_voxels_other_uids(tmp_path: Path) -> None:
    volume = _ct(_straight())
    one = write_dicom_series(volume, tmp_path / "one", attributes=_PATIENT)
    two = write_dicom_series(volume, tmp_path / "two", attributes=_PATIENT)
    other = write_dicom_series(volume.with_array(volume.array + 1), tmp_path / "three", attributes=_PATIENT)
    assert one.dicom is not None
    assert two.dicom is not None
    assert other.dicom is not None
    for a, b in zip(one.dicom.files, two.dicom.files, strict=True):
        assert Path(a).read_bytes() == Path(b).read_bytes()
    assert one.dicom.series_uid != other.dicom.series_uid
    assert not set(one.dicom.sop_uids) & set(other.dicom.sop_uids)


def test_given_uids_and_attributes_are_kept(tmp_path: Path) -> None:
    attributes = {**_PATIENT, "StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4", "SeriesNumber": 7}
    written = write_dicom_series(_ct(_straight()), tmp_path / "ct", attributes=attributes)
    assert written.dicom is not None
    assert (written.dicom.study_uid, written.dicom.frame_of_reference_uid) == ("1.2.3", "1.2.4")
    assert written.dicom.attributes["PatientName"] == "SYNTHETIC^TEST"
    assert pydicom.dcmread(written.dicom.files[0]).SeriesNumber == 7


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy of Debian's dicom3tools is not installed")
@pytest.mark.parametrize(("make", "extra"), [(_ct, {}), (_pet, _DOSE)], ids=["ct", "pet"])
def test_validator_finds_no_error(tmp_path: Path, make, extra: dict[str, str]) -> None:
    written = write_dicom_series(make(_oblique()), tmp_path / "series", attributes={**_PATIENT, **extra})
    assert written.dicom is not None
    for file in written.dicom.files:
        told = subprocess.run(["dciodvfy", file], capture_output=True, text=True, check=False)
        assert "Error" not in told.stderr + told.stdout


def test_rejects_other_modalities(tmp_path: Path) -> None:
    volume = Volume(np.zeros((2, 3, 4), np.int16), _straight(), "MR", "arbitrary")
    with pytest.raises(ModalityError, match="modality: expected CT or PT, got MR"):
        write_dicom_series(volume, tmp_path / "x", attributes=_PATIENT)


def test_rejects_pet_in_suv(tmp_path: Path) -> None:
    volume = Volume(np.ones((2, 3, 4), np.float32), _straight(), "PT", "SUVbw")
    with pytest.raises(UnitsError, match="unit: expected BQML for PT, got SUVbw"):
        write_dicom_series(volume, tmp_path / "x", attributes=_PATIENT)


def test_rejects_a_sheared_grid(tmp_path: Path) -> None:
    matrix = _straight()
    matrix[1, 2] = 0.5
    with pytest.raises(SliceGeometryError, match="expected perpendicular axes"):
        write_dicom_series(_ct(matrix), tmp_path / "x", attributes=_PATIENT)


@pytest.mark.parametrize(
    ("value", "message"), [(np.nan, "expected finite values"), (40000.0, "expected HU from -33792 to 31743")]
)
def test_rejects_voxels_that_dicom_cannot_hold(tmp_path: Path, value: float, message: str) -> None:
    volume = Volume(np.full((2, 3, 4), value, np.float32), _straight(), "CT", "HU")
    with pytest.raises(InputError, match=message):
        write_dicom_series(volume, tmp_path / "x", attributes=_PATIENT)
    assert not (tmp_path / "x").exists()


def test_rejects_a_word_that_is_no_dicom_keyword(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="attributes: expected DICOM keywords, got 'PatientShoeSize'"):
        write_dicom_series(_ct(_straight()), tmp_path / "x", attributes={"PatientShoeSize": "44"})


def test_rejects_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("taken")
    with pytest.raises(OutputError, match="expected a folder, got a file"):
        write_dicom_series(_ct(_straight()), tmp_path / "x", attributes=_PATIENT)


def test_names_beyond_ascii_come_back(tmp_path):
    volume = Volume(np.zeros((2, 4, 4), np.int16), np.diag([-1.0, -1.0, 2.0, 1.0]), "CT", "HU")
    back = write_dicom_series(volume, tmp_path / "ct", attributes={"PatientName": "Łuczak^Jürgen 山田"})
    header = pydicom.dcmread(back.dicom.files[0], stop_before_pixels=True)
    assert str(header.PatientName) == "Łuczak^Jürgen 山田" and header.SpecificCharacterSet == "ISO_IR 192"
