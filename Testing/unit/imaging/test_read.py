"""One way in: which series is read, and clear words where nobody can know."""

import shutil

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from oncologyai.errors import (
    AmbiguousStudyError,
    EmptyStudyError,
    InputError,
    MissingFileError,
    ModalityError,
    OncologyAIError,
    UnitsError,
    UnreadableFileError,
)
from oncologyai.imaging import find_studies, read_volume, write_volume
from oncologyai.types import Volume


def test_a_folder_of_one_series_is_read(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    np.testing.assert_array_equal(read_volume(a_writer.folder).array, a_ct_array - 1024)
    np.testing.assert_array_equal(read_volume(str(a_writer.folder)).array, a_ct_array - 1024)


def test_one_file_stands_for_its_series_in_its_folder(a_writer, a_ct_array):
    paths = a_writer.write(a_ct_array)
    a_writer.write(a_ct_array[:3], series="2")
    a_writer.write(a_ct_array, patient="P2", subfolder="other")
    assert read_volume(paths[2]).shape == (5, 6, 7)
    assert read_volume(a_writer.folder / "2-001.dcm").shape == (3, 6, 7)


def test_two_patients_are_refused_by_name(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    a_writer.write(a_ct_array, patient="P2", subfolder="x")
    with pytest.raises(AmbiguousStudyError, match=r"expected one patient, got 2 \(P1, P2\): .* one patient, or series"):
        read_volume(a_writer.folder)


def test_two_patients_in_one_series_uid_are_refused_by_name(a_writer, a_ct_array):
    def mix(k, dataset):
        if k > 2:
            dataset.PatientID = "P9"

    a_writer.write(a_ct_array, change=mix)
    with pytest.raises(AmbiguousStudyError, match=r"\(P1, P9\)"):
        read_volume(a_writer.folder)


def test_two_studies_are_refused(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    a_writer.write(a_ct_array, study="S2", subfolder="x")
    with pytest.raises(AmbiguousStudyError, match="expected one study, got 2 .* choose by series_uid"):
        read_volume(a_writer.folder)


def test_two_modalities_need_a_choice(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    a_writer.write(a_ct_array, series="2", modality="MR")
    with pytest.raises(AmbiguousStudyError, match=r"got 2 \(CT, MR\): CT 1 'series 1' 5 images, uid .*choose by modal"):
        read_volume(a_writer.folder)
    assert read_volume(a_writer.folder, modality="MR").modality == "MR"
    with pytest.raises(EmptyStudyError, match="expected a PT series, got CT 1 'series 1'"):
        read_volume(a_writer.folder, modality="PT")


def test_the_series_with_most_slices_is_read_with_a_warning(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    a_writer.write(a_ct_array[:3], series="2")
    volume = read_volume(a_writer.folder)
    assert volume.shape == (5, 6, 7)
    assert "of 2 series the one with most slices was read" in volume.meta["warnings"][0]


def test_equal_series_need_a_choice_by_uid(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    a_writer.write(a_ct_array + 1, series="2")
    with pytest.raises(AmbiguousStudyError, match="expected one series, got 2: CT 1 .*; CT 2 .* choose by series_uid"):
        read_volume(a_writer.folder)
    uid = find_studies(a_writer.folder)[0].series[1].uid
    np.testing.assert_array_equal(read_volume(a_writer.folder, series_uid=uid).array, a_ct_array - 1023)
    with pytest.raises(EmptyStudyError, match=r"expected series 1.2.3, got CT 1 'series 1' 5 images"):
        read_volume(a_writer.folder, series_uid="1.2.3")


def test_other_images_are_read_where_there_is_nothing_else(a_writer):
    stored = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)

    def place_less(k, dataset):
        del dataset.ImagePositionPatient, dataset.ImageOrientationPatient

    a_writer.write(stored, modality="OT", slope=None, intercept=None, change=place_less)
    volume = read_volume(a_writer.folder)
    assert volume.modality == "OT" and volume.unit == "arbitrary"
    np.testing.assert_array_equal(volume.array, stored)


def test_a_dose_is_read_on_request_only(tmp_path):
    shutil.copy(get_testdata_file("rtdose.dcm", read=False), tmp_path)
    with pytest.raises(EmptyStudyError, match="expected a series of images, got RTDOSE"):
        read_volume(tmp_path)
    volume = read_volume(tmp_path, modality="RTDOSE")  # a relative dose, so not in Gy
    assert volume.shape == (15, 10, 10) and "RELATIVE" in volume.meta["warnings"][0]


def test_image_files_are_read_by_their_suffix(a_writer, a_ct_array, tmp_path):
    a_writer.write(a_ct_array)
    volume = read_volume(a_writer.folder)
    path = tmp_path / "ein Bild ß.nii.gz"
    write_volume(volume, path)
    back = read_volume(path, modality="CT")
    np.testing.assert_array_equal(back.array, volume.array)
    assert back.unit == "HU" and back.same_grid(volume)


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="absent: expected a file or folder, got nothing there"):
        read_volume(tmp_path / "absent")


def test_a_text_file_is_refused(tmp_path):
    path = tmp_path / "fake.dcm"
    path.write_text("hello" * 100)
    with pytest.raises(UnreadableFileError, match="fake.dcm: expected a DICOM file, got one that cannot be read"):
        read_volume(path)


def test_an_unknown_suv_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match="suv: expected one of"):
        read_volume(tmp_path, suv="g/ml")


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_give_one_line_or_a_volume_but_never_another_error(a_writer, a_ct_array, seed):
    paths = a_writer.write(a_ct_array[:3], syntax=JPEGLSLossless if seed % 2 else ExplicitVRLittleEndian)
    content = paths[1].read_bytes()
    random = np.random.default_rng(seed)
    for _ in range(25):
        damaged = bytearray(content[: random.integers(200, len(content)) if random.random() < 0.3 else None])
        for place in random.integers(130, len(damaged), size=random.integers(1, 12)):
            damaged[place] = random.integers(256)
        paths[1].write_bytes(bytes(damaged))
        try:
            read_volume(a_writer.folder)
        except OncologyAIError as error:
            assert "\n" not in str(error)


def test_a_plain_file_takes_the_unit_said_and_no_other_than_its_own(tmp_path):
    plain = Volume(np.ones((2, 3, 4), np.float32), np.eye(4))
    write_volume(plain, tmp_path / "pet.nii.gz")
    assert read_volume(tmp_path / "pet.nii.gz", modality="PT", unit="SUVbw").unit == "SUVbw"
    write_volume(plain, tmp_path / "pet.nrrd")
    said = read_volume(tmp_path / "pet.nrrd", modality="PT", unit="SUVbw")
    assert (said.modality, said.unit) == ("PT", "SUVbw")
    write_volume(said, tmp_path / "said.nrrd")
    with pytest.raises(UnitsError, match="expected values in HU, got SUVbw"):
        read_volume(tmp_path / "said.nrrd", unit="HU")
    with pytest.raises(ModalityError, match="expected modality CT, got PT"):
        read_volume(tmp_path / "said.nrrd", modality="CT")
