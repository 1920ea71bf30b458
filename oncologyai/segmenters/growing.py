"""Region growing with leak control.

The lesion is first everything of its own tissue that hangs together with a seed. Where that runs into the border of
what is allowed it has leaked, through the contact with an organ of the same density. The leak is then cut by opening
the tissue with balls of growing radius until what holds the seeds stands alone, and by growing that back by the same
radius, the idea of the morphological segmentation of lung nodules [1]_.

References
----------
.. [1] Kuhnigk J-M et al. Morphological segmentation and partial volume analysis for volumetry of solid pulmonary
       lesions in thoracic CT scans. IEEE Trans Med Imaging 2006;25:417-434.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.progress import Progress, check_cancelled
from oncologyai.segmenters.task import SeedTask, component_of

__all__ = ["grow_region"]

_STEP_MM = 1.0


def grow_region(task: SeedTask, progress: Progress) -> np.ndarray:
    """Grow the lesion from the inside seeds; bool, the work grid's shape."""
    region = task.tissue.copy()
    region[tuple(task.outside.T)] = False
    region[tuple(task.inside.T)] = True
    whole = component_of(region, task.inside)
    if not _has_leaked(whole, task):
        return whole
    depth = task.depth_mm(whole)
    deepest = min(float(depth[tuple(seed)]) for seed in _climb(depth, task.inside))
    for radius in np.arange(_STEP_MM, deepest, _STEP_MM):
        check_cancelled(progress)
        core = component_of(depth > radius, _climb(depth, task.inside))
        if not _has_leaked(_grow_back(core, whole, radius, task), task):
            break
    return _grow_back(core, whole, radius, task)


def _has_leaked(region: np.ndarray, task: SeedTask) -> bool:
    """Tell whether the region reaches the border of what is allowed, or an outside seed's neighbourhood."""
    border = task.reach & ~ndimage.binary_erosion(task.reach, border_value=1)
    return bool((region & border).any())


def _climb(depth: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Move each seed uphill to the deepest block near it, at most a few blocks away."""
    moved = []
    for seed in seeds:
        at = seed
        for _ in range(8):
            low = np.maximum(at - 1, 0)
            box = depth[tuple(slice(a, b + 2) for a, b in zip(low, at, strict=True))]
            best = low + np.array(np.unravel_index(int(box.argmax()), box.shape))
            if np.array_equal(best, at):
                break
            at = best
        moved.append(at)
    return np.array(moved)


def _grow_back(core: np.ndarray, whole: np.ndarray, radius: float, task: SeedTask) -> np.ndarray:
    away = ndimage.distance_transform_edt(~core, sampling=task.sampling_mm)
    return whole & (away <= radius)
