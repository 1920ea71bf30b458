"""Small images with a ball in them, as DICOM and as plain files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oncologyai.imaging import write_dicom_series
from oncologyai.types import Mask, Volume

WHO = {"PatientName": "Muster^Jürgen", "PatientID": "PAT 4711", "StudyDate": "20200131", "StudyTime": "101112"}
AFFINE = np.array([[-2.0, 0, 0, 20], [0, -2.0, 0, 20], [0, 0, 2.0, -20], [0, 0, 0, 1]])


@pytest.fixture
def a_volume() -> Volume:
    """20 x 20 x 20 voxels of 2 mm; a ball of 40 HU and 12 mm radius in -850 HU about (1, 1, -1)."""
    volume = Volume(np.full((20, 20, 20), -850, np.int16), AFFINE, "CT", "HU")
    return volume.with_array(np.where(_ball(volume), 40, -850).astype(np.int16))


@pytest.fixture
def a_ball(a_volume: Volume) -> Mask:
    return Mask.on(a_volume, _ball(a_volume), "GTV-1")


def _ball(volume: Volume) -> np.ndarray:
    k, j, i = np.meshgrid(*[np.arange(n) for n in volume.shape], indexing="ij")
    ras = volume.ras_from_ijk(np.stack([i, j, k], axis=-1))
    inside: np.ndarray = np.linalg.norm(ras - (1, 1, -1), axis=-1) <= 12
    return inside


@pytest.fixture
def a_series(a_volume: Volume) -> Callable[..., Volume]:
    """A function that writes the volume as a DICOM series of given attributes."""

    def write(folder: Path, **attributes: str) -> Volume:
        return write_dicom_series(a_volume, folder, attributes=WHO | attributes)

    return write
