"""The two scales at which a lesion is sought.

Blocks of 2 mm and a wide view serve lesions that touch their like. A small nodule in lung is lost in them: most of
its blocks hold lung too. So a CT is first looked at closely, and that result stands where it is enclosed: where
hardly any of its border is a cut through its like, and it ends well within the view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.task import SeedTask, ball_of, component_of, contact_mm2
from oncologyai.segmenters.tissue import Tissue, learn_nodule, learn_tissue
from oncologyai.segmenters.workgrid import WorkGrid, average_blocks, work_grid
from oncologyai.types import Volume

__all__ = ["LESION", "NODULE", "Scale", "View", "is_enclosed", "look"]

_CUT_SHARE = 0.2  # of an enclosed nodule's border: vessels and a touch of the pleura


@dataclass(frozen=True)
class Scale:
    """Block edge, smoothing, radius in which the seeds' surroundings are learnt, and farthest view, all in mm."""

    block_mm: float
    smooth_mm: float
    sample_mm: float
    view_mm: float


LESION = Scale(2.0, 1.0, 6.0, np.inf)
NODULE = Scale(1.0, 0.5, 2.0, 16.0)


@dataclass(frozen=True)
class View:
    """The image at one scale: its unsmoothed blocks, where they are, and the task to be solved on them."""

    grid: WorkGrid
    raw: np.ndarray
    task: SeedTask


def look(volume: Volume, inside: np.ndarray, outside: np.ndarray, scale: Scale, reach_mm: float) -> View | None:
    """Set the problem up at a scale; outside seeds beyond the box need no care.

    None where the scale is that of nodules and the seeds are in none.
    """
    reach_mm = min(reach_mm, scale.view_mm)
    grid = work_grid(volume, inside, reach_mm, block_mm=scale.block_mm)
    raw = average_blocks(volume.array[grid.box].astype(np.float32), grid)
    image = ndimage.gaussian_filter(raw, [scale.smooth_mm / s for s in grid.sampling_mm])
    near, far = grid.block_of(inside), grid.block_of(outside)
    far = far[np.all((far >= 0) & (far < np.array(grid.shape)), axis=1)]
    away = grid.distance_mm(near)
    samples = [image[ball_of(grid.shape, grid.sampling_mm, seed, scale.sample_mm)] for seed in near]
    tissue: Tissue | None
    if scale is NODULE:
        tissue = learn_nodule(samples, image[away <= reach_mm])
    else:
        tissue = learn_tissue(samples, volume.modality, image[tuple(near.T)])
    if tissue is None:
        return None
    return View(grid, raw, SeedTask(image, grid.sampling_mm, near, far, away, reach_mm, tissue))


def is_enclosed(blocks: np.ndarray, task: SeedTask) -> bool:
    """Tell whether a result ends where its like ends, within the view."""
    if not blocks.any() or (blocks & task.border).any():
        return False
    region = task.tissue.holds(task.image)
    rest = component_of(region | blocks, task.inside) & ~blocks
    border = contact_mm2(blocks, ~blocks, task.sampling_mm)
    return contact_mm2(blocks, rest, task.sampling_mm) <= _CUT_SHARE * border
