"""A folder of patients leaves without their names."""

import json
import stat
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from oncologyai.errors import (
    CancelledError,
    EmptyStudyError,
    InputError,
    MissingAttributeError,
    MissingFileError,
    OutputError,
    UnreadableFileError,
)
from oncologyai.imaging.confidentiality import DeidentifyConfig, pseudonym_of
from oncologyai.imaging.deidentify import deidentify_folder, secret_key
from oncologyai.imaging.dicom_write import write_dicom_series
from oncologyai.imaging.masks import read_masks
from oncologyai.imaging.read import read_volume
from oncologyai.imaging.rtstruct_write import write_rtstruct
from oncologyai.types import Mask, Volume

_CONFIG = DeidentifyConfig(b"a secret of the clinic", shift_dates=True, clean_descriptors=True)
_NAMES = (b"muster", b"erika", b"pat-4711", b"4711", b"alias-99")


@pytest.fixture
def a_study(tmp_path: Path, a_ct: Volume) -> Path:
    """A CT with a structure set, the patient's name planted in many places, in a folder of the patient's name."""
    array = np.zeros(a_ct.shape, dtype=bool)
    array[1:4, 5:9, 6:14] = True
    folder = tmp_path / "Muster Erika"
    write_rtstruct([Mask.on(a_ct, array, "GTV-1 Muster")], a_ct, folder / "rt" / "rs.dcm")
    for n, file in enumerate(a_ct.dicom.files):
        dataset = pydicom.dcmread(file)
        _plant(dataset)
        place = folder / "deep" / f"Erika {n}.dcm"
        place.parent.mkdir(exist_ok=True)
        dataset.save_as(place, enforce_file_format=True)
    (folder / "letter.txt").write_text("Erika Muster", encoding="ascii")
    return folder


def _plant(dataset: pydicom.FileDataset) -> None:
    dataset.preamble = b"Erika Muster".ljust(128, b"\0")
    dataset.file_meta.SourceApplicationEntityTitle = "MUSTER"
    dataset.OtherPatientIDs = ["ALIAS-99"]
    dataset.SeriesDescription = "CT of MUSTER, Erika"
    dataset.StudyDescription = "Erika_Muster_PAT-4711"
    dataset.ImageComments = "Erika"
    dataset.InstitutionName = "Muster Clinic"
    dataset.ConvolutionKernel = "B30 ERIKA"
    dataset.SoftwareVersions = ["1", "alias-99"]
    dataset.ScanOptions = "MUSTER"
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "1", "99X", "kept for Erika Muster"
    item.private_block(0x0011, "Muster", create=True).add_new(1, "UN", b"Erika")
    dataset.AnatomicRegionSequence = [item]
    dataset.private_block(0x0029, "MAKER", create=True).add_new(1, "LO", "Muster^Erika")
    dataset.add_new(0x60004000, "LT", "Erika")


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def test_the_patients_name_is_nowhere_in_the_bytes_or_paths(a_study, tmp_path):
    report = deidentify_folder(a_study, tmp_path / "out", _CONFIG)
    files = _files(tmp_path / "out")
    assert (report.written, len(files), report.series) == (7, 7, 2)
    for file in files:
        content = str(file.relative_to(tmp_path)).encode().lower() + file.read_bytes().lower()
        assert not [name for name in _NAMES if name in content]


def test_image_and_structures_still_belong_together(a_study, a_ct, tmp_path):
    deidentify_folder(a_study, tmp_path / "out", _CONFIG)
    volume = read_volume(tmp_path / "out", modality="CT")
    np.testing.assert_array_equal(volume.array, a_ct.array)
    (mask,) = read_masks(tmp_path / "out", grid=volume)
    assert (mask.array.sum(), mask.label) == (3 * 4 * 8, "GTV-1 ***")
    (structures,) = [f for f in _files(tmp_path / "out") if "RTSTRUCT" in str(f)]
    frame = pydicom.dcmread(structures).ReferencedFrameOfReferenceSequence[0]
    series = frame.RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == volume.dicom.series_uid
    assert {i.ReferencedSOPInstanceUID for i in series.ContourImageSequence} == set(volume.dicom.sop_uids)


def test_the_validator_finds_no_error(a_study, tmp_path, dciodvfy_errors):
    deidentify_folder(a_study, tmp_path / "out", _CONFIG)
    assert [e for f in _files(tmp_path / "out") for e in dciodvfy_errors(f)] == []


def test_a_second_run_gives_the_same_files(a_study, tmp_path):
    for name in ("one", "two"):
        deidentify_folder(a_study, tmp_path / name, _CONFIG)
    one, two = ([(f.relative_to(tmp_path / n), f.read_bytes()) for f in _files(tmp_path / n)] for n in ("one", "two"))
    assert one == two


def test_the_report_tells_pseudonyms_and_what_was_skipped(a_study, tmp_path):
    report = deidentify_folder(a_study, tmp_path / "out", _CONFIG, map_file=tmp_path / "map.json")
    assert report.skipped == {"letter.txt": "not a DICOM file"}
    assert report.pseudonyms == {"PAT-4711": pseudonym_of("PAT-4711", _CONFIG)}
    assert [p.name for p in (tmp_path / "out").iterdir()] == list(report.pseudonyms.values())
    assert json.loads((tmp_path / "map.json").read_text(encoding="utf-8")) == report.pseudonyms
    assert stat.S_IMODE((tmp_path / "map.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "Burned In Annotation YES"),
        ({"RecognizableVisualFeatures": "YES"}, "Recognizable Visual Features YES"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "its pixels may show a name"),
    ],
)
def test_pixels_that_may_show_a_name_are_refused_unless_allowed(a_study, tmp_path, change, reason):
    file = a_study / "deep" / "Erika 0.dcm"
    dataset = pydicom.dcmread(file)
    for keyword, value in change.items():
        setattr(dataset, keyword, value)
    dataset.save_as(file)
    report = deidentify_folder(a_study, tmp_path / "out", _CONFIG)
    assert reason in report.skipped["deep/Erika 0.dcm"]
    assert report.written == 6
    allowed = DeidentifyConfig(_CONFIG.key, allow_burned_in=True)
    report = deidentify_folder(a_study, tmp_path / "allowed", allowed)
    assert report.written == 7
    assert len(report.warnings) == 1
    assert reason in report.warnings[0]


