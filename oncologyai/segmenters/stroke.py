"""What a user says about a result with the pointer: here it is lesion, here it is not."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.segmenters.seeds import seed_voxels
from oncologyai.types import Mask, Volume

__all__ = ["Stroke", "StrokeKind", "stroke_voxels"]

StrokeKind = Literal["inside", "outside"]


@dataclass(frozen=True)
class Stroke:
    """A click (one point) or a scribble (several, joined by straight lines in their order).

    Parameters
    ----------
    kind : {'inside', 'outside'}
        Whether what it touches is lesion or not.
    points_ras : tuple of (R, A, S) in mm
        At least one.

    Raises
    ------
    InputError
        If ``kind`` is another, there is no point, or a point is not three finite numbers.
    """

    kind: StrokeKind
    points_ras: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        check_choice(self.kind, get_args(StrokeKind), "stroke kind")
        points = tuple(tuple(float(v) for v in point) for point in self.points_ras)
        if not points or any(len(p) != 3 or not all(map(math.isfinite, p)) for p in points):
            raise InputError(
                f"{self.kind} stroke",
                expected="one point or more of three finite numbers R, A, S in mm",
                got=str(self.points_ras),
            )
        object.__setattr__(self, "points_ras", points)

    @property
    def is_scribble(self) -> bool:
        """Whether it has more than one point."""
        return len(self.points_ras) > 1


def stroke_voxels(grid: Volume | Mask, stroke: Stroke) -> np.ndarray:
    """Give the voxels (n, 3), order (k, j, i), that a stroke runs through, each once.

    Raises
    ------
    OutsideImageError
        If a point of the stroke lies outside the image.
    """
    argument = f"{stroke.kind} {'scribble' if stroke.is_scribble else 'click'}"
    seed_voxels(grid, stroke.points_ras, argument)
    corners = np.array(stroke.points_ras)
    step_mm = 0.5 * min(grid.sampling_mm)
    line = [corners[:1]]
    for start, end in itertools.pairwise(corners):
        count = max(1, math.ceil(float(np.linalg.norm(end - start)) / step_mm))
        line.append(start + (end - start) * (np.arange(1, count + 1) / count)[:, None])
    return np.unique(seed_voxels(grid, np.vstack(line), argument), axis=0)
