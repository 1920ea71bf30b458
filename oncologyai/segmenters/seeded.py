"""Seeded segmentation of one lesion: the way from an image and RAS points to a mask on the image's grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import ndimage

from oncologyai.errors import InputError, OutsideImageError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology
from oncologyai.segmenters.config import SeedConfig
from oncologyai.segmenters.growing import grow_region
from oncologyai.segmenters.task import SeedTask, ball_of, component_of
from oncologyai.segmenters.tidy import tidy_lesion
from oncologyai.segmenters.tissue import learn_tissue
from oncologyai.segmenters.walker import walk_randomly
from oncologyai.segmenters.workgrid import WorkGrid, average_blocks, work_grid
from oncologyai.types import Mask, Volume

__all__ = ["METHODS", "segment_from_seeds"]

METHODS: Mapping[str, Callable[[SeedTask, Progress], np.ndarray]] = {
    "walker": walk_randomly,
    "growing": grow_region,
}

_SAMPLE_MM = 6.0
_SMOOTH_MM = 1.0


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
    inside = _voxels(volume, inside_ras, "inside_ras")
    outside = _voxels(volume, outside_ras, "outside_ras")
    _check_seeds(inside, outside)
    progress.stage("crop", 0.0)
    grid = work_grid(volume, inside, config.max_distance_mm)
    raw = average_blocks(volume.array[grid.box].astype(np.float32), grid)
    task = _task(volume, raw, grid, inside, outside, config.max_distance_mm)
    check_cancelled(progress)
    progress.stage(config.method, 0.2)
    blocks = METHODS[config.method](task, progress)
    check_cancelled(progress)
    progress.stage("refine", 0.8)
    blocks = tidy_lesion(blocks, raw, task)
    check_cancelled(progress)
    array = np.zeros(volume.shape, dtype=bool)
    array[grid.box] = _refine(volume, blocks, grid, inside, config.max_distance_mm)
    array[tuple(outside.T)] = False
    check_cancelled(progress)
    return Mask.on(volume, array, config.label, code=terminology("tumour"))


def _voxels(volume: Volume, points: Sequence[Sequence[float]] | np.ndarray, argument: str) -> np.ndarray:
    """Give the voxel (n, 3), order (k, j, i), of each RAS point."""
    ras = np.asarray(points, dtype=np.float64)
    if ras.size == 0:
        return np.empty((0, 3), dtype=np.int64)
    ras = np.atleast_2d(ras)
    if ras.ndim != 2 or ras.shape[1] != 3 or not np.isfinite(ras).all():
        raise InputError(argument, expected="points of three finite numbers R, A, S in mm", got=str(points))
    for point in ras[~volume.contains_ras(ras)]:
        raise OutsideImageError(argument, expected=f"a point within {_bounds(volume)}", got=_text(point))
    return np.floor(volume.ijk_from_ras(ras) + 0.5).astype(np.int64)[:, ::-1]


def _text(point: np.ndarray) -> str:
    return "(" + ", ".join(f"{v:.1f}" for v in point) + ")"


def _bounds(volume: Volume) -> str:
    k, j, i = volume.shape
    corners = np.array([[a, b, c] for a in (-0.5, i - 0.5) for b in (-0.5, j - 0.5) for c in (-0.5, k - 0.5)])
    ras = volume.ras_from_ijk(corners)
    sides = zip("RAS", ras.min(axis=0), ras.max(axis=0), strict=True)
    return ", ".join(f"{name} {low:.1f} to {high:.1f}" for name, low, high in sides) + " mm"


def _check_seeds(inside: np.ndarray, outside: np.ndarray) -> None:
    if len(inside) == 0:
        raise InputError("inside_ras", expected="at least one point inside the lesion", got="none")
    both = {tuple(v) for v in inside.tolist()} & {tuple(v) for v in outside.tolist()}
    if both:
        raise InputError(
            "outside_ras",
            expected="points in other voxels than the inside seeds",
            got=f"voxel (i, j, k) {sorted(both)[0][::-1]} in both",
            remedy="move or remove one of the two",
        )


def _task(
    volume: Volume, raw: np.ndarray, grid: WorkGrid, inside: np.ndarray, outside: np.ndarray, reach_mm: float
) -> SeedTask:
    """Set the problem up on the work grid; outside seeds beyond the box need no care."""
    image = ndimage.gaussian_filter(raw, [_SMOOTH_MM / s for s in grid.sampling_mm])
    near, far = grid.block_of(inside), grid.block_of(outside)
    far = far[np.all((far >= 0) & (far < np.array(grid.shape)), axis=1)]
    away = grid.distance_mm(near)
    samples = [image[ball_of(grid.shape, grid.sampling_mm, seed, _SAMPLE_MM)] for seed in near]
    tissue = learn_tissue(samples, volume.modality)
    return SeedTask(image, grid.sampling_mm, near, far, away, reach_mm, tissue)


def _refine(volume: Volume, blocks: np.ndarray, grid: WorkGrid, inside: np.ndarray, reach_mm: float) -> np.ndarray:
    """Smooth the blocks' steps on the image's grid, within reach, and keep what hangs together with a seed."""
    start = np.array(grid.start)
    sigma = [0.5 * f if f > 1 else 0.0 for f in grid.factors]
    lesion = ndimage.gaussian_filter(grid.spread(blocks).astype(np.float32), sigma) >= 0.5
    lesion &= _distance_mm(volume, grid, inside) <= reach_mm
    lesion[tuple((inside - start).T)] = True
    return component_of(lesion, inside - start)


def _distance_mm(volume: Volume, grid: WorkGrid, seeds: np.ndarray) -> np.ndarray:
    """Give the distance of each voxel of the box from the nearest seed voxel, float32."""
    metric = volume.ijk_to_ras[:3, :3].T @ volume.ijk_to_ras[:3, :3]
    nearest = np.full(tuple(b - a for a, b in zip(grid.start, grid.stop, strict=True)), np.inf, dtype=np.float32)
    for seed in seeds:
        k, j, i = np.ogrid[grid.box]
        gap = (i - seed[2], j - seed[1], k - seed[0])
        square = sum(metric[a, b] * gap[a] * gap[b] for a in range(3) for b in range(3))
        np.minimum(nearest, square.astype(np.float32), out=nearest)
    return np.sqrt(nearest)
