"""Where the body is in a planar picture: its outline, which way it lies, and whether two stand side by side."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import ndimage

from oncologyai.errors import InputError
from oncologyai.scintigraphy.resizing import resize_picture

__all__ = ["Lie", "Outline", "is_shown_inverted", "lie_of", "outline_body", "row_ends", "seam_between_bodies"]

Lie = Literal["upright", "upside down", "sideways", "no whole body"]

_BACKGROUND_QUANTILE, _BODY_QUANTILE = 0.05, 0.95
_LIMIT = 0.08  # of the way from background to body: soft tissue lies at 0.2 to 0.5 of it
_SMOOTH = 1.0 / 128.0  # of the picture's height
_ROWS = 512  # in finer pictures the outline is that of squares of pixels, which are finer than the smoothing
_LEAST_PART = 0.03  # of the largest part: smaller ones are letters, markers, contamination
_UPRIGHT_RATIO = 1.5  # a body from head to thigh is this many times taller than it is wide with its arms
_SIDEWAYS_RATIO = 1.0 / 1.3
_LEG_ROWS, _HEAD_ROWS = 0.35, 0.09  # of the body's height
_LEG_LEAD = 0.15
_EVEN = 0.06  # of the width: heads so near the quarters stand in halves of one size
_HEAD_WIDTH = 0.75  # of the upper body's width: what is broader was cut through the trunk


@dataclass(frozen=True, eq=False)
class Outline:
    """The body: ``mask`` bool (j, i), and its box as first and last row and column, the last not included."""

    mask: np.ndarray
    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def height(self) -> int:
        """Rows of the box."""
        return self.rows[1] - self.rows[0]

    @property
    def width(self) -> int:
        """Columns of the box."""
        return self.columns[1] - self.columns[0]


def is_shown_inverted(picture: np.ndarray) -> bool:
    """Tell whether much is stored as little: the corners of a bone scan hold no counts, so bright ones say so.

    Parameters
    ----------
    picture : ndarray, shape (j, i)
    """
    values = _checked(picture)
    j, i = (max(1, round(0.04 * n)) for n in values.shape)
    corners = np.concatenate(
        [values[a, b].ravel() for a in (slice(j), slice(-j, None)) for b in (slice(i), slice(-i, None))]
    )
    low, high = (float(v) for v in np.percentile(values, [1.0, 99.9]))
    return bool(np.median(corners) > (low + high) / 2.0)


def outline_body(picture: np.ndarray) -> Outline:
    """Find the body in a picture in which much uptake is a large value.

    Parameters
    ----------
    picture : ndarray, shape (j, i)
        Of any scale.

    Returns
    -------
    Outline
        Parts that are small beside the largest are left out. Its mask cannot be written to.

    Raises
    ------
    InputError
        If the picture is empty: all of one value.
    """
    values = np.ascontiguousarray(_checked(picture), dtype=np.float32)
    digest = hashlib.sha256(values.data).digest()
    return _outlined(_Picture(digest, values.shape, values))


@dataclass(frozen=True)
class _Picture:
    """A picture that equals any other of the same size and values."""

    digest: bytes
    shape: tuple[int, ...]
    values: np.ndarray = field(compare=False)


@lru_cache(maxsize=4)  # reading, views, foci and pictures of a scan all ask for the outlines of its two views
def _outlined(picture: _Picture) -> Outline:
    shrink = max(1, max(picture.shape) // _ROWS)
    values = _shrunk(picture.values, shrink) if shrink > 1 else picture.values
    smooth = ndimage.gaussian_filter(values, max(1.0, _SMOOTH * max(values.shape)))
    low = float(np.quantile(smooth, _BACKGROUND_QUANTILE))
    high = float(np.quantile(smooth, _BODY_QUANTILE))
    high = high if high > low else float(smooth.max())
    if high <= low:
        raise InputError("picture", expected="a bone scan", got="an empty picture, all of one value")
    mask = smooth > low + _LIMIT * (high - low)
    labels, count = ndimage.label(mask)
    if count > 1:
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        mask = (sizes >= _LEAST_PART * sizes.max())[labels]
    mask = mask.repeat(shrink, axis=0).repeat(shrink, axis=1)[: picture.shape[0], : picture.shape[1]]
    mask.flags.writeable = False
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return Outline(mask, (int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1))


def _shrunk(values: np.ndarray, by: int) -> np.ndarray:
    """Give the means of squares of pixels; the last ones of the picture stand for those beyond it."""
    rows, columns = values.shape
    whole = np.pad(values, ((0, -rows % by), (0, -columns % by)), mode="edge")
    return resize_picture(whole, (whole.shape[0] // by, whole.shape[1] // by))


def lie_of(outline: Outline, spacing_mm: tuple[float, float] = (1.0, 1.0)) -> Lie:
    """Tell how the body lies: by its shape, and by the gap between the legs, which is at one end only.

    Parameters
    ----------
    outline : Outline
        Of one body.
    spacing_mm : (float, float)
        Distance of rows and of columns; only their ratio matters.
    """
    ratio = outline.height * spacing_mm[0] / (outline.width * spacing_mm[1])
    if ratio < _SIDEWAYS_RATIO:
        return "sideways"
    if ratio < _UPRIGHT_RATIO:
        return "no whole body"
    body = outline.mask[outline.rows[0] : outline.rows[1]]
    end = max(1, round(_LEG_ROWS * len(body)))
    upper, lower = _gap_share(body[:end]), _gap_share(body[-end:])
    lie: Lie = "upside down" if upper > lower + _LEG_LEAD else "upright"
    end = max(1, round(_HEAD_ROWS * len(body)))
    head = body[:end] if lie == "upright" else body[-end:]
    is_head = _median_width(head) <= _HEAD_WIDTH * _median_width(body[len(body) // 6 : len(body) // 2])
    return lie if is_head else "no whole body"


def seam_between_bodies(outline: Outline) -> int | None:
    """Give the first column of the second of two bodies that stand side by side; None where there is one.

    Heads tell: arms may touch, or be cut by the seam, heads do not.
    """
    top = outline.rows[0]
    head = outline.mask[top : top + max(2, round(_HEAD_ROWS * outline.height))].any(axis=0)
    labels, count = ndimage.label(head)
    width = outline.mask.shape[1]
    boxes = [box[0] for box in ndimage.find_objects(labels)]
    centres = [(box.start + box.stop) / 2.0 for box in boxes if box.stop - box.start >= 0.01 * width]
    if count < 2 or len(centres) < 2:
        return None
    left, right = centres[0], centres[-1]
    apart = right - left
    if not 0.25 * width <= apart <= 0.75 * width or not left < width / 2.0 < right:
        return None
    if abs(left + right - width) <= _EVEN * width and abs(apart - width / 2.0) <= _EVEN * width:
        return width // 2
    return _emptiest_column(outline.mask, round(left + 0.3 * apart), round(right - 0.3 * apart))


def _emptiest_column(mask: np.ndarray, first: int, last: int) -> int:
    """Give the column between two that crosses least of the bodies, the middle one if it is about as good."""
    filled = mask.sum(axis=0)
    middle, limit = mask.shape[1] // 2, filled[first : last + 1].min() + 0.05 * mask.shape[0]
    if first <= middle <= last and filled[middle] <= limit:
        return middle
    best = np.flatnonzero(filled[first : last + 1] <= limit) + first
    return int(best[np.argmin(np.abs(best - middle))])


def _gap_share(rows: np.ndarray) -> float:
    """Give the share of rows whose middle is empty, between two filled parts."""
    kept = rows[rows.any(axis=1)]
    if not len(kept):
        return 0.0
    first, last = row_ends(kept)
    middle, spread = (first + last) // 2, np.maximum(1, kept.sum(axis=1) // 6)
    start, stop = np.maximum(0, middle - spread), np.minimum(kept.shape[1], middle + spread + 1)
    before = np.concatenate([np.zeros((len(kept), 1), dtype=np.int64), kept.cumsum(axis=1)], axis=1)
    n = np.arange(len(kept))
    gaps = before[n, stop] - before[n, start] < stop - start
    return float(gaps.sum()) / len(rows)


def row_ends(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the first and the last filled column of rows (j, i) of bool, each of which has one."""
    return rows.argmax(axis=1), rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)


def _median_width(rows: np.ndarray) -> float:
    kept = rows[rows.any(axis=1)]
    if not len(kept):
        return 0.0
    first, last = row_ends(kept)
    return float(np.median(last - first + 1))


def _checked(picture: np.ndarray) -> np.ndarray:
    if picture.ndim != 2 or min(picture.shape) < 16 or not np.isfinite(picture).all():
        raise InputError("picture", expected="finite values (j, i), 16x16 or more", got=f"shape {picture.shape}")
    return picture
