"""A contour drawn again by another hand: supervoxels at its border are in or out by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from skimage.segmentation import slic

from oncologyai._checks import check_positive
from oncologyai.errors import EmptyMaskError
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask, Volume

__all__ = ["randomise_contour"]

_SURELY_IN, _SURELY_OUT = 0.9, 0.2  # share of a supervoxel that is inside [1]
_COMPACTNESS = 0.1  # weight of distance against grey value, of an image scaled to 0-1
_FINEST = 3  # voxels along a supervoxel's edge that are worth telling apart


def randomise_contour(volume: Volume, mask: Mask, generator: np.random.Generator, *, edge_mm: float = 6.0) -> Mask:
    """Draw a mask again along the borders that the image shows.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid; the mask has a voxel.
    generator : Generator
    edge_mm : float
        Edge of a supervoxel; at least twice the longest voxel edge is used.

    Returns
    -------
    Mask
        Made of whole supervoxels (SLIC): those of which at least nine tenths are inside are in, those with less than
        a fifth are out, the others are in with the probability of their share. Never empty: the supervoxel with the
        largest share is always in.

    Raises
    ------
    GeometryMismatchError
        If the grids differ.
    EmptyMaskError
        If the mask has no voxel.

    References
    ----------
    .. [1] Zwanenburg A et al. Assessing robustness of radiomic features by image perturbation. Sci Rep 2019;9:614.
    .. [2] Achanta R et al. SLIC superpixels compared to state-of-the-art superpixel methods. IEEE TPAMI
       2012;34:2274-2282.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    check_positive(edge_mm, "edge_mm", "mm")
    sampling = np.asarray(mask.sampling_mm)
    edge = max(edge_mm, 2 * float(sampling.max()))
    margin = tuple(int(np.ceil(2 * edge / step)) for step in sampling)
    box = bounding_box(mask.array, margin=margin)
    if box is None:
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel", got="none")
    inside = mask.array[box]
    labels = _supervoxels(volume.array[box].astype(np.float64), sampling, edge)
    sizes = np.bincount(labels.ravel())
    shares = np.bincount(labels.ravel(), weights=inside.ravel()) / np.maximum(sizes, 1)
    chosen = (shares >= _SURELY_IN) | ((shares >= _SURELY_OUT) & (generator.random(len(shares)) < shares))
    chosen[int(np.argmax(shares))] = True
    whole = np.zeros_like(mask.array)
    whole[box] = chosen[labels]
    return replace(mask, array=whole)


def _supervoxels(image: np.ndarray, sampling: np.ndarray, edge: float) -> np.ndarray:
    """Give a label a voxel; where voxels are much finer than supervoxels, blocks of them share a label."""
    steps = [max(1, int(edge / _FINEST / step)) for step in sampling]
    coarse = image[:: steps[0], :: steps[1], :: steps[2]]
    spacing = sampling * steps
    low, high = np.percentile(coarse, (1, 99))
    scaled = np.clip((coarse - low) / (high - low), 0, 1) if high > low else np.zeros_like(coarse)
    count = max(1, round(coarse.size * float(np.prod(spacing)) / edge**3))
    labels = slic(
        scaled, n_segments=count, compactness=_COMPACTNESS, spacing=tuple(spacing), channel_axis=None, start_label=0,
        max_num_iter=5,
    )  # fmt: skip
    for axis, step in enumerate(steps):
        labels = np.repeat(labels, step, axis=axis)
    return np.asarray(labels[: image.shape[0], : image.shape[1], : image.shape[2]])
