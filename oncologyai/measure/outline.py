"""Where the boundary of a mask runs, and the axial plane.

The boundary passes half-way between the centres of a lesion voxel and a background voxel (marching squares at
0.5). One voxel so has the extent of its edges along the axes, and a disc keeps its diameter on average; the
image's border bounds the lesion too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import label
from skimage.measure import find_contours

from oncologyai.metrics import bounding_box
from oncologyai.types import Mask

__all__ = [
    "Plane",
    "axial_axis",
    "boundary_points",
    "contour_segments",
    "crop_to_lesion",
    "face_points",
    "largest_part",
]


@dataclass(frozen=True, eq=False)
class Plane:
    """One slice across an array axis: maps its in-plane indices (row, column) to mm in the plane and to RAS."""

    mask: Mask
    axis: int
    index: int

    @property
    def rows_to_mm(self) -> np.ndarray:
        """Give the 2x2 matrix from (row, column) steps, as rows, to mm along two orthogonal in-plane directions."""
        columns = self.mask.ijk_to_ras[:3, :3].T[::-1]
        row, column = (columns[a] for a in range(3) if a != self.axis)
        first = row / np.linalg.norm(row)
        along = float(column @ first)
        across = float(np.linalg.norm(column - along * first))
        return np.array([[float(np.linalg.norm(row)), 0.0], [along, across]])

    def ras(self, points: np.ndarray) -> np.ndarray:
        """Map in-plane indices (n, 2) to RAS mm (n, 3)."""
        kji = np.insert(points, self.axis, float(self.index), axis=1)
        return self.mask.ras_from_ijk(kji[:, ::-1])


def axial_axis(ijk_to_ras: np.ndarray) -> int:
    """Give the array axis (0 for k, 1 for j, 2 for i) whose slices are nearest to axial.

    That is the axis whose direction is nearest to the patient's superior-inferior axis, k where equal: of an
    oblique image its own slices are measured, they are not resampled.
    """
    directions = ijk_to_ras[:3, :3] / np.linalg.norm(ijk_to_ras[:3, :3], axis=0)
    upward = np.abs(directions[2])[::-1].round(9)
    return int(upward.argmax())


def crop_to_lesion(mask: Mask) -> tuple[Mask, tuple[int, int, int]]:
    """Cut a mask that is not empty to its box; give it with the array index (k, j, i) of the box's corner."""
    box = bounding_box(mask.array) or ()
    k, j, i = (side.start for side in box)
    ijk_to_ras = mask.ijk_to_ras.copy()
    ijk_to_ras[:3, 3] = mask.ras_from_ijk((i, j, k))
    return Mask(mask.array[box], ijk_to_ras, mask.label, mask.code, mask.kind), (k, j, i)


def largest_part(inside: np.ndarray) -> np.ndarray:
    """Keep the largest component of a slice, pixels joined by side or corner; the first of equal ones."""
    labels, count = label(inside, structure=np.ones((3, 3)))
    if count <= 1:
        return inside
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == int(sizes.argmax()))


def boundary_points(inside: np.ndarray) -> np.ndarray:
    """Give the outermost side mid-points of each row and column of a slice, (n, 2), in pixel indices.

    Every corner of the boundary's convex hull is among them.
    """
    return _outermost(inside)


def face_points(inside: np.ndarray) -> np.ndarray:
    """Give the outermost face mid-points of each line of voxels along k, j and i, (n, 3), in voxel indices.

    Every corner of the surface's convex hull is among them.
    """
    return _outermost(inside)


def contour_segments(inside: np.ndarray) -> np.ndarray:
    """Give the straight pieces of the boundary of a slice, holes too, shape (n, 2 ends, 2), in pixel indices."""
    lines = find_contours(np.pad(inside, 1).astype(np.float64), 0.5, fully_connected="high")
    return np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines]) - 1.0


def _outermost(inside: np.ndarray) -> np.ndarray:
    found = []
    for axis in range(inside.ndim):
        hit = np.argwhere(inside.any(axis=axis)).astype(np.float64)
        used = inside.any(axis=axis)
        first = inside.argmax(axis=axis)[used]
        last = inside.shape[axis] - 1 - np.flip(inside, axis).argmax(axis=axis)[used]
        found += [np.insert(hit, axis, first - 0.5, axis=1), np.insert(hit, axis, last + 0.5, axis=1)]
    return np.concatenate(found)
