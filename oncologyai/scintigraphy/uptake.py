"""Uptake of a view: smoothed, where it stands out, and how it compares with the other side or with what lies around."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import ndimage

from oncologyai.scintigraphy.figure import BodyFigure
from oncologyai.scintigraphy.known_view import KnownView
from oncologyai.scintigraphy.outline import outline_body
from oncologyai.scintigraphy.resizing import resize_picture
from oncologyai.types import Volume

__all__ = ["ComparedWith", "Uptake", "uptake_of_view"]

ComparedWith = Literal["opposite side", "surroundings"]

_SIGMA_MM = 5.0
_COARSE_MM = 4.0
_OPENING_MM = 44.0  # a little more than a vertebra is wide: what is narrower stands out
_DISC_MM, _RING_MM = 8.0, (25.0, 40.0)
_FLOOR = 0.1  # of the body's median, added below ratios so that air does not make them large


@dataclass(frozen=True, eq=False)
class Uptake:
    """A view and its smoothed counts.

    Parameters
    ----------
    view : Volume
    smooth : ndarray, shape (j, i), float32
        On the view's grid, smoothed by 5 mm.
    body : ndarray of bool, shape (j, i)
        Inside the outline.
    median : float
        Of ``smooth`` in the body.
    """

    view: Volume
    smooth: np.ndarray
    body: np.ndarray
    median: float

    def at(self, ras: np.ndarray, radii_mm: tuple[float, float] = (0.0, _DISC_MM)) -> float:
        """Give the median within a ring about a place (3,), of the body alone; NaN where that is empty.

        The default is a disc of 8 mm about the place.
        """
        i, j, _ = self.view.ijk_from_ras(ras)
        box, away = self.around(j, i, radii_mm[1])
        chosen = self.smooth[box][(away >= radii_mm[0]) & (away <= radii_mm[1]) & self.body[box]]
        return float(np.median(chosen)) if chosen.size else float("nan")

    def around(self, j: float, i: float, reach_mm: float) -> tuple[tuple[slice, slice], np.ndarray]:
        """Give the part of the view within reach of a place, as slices of rows and columns, and distances in mm."""
        i_mm, j_mm = self.view.spacing_mm[:2]
        parts, steps = [], []
        for place, edge, count in ((j, j_mm, self.smooth.shape[0]), (i, i_mm, self.smooth.shape[1])):
            first = min(max(0, math.floor(place - reach_mm / edge)), count)
            last = max(first, min(count, math.ceil(place + reach_mm / edge) + 1))
            parts.append(slice(first, last))
            steps.append((np.arange(first, last) - place) * edge)
        return (parts[0], parts[1]), np.hypot(steps[0][:, None], steps[1][None])

    def ratio_to_surroundings(self, ras: np.ndarray) -> float:
        """Give uptake within 8 mm of a place (3,) over that 25 to 40 mm away; NaN where either is outside the body."""
        return self._ratio(self.at(ras), self.at(ras, _RING_MM))

    def ratio_to_other_side(self, ras: np.ndarray, figure: BodyFigure) -> float:
        """Give uptake within 8 mm of a place (3,) over that at its mirror image; NaN where either is no body."""
        return self._ratio(self.at(ras), self.at(figure.mirrored(np.asarray(ras))))

    def standing_out(self) -> np.ndarray:
        """Give, on the view's grid, how many times what is wider than 44 mm each place has, as a logarithm, 0 or more.

        By an opening with a square: what lies on something broad counts against that.
        """
        coarse = self.coarse()
        size = tuple(max(3, round(_OPENING_MM / edge)) for edge in self._coarse_edges_mm(coarse))
        broad = ndimage.grey_opening(coarse, size=size)
        return resize_picture(np.maximum(coarse - broad, 0.0), self.smooth.shape)

    def coarse(self) -> np.ndarray:
        """Give the logarithm of the uptake in pixels of some 4 mm, never smaller ones than the view's."""
        edges = self.view.spacing_mm[1::-1]
        shape = [
            max(1, round(n * min(1.0, edge / _COARSE_MM))) for n, edge in zip(self.smooth.shape, edges, strict=True)
        ]
        values = resize_picture(self.smooth, (shape[0], shape[1]))
        return np.log(np.maximum(values, 0.0) + _FLOOR * max(self.median, 1e-9)).astype(np.float32)

    def _coarse_edges_mm(self, coarse: np.ndarray) -> tuple[float, float]:
        i_mm, j_mm = self.view.spacing_mm[:2]
        return j_mm * self.smooth.shape[0] / coarse.shape[0], i_mm * self.smooth.shape[1] / coarse.shape[1]

    def _ratio(self, here: float, there: float) -> float:
        floor = _FLOOR * max(self.median, 1e-9)
        return (here + floor) / (there + floor)


def uptake_of_view(view: Volume) -> Uptake:
    """Smooth a view and find the body in it.

    Parameters
    ----------
    view : Volume
        One slice, much uptake a large value.

    Raises
    ------
    InputError
        If the view is empty, all of one value.
    """
    return _uptake(KnownView.of(view))


@lru_cache(maxsize=4)  # lists of lesions and of hot spots of one scan both ask for it
def _uptake(known: KnownView) -> Uptake:
    view = known.view
    i_mm, j_mm = view.spacing_mm[:2]
    smooth = ndimage.gaussian_filter(view.array[0].astype(np.float32), (_SIGMA_MM / j_mm, _SIGMA_MM / i_mm))
    body = outline_body(view.array[0]).mask
    return Uptake(view, smooth, body, float(np.median(smooth[body])))
