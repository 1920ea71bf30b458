"""Where a place lies in the body of a scan, in parts of its height and width: what bones are told by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import ndimage

from oncologyai.scintigraphy.known_view import KnownView
from oncologyai.scintigraphy.outline import Outline, outline_body
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Volume

__all__ = ["HALF_WIDTH", "BodyFigure", "figure_of"]

HALF_WIDTH = 128.0
"""Thousandths of the height that half the shoulders' width stands for: 0.235 m of 1.83 m to the tips of the toes."""

# Rows in parts of the body's height below the top of the head.
_HEAD, _SHOULDERS, _PELVIS, _LEGS = (0.02, 0.10), (0.18, 0.21), (0.40, 0.50), (0.65, 0.85)
_SMOOTH_MM, _REACH_MM = 8.0, 45.0
_COMPARED = 0.75  # of the half width, to both sides of the pelvis' middle


@dataclass(frozen=True)
class BodyFigure:
    """The body's measures in RAS mm.

    Parameters
    ----------
    top_mm, height_mm : float
        RAS z of the top of the head, and from there to the toes.
    half_width_mm : float
        Half of the width at the shoulders, arms included.
    head_x_mm, pelvis_x_mm, legs_x_mm : float
        RAS x of the body's middle there; between them it lies on straight lines, beyond it does not change.
    """

    top_mm: float
    height_mm: float
    half_width_mm: float
    head_x_mm: float
    pelvis_x_mm: float
    legs_x_mm: float

    def middle_x_mm(self, z_mm: np.ndarray | float) -> np.ndarray:
        """Give RAS x of the body's middle at heights."""
        below = (self.top_mm - np.asarray(z_mm, dtype=np.float64)) / self.height_mm
        heights = [float(np.mean(part)) for part in (_HEAD, _PELVIS, _LEGS)]
        found: np.ndarray = np.interp(below, heights, [self.head_x_mm, self.pelvis_x_mm, self.legs_x_mm])
        return found

    def place(self, ras: np.ndarray) -> np.ndarray:
        """Bring points (..., 3) to (..., 2): to the patient's right of the middle, and below the top of the head.

        Both are in thousandths of the height of a body of usual width: across, half the shoulders' width is 128.
        """
        points = np.asarray(ras, dtype=np.float64)
        across = (points[..., 0] - self.middle_x_mm(points[..., 2])) / self.half_width_mm * HALF_WIDTH
        return np.stack([across, (self.top_mm - points[..., 2]) / self.height_mm * 1000.0], axis=-1)

    def mirrored(self, ras: np.ndarray) -> np.ndarray:
        """Give the points (..., 3) on the other side of the body's middle, as high."""
        points = np.array(ras, dtype=np.float64)
        points[..., 0] = 2.0 * self.middle_x_mm(points[..., 2]) - points[..., 0]
        return points


def figure_of(scan: WholeBodyScan) -> BodyFigure:
    """Measure the body; of two views the mean is taken, since both show it in the same place.

    The middle is that of the outline of head and of legs, which may lean, and the axis about which the pelvis is most
    like its mirror image.

    Parameters
    ----------
    scan : WholeBodyScan
        Of a whole body: feet that are cut off make all bones seem lower than they are.

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    return BodyFigure(
        *(float(v) for v in np.mean([_measured(KnownView.of(view)) for view in scan.views.values()], axis=0))
    )


@lru_cache(maxsize=4)  # lists of lesions, of hot spots and the index of one scan all ask for it
def _measured(known: KnownView) -> tuple[float, ...]:
    view = known.view
    outline = outline_body(view.array[0])
    (head, _), (_, width), (legs, _) = (_middle_and_width(outline, rows) for rows in (_HEAD, _SHOULDERS, _LEGS))
    column_mm, row_mm = view.spacing_mm[:2]
    pelvis = _mirror_axis(view, _rows(outline, _PELVIS), head, 0.5 * _COMPARED * width)
    top = [view.ras_from_ijk((i, outline.rows[0] - 0.5, 0.0)) for i in (head, pelvis, legs)]
    return top[0][2], outline.height * row_mm, 0.5 * width * column_mm, *(place[0] for place in top)


def _rows(outline: Outline, part: tuple[float, float]) -> slice:
    first, last = (outline.rows[0] + round(share * outline.height) for share in part)
    return slice(first, max(first + 1, last))


def _middle_and_width(outline: Outline, part: tuple[float, float]) -> tuple[float, float]:
    """Give medians over rows, in columns."""
    ends = [np.flatnonzero(row)[[0, -1]] for row in outline.mask[_rows(outline, part)] if row.any()]
    if not ends:
        return float(np.mean(outline.columns)), float(outline.width)
    first, last = np.array(ends, dtype=np.float64).T
    return float(np.median((first + last) / 2.0)), float(np.median(last - first + 1.0))


def _mirror_axis(view: Volume, rows: slice, start: float, half_width: float) -> float:
    """Give the column, near ``start`` and in halves, about which rows are most like their mirror image."""
    column_mm, row_mm = view.spacing_mm[:2]
    counts = np.maximum(view.array[0], 0.0).astype(np.float32)
    smooth = np.sqrt(ndimage.gaussian_filter(counts, (_SMOOTH_MM / row_mm, _SMOOTH_MM / column_mm)))[rows]
    beside = np.arange(1, max(3, int(half_width)))
    reach = int(2.0 * _REACH_MM / column_mm)
    best, found = -np.inf, start
    for twice in range(round(2.0 * start) - reach, round(2.0 * start) + reach + 1):
        left, right = twice // 2 - beside, (twice + 1) // 2 + beside
        if left[-1] < 0 or right[-1] >= smooth.shape[1]:
            continue
        one, other = smooth[:, left].ravel(), smooth[:, right].ravel()
        spread = float(one.std() * other.std())
        likeness = float(np.mean((one - one.mean()) * (other - other.mean()))) / spread if spread > 0.0 else -1.0
        if likeness > best:
            best, found = likeness, twice / 2.0
    return found
