"""Series that can be laid over an image."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.imaging import find_companions, find_studies, modalities_of, read_volume, write_dicom_series
from oncologyai.types import Volume

ATTRIBUTES = {"PatientID": "P", "StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.3.9"}


def write(folder: Path, modality: str, **attributes: str) -> None:
    volume = Volume(np.zeros((3, 4, 5), np.int16), np.diag([-2.0, -2.0, 3.0, 1.0]), "CT", "HU")
    write_dicom_series(volume, folder, attributes=ATTRIBUTES | attributes | {"SeriesDescription": folder.name})
    change(folder, Modality=modality)


def change(folder: Path, **attributes: str) -> None:
    for path in folder.iterdir():
        header = pydicom.dcmread(path)
        for name, value in attributes.items():
            setattr(header, name, value)
        header.save_as(path)


@pytest.fixture
def a_folder(tmp_path: Path) -> Path:
    write(tmp_path / "ct", "CT")
    write(tmp_path / "mr", "MR")
    write(tmp_path / "other frame", "MR", FrameOfReferenceUID="1.2.3.8")
    write(tmp_path / "other study", "MR", StudyInstanceUID="1.2.4")
    return tmp_path


def test_only_series_of_the_same_study_and_frame_are_companions(a_folder: Path) -> None:
    studies = find_studies(a_folder)
    ct = read_volume(a_folder / "ct")
    (found,) = find_companions(studies, ct, "MR")
    assert Path(found.files[0]).parent.name == "mr"
    assert find_companions(studies, ct, "CT") == (), "the image itself is none"
    assert find_companions(studies, ct, "PT") == ()


def test_without_a_frame_of_reference_nothing_is_a_companion(a_folder: Path) -> None:
    studies = find_studies(a_folder)
    ct = read_volume(a_folder / "ct")
    assert find_companions(studies, replace(ct, dicom=None), "MR") == ()
    change(a_folder / "ct", FrameOfReferenceUID="")
    assert find_companions(studies, read_volume(a_folder / "ct"), "MR") == ()


def test_modalities_of_a_folder(a_folder: Path) -> None:
    assert modalities_of(find_studies(a_folder)) == {"CT", "MR"}