@pytest.mark.parametrize(
    ("sop_class", "reason"),
    [
        ("1.2.840.10008.1.3.10", "DICOMDIR"),
        ("1.2.840.10008.5.1.4.1.1.88.22", "structured report"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "encapsulated document"),
        ("1.2.840.10008.5.1.4.1.1.66", "raw data"),
        ("", "without SOPClassUID"),
    ],
)
def test_objects_that_cannot_be_cleaned_are_skipped(a_study, tmp_path, sop_class, reason):
    file = a_study / "deep" / "Erika 0.dcm"
    dataset = pydicom.dcmread(file)
    dataset.SOPClassUID = sop_class
    dataset.save_as(file)
    assert reason in deidentify_folder(a_study, tmp_path / "out", _CONFIG).skipped["deep/Erika 0.dcm"]


def test_the_same_instance_twice_is_written_once(a_study, tmp_path):
    (a_study / "zcopy.dcm").write_bytes((a_study / "deep" / "Erika 0.dcm").read_bytes())
    report = deidentify_folder(a_study, tmp_path / "out", _CONFIG)
    assert report.skipped["zcopy.dcm"] == "the same instance twice"


def test_a_cancelled_run_leaves_no_target(a_study, tmp_path):
    class Impatient:
        calls = 0

        def stage(self, name: str, share: float) -> None: ...

        def cancelled(self) -> bool:
            Impatient.calls += 1
            return Impatient.calls > 12

    with pytest.raises(CancelledError, match="cancelled"):
        deidentify_folder(a_study, tmp_path / "out", _CONFIG, progress=Impatient())
    assert not (tmp_path / "out").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_rejects_places_that_would_mix_patients_with_results(a_study, tmp_path):
    with pytest.raises(MissingFileError, match="expected a folder"):
        deidentify_folder(tmp_path / "absent", tmp_path / "out", _CONFIG)
    for target in (a_study, a_study / "out", a_study.parent):
        with pytest.raises(InputError, match="target: expected a folder apart from the source"):
            deidentify_folder(a_study, target, _CONFIG)
    with pytest.raises(InputError, match="map_file: expected a place outside the target"):
        deidentify_folder(a_study, tmp_path / "out", _CONFIG, map_file=tmp_path / "out" / "map.json")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(OutputError, match="expected a new or empty folder"):
        deidentify_folder(a_study, tmp_path / "full", _CONFIG)


def test_rejects_a_folder_without_usable_files(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(EmptyStudyError, match="got none \\(it is empty\\)"):
        deidentify_folder(tmp_path / "in", tmp_path / "out", _CONFIG)
    (tmp_path / "in" / "a.dcm").write_text("text", encoding="ascii")
    with pytest.raises(EmptyStudyError, match="got none \\(not a DICOM file\\)"):
        deidentify_folder(tmp_path / "in", tmp_path / "out", _CONFIG)
    assert not (tmp_path / "out").exists()


def test_a_secret_key_is_made_once_and_read_again(tmp_path):
    key = secret_key(tmp_path / "key")
    assert len(key) == 32
    assert secret_key(tmp_path / "key") == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    (tmp_path / "bad").write_text("not a key", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="expected a key in hexadecimal digits"):
        secret_key(tmp_path / "bad")
    (tmp_path / "short").write_text("abcd", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="got 2 bytes"):
        secret_key(tmp_path / "short")
    with pytest.raises(OutputError, match="a place that can be written"):
        secret_key(tmp_path / "bad" / "key")


def test_suv_survives_shifted_dates_and_kept_weight_but_not_the_plain_profile(tmp_path):
    activity = np.random.default_rng(2).integers(0, 20_000, (4, 8, 9)).astype(np.float32)
    volume = Volume(activity, np.diag([-4.0, -4.0, 3.0, 1.0]), "PT", "BQML")
    dose = {"RadionuclideTotalDose": 370e6, "RadionuclideHalfLife": 6586.2}
    dose |= {"RadiopharmaceuticalStartDateTime": "20200131230000", "PatientWeight": 80}
    times = {"SeriesDate": "20200201", "SeriesTime": "000000", "AcquisitionDate": "20200201"}
    times |= {"AcquisitionTime": "000000", "StudyDate": "20200131", "StudyTime": "225900"}
    who = {"PatientName": "Muster^Erika", "PatientID": "PAT-4711"}
    write_dicom_series(volume, tmp_path / "pet", attributes=who | dose | times)
    before = read_volume(tmp_path / "pet")
    kept = DeidentifyConfig(_CONFIG.key, shift_dates=True, retain_patient_characteristics=True)
    deidentify_folder(tmp_path / "pet", tmp_path / "kept", kept)
    after = read_volume(tmp_path / "kept")
    assert before.unit == after.unit == "SUVbw"
    np.testing.assert_array_equal(after.array, before.array)
    deidentify_folder(tmp_path / "pet", tmp_path / "plain", DeidentifyConfig(_CONFIG.key))
    with pytest.raises(MissingAttributeError):
        read_volume(tmp_path / "plain")
