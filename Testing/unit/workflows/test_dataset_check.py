"""Folders of studies checked: every planted fault is found, and only it."""

import shutil
from pathlib import Path

import pydicom
import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.pipelines import CHECKS, CheckLimits
from oncologyai.workflows import check_dataset, limits_from_file

WANTED = CheckLimits(modalities=("CT",), kernels=("B19f",), slices=(10, None), resolution=(20, 20), pixel_mm=(1, 3))
KERNEL = {"ConvolutionKernel": "B19f", "SliceThickness": "2", "SpacingBetweenSlices": "2"}


def edit(files, **attributes) -> None:
    for file in files:
        dataset = pydicom.dcmread(file)
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        dataset.save_as(file)


def failing(report) -> dict[str, str]:
    """The failing checks of each series that fails, by its reasons."""
    places = {name: report.checks.columns.index(name) for name in CHECKS}
    return {
        ",".join(name for name, place in places.items() if row[place] == "fail"): row[-1]
        for row in report.checks.rows
        if row[report.checks.columns.index("passed")] == "fail"
    }


def a_slice_removed(files: list[str]) -> None:
    Path(files[7]).unlink()


def a_foreign_slice_under_the_same_uid(files: list[str]) -> None:
    shutil.copy(files[3], Path(files[3]).with_name("foreign.dcm"))
    edit([Path(files[3]).with_name("foreign.dcm")], SOPInstanceUID="1.2.9", FrameOfReferenceUID="1.2.3.9")


def a_series_of_another_patient(files: list[str]) -> None:
    for n, file in enumerate(files[:3]):
        copy = Path(file).with_name(f"other{n}.dcm")
        shutil.copy(file, copy)
        edit([copy], PatientID="ELSE", StudyInstanceUID="1.2.7", SeriesInstanceUID="1.2.8", SOPInstanceUID=f"1.2.9.{n}")


def another_series_of_the_patient(files: list[str]) -> None:
    for n, file in enumerate(files[:12]):
        copy = Path(file).with_name(f"other{n}.dcm")
        shutil.copy(file, copy)
        edit([copy], SeriesInstanceUID="1.2.8", SOPInstanceUID=f"1.2.9.{n}")


def one_slice_of_another_pixel(files: list[str]) -> None:
    edit(files[4:5], PixelSpacing=[2.5, 2.5])


def all_slices_of_a_wrong_pixel(files: list[str]) -> None:
    edit(files, PixelSpacing=[4, 4])


def a_distance_stated_wrong(files: list[str]) -> None:
    edit(files, SpacingBetweenSlices="5")


def slices_moved_apart(files: list[str]) -> None:
    edit(files[10:11], ImagePositionPatient=[-20, -20, pydicom.dcmread(files[10]).ImagePositionPatient[2] + 0.8])


def an_intercept_missing(files: list[str]) -> None:
    edit(files[5:6], RescaleIntercept=None)


def one_slice_of_another_kernel(files: list[str]) -> None:
    edit(files[5:6], ConvolutionKernel="B60f")


def all_slices_of_another_kernel(files: list[str]) -> None:
    edit(files, ConvolutionKernel="B60f")


def a_coronal_stack(files: list[str]) -> None:
    for n, file in enumerate(files):
        edit([file], ImageOrientationPatient=[1, 0, 0, 0, 0, -1], ImagePositionPatient=[0, 2.0 * n, 0])


def several_thicknesses(files: list[str]) -> None:
    edit(files[:2], SliceThickness="5")


FAULTS = {
    a_slice_removed: ("consistency", "1 missing at S = -6 mm"),
    a_foreign_slice_under_the_same_uid: ("consistency", "1 of 21 files of another FrameOfReferenceUID: foreign.dcm"),
    one_slice_of_another_pixel: ("consistency,spacing", "1 of 20 slices of another pixel spacing"),
    all_slices_of_a_wrong_pixel: ("spacing", "pixel 4, above 3 mm"),
    a_distance_stated_wrong: ("spacing", "slices lie 2 mm apart, stated as 5 mm"),
    slices_moved_apart: ("consistency", "2.00 mm apart, got"),
    an_intercept_missing: ("rescale", "no intercept in 1 files: IM0006.dcm"),
    one_slice_of_another_kernel: ("kernel", "several, B19f, B60f"),
    all_slices_of_another_kernel: ("kernel", "B60f, not B19f"),
    a_coronal_stack: ("orientation", "coronal, not axial"),
    several_thicknesses: ("thickness", "several, slice thickness 2, 5 mm"),
}


