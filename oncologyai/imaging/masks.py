"""Masks from whatever file holds them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.errors import InvalidDicomError

from oncologyai.errors import (
    AmbiguousStudyError,
    EmptyStudyError,
    GeometryMismatchError,
    InputError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.imaging.dicom_seg import read_dicom_seg
from oncologyai.imaging.files import is_volume_file, read_volume_file
from oncologyai.imaging.rtstruct import masks_from_structures, read_rtstruct
from oncologyai.imaging.seg_nrrd import is_seg_nrrd, read_seg_nrrd
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["read_masks"]

_RTSTRUCT_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_SEG_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_MOST_LABELS = 1000
_ALIGNED = 0.01  # of a voxel: grids closer than this have the same voxels


def read_masks(
    path: str | os.PathLike[str],
    *,
    grid: Volume | Mask | None = None,
    names: Collection[str] | None = None,
    progress: Progress | None = None,
) -> tuple[Mask, ...]:
    """Read masks; what the file is follows from its content.

    Parameters
    ----------
    path : path-like
        An RT Structure Set or DICOM Segmentation (a file, or a folder that holds exactly one of either), a
        .seg.nrrd of Slicer, or a label map in .nrrd, .nii, .nii.gz, .mha or .mhd, where each value but 0 is a mask
        ``label 1``, ``label 2``, ...
    grid : Volume or Mask, optional
        The image that the masks belong to; an RT Structure Set needs it. A file that stores a part of the image
        is put in its place.
    names : collection of str, optional
        The masks wanted, in this order; all if None.
    progress : Progress, optional
        Told of each structure of an RT Structure Set.

    Returns
    -------
    tuple of Mask
        On ``grid`` where one is given. A segment without voxels is an empty mask.

    Raises
    ------
    MissingFileError
        If there is nothing at ``path``.
    EmptyStudyError, AmbiguousStudyError
        If a folder holds no RT Structure Set or Segmentation, or several.
    UnreadableFileError
        If it is none of these files, or damaged.
    InputError
        If a name is not there, or an RT Structure Set is read without a grid.
    GeometryMismatchError
        If the masks are on another grid than ``grid``.
    EmptyMaskError
        If a wanted structure has no closed contour.
    """
    path = Path(path)
    if not path.exists():
        raise MissingFileError(str(path), expected="a file or folder of masks", got="nothing there")
    progress = progress or Silent()
    if path.is_dir():
        path = _only_dicom_mask(path, progress)
    sop_class = _sop_class(path)
    if sop_class == _RTSTRUCT_CLASS:
        if grid is None:
            raise InputError(
                "grid", expected="the image that the structures were drawn on", got="none",
                remedy="give the image's DICOM folder too",
            )  # fmt: skip
        return masks_from_structures(read_rtstruct(path), grid, names, progress=progress)[0]
    if sop_class in _SEG_CLASSES:
        return read_dicom_seg(path, grid=grid, names=names)
    if sop_class:
        raise UnreadableFileError(
            str(path), expected="an RT Structure Set or a DICOM Segmentation", got="another DICOM object"
        )
    masks = read_seg_nrrd(path, names=names) if is_seg_nrrd(path) else _label_map(path, names)
    return masks if grid is None else tuple(_placed(mask, grid) for mask in masks)


def _only_dicom_mask(folder: Path, progress: Progress) -> Path:
    found = list(_dicom_masks(folder, progress))
    if not found:
        raise EmptyStudyError(str(folder), expected="an RT Structure Set or a DICOM Segmentation", got="none")
    if len(found) > 1:
        listed = ", ".join(p.name for p in found[:5]) + (", ..." if len(found) > 5 else "")
        raise AmbiguousStudyError(
            str(folder), expected="one RT Structure Set or DICOM Segmentation", got=f"{len(found)} ({listed})",
            remedy="give the file",
        )  # fmt: skip
    return found[0]


def _dicom_masks(folder: Path, progress: Progress) -> Iterator[Path]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        check_cancelled(progress)
        if _sop_class(path) in (_RTSTRUCT_CLASS, *_SEG_CLASSES):
            yield path


def _sop_class(path: Path) -> str:
    """Give the SOP class of a DICOM file, an empty text for any other file."""
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    except (InvalidDicomError, EOFError):
        return ""
    except OSError as error:
        raise UnreadableFileError(str(path), expected="a readable file", got=error.strerror or str(error)) from error
    return str(header.get("SOPClassUID", "") or "unknown")


def _label_map(path: Path, names: Collection[str] | None) -> tuple[Mask, ...]:
    if not is_volume_file(path):
        expected = "an RT Structure Set, a DICOM Segmentation, .seg.nrrd, or a label map in .nrrd, .nii or .mha"
        raise UnreadableFileError(str(path), expected=expected, got="another file")
    volume = read_volume_file(path)
    values = np.unique(volume.array)
    if len(values) > _MOST_LABELS or not np.array_equal(values, np.round(values)):
        raise UnreadableFileError(
            str(path), expected="a label map of whole numbers", got=f"an image with {len(values)} values"
        )
    there = {f"label {int(value)}": value for value in values if value != 0}
    for name in names or ():
        if name not in there:
            raise InputError("names", expected="one of " + ", ".join(there), got=repr(name))
    wanted = there if names is None else {name: there[name] for name in names}
    return tuple(Mask.on(volume, volume.array == value, name) for name, value in wanted.items())


def _placed(mask: Mask, grid: Volume | Mask) -> Mask:
    """Put a mask on a grid of the same voxels that may be larger, smaller or count an axis backwards."""
    if mask.same_grid(grid):
        return mask
    to_grid = np.linalg.inv(grid.ijk_to_ras) @ mask.ijk_to_ras
    signs = np.sign(np.round(np.diag(to_grid)[:3]))
    size = np.array(mask.shape[::-1])
    first = to_grid[:3, 3] + np.where(signs < 0, signs * (size - 1), 0)
    low = np.round(first).astype(int)
    drift = np.abs(to_grid[:3, :3] - np.diag(signs)) @ size
    if max(drift.max(), np.abs(first - low).max()) > _ALIGNED or not signs.all():
        mask.require_same_grid(grid, mask.label)
    own = mask.array[tuple(slice(None, None, int(s)) for s in signs[::-1])]
    start = np.maximum(low, 0)
    stop = np.minimum(low + size, np.array(grid.shape[::-1]))
    array = np.zeros(grid.shape, dtype=np.bool_)
    if (stop > start).all():
        there = tuple(slice(a, b) for a, b in zip(start[::-1], stop[::-1], strict=True))
        here = tuple(slice(a, b) for a, b in zip((start - low)[::-1], (stop - low)[::-1], strict=True))
        array[there] = own[here]
    if np.count_nonzero(array) != np.count_nonzero(mask.array):
        raise GeometryMismatchError(mask.label, expected="a mask inside the image", got="one that reaches out of it")
    return Mask.on(grid, array, mask.label, code=mask.code, kind=mask.kind)
