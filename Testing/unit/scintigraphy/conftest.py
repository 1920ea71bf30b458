"""A body drawn by hand, as both cameras see it, and files of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import Dataset
from scipy import ndimage

from oncologyai.imaging import planar_ijk_to_ras, write_nm_whole_body
from oncologyai.types import Volume

SIZE = (512, 128)
PIXEL_MM = (4.8, 4.8)
HOT_RAS_X = -150.0  # a hot spot in the patient's left arm, RAS x in mm
HOT_ROW = 190
_OF_THE_CAMERA = (
    "DetectorInformationSequence", "EnergyWindowInformationSequence", "DetectorVector", "EnergyWindowVector",
    "NumberOfFrames", "FrameIncrementPointer", "PixelSpacing",
)  # fmt: skip


def _ellipse(size: tuple[int, int], row: float, column: float, half: tuple[float, float]) -> np.ndarray:
    j, i = np.mgrid[: size[0], : size[1]]
    return ((j - row) / half[0]) ** 2 + ((i - column) / half[1]) ** 2 <= 1.0


def draw_body(view: str, *, seed: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Counts (j, i) of an upright body of 1.7 m; the injection site is in the left arm."""
    picture = np.zeros(SIZE)
    for row, column, half, uptake in (
        (70, 64, (24, 17), 20), (165, 64, (75, 34), 20), (250, 64, (35, 34), 20),
        (180, 22, (90, 9), 12), (180, 106, (90, 9), 12), (345, 48, (95, 13), 14), (345, 80, (95, 13), 14),
    ):  # fmt: skip
        picture = np.maximum(picture, uptake * _ellipse(SIZE, row, column, half))
    front = view == "anterior"
    spine = np.zeros(SIZE)
    spine[95:235, 61:68] = 6.0 if front else 40.0
    picture += spine * (picture > 0)
    picture[_ellipse(SIZE, 84, 64, (9, 9))] += 45.0 if front else 0.0
    picture[_ellipse(SIZE, 258, 64, (7, 8))] += 90.0 if front else 25.0
    hot_column = 63.5 + (-HOT_RAS_X if front else HOT_RAS_X) / PIXEL_MM[1]
    picture[_ellipse(SIZE, HOT_ROW, hot_column, (6, 4))] += 120.0
    grown = ndimage.zoom(ndimage.gaussian_filter(picture, 1.0), size[0] / SIZE[0], order=1)
    beside = (size[1] - grown.shape[1]) // 2
    grown = np.pad(grown, ((0, 0), (beside, beside)))
    return np.random.default_rng([seed, int(front)]).poisson(np.maximum(grown, 0.2)).astype(np.float32)


def as_view(counts: np.ndarray, view: str, spacing: tuple[float, float] = PIXEL_MM) -> Volume:
    return Volume(counts[None], planar_ijk_to_ras(view, counts.shape, spacing), "NM", "counts", {"view": view})  # type: ignore[arg-type]


class ScanWriter:
    """Writes studies of the drawn body."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def nm(
        self,
        name: str = "scan.dcm",
        views: tuple[str, ...] = ("anterior", "posterior"),
        *,
        size: tuple[int, int] = SIZE,
        change: Callable[[Dataset], None] | None = None,
        **attributes: Any,
    ) -> Path:
        """Write a DICOM NM file of the views in their order; ``change`` edits it afterwards."""
        spacing = (PIXEL_MM[0] * SIZE[0] / size[0],) * 2
        volumes = [as_view(draw_body(view, size=size), view, spacing) for view in views]
        who = {"PatientID": "P1", "StudyInstanceUID": "1.2.3", "StudyDate": "20240102", "SeriesDescription": "WB bone"}
        path = self.folder / name
        write_nm_whole_body(volumes, path, attributes={**who, **attributes})
        if change is not None:
            dataset = pydicom.dcmread(path)
            change(dataset)
            dataset.save_as(path)
        return path

    def capture(
        self, pixels: np.ndarray, name: str = "capture.dcm", change: Callable[[Dataset], None] | None = None
    ) -> Path:
        """Write a secondary capture of 8 bits, grey (j, i) or RGB (j, i, 3)."""

        def to_capture(dataset: Dataset) -> None:
            for keyword in _OF_THE_CAMERA:
                delattr(dataset, keyword)
            dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
            dataset.ImageType = ["DERIVED", "SECONDARY"]
            dataset.ConversionType = "WSD"
            dataset.BitsAllocated = dataset.BitsStored = 8
            dataset.HighBit = 7
            dataset.Rows, dataset.Columns = pixels.shape[:2]
            if pixels.ndim == 3:
                dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
            dataset.PixelData = pixels.astype(np.uint8).tobytes()
            if change is not None:
                change(dataset)

        return self.nm(name, ("anterior",), change=to_capture)


def to_8bit(counts: np.ndarray) -> np.ndarray:
    return np.clip(counts * (255.0 / 120.0), 0, 255).astype(np.uint8)


@pytest.fixture
def a_writer(tmp_path: Path) -> ScanWriter:
    return ScanWriter(tmp_path)
