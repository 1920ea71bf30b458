"""What a folder holds, from headers alone."""

import shutil

import pydicom
import pytest
from pydicom.data import get_testdata_file

from oncologyai.errors import CancelledError, EmptyStudyError, MissingFileError, UnreadableFileError
from oncologyai.imaging import find_studies, read_volume
from oncologyai.imaging.dicom_index import is_image, is_localizer, slice_count


def test_several_patients_studies_and_series_in_nested_folders(a_writer, a_ct_array):
    a_writer.write(a_ct_array, subfolder="a/b", series="1")
    a_writer.write(a_ct_array[:2], subfolder="a", series="2", modality="MR")
    a_writer.write(a_ct_array, subfolder="c d", study="S2")
    a_writer.write(a_ct_array, patient="P0")
    (a_writer.folder / "notes.txt").write_text("not an image")
    studies = find_studies(a_writer.folder)
    assert [s.patient_id for s in studies] == ["P0", "P1", "P1"]
    assert sorted(len(s.series) for s in studies) == [1, 1, 2]
    both = next(s for s in studies if len(s.series) == 2)
    assert [(s.modality, len(s.files), s.description) for s in both.series] == [
        ("CT", 5, "series 1"), ("MR", 2, "series 2"),
    ]  # fmt: skip
    assert both.description == "Thorax" and both.date == "20240102" and both.warnings == ()
    assert all(s.patient_id == "P1" and s.study_uid == both.uid for s in both.series)


def test_acquisition_parameters_stand_by_keyword_and_ranges_where_they_vary(a_writer, a_ct_array):
    def expose(k, dataset):
        dataset.Manufacturer, dataset.KVP, dataset.ConvolutionKernel = "ACME", "120", "B30f"
        dataset.XRayTubeCurrent = str(80 + 10 * k)

    a_writer.write(a_ct_array, change=expose)
    parameters = find_studies(a_writer.folder)[0].series[0].parameters
    assert parameters["Manufacturer"] == "ACME" and parameters["KVP"] == "120"
    assert parameters["ConvolutionKernel"] == "B30f" and parameters["PixelSpacing"] == "0.8\\0.5"
    assert parameters["XRayTubeCurrent"] == "80 to 120"
    assert parameters["StudyDate"] == "20240102"


def test_localizers_stand_apart_from_the_slices_of_their_series(a_writer, a_ct_array):
    def scout(k, dataset):
        if k == 0:
            dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
            dataset.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    a_writer.write(a_ct_array, change=scout)
    series = find_studies(a_writer.folder)[0].series
    assert {(len(s.files), is_localizer(s)) for s in series} == {(1, True), (4, False)}
    assert read_volume(a_writer.folder).shape == (4, 6, 7)


def test_files_without_preamble_are_found_and_read(a_writer, a_ct_array):
    for path in a_writer.write(a_ct_array):
        dataset = pydicom.dcmread(path)
        del dataset.file_meta
        bare = path.with_suffix("")
        dataset.save_as(bare, implicit_vr=True, little_endian=True, enforce_file_format=False)
        bare.write_bytes(bare.read_bytes()[132:] if bare.read_bytes()[128:132] == b"DICM" else bare.read_bytes())
        path.unlink()
    assert (read_volume(a_writer.folder).array == a_ct_array - 1024).all()


@pytest.mark.parametrize("name", ["ExplVR_BigEndNoMeta.dcm", "ExplVR_LitEndNoMeta.dcm"])
def test_bare_data_sets_of_other_writers_are_found(name, tmp_path):
    shutil.copy(get_testdata_file(name, read=False), tmp_path / "IM0001")
    assert find_studies(tmp_path)[0].series[0].files == (str(tmp_path / "IM0001"),)


def test_a_text_file_named_like_dicom_is_named_in_a_warning(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    (a_writer.folder / "fake.dcm").write_text("hello")
    (study,) = find_studies(a_writer.folder)
    assert "fake.dcm" in study.warnings[0] and "fake.dcm" in study.series[0].warnings[0]
    assert any("fake.dcm" in w for w in read_volume(a_writer.folder).meta["warnings"])


def test_a_folder_of_only_a_text_file_named_like_dicom_is_refused(tmp_path):
    (tmp_path / "fake.dcm").write_text("hello, this is no DICOM at all" * 20)
    with pytest.raises(UnreadableFileError, match=r"fake.dcm: expected a DICOM file, got one that is not DICOM"):
        find_studies(tmp_path)


def test_an_empty_folder_and_one_of_other_files_are_refused(tmp_path):
    with pytest.raises(EmptyStudyError, match="expected a folder with DICOM files, got an empty one"):
        find_studies(tmp_path)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "short").write_bytes(b"\x08")
    (tmp_path / "gone.dcm").symlink_to(tmp_path / "nowhere")
    with pytest.raises(EmptyStudyError, match="got 3 files, none DICOM"):
        find_studies(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="expected a folder, got no folder there"):
        find_studies(tmp_path / "absent")


def test_structure_sets_plans_and_doses_are_series_too(tmp_path):
    for name in ("rtstruct.dcm", "rtplan.dcm", "rtdose.dcm", "test-SR.dcm"):
        shutil.copy(get_testdata_file(name, read=False), tmp_path / name)
    series = [s for study in find_studies(tmp_path) for s in study.series]
    assert {s.modality: is_image(s) for s in series} == {
        "RTSTRUCT": False, "RTPLAN": False, "RTDOSE": True, "SR": False,
    }  # fmt: skip
    assert next(slice_count(s) for s in series if s.modality == "RTDOSE") == 15


def test_a_dicom_directory_file_is_no_series(tmp_path):
    shutil.copy(get_testdata_file("DICOMDIR", read=False), tmp_path / "DICOMDIR")
    with pytest.raises(EmptyStudyError, match="none DICOM"):
        find_studies(tmp_path)


def test_indexing_reports_its_share_and_can_be_cancelled(a_writer, a_ct_array):
    a_writer.write(a_ct_array)

    class Impatient:
        def __init__(self):
            self.shares = []

        def stage(self, name, share):
            self.shares.append((name, share))

        def cancelled(self):
            return len(self.shares) == 3

    watcher = Impatient()
    with pytest.raises(CancelledError):
        find_studies(a_writer.folder, progress=watcher)
    assert watcher.shares == [("index", 0.0), ("index", 0.2), ("index", 0.4)]
