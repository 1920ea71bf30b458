"""Faults planted into copies of a real patient are found by ``dataset check``."""

import csv
import shutil
from pathlib import Path

import pydicom
import pytest

pytestmark = pytest.mark.slow

LIMITS = ("--modality", "CT", "--kernel", "B19f", "--slices", "100,", "--thickness", "3", "--resolution", "512,512")


@pytest.fixture
def a_patient(shared_data, tmp_path) -> Path:
    """A copy of LUNG1-001."""
    return Path(shutil.copytree(shared_data / "lung1" / "LUNG1-001_20180209_CT", tmp_path / "in" / "LUNG1-001"))


def ct_files(folder: Path) -> list[Path]:
    """The CT slices from the feet up."""
    found = []
    for path in folder.glob("*.dcm"):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        if header.Modality == "CT":
            found.append((header.ImagePositionPatient[2], path))
    return [path for _, path in sorted(found)]


def edit(files, change) -> None:
    for path in files:
        dataset = pydicom.dcmread(path)
        change(dataset)
        dataset.save_as(path)


def a_slice_removed(folder, _):
    ct_files(folder)[60].unlink()


def a_foreign_series(folder, shared):
    for path in ct_files(shared / "lung1" / "LUNG1-002_20180526_CT")[50:55]:
        shutil.copy(path, folder / f"foreign-{path.name}")


def foreign_slices_under_the_same_identity(folder, shared):
    own = pydicom.dcmread(ct_files(folder)[0], stop_before_pixels=True)
    a_foreign_series(folder, shared)

    def disguise(dataset):
        for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID"):
            setattr(dataset, keyword, getattr(own, keyword))

    edit(folder.glob("foreign-*"), disguise)


def a_wrong_spacing(folder, _):
    edit(ct_files(folder)[30:33], lambda d: setattr(d, "PixelSpacing", [1.2, 1.2]))


def an_intercept_missing(folder, _):
    edit(ct_files(folder)[10:11], lambda d: delattr(d, "RescaleIntercept"))


def another_kernel(folder, _):
    edit(ct_files(folder)[10:12], lambda d: setattr(d, "ConvolutionKernel", "B70f"))


def another_kernel_throughout(folder, _):
    edit(ct_files(folder), lambda d: setattr(d, "ConvolutionKernel", "B70f"))


FAULTS = {
    a_slice_removed: ({"consistency"}, "1 missing at S = "),
    a_foreign_series: ({"foreign"}, "5 image files of another patient in the folder"),
    foreign_slices_under_the_same_identity: ({"consistency", "spacing", "kernel"}, "5 of 139 files of another Frame"),
    a_wrong_spacing: ({"consistency", "spacing"}, "3 of 134 slices of another pixel spacing"),
    an_intercept_missing: ({"rescale"}, "no intercept in 1 files"),
    another_kernel: ({"kernel"}, "several, B19f, B70f"),
    another_kernel_throughout: ({"kernel"}, "B70f, not B19f"),
}


def checked(oncology_ai, folder: Path, *words: str) -> tuple[list[dict[str, str]], int]:
    done = oncology_ai("dataset", "check", folder, folder.parent / "out", *LIMITS, "--progress", "none", *words)
    with (folder.parent / "out" / "checks.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), done.code


def test_the_patient_as_published_passes(a_patient, oncology_ai):
    (row,), code = checked(oncology_ai, a_patient.parent, "--strict")
    assert row["passed"] == "pass" and code == 0 and "fail" not in row.values()


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(a_patient, oncology_ai, shared_data, plant):
    plant(a_patient, shared_data)
    rows, code = checked(oncology_ai, a_patient.parent)
    (row,) = [r for r in rows if r["description"] == "" and r["patient"] == rows[0]["patient"]]
    checks, reason = FAULTS[plant]
    assert {name for name, cell in row.items() if cell == "fail"} == {"passed", *checks}
    assert reason in row["reasons"] and code == 0
    assert checked(oncology_ai, a_patient.parent, "--strict")[1] == 2
