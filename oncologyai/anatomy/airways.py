"""Trachea and main bronchi: followed from the neck down, so that they are not taken for lung."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.anatomy._morphology import dilate_discs, erode_discs, label_slices

__all__ = ["find_airways"]

_LUMEN_HU = -880.0  # a lumen's air, above the lungs' in all but emphysema
_AREA_MM2 = (25.0, 900.0)  # from a main bronchus of 6 mm to a wide trachea; larger is lung
_WALL_MM = 3.0  # how far partial volume blurs the wall
_SEARCH_MM = 45.0  # a trachea lies this close to the midline of the body
_SKIN_MM = 8.0  # air nearer to the skin is in a fold or under the back
_MIN_LENGTH_MM = 30.0


def find_airways(hu: np.ndarray, body: np.ndarray, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Find the large airways by following round pieces of air from slice to slice, downwards.

    Parameters
    ----------
    hu : ndarray, shape (S, A, R)
        Hounsfield units along the patient's axes.
    body : ndarray of bool, same shape
        The body with its cavities filled.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).

    Returns
    -------
    ndarray of bool, same shape
        Lumen and blurred wall of the trachea and of the main bronchi as far as they lie apart from the lungs in a
        slice; empty where no trachea is seen.
    """
    deep = erode_discs(body, _SKIN_MM, sampling_mm)
    labels, count = label_slices((hu < _LUMEN_HU) & deep)
    if count == 0:
        return np.zeros_like(body)
    pieces = _Pieces(labels, count, body, sampling_mm)
    lumen = pieces.longest_chain()[labels]
    wall = dilate_discs(lumen, _WALL_MM, sampling_mm)
    return lumen | (wall & (hu < _LUMEN_HU / 2.0))


class _Pieces:
    """The connected pieces of air of all slices, with what is needed to chain them."""

    def __init__(
        self, labels: np.ndarray, count: int, body: np.ndarray, sampling_mm: tuple[float, float, float]
    ) -> None:
        slice_mm, row_mm, column_mm = sampling_mm
        self.count = count
        self.slice_mm = slice_mm
        boxes = ndimage.find_objects(labels)
        area = np.bincount(labels.ravel(), minlength=count + 1) * row_mm * column_mm
        self.level = np.array([-1, *(b[0].start for b in boxes)])
        centre = np.array([0.0, *((b[2].start + b[2].stop - 1) / 2 for b in boxes)])
        middle = _midline(body)
        near = np.abs(centre - middle[self.level]) * column_mm <= _SEARCH_MM
        self.good = near & (area >= _AREA_MM2[0]) & (area <= _AREA_MM2[1])
        self.good[0] = False
        self.below = _overlaps(labels)

    def longest_chain(self) -> np.ndarray:
        """Mark the pieces of the longest unbroken chain of good ones; none where it is too short for a trachea."""
        used = np.zeros(self.count + 1, dtype=bool)
        best: list[int] = []
        for top in np.flatnonzero(self.good)[np.argsort(-self.level[self.good], kind="stable")]:
            if not used[top]:
                chain = self._follow(int(top), used)
                if self._length(chain) > self._length(best):
                    best = chain
        marked = np.zeros(self.count + 1, dtype=bool)
        if self._length(best) >= _MIN_LENGTH_MM:
            marked[best] = True
        return marked

    def _follow(self, top: int, used: np.ndarray) -> list[int]:
        chain, front = [], [top]
        used[top] = True
        while front:
            piece = front.pop()
            chain.append(piece)
            for lower in self.below.get(piece, ()):
                if self.good[lower] and not used[lower]:
                    used[lower] = True
                    front.append(lower)
        return chain

    def _length(self, chain: list[int]) -> float:
        return float(np.ptp(self.level[chain]) + 1) * self.slice_mm if chain else 0.0


def _midline(body: np.ndarray) -> np.ndarray:
    """Give the body's middle column in each slice; the last element serves slices without body."""
    weight = body.sum(axis=1, dtype=np.float64)
    total = weight.sum(axis=1)
    columns = np.arange(body.shape[2])
    middle = np.where(total > 0, weight @ columns / np.maximum(total, 1.0), body.shape[2] / 2)
    return np.append(middle, body.shape[2] / 2)


def _overlaps(labels: np.ndarray) -> dict[int, list[int]]:
    """Give for each piece the pieces that it touches in the slice below."""
    upper, lower = labels[1:], labels[:-1]
    both = (upper > 0) & (lower > 0)
    pairs = np.unique(np.stack([upper[both], lower[both]], axis=1), axis=0)
    below: dict[int, list[int]] = {}
    for u, v in pairs:
        below.setdefault(int(u), []).append(int(v))
    return below
