"""Small DICOM series, written as the tests need them."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, FileDataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from oncologyai.imaging.dicom_write import write_dicom_series
from oncologyai.types import Volume

SOP_CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "NM": "1.2.840.10008.5.1.4.1.1.20",
    "RTDOSE": "1.2.840.10008.5.1.4.1.1.481.2",
    "OT": "1.2.840.10008.5.1.4.1.1.7",
}
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def _uid(*parts: object) -> str:
    return generate_uid(entropy_srcs=[str(p) for p in parts])


def _file(sop_class: str, sop_uid: str, syntax: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = sop_uid
    meta.TransferSyntaxUID = syntax
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, sop_uid
    return dataset


def _pixels(dataset: Dataset, plane: np.ndarray) -> None:
    dataset.Rows, dataset.Columns = plane.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = plane.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(plane.dtype.kind == "i")
    dataset.PixelData = plane.tobytes()


class SeriesWriter:
    """Writes series of one study into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self,
        stored: np.ndarray,
        *,
        modality: str = "CT",
        series: str = "1",
        patient: str = "P1",
        study: str = "S1",
        origin: Sequence[float] = (-10.0, -20.0, 30.0),
        orientation: Sequence[float] = AXIAL,
        spacing: Sequence[float] = (0.8, 0.5),
        step: Sequence[float] = (0.0, 0.0, 3.0),
        slope: float | str | None = 1,
        intercept: float | str | None = -1024,
        syntax: str = ExplicitVRLittleEndian,
        attributes: dict[str, Any] | None = None,
        change: Callable[[int, FileDataset], None] | None = None,
        subfolder: str = "",
        order: Sequence[int] | None = None,
    ) -> list[Path]:
        """Write slices ``stored`` (k, j, i); slice k lies at origin + k * step (LPS); files are named by ``order``."""
        folder = self.folder / subfolder
        folder.mkdir(parents=True, exist_ok=True)
        names = list(order) if order is not None else list(range(len(stored)))
        paths = []
        for k, plane in enumerate(stored):
            dataset = _file(SOP_CLASSES[modality], _uid(patient, study, series, k), ExplicitVRLittleEndian)
            self._identify(dataset, modality, patient, study, series)
            dataset.InstanceNumber = k + 1
            dataset.ImagePositionPatient = [float(o + k * s) for o, s in zip(origin, step, strict=True)]
            dataset.ImageOrientationPatient = list(orientation)
            dataset.PixelSpacing = list(spacing)
            dataset.SliceThickness = 2.0
            if slope is not None:
                dataset.RescaleSlope = slope
            if intercept is not None:
                dataset.RescaleIntercept = intercept
            _pixels(dataset, plane)
            for keyword, value in (attributes or {}).items():
                setattr(dataset, keyword, value)
            if change is not None:
                change(k, dataset)
            if syntax != ExplicitVRLittleEndian:
                dataset.compress(syntax, generate_instance_uid=False)
            path = folder / f"{series}-{names[k]:03d}.dcm"
            dataset.save_as(path, enforce_file_format=True)
            paths.append(path)
        return paths

    def _identify(self, dataset: FileDataset, modality: str, patient: str, study: str, series: str) -> None:
        dataset.PatientID, dataset.PatientName = patient, f"Name^{patient}"
        dataset.StudyInstanceUID, dataset.StudyDate, dataset.StudyTime = _uid(patient, study), "20240102", "101500"
        dataset.StudyDescription = "Thorax"
        dataset.SeriesInstanceUID = _uid(patient, study, series, modality)
        dataset.SeriesNumber, dataset.SeriesDescription = int(series), f"series {series}"
        dataset.FrameOfReferenceUID = _uid(patient, study, "frame")
        dataset.Modality = modality

    def write_multiframe(
        self, stored: np.ndarray, *, modality: str, sop_class: str, header: Dataset, name: str = "multi.dcm"
    ) -> Path:
        """Write one multi-frame file of given attributes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        dataset = _file(sop_class, _uid("multi", name), ExplicitVRLittleEndian)
        self._identify(dataset, modality, "P1", "S1", "9")
        dataset.NumberOfFrames = len(stored)
        _pixels(dataset, stored)
        dataset.update(header)
        dataset.save_as(self.folder / name, enforce_file_format=True)
        return self.folder / name


@pytest.fixture
def a_writer(tmp_path: Path) -> SeriesWriter:
    return SeriesWriter(tmp_path / "a study é")


@pytest.fixture
def a_ct_array() -> np.ndarray:
    """Stored values of five slices of 6x7 pixels, all different."""
    return (np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7) * 7 + 100).astype(np.int16)


@pytest.fixture
def a_ct(tmp_path: Path) -> Volume:
    """A CT of 6 slices of 20x24 pixels, 3 mm apart, written as DICOM, with its DicomSource."""
    ijk_to_ras = np.array([[-1.5, 0, 0, 12.5], [0, -1.25, 0, 30.25], [0, 0, 3, -101.5], [0, 0, 0, 1]])
    array = np.random.default_rng(7).integers(-1000, 1000, (6, 20, 24)).astype(np.int16)
    who = {"PatientName": "Muster^Erika", "PatientID": "PAT-4711", "StudyDate": "20200131", "StudyTime": "101112"}
    return write_dicom_series(Volume(array, ijk_to_ras, "CT", "HU"), tmp_path / "ct", attributes=who)


@pytest.fixture(scope="session")
def dciodvfy_errors() -> Callable[[Path], list[str]]:
    """What the validator of dicom3tools calls an error in a file; skips where it is not installed."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")

    def check(path: Path) -> list[str]:
        done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
        return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]

    return check
