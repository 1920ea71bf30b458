"""The currency of the library: what crosses from one package to another.

Arrays are indexed (k, j, i); points and directions are RAS in mm; ``ijk_to_ras`` maps (i, j, k, 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np

from oncologyai.errors import GeometryMismatchError, InputError

__all__ = [
    "Code",
    "DicomSource",
    "Line",
    "Mask",
    "MaskKind",
    "Point",
    "Series",
    "Study",
    "Table",
    "Terminology",
    "Unit",
    "Volume",
]

Unit = Literal["HU", "SUVbw", "SUVlbm", "SUVbsa", "BQML", "Gy", "counts", "probability", "arbitrary"]
MaskKind = Literal["lesion", "organ", "region"]

_GRID_TOLERANCE_MM = 1e-3


@dataclass(frozen=True)
class Code:
    """A coded concept: value, coding scheme designator (SCT, DCM, UCUM), meaning (PS3.3, 8.8)."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class Terminology:
    """What a segment is: category, type and, where needed, modifier, and the colour it is drawn in.

    ``rgb`` are three numbers in 0-255.
    """

    category: Code
    type: Code
    modifier: Code | None = None
    rgb: tuple[int, int, int] = (230, 90, 60)


@dataclass(frozen=True)
class DicomSource:
    """The DICOM series that an image came from: what derived objects must refer to.

    ``files[k]`` and ``sop_uids[k]`` belong to slice k of the array (a multi-frame file repeats its own);
    ``frames[k]`` is the 1-based frame number, 0 in single-frame files. ``attributes`` holds patient and study
    attributes by DICOM keyword, as text.
    """

    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    sop_class_uid: str
    sop_uids: tuple[str, ...]
    files: tuple[str, ...]
    frames: tuple[int, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


class _Grid:
    """What volumes and masks share: an array on a grid."""

    array: np.ndarray
    ijk_to_ras: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of voxels (k, j, i)."""
        k, j, i = self.array.shape
        return k, j, i

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Voxel edge lengths along (i, j, k)."""
        a, b, c = (float(v) for v in np.linalg.norm(self.ijk_to_ras[:3, :3], axis=0))
        return a, b, c

    @property
    def sampling_mm(self) -> tuple[float, float, float]:
        """Voxel edge lengths along (k, j, i), the array's own axis order."""
        i, j, k = self.spacing_mm
        return k, j, i

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel."""
        return float(abs(np.linalg.det(self.ijk_to_ras[:3, :3]))) / 1000.0

    def ras_from_ijk(self, ijk: np.ndarray | Sequence[float]) -> np.ndarray:
        """Map voxel coordinates (..., 3), order (i, j, k), to RAS mm."""
        return np.asarray(ijk, dtype=np.float64) @ self.ijk_to_ras[:3, :3].T + self.ijk_to_ras[:3, 3]

    def ijk_from_ras(self, ras: np.ndarray | Sequence[float]) -> np.ndarray:
        """Map RAS mm (..., 3) to fractional voxel coordinates, order (i, j, k)."""
        inverse = np.linalg.inv(self.ijk_to_ras)
        return np.asarray(ras, dtype=np.float64) @ inverse[:3, :3].T + inverse[:3, 3]

    def contains_ras(self, ras: np.ndarray | Sequence[float]) -> np.ndarray:
        """Tell for each point (..., 3) whether it lies in a voxel of the grid."""
        ijk = self.ijk_from_ras(ras)
        return np.all((ijk >= -0.5) & (ijk < np.array(self.shape[::-1]) - 0.5), axis=-1)

    def same_grid(self, other: _Grid) -> bool:
        """Tell whether both have the same size and, to 1 micrometre at the corners, the same place."""
        if self.array.shape != other.array.shape:
            return False
        k, j, i = self.array.shape
        corners = np.array([[a, b, c] for a in (0, i) for b in (0, j) for c in (0, k)], dtype=np.float64)
        gap = self.ras_from_ijk(corners) - other.ras_from_ijk(corners)
        return bool(np.abs(gap).max() <= _GRID_TOLERANCE_MM)

    def require_same_grid(self, other: _Grid, argument: str) -> None:
        """Raise GeometryMismatchError, naming ``argument``, unless ``other`` is on this grid."""
        if not self.same_grid(other):
            raise GeometryMismatchError(
                argument,
                expected=f"the image's grid {self._describe_grid()}",
                got=other._describe_grid(),
                remedy="resample it onto the image first",
            )

    def _describe_grid(self) -> str:
        size = "x".join(str(n) for n in self.array.shape[::-1])
        spacing = "x".join(f"{s:.3f}" for s in self.spacing_mm)
        origin = ", ".join(f"{v:.1f}" for v in self.ijk_to_ras[:3, 3])
        return f"{size} of {spacing} mm at ({origin})"


def _check_grid(array: np.ndarray, ijk_to_ras: np.ndarray) -> None:
    if not isinstance(array, np.ndarray) or array.ndim != 3 or 0 in array.shape:
        shape = getattr(array, "shape", type(array).__name__)
        raise InputError("array", expected="a non-empty array of axes (k, j, i)", got=str(shape))
    if ijk_to_ras.shape != (4, 4) or not np.isfinite(ijk_to_ras).all():
        raise InputError("ijk_to_ras", expected="a finite 4x4 matrix", got=str(ijk_to_ras.shape))
    if math.isclose(float(np.linalg.det(ijk_to_ras[:3, :3])), 0.0, abs_tol=1e-12):
        raise InputError("ijk_to_ras", expected="an invertible matrix", got="one of determinant 0")


@dataclass(frozen=True, eq=False)
class Volume(_Grid):
    """A scalar image.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        float32 or the stored integer type.
    ijk_to_ras : ndarray, shape (4, 4), float64
        Voxel (i, j, k, 1), voxel centres, to RAS mm.
    modality : str
        DICOM modality: CT, PT, MR, NM, ...; OT where unknown.
    unit : str
        One of ``Unit``.
    meta : mapping
        Free details by name (``description``, ``suv`` audit trail, ``warnings`` as a tuple of str).
    dicom : DicomSource, optional
        Where it came from, when it came from DICOM.
    """

    array: np.ndarray
    ijk_to_ras: np.ndarray
    modality: str = "OT"
    unit: Unit = "arbitrary"
    meta: Mapping[str, Any] = field(default_factory=dict)
    dicom: DicomSource | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "ijk_to_ras", np.asarray(self.ijk_to_ras, dtype=np.float64))
        _check_grid(self.array, self.ijk_to_ras)
        if self.unit not in get_args(Unit):
            raise InputError("unit", expected=" or ".join(get_args(Unit)), got=self.unit)

    def with_array(self, array: np.ndarray, *, unit: Unit | None = None) -> Volume:
        """Give the same grid with other values."""
        if array.shape != self.array.shape:
            raise InputError("array", expected=f"shape {self.array.shape}", got=str(array.shape))
        return replace(self, array=array, unit=unit or self.unit)


@dataclass(frozen=True, eq=False)
class Mask(_Grid):
    """A set of voxels on a grid: ``array`` is bool (k, j, i); ``label`` is what the user calls it."""

    array: np.ndarray
    ijk_to_ras: np.ndarray
    label: str = "GTV-1"
    code: Terminology | None = None
    kind: MaskKind = "lesion"

    def __post_init__(self) -> None:
        object.__setattr__(self, "ijk_to_ras", np.asarray(self.ijk_to_ras, dtype=np.float64))
        _check_grid(self.array, self.ijk_to_ras)
        if self.array.dtype != np.bool_:
            raise InputError("array", expected="an array of bool", got=str(self.array.dtype))

    @classmethod
    def on(cls, grid: Volume | Mask, array: np.ndarray, label: str = "GTV-1", **rest: Any) -> Mask:
        """Make a mask on the grid of another image."""
        if array.shape != grid.array.shape:
            raise InputError("array", expected=f"shape {grid.array.shape}", got=str(array.shape))
        return cls(array, grid.ijk_to_ras, label, **rest)

    @property
    def volume_ml(self) -> float:
        """Voxels times voxel volume; 0 for an empty mask."""
        return int(np.count_nonzero(self.array)) * self.voxel_ml

    @property
    def is_empty(self) -> bool:
        """Whether no voxel is set."""
        return not bool(self.array.any())


@dataclass(frozen=True)
class Series:
    """One DICOM series: identity, files in no particular order, acquisition parameters by DICOM keyword."""

    uid: str
    modality: str
    description: str
    files: tuple[str, ...]
    patient_id: str = ""
    study_uid: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Study:
    """One DICOM study: identity, its series, and what was odd while reading."""

    patient_id: str
    uid: str
    description: str
    date: str
    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()

    def of_modality(self, modality: str) -> tuple[Series, ...]:
        """Give the series of one modality, the one with most files first."""
        return tuple(sorted((s for s in self.series if s.modality == modality), key=lambda s: -len(s.files)))


@dataclass(frozen=True)
class Table:
    """Rows under named columns; a cell is text, a number, or None where there is no value."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise InputError(self.name, expected=f"rows of {len(self.columns)} cells", got=f"one of {len(row)}")


@dataclass(frozen=True)
class Line:
    """A named straight line between two RAS points in mm, such as a RECIST diameter."""

    name: str
    start_ras: tuple[float, float, float]
    end_ras: tuple[float, float, float]

    @property
    def length_mm(self) -> float:
        """Distance of the two ends."""
        return math.dist(self.start_ras, self.end_ras)


@dataclass(frozen=True)
class Point:
    """A named RAS point in mm."""

    name: str
    ras: tuple[float, float, float]
