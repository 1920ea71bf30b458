"""Windowed-sinc resampling: the nearest that a finite kernel comes to a band-limited image.

The kernel is Lanczos' with five lobes, SimpleITK's ``sitkLanczosWindowedSinc``. Where the two grids' axes are parallel,
as they are but for turns of less than a right angle, it is applied axis by axis with weights that add up to 1;
elsewhere SimpleITK applies it, whose weights add up to 1 within 0.4 %, and which sums 1,000 voxels for each new one.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from oncologyai.errors import InputError
from oncologyai.imaging.files import image_from_volume
from oncologyai.types import Volume

__all__ = ["resample_sinc"]

_LOBES = 5  # of SimpleITK's windowed sinc
_DRIFT = 0.01  # voxels that parallel axes may part over the whole grid


def resample_sinc(
    volume: Volume, ijk_to_ras: np.ndarray, shape: tuple[int, int, int], *, fill: float = 0.0
) -> np.ndarray:
    """Sample an image on another grid of the same physical frame by a windowed sinc.

    Parameters
    ----------
    volume : Volume
        The image; beyond its border the outermost voxels are repeated.
    ijk_to_ras : ndarray, shape (4, 4)
        The other grid, right-angled.
    shape : tuple of int
        Its size (k, j, i).
    fill : float
        Value where the centre of a new voxel lies in no voxel of the image.

    Returns
    -------
    ndarray, shape (k, j, i), float32
        On the image's own grid the image itself. Values may leave the image's range at sharp edges, as a sinc does.
        Along axes where the other grid is coarser, frequencies that it cannot hold are taken off.

    Raises
    ------
    InputError
        If a grid's axes are not at right angles, or a size is below 1.

    References
    ----------
    .. [1] Duchon CE. Lanczos filtering in one and two dimensions. J Appl Meteorol 1979;18:1016.
    .. [2] Co-ReTr, section 2.2.4: 'Windowed Sinc Interpolation' of SimpleITK.
    """
    if min(shape) < 1:
        raise InputError("shape", expected="sizes of 1 and more", got=str(tuple(shape)))
    from_target = np.linalg.inv(volume.ijk_to_ras) @ ijk_to_ras
    turn, offset = from_target[:3, :3][::-1, ::-1], from_target[:3, 3][::-1]
    axes = _parallel(turn, shape)
    if axes is None:
        return _by_simpleitk(volume, ijk_to_ras, shape, np.linalg.norm(turn, axis=1), fill)
    out = volume.array.astype(np.float32)
    outside = np.zeros(shape, dtype=bool)
    for axis, other in enumerate(axes):
        step, size = float(turn[axis, other]), volume.shape[axis]
        places = offset[axis] + step * np.arange(shape[other])
        out = _along(out, axis, places, step)
        beyond = (places < -0.5) | (places >= size - 0.5)
        outside |= beyond.reshape([-1 if n == other else 1 for n in range(3)])
    out = np.ascontiguousarray(out.transpose(np.argsort(axes)))
    out[outside] = fill
    return out


def _parallel(turn: np.ndarray, shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """Give, for each axis of the image, the parallel one of the other grid, or None where axes are oblique."""
    a, b, c = (int(axis) for axis in np.abs(turn).argmax(axis=1))
    rest = np.abs(turn) * np.array(shape)
    rest[range(3), (a, b, c)] = 0
    return (a, b, c) if len({a, b, c}) == 3 and rest.sum(axis=1).max() < _DRIFT else None


def _along(source: np.ndarray, axis: int, places: np.ndarray, step: float) -> np.ndarray:
    """Sample one axis at ``places``, ``step`` voxels apart; the new axis stands where the old one stood."""
    size = source.shape[axis]
    near = np.rint(places)
    if abs(step) < 1 + 1e-6 and np.abs(places - near).max() < 1e-6:
        return np.take(source, np.clip(near.astype(np.intp), 0, size - 1), axis=axis)
    stretch = max(1.0, abs(step))
    reach = int(np.ceil(_LOBES * stretch))
    taps = np.floor(places).astype(np.intp)[:, None] + np.arange(1 - reach, reach + 1)
    weights = np.zeros((len(places), size))
    np.add.at(
        weights,
        (np.arange(len(places))[:, None], np.clip(taps, 0, size - 1)),
        _kernel((places[:, None] - taps) / stretch),
    )
    weights /= weights.sum(axis=1, keepdims=True)
    found = np.tensordot(weights.astype(np.float32), source, axes=(1, axis))
    return np.moveaxis(found, 0, axis)


def _kernel(distance: np.ndarray) -> np.ndarray:
    return np.where(np.abs(distance) < _LOBES, np.sinc(distance) * np.sinc(distance / _LOBES), 0.0)


def _by_simpleitk(
    volume: Volume, ijk_to_ras: np.ndarray, shape: tuple[int, int, int], steps: np.ndarray, fill: float
) -> np.ndarray:
    source = volume.array.astype(np.float32) - np.float32(fill)  # so that a flat background stays flat
    for axis, step in enumerate(steps):
        if step > 1 + 1e-6:
            reach = int(np.ceil(_LOBES * step))
            low_pass = _kernel(np.arange(-reach, reach + 1) / step)
            source = ndimage.correlate1d(source, low_pass / low_pass.sum(), axis=axis, mode="nearest")
    target = Volume(np.broadcast_to(np.float32(0), shape), ijk_to_ras)
    image = sitk.Resample(
        image_from_volume(volume.with_array(source, unit="arbitrary")),
        image_from_volume(target),
        sitk.Transform(),
        sitk.sitkLanczosWindowedSinc,
        0.0,
    )
    return np.asarray(sitk.GetArrayFromImage(image), dtype=np.float32) + np.float32(fill)