def test_a_good_series_passes_every_check(tmp_path, a_series):
    a_series(tmp_path / "in", **KERNEL)
    report = check_dataset(tmp_path / "in", tmp_path / "out", limits=WANTED)
    assert (report.passed, report.failing, report.failed) == (1, 0, ())
    assert set(report.checks.rows[0][5:-1]) == {"pass"}
    page = (tmp_path / "out" / "checks.html").read_text(encoding="utf-8")
    assert 'class="pass"' in page and "Muster" not in page and "PAT 4711" not in page


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_and_no_other(tmp_path, a_series, plant):
    files = list(a_series(tmp_path / "in", **KERNEL).dicom.files)
    plant(files)
    checks, reason = FAULTS[plant]
    ((found, reasons),) = failing(check_dataset(tmp_path / "in", tmp_path / "out", limits=WANTED)).items()
    assert found == checks and reason in reasons


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (a_series_of_another_patient, "3 image files of another patient in the folder"),
        (another_series_of_the_patient, "another CT series in the folder: 1.2.8 (12 files)"),
    ],
)
def test_foreign_series_in_a_folder_are_found(tmp_path, a_series, plant, reason):
    plant(list(a_series(tmp_path / "in", **KERNEL).dicom.files))
    found = failing(check_dataset(tmp_path / "in", tmp_path / "out", limits=WANTED))
    assert reason in found["foreign"]
    several = check_dataset(tmp_path / "in", tmp_path / "out", limits=CheckLimits(one_series_a_folder=False))
    assert any("foreign" in checks for checks in failing(several)) == (plant is a_series_of_another_patient)


def test_wrong_modality_and_number_of_slices_fail(tmp_path, a_series):
    a_series(tmp_path / "in", **KERNEL)
    limits = CheckLimits(modalities=("MR", "PT"), slices=(None, 19), resolution=(512, 512), tilt_deg=5.0)
    ((found, reasons),) = failing(check_dataset(tmp_path / "in", tmp_path / "out", limits=limits)).items()
    assert found == "modality,slices,resolution"
    assert "CT, not MR or PT" in reasons and "20 slices, more than 19" in reasons and "20x20 pixels, not" in reasons


def test_checks_are_kept_until_the_limits_change(tmp_path, a_series):
    a_series(tmp_path / "in", **KERNEL)
    runs = [check_dataset(tmp_path / "in", tmp_path / "out", limits=limits) for limits in (WANTED, WANTED, None)]
    assert [run.kept for run in runs] == [0, 1, 0]


def test_limits_are_read_from_yaml(tmp_path):
    path = tmp_path / "limits.yaml"
    path.write_text("modalities: CT\nslices: [50, null]\nthickness_mm: 3\nrescale: false\nresolution: [512, 512]\n")
    assert limits_from_file(path) == CheckLimits(
        modalities=("CT",), slices=(50, None), thickness_mm=(3, 3), rescale=False, resolution=(512, 512)
    )


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("sclices: [1, 2]", InputError, "limits: expected one of .*slices"),
        ("slices: many", InputError, "slices: expected a number, got 'many'"),
        ("slices: [5, 2]", InputError, "two ascending limits"),
        ("orientations: [oblique]", InputError, "orientations: expected one of axial"),
        ("rescale: 1", InputError, "true or false"),
        ("- a\n- b", UnreadableFileError, "limits by name"),
        ("a: [", UnreadableFileError, "YAML"),
    ],
)
def test_wrong_limits_are_told(tmp_path, text, error, message):
    path = tmp_path / "limits.yaml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        limits_from_file(path)


def test_a_file_of_limits_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="YAML file of limits"):
        limits_from_file(tmp_path / "none.yaml")
