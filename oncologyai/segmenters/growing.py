"""Region growing with leak control.

The lesion is first everything of its own tissue that hangs together with a seed. Where that runs to the limit of the
reach it has leaked, through the contact with an organ of like density. The tissue is then opened with balls of
growing radius, and what still holds the seeds is grown back, the idea of the morphological segmentation of lung
nodules [1]_. Of all the radii that one is taken whose result holds most seeds and touches the rest of the tissue least
for its volume.

References
----------
.. [1] Kuhnigk J-M et al. Morphological segmentation and partial volume analysis for volumetry of solid pulmonary
       lesions in thoracic CT scans. IEEE Trans Med Imaging 2006;25:417-434.
"""

from __future__ import annotations

import numpy as np

from oncologyai.progress import Progress, check_cancelled
from oncologyai.segmenters.rooms import climb
from oncologyai.segmenters.task import SeedTask, component_of, contact_mm2, depth_mm

__all__ = ["grow_region"]

_STEP_MM = 1.0
_SEED_MM = 4.0
_GROW_BACK = 1.5  # times the opening's radius: lobules thinner than the neck come back too
_VOLUME_POWER = 0.8  # as in the random walker


def grow_region(task: SeedTask, progress: Progress) -> np.ndarray:
    """Grow the lesion from the inside seeds; bool, the work grid's shape."""
    region = task.candidate
    for seed in task.inside:
        region |= task.inner_ball(seed, _SEED_MM)
    forbidden = task.border
    for seed in task.outside:
        region &= ~task.ball(seed, _SEED_MM)
        forbidden |= task.ball(seed, _SEED_MM + 2.0 * max(task.sampling_mm))
    region[tuple(task.inside.T)] = True
    whole = component_of(region, task.inside)
    if not (whole & forbidden).any():
        return whole
    depth = depth_mm(whole, task.sampling_mm)
    tops = climb(depth, task.inside)
    best, least = whole, (len(task.inside), np.inf)
    for radius in np.arange(_STEP_MM, float(depth[tuple(tops.T)].max()), _STEP_MM):
        check_cancelled(progress)
        part = whole & _own_ground(depth > radius, tops, _GROW_BACK * radius + _STEP_MM, task)
        missed = int(np.count_nonzero(~part[tuple(task.inside.T)]))
        score = (missed, contact_mm2(part, whole & ~part, task.sampling_mm) / np.count_nonzero(part) ** _VOLUME_POWER)
        if not (part & forbidden).any() and score < least:
            best, least = part, score
    return best


def _own_ground(cores: np.ndarray, seeds: np.ndarray, radius: float, task: SeedTask) -> np.ndarray:
    """Give what is within ``radius`` of the cores that hold a seed and nearer to them than to any other core."""
    own = component_of(cores, seeds)
    others = cores & ~own
    away = depth_mm(~own, task.sampling_mm)
    near = away <= radius
    return near & (away < depth_mm(~others, task.sampling_mm)) if others.any() else near
