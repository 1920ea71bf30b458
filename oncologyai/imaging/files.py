"""Volumes in NRRD, NIfTI and MHA files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import numpy as np
import SimpleITK as sitk

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, OutputError, UnreadableFileError
from oncologyai.types import Unit, Volume

__all__ = ["image_from_volume", "is_volume_file", "read_volume_file", "volume_suffix", "write_volume"]

_SUFFIXES = (".nrrd", ".nhdr", ".nii.gz", ".nii", ".mha", ".mhd")
_WRITTEN = (".nrrd", ".nii.gz", ".nii", ".mha")
_MODALITY_KEY = "OncologyAI.modality"
_UNIT_KEY = "OncologyAI.unit"
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0])
# The unit that a modality's plain file holds where it does not say: CT is always written in HU.
_PLAIN_UNITS: dict[str, Unit] = {"CT": "HU"}


def volume_suffix(path: str | os.PathLike[str]) -> str:
    """Give the file format's suffix in lower case, or an empty text where it is not one of a volume."""
    name = Path(path).name.lower()
    return next((s for s in _SUFFIXES if name.endswith(s)), "")


def is_volume_file(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file's name is one of a volume: .nrrd, .nhdr, .nii, .nii.gz, .mha, .mhd."""
    return bool(volume_suffix(path))


def read_volume_file(path: str | os.PathLike[str], *, modality: str | None = None, unit: Unit | None = None) -> Volume:
    """Read a scalar 3D image.

    Parameters
    ----------
    path : path
        .nrrd, .nhdr, .nii, .nii.gz, .mha or .mhd.
    modality : str, optional
        DICOM modality, where the file does not say (key ``OncologyAI.modality``) or says OT; OT where nobody does.
    unit : str, optional
        Unit, where the file does not say (key ``OncologyAI.unit``) or says arbitrary; HU for CT, else arbitrary
        where nobody does.

    Returns
    -------
    Volume
        Array (k, j, i) of the stored type (float64 becomes float32), directions as in the file, also oblique
        ones. A left-handed grid is turned over along k, so that ``ijk_to_ras`` is right-handed; every voxel keeps
        its place.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it cannot be read, or is not one scalar 3D image.
    """
    if not Path(path).is_file():
        raise MissingFileError(str(path), expected="a file", got="nothing there", remedy="check the path")
    image = _read_image(path)
    array = sitk.GetArrayFromImage(image)
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = _LPS_TO_RAS @ direction @ np.diag(image.GetSpacing())
    ijk_to_ras[:3, 3] = _LPS_TO_RAS @ np.array(image.GetOrigin())
    if np.linalg.det(ijk_to_ras[:3, :3]) < 0:
        array, ijk_to_ras = _turn_over(array, ijk_to_ras)
    keys = {k: image.GetMetaData(k) for k in image.GetMetaDataKeys()}
    said = keys.get(_MODALITY_KEY, "OT")
    said = (modality or "OT") if said in ("", "OT") else said
    return Volume(
        array, ijk_to_ras, said, _unit(keys.get(_UNIT_KEY, ""), unit, said),
        meta={"description": Path(path).name.removesuffix(volume_suffix(path)), "warnings": (), "path": str(path)},
    )  # fmt: skip


def write_volume(volume: Volume, path: str | os.PathLike[str], *, compress: bool = True) -> None:
    """Write a volume; the suffix chooses the format.

    Parameters
    ----------
    volume : Volume
        Modality and unit go into the key-values ``OncologyAI.modality`` and ``OncologyAI.unit`` of .nrrd and .mha;
        NIfTI cannot hold them. bool is written as 8-bit.
    path : path
        .nrrd, .nii.gz, .nii or .mha; made whole or not at all.
    compress : bool
        Whether .nrrd and .mha are compressed; without, writing is several times faster.

    Raises
    ------
    InputError
        If the suffix is another.
    OutputError
        If the place cannot be written.
    """
    suffix = volume_suffix(path)
    if suffix not in _WRITTEN:
        raise InputError(
            "path", expected=f"a name ending in {', '.join(_WRITTEN)}", got=Path(path).name, remedy="change the ending"
        )
    image = image_from_volume(volume)
    if suffix in (".nrrd", ".mha"):
        image.SetMetaData(_MODALITY_KEY, volume.modality)
        image.SetMetaData(_UNIT_KEY, volume.unit)
    with atomic_file(path) as draft:
        try:
            sitk.WriteImage(image, str(draft), useCompression=suffix == ".nii.gz" or (compress and suffix != ".nii"))
        except RuntimeError as error:
            raise OutputError(str(path), expected="a place that can be written", got=_reason(error)) from error


def image_from_volume(volume: Volume) -> sitk.Image:
    """Give the volume as a SimpleITK image (LPS); a grid that is not orthogonal is refused.

    Raises
    ------
    InputError
        If the axes of ``ijk_to_ras`` are not at right angles.
    """
    array = volume.array.astype(np.uint8) if volume.array.dtype == np.bool_ else volume.array
    axes = _LPS_TO_RAS @ volume.ijk_to_ras[:3, :3]
    direction = axes / np.array(volume.spacing_mm)
    if not np.allclose(direction.T @ direction, np.eye(3), atol=1e-4):
        raise InputError("ijk_to_ras", expected="axes at right angles", got="a sheared grid", remedy="resample it")
    image = sitk.GetImageFromArray(np.ascontiguousarray(array))
    image.SetSpacing(volume.spacing_mm)
    image.SetDirection(direction.ravel().tolist())
    image.SetOrigin((_LPS_TO_RAS @ volume.ijk_to_ras[:3, 3]).tolist())
    return image


def _read_image(path: str | os.PathLike[str]) -> sitk.Image:
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise UnreadableFileError(
            str(path), expected="an image file", got=f"one that cannot be read ({_reason(error)})",
            remedy="replace the file",
        ) from error  # fmt: skip
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        size = "x".join(str(n) for n in image.GetSize())
        raise UnreadableFileError(
            str(path), expected="one scalar 3D image",
            got=f"a {image.GetDimension()}D image of {size} with {image.GetNumberOfComponentsPerPixel()} components",
            remedy="extract one 3D image first",
        )  # fmt: skip
    return image


def _turn_over(array: np.ndarray, ijk_to_ras: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    flip = np.diag([1.0, 1.0, -1.0, 1.0])
    flip[2, 3] = array.shape[0] - 1
    return np.ascontiguousarray(array[::-1]), ijk_to_ras @ flip


def _unit(said: str, given: Unit | None, modality: str) -> Unit:
    stated: Unit = next((u for u in get_args(Unit) if u == said), "arbitrary")
    if stated != "arbitrary":
        return stated
    return given or _PLAIN_UNITS.get(modality, "arbitrary")


def _reason(error: RuntimeError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
