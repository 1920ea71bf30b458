"""Which bone lies at a place of the body, by proportions of the figure alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from oncologyai.imaging import View
from oncologyai.scintigraphy.figure import HALF_WIDTH, BodyFigure

__all__ = ["BONE_REGIONS", "MIDLINE_REGIONS", "Side", "bone_regions_at", "region_areas_mm2", "side_at"]

Side = Literal["right", "left", "midline"]

BONE_REGIONS = (
    "skull", "cervical spine", "thoracic spine", "lumbar spine", "sacrum", "sternum", "clavicle", "scapula", "shoulder",
    "ribs", "humerus", "elbow", "forearm", "hand", "pelvis", "hip", "femur", "knee", "lower leg", "foot",
    "kidney", "bladder",
)  # fmt: skip
"""Names of regions; 'hip' is the joint, where head of femur and acetabulum lie over each other; wrists are 'hand'.

'kidney' and 'bladder' are where no bone is and these usually are.
"""

MIDLINE_REGIONS = ("skull", "cervical spine", "thoracic spine", "lumbar spine", "sacrum", "sternum")
_STEP = 2.0  # thousandths of the height between places that areas are counted by
_MIDLINE = 10.0  # thousandths of the height: half a vertebra's width, some 18 mm


@dataclass(frozen=True)
class _Part:
    """A bone as a thick line, in thousandths of the height from the middle and below the top, and who sees it."""

    region: str
    start: tuple[float, float]
    end: tuple[float, float]
    radius: float
    seen: View | None = None


# Heights of the landmarks as shares of stature in an adult lying on the back with pointed feet.
_PARTS = (
    _Part("skull", (0, 52), (0, 72), 44),
    _Part("skull", (0, 112), (27, 112), 10),
    _Part("sternum", (0, 208), (0, 280), 11, "anterior"),
    _Part("cervical spine", (0, 132), (0, 181), 9),
    _Part("thoracic spine", (0, 182), (0, 334), 10),
    _Part("lumbar spine", (0, 341), (0, 415), 15),
    _Part("sacrum", (0, 437), (0, 455), 16),
    _Part("sacrum", (23, 431), (23, 454), 7),
    _Part("clavicle", (12, 200), (76, 187), 9, "anterior"),
    _Part("scapula", (50, 205), (66, 198), 8, "posterior"),
    _Part("scapula", (64, 210), (53, 262), 8, "posterior"),
    _Part("shoulder", (84, 200), (98, 196), 12),
    _Part("shoulder", (90, 182), (92, 182), 8),
    _Part("ribs", (34, 215), (42, 308), 26),
    _Part("humerus", (106, 222), (122, 330), 10),
    _Part("elbow", (127, 357), (127, 358), 16),
    _Part("forearm", (131, 382), (135, 470), 12),
    _Part("hand", (134, 498), (122, 575), 22),
    _Part("pelvis", (38, 420), (58, 440), 18),
    _Part("hip", (47, 467), (47, 471), 13),
    _Part("pelvis", (26, 484), (14, 503), 8),
    _Part("pelvis", (36, 497), (37, 505), 8),
    _Part("femur", (63, 488), (58, 520), 9),
    _Part("femur", (57, 520), (55, 655), 14),
    _Part("knee", (55, 690), (55, 702), 22),
    _Part("lower leg", (55, 735), (55, 888), 16),
    _Part("kidney", (34, 352), (36, 384), 14),
    _Part("bladder", (0, 476), (0, 480), 12),
    _Part("foot", (56, 915), (60, 985), 26),
)


def bone_regions_at(figure: BodyFigure, ras: np.ndarray, *, seen: View | None = None) -> np.ndarray:
    """Give the region of each place, as its number in ``BONE_REGIONS``.

    Each region is a few thick lines at usual proportions; that which a place lies deepest in, or nearest to, is taken.

    Parameters
    ----------
    figure : BodyFigure
    ras : ndarray, shape (..., 3)
        Places in RAS mm; y does not matter.
    seen : {'anterior', 'posterior'}, optional
        The view that shows it better: what lies in front of or behind the chest is told by that alone. Without, breast
        bone and collar bones are looked for, and shoulder blades are.

    Returns
    -------
    ndarray of int, shape (...)
    """
    return _nearest(figure.place(ras), seen)[0]


def region_areas_mm2(figure: BodyFigure, view: View) -> dict[str, float]:
    """Give how much of a view's plane each region's bones cover, by the usual proportions; both sides together.

    Parameters
    ----------
    figure : BodyFigure
    view : {'anterior', 'posterior'}
        What the other view alone shows has no area.

    Returns
    -------
    dict of float
        By name; regions without area are not in it.
    """
    pixel = _STEP**2 * (figure.half_width_mm / HALF_WIDTH) * (figure.height_mm / 1000.0)
    return {name: float(n) * pixel for name, n in zip(BONE_REGIONS, _usual_areas(view), strict=True) if n}


@cache
def _usual_areas(view: View) -> tuple[int, ...]:
    """Give how many places, every second thousandth, each region covers by the usual proportions."""
    across, below = np.meshgrid(np.arange(-170.0, 171.0, _STEP), np.arange(0.0, 1021.0, _STEP))
    region, away = _nearest(np.stack([across, below], axis=-1), view)
    return tuple(int(n) for n in np.bincount(region[away <= 0.0], minlength=len(BONE_REGIONS)))


def side_at(figure: BodyFigure, ras: np.ndarray) -> Side:
    """Give the patient's side of one place (3,); within half a vertebra's width it is the midline."""
    across = float(figure.place(ras)[0])
    if abs(across) <= _MIDLINE:
        return "midline"
    return "right" if across > 0.0 else "left"


def _nearest(place: np.ndarray, seen: View | None) -> tuple[np.ndarray, np.ndarray]:
    """Give the region of each place (..., 2) and how far outside it lies, in thousandths; negative inside."""
    point = np.stack([np.abs(place[..., 0]), place[..., 1]], axis=-1)
    parts = [part for part in _PARTS if seen is None or part.seen in (None, seen)]
    away = np.stack([_distance(point, part) - part.radius for part in parts])
    numbers = np.array([BONE_REGIONS.index(part.region) for part in parts])
    return numbers[away.argmin(axis=0)], away.min(axis=0)


def _distance(point: np.ndarray, part: _Part) -> np.ndarray:
    """Give the distance of points (..., 2) to a part's line."""
    start, along = np.array(part.start, dtype=np.float64), np.subtract(part.end, part.start).astype(np.float64)
    share = np.clip((point - start) @ along / float(along @ along), 0.0, 1.0)
    found: np.ndarray = np.linalg.norm(point - start - share[..., None] * along, axis=-1)
    return found
