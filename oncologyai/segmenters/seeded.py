"""Seeded segmentation of one lesion: the way from an image and RAS points to a mask on the image's grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology
from oncologyai.segmenters.config import SeedConfig
from oncologyai.segmenters.growing import grow_region
from oncologyai.segmenters.refine import refine_lesion
from oncologyai.segmenters.scale import LESION, NODULE, is_enclosed, look
from oncologyai.segmenters.seeds import seed_voxels
from oncologyai.segmenters.task import SeedTask
from oncologyai.segmenters.tidy import tidy_lesion
from oncologyai.segmenters.walker import walk_randomly
from oncologyai.types import Mask, Volume

__all__ = ["METHODS", "segment_from_seeds"]

METHODS: Mapping[str, Callable[[SeedTask, Progress], np.ndarray]] = {
    "walker": walk_randomly,
    "growing": grow_region,
}


def segment_from_seeds(
    volume: Volume,
    inside_ras: Sequence[Sequence[float]] | np.ndarray,
    outside_ras: Sequence[Sequence[float]] | np.ndarray = (),
    *,
    config: SeedConfig | None = None,
    progress: Progress | None = None,
) -> Mask:
    """Segment the lesion that holds the inside points.

    Parameters
    ----------
    volume : Volume
        CT in HU, PET in SUV or Bq/ml, or any other image.
    inside_ras, outside_ras : sequence of points (R, A, S) in mm
        At least one inside the lesion; any number in what must not become lesion. One bare point is taken as such.
    config : SeedConfig, optional
        Method, distance and label.
    progress : Progress, optional
        Told of the stages and asked for cancellation.

    Returns
    -------
    Mask
        On the volume's grid, labelled ``config.label``, coded as a tumour. It holds every inside seed's voxel and
        no outside seed's voxel.

    Raises
    ------
    InputError
        If there is no inside seed, a seed is not three finite numbers, or one voxel is both inside and outside.
    OutsideImageError
        If a seed lies outside the image; the message names it and the image's bounds.
    CancelledError
        If the user cancels.
    """
    config, progress = config or SeedConfig(), progress or Silent()
    inside = seed_voxels(volume, inside_ras, "seed inside")
    outside = seed_voxels(volume, outside_ras, "seed outside")
    _check_seeds(inside, outside)
    array = _near_or_far(volume, inside, outside, config, progress)
    array[tuple(outside.T)] = False
    check_cancelled(progress)
    return Mask.on(volume, array, config.label, code=terminology("tumour"))


def _near_or_far(
    volume: Volume, inside: np.ndarray, outside: np.ndarray, config: SeedConfig, progress: Progress
) -> np.ndarray:
    """Look closely first on CT, and widely where that finds no nodule."""
    scales = (NODULE, LESION) if volume.modality == "CT" else (LESION,)
    lesion = np.zeros(volume.shape, dtype=bool)
    for scale in scales:
        check_cancelled(progress)
        first = 0.0 if scale is scales[0] else 0.2
        progress.stage("crop", first)
        view = look(volume, inside, outside, scale, config.max_distance_mm)
        if view is None:
            continue
        progress.stage(config.method, first + 0.1)
        blocks = METHODS[config.method](view.task, progress)
        if scale is NODULE and not is_enclosed(blocks, view.task):
            continue
        check_cancelled(progress)
        progress.stage("refine", 0.8)
        blocks = tidy_lesion(blocks, view.raw, view.task)
        check_cancelled(progress)
        edge = view.task.tissue.edge
        lesion[view.grid.box] = refine_lesion(volume, blocks, view.grid, inside, view.task.reach_mm, edge)
        break
    return lesion


def _check_seeds(inside: np.ndarray, outside: np.ndarray) -> None:
    if len(inside) == 0:
        raise InputError("seed inside", expected="at least one point inside the lesion", got="none")
    both = {tuple(v) for v in inside.tolist()} & {tuple(v) for v in outside.tolist()}
    if both:
        raise InputError(
            "seed outside",
            expected="points in other voxels than the inside seeds",
            got=f"voxel (i, j, k) {sorted(both)[0][::-1]} in both",
            remedy="move or remove one of the two",
        )
