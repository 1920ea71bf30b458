"""Resizing of pictures: means of areas where they shrink, straight lines between pixel centres where they grow."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from oncologyai.errors import InputError

__all__ = ["resize_picture"]

_BLOCK = 64  # pixels: of larger ones, weights make means as quickly


def resize_picture(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Give a picture in another number of pixels over the same area.

    Parameters
    ----------
    picture : ndarray, shape (j, i)
        Finite.
    shape : (int, int)
        Rows and columns, 1 or more.

    Returns
    -------
    ndarray of ``shape``, float32
        Along an axis that shrinks, or keeps its size, a pixel is the mean of what it covers, so that the picture's mean
        stays; along one that grows, it is interpolated linearly between the centres of pixels and constant beyond.

    Raises
    ------
    InputError
        If the picture has no two axes, or a size is below 1.
    """
    if picture.ndim != 2 or 0 in picture.shape or min(shape) < 1:
        raise InputError(
            "picture", expected="a picture (j, i) and a size of 1 or more", got=f"{picture.shape}, {shape}"
        )
    values = picture.astype(np.float32)
    tall, wide = (old // new for old, new in zip(picture.shape, shape, strict=True))
    if picture.shape == (tall * shape[0], wide * shape[1]) and tall * wide <= _BLOCK:
        return _block_means(values, tall, wide)
    rows, columns = (_weights(old, new) for old, new in zip(picture.shape, shape, strict=True))
    found: np.ndarray = rows @ values @ columns.T
    return found


def _block_means(values: np.ndarray, tall: int, wide: int) -> np.ndarray:
    """Give the means of whole blocks of pixels: ten times as quick as weights, and so are slices beside axes."""
    total = sum(values[j::tall, i::wide] for j in range(tall) for i in range(wide))
    return np.asarray(total / np.float32(tall * wide))


@lru_cache(maxsize=16)  # scans of a camera have one size
def _weights(old: int, new: int) -> np.ndarray:
    """Give what each new pixel takes of each old one, shape (new, old), rows of sum 1; not to be written to."""
    if new <= old:
        edges = np.arange(new + 1) * (old / new)
        low = np.maximum(edges[:-1, None], np.arange(old)[None])
        high = np.minimum(edges[1:, None], np.arange(1, old + 1)[None])
        covered = np.maximum(0.0, high - low)
        return (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
    centre = np.clip((np.arange(new) + 0.5) * (old / new) - 0.5, 0.0, old - 1.0)
    return np.maximum(0.0, 1.0 - np.abs(centre[:, None] - np.arange(old)[None])).astype(np.float32)
