"""Which view a picture shows, told from the uptake itself where no tag says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.imaging import View
from oncologyai.scintigraphy.outline import Outline, outline_body, row_ends
from oncologyai.scintigraphy.resizing import resize_picture

__all__ = ["anterior_score", "is_mirror_pair", "recognise_pair", "recognise_single"]

# Parts of the trunk in widths of the shoulders below the top of the head (bodies differ in length, feet may be cut).
_HEAD_UPPER, _HEAD_LOWER = (0.10, 0.28), (0.28, 0.46)
_BELOW_STERNUM = (0.90, 1.20)
_MIDDLE, _BESIDE = 0.035, (0.09, 0.16)  # half width of the spine and where beside it, in the same unit
_SMOOTH, _REACH = 0.012, 4.0  # of the same unit; how many times that the kernel reaches
_ROWS_COMPARED, _BLUR = 256, 2.0  # of two views that may be mirrored
_EVEN = 0.23  # where synthetic anterior and posterior views part best (Testing/benchmarks/bench_views.py)


def anterior_score(picture: np.ndarray) -> float:
    """Tell how much more a picture looks like an anterior than like a posterior view.

    From the front the face takes up more than the vault above it, and the spine below the breast bone lies deep and
    faint; from the back the head is even and the spine stands out all the way.

    Parameters
    ----------
    picture : ndarray, shape (j, i)
        Upright, much uptake a large value, of any scale.

    Returns
    -------
    float
        Above 0 for what looks anterior; comparable between two views of one patient.
    """
    body = _placed(outline_body(picture))
    face = _level(picture, body, _HEAD_LOWER, (0.0, 0.08))
    vault = _level(picture, body, _HEAD_UPPER, (0.0, 0.08))
    spine = _level(picture, body, _BELOW_STERNUM, (0.0, _MIDDLE))
    beside = _level(picture, body, _BELOW_STERNUM, _BESIDE)
    if min(face, vault, spine, beside) <= 0.0:
        return 0.0
    return float(np.log(face / vault) - np.log(spine / beside) + _EVEN)


def recognise_single(picture: np.ndarray) -> View:
    """Give the view that one picture looks like."""
    return "anterior" if anterior_score(picture) > 0.0 else "posterior"


def recognise_pair(pictures: Sequence[np.ndarray]) -> tuple[View, View]:
    """Give the views of two pictures of one patient: one is anterior, the other posterior."""
    first, second = (anterior_score(picture) for picture in pictures)
    return ("anterior", "posterior") if first >= second else ("posterior", "anterior")


def is_mirror_pair(first: np.ndarray, second: np.ndarray) -> bool:
    """Tell whether two views match better when one is turned over left to right, as opposite cameras see them.

    Parameters
    ----------
    first, second : ndarray, shape (j, i)
        Of one size.
    """
    shrink = max(1.0, first.shape[0] / _ROWS_COMPARED)  # blurred by more than that, so that nothing is lost
    shape = (round(first.shape[0] / shrink), max(1, round(first.shape[1] / shrink)))
    one, other = (
        ndimage.gaussian_filter(resize_picture(np.sqrt(np.maximum(p, 0.0)), shape), _BLUR) for p in (first, second)
    )
    return _likeness(one, other[:, ::-1]) >= _likeness(one, other)


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@dataclass(frozen=True, eq=False)
class _Body:
    """The outline, the column of its middle (the head's), and the width of the upper body in pixels."""

    outline: Outline
    axis: float
    unit: float


def _placed(outline: Outline) -> _Body:
    top, height = outline.rows[0], outline.height
    rows = outline.mask[top + round(0.15 * height) : top + round(0.35 * height)]
    kept = rows[rows.any(axis=1)]
    first, last = row_ends(kept) if len(kept) else (np.zeros(1), np.full(1, outline.width - 1))
    unit = float(np.median(last - first + 1))
    head = outline.mask[top : top + max(2, round(0.3 * unit))]
    return _Body(outline, float(np.mean(np.nonzero(head)[1])), unit)


def _level(picture: np.ndarray, body: _Body, rows: tuple[float, float], columns: tuple[float, float]) -> float:
    """Give the median of a region: rows below the top of the head, columns to both sides of the axis, in units."""
    reach = round(body.unit * columns[1]) + 1
    region = (
        _within(picture.shape[0], *(round(body.outline.rows[0] + body.unit * r) for r in rows)),
        _within(picture.shape[1], round(body.axis) - reach, round(body.axis) + reach + 1),
    )
    i = np.abs(np.arange(region[1].start, region[1].stop) - body.axis) / body.unit
    chosen = body.outline.mask[region] & (i >= columns[0]) & (i <= columns[1])
    return float(np.median(_smoothed(picture, region, body.unit * _SMOOTH)[chosen])) if chosen.any() else 0.0


def _smoothed(picture: np.ndarray, region: tuple[slice, slice], sigma: float) -> np.ndarray:
    """Smooth a region as it is in the whole picture: with what the kernel reaches around it."""
    margin = int(_REACH * sigma + 0.5)
    wide = tuple(
        _within(n, part.start - margin, part.stop + margin) for n, part in zip(picture.shape, region, strict=True)
    )
    smooth = ndimage.gaussian_filter(picture[wide].astype(np.float32), sigma, truncate=_REACH)
    inner = tuple(slice(p.start - w.start, p.stop - w.start) for p, w in zip(region, wide, strict=True))
    return np.asarray(smooth[inner])


def _within(count: int, start: int, stop: int) -> slice:
    first = min(max(0, start), count)
    return slice(first, max(first, min(stop, count)))
