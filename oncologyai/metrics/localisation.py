"""Whether a map of importance lies where the lesions are: energy inside, pointing game, overlap, lesions met.

One case may be several pictures (the views of a scan): sums, areas and the largest value are those of all of them.

Energy is the share of the map's sum that lies inside lesions, wherever the rest lies (Wang et al. 2020, Score-CAM,
'energy-based pointing game'). Chance is the share of the body that lesions cover: what a map spread evenly over the
body would have inside. The pointing game asks whether the largest value lies in a lesion (Zhang et al. 2018, 'Top-down
neural attention', who allow 15 pixels; here ``tolerance_mm``). Overlap is that of all lesions with the map above
``level`` of its largest value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics.intervals import Interval
from oncologyai.types import Mask, Volume

__all__ = ["LocalisationSummary", "MapLocalisation", "localise_map", "summarise_localisation"]


class MapLocalisation(NamedTuple):
    """How a case's map lies to its lesions.

    ``energy``: share of the map's sum in lesions. ``chance``: share of the body that lesions cover. ``is_pointed_at``:
    whether the largest value is in a lesion or within the tolerance; ``pointing_chance``: for a place drawn from the
    body. ``overlap``: intersection over union. ``lesions``: how many, ``lesions_met``: how many the map above its
    level touches. A map of zeros has energy 0, points at nothing and meets nothing.
    """

    energy: float
    chance: float
    is_pointed_at: bool
    pointing_chance: float
    overlap: float
    lesions: int
    lesions_met: int

    @property
    def energy_ratio(self) -> float:
        """Energy over chance: 1 for a map spread evenly over the body."""
        return self.energy / self.chance


class LocalisationSummary(NamedTuple):
    """Figures of many cases, each with the interval of the bootstrap over cases.

    ``energy``, ``chance``, ``pointing``, ``pointing_chance`` and ``overlap`` are means over cases, ``energy_ratio`` is
    mean energy over mean chance, ``median_ratio`` the median of the cases' own ratios, ``lesions_met`` the share of all
    lesions.
    """

    cases: int
    energy: Interval
    chance: Interval
    energy_ratio: Interval
    median_ratio: Interval
    pointing: Interval
    pointing_chance: Interval
    overlap: Interval
    lesions_met: Interval


def localise_map(
    maps: Mapping[str, Volume],
    lesions: Mapping[str, Sequence[Mask]],
    bodies: Mapping[str, Mask],
    *,
    level: float = 0.5,
    tolerance_mm: float = 15.0,
) -> MapLocalisation:
    """Compare a case's map with its lesions.

    Parameters
    ----------
    maps : mapping of Volume by picture
        Finite, 0 or more, on one scale in all pictures.
    lesions : mapping of masks by picture
        A picture may have none; a lesion that two pictures show is counted in each.
    bodies : mapping of Mask by picture
        The body, for every picture that has a map: what chance is of. Lesions outside it count as in it.
    level : float, above 0 to 1
        Share of the largest value.
    tolerance_mm : float, >= 0

    Raises
    ------
    InputError
        If there is no map, a picture has no body, a map has negative or infinite values, no lesion covers anything, or
        a number is out of range.
    GeometryMismatchError
        If a mask is not on its map's grid.
    """
    check_range(level, 1e-6, 1.0, "level")
    check_range(tolerance_mm, 0.0, 1e4, "tolerance_mm")
    pictures = [_picture(name, maps[name], lesions.get(name, ()), bodies, tolerance_mm) for name in maps]
    inside = sum(float(p.values[p.covered].sum(dtype=np.float64)) for p in pictures)
    total = sum(float(p.values.sum(dtype=np.float64)) for p in pictures)
    covered, body, near = (sum(float(p.areas[n]) for p in pictures) for n in range(3))
    if not covered:
        raise InputError("lesions", expected="a lesion that covers something", got="none")
    largest = max(float(p.values.max()) for p in pictures)
    limit = level * largest
    high = [(p.values >= limit) & (p.values > 0.0) for p in pictures]
    common = sum(float((h & p.covered).sum()) * p.pixel for h, p in zip(high, pictures, strict=True))
    either = sum(float((h | p.covered).sum()) * p.pixel for h, p in zip(high, pictures, strict=True))
    met = sum(bool((h & m).any()) for h, p in zip(high, pictures, strict=True) for m in p.masks)
    pointed = largest > 0.0 and any(p.near[np.unravel_index(int(p.values.argmax()), p.values.shape)]
                                    for p in pictures if float(p.values.max()) == largest)  # fmt: skip
    return MapLocalisation(
        inside / total if total > 0.0 else 0.0, covered / body, bool(pointed), near / body, common / either,
        sum(len(p.masks) for p in pictures), met,
    )  # fmt: skip


def summarise_localisation(
    cases: Sequence[MapLocalisation], *, samples: int = 2000, seed: int = 0, level: float = 0.95
) -> LocalisationSummary:
    """Give the figures of a cohort with percentile intervals, cases being drawn with replacement.

    Parameters
    ----------
    cases : sequence of MapLocalisation
        One a patient; none gives NaN.
    samples : int, > 0
    seed : int
    level : float, 0 to 1

    Raises
    ------
    InputError
        If ``samples`` or ``level`` is out of range.
    """
    check_range(samples, 1, 10**6, "samples")
    check_range(level, 0.0, 1.0, "level")
    if not cases:
        none = Interval(math.nan, math.nan, math.nan)
        return LocalisationSummary(0, *(none for _ in range(8)))
    table = np.array(cases, dtype=np.float64)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(len(table), size=(samples, len(table)))
    tail = (1.0 - level) / 2.0

    def interval(figure: Callable[[np.ndarray], float]) -> Interval:
        values = [figure(table[rows]) for rows in drawn]
        return Interval(figure(table), *(float(v) for v in np.quantile(values, (tail, 1.0 - tail))))

    return LocalisationSummary(
        len(table),
        interval(lambda t: float(t[:, 0].mean())),
        interval(lambda t: float(t[:, 1].mean())),
        interval(lambda t: float(t[:, 0].mean() / t[:, 1].mean())),
        interval(lambda t: float(np.median(t[:, 0] / t[:, 1]))),
        interval(lambda t: float(t[:, 2].mean())),
        interval(lambda t: float(t[:, 3].mean())),
        interval(lambda t: float(t[:, 4].mean())),
        interval(lambda t: float(t[:, 6].sum() / t[:, 5].sum())),
    )


class _Picture(NamedTuple):
    """``areas`` of lesions, of the body with them, and of what lies within the tolerance of lesions, in mm2."""

    values: np.ndarray
    masks: list[np.ndarray]
    covered: np.ndarray
    near: np.ndarray
    areas: tuple[float, float, float]
    pixel: float


def _picture(
    name: str, volume: Volume, lesions: Sequence[Mask], bodies: Mapping[str, Mask], tolerance_mm: float
) -> _Picture:
    if name not in bodies:
        raise InputError("bodies", expected=f"the body in picture {name}", got=", ".join(bodies) or "none")
    for mask in (*lesions, bodies[name]):
        volume.require_same_grid(mask, f"{mask.label} of {name}")
    values = volume.array
    if not np.isfinite(values).all() or float(values.min()) < 0.0:
        raise InputError(f"maps[{name}]", expected="finite values of 0 or more", got="others")
    masks = [mask.array for mask in lesions if mask.array.any()]
    covered = np.any(masks, axis=0) if masks else np.zeros(values.shape, dtype=bool)
    near = covered
    if tolerance_mm > 0.0 and covered.any():
        near = ndimage.distance_transform_edt(~covered, sampling=volume.sampling_mm) <= tolerance_mm
    body = bodies[name].array | covered
    pixel = volume.voxel_ml
    areas = tuple(float(part.sum()) * pixel for part in (covered, body, near & body))
    return _Picture(values, masks, covered, near, (areas[0], areas[1], areas[2]), pixel)
