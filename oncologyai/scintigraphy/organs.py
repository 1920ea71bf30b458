"""Bladder and injection site: found by place and heat, and taken out of a view's counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from oncologyai.imaging import View
from oncologyai.scintigraphy.figure import BodyFigure, figure_of
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.scintigraphy.uptake import Uptake, uptake_of_view
from oncologyai.types import Mask, Volume

__all__ = ["find_bladder", "find_organs", "without_organs"]

# Where to look, in thousandths of the body's height: across from the middle, below the top of the head.
_BLADDER_ACROSS, _BLADDER_BELOW = 28.0, (450.0, 520.0)
_ARM_ACROSS, _ARM_BELOW = 100.0, (300.0, 640.0)
_RING_MM, _REACH_MM = (60.0, 80.0), 70.0
_LEAST_BLADDER = 1.4  # times what lies around: an empty bladder is not hotter than sacrum and pubis
_LEAST_INJECTION = 4.0  # times the median of both arms
_LEAST_AGAINST_OTHER_ARM = 2.0
_EDGE = 0.15  # of the way from the surroundings to the hottest place
_MARGIN_MM = 4.0


def find_organs(scan: WholeBodyScan) -> dict[View, tuple[Mask, ...]]:
    """Find the bladder, as the hottest place of the pelvis' middle, and an injection site in elbow, forearm or hand.

    Parameters
    ----------
    scan : WholeBodyScan

    Returns
    -------
    dict of tuples of Mask by view
        Labelled 'bladder' and 'injection site', each at most once a view; what is no hotter than its surroundings is
        not found. A worn joint of an arm that is hot enough passes for an injection site.

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    figure = figure_of(scan)
    found: dict[View, tuple[Mask, ...]] = {}
    for view, volume in scan.views.items():
        uptake, place = uptake_of_view(volume), _places(volume, figure)
        named = {"bladder": _bladder(uptake, place), "injection site": _injection_site(uptake, place, figure)}
        found[view] = tuple(
            Mask.on(volume, array[None], name, kind="organ") for name, array in named.items() if array is not None
        )
    return found


def find_bladder(view: Volume, figure: BodyFigure) -> np.ndarray | None:
    """Give the bladder of one view as bool (j, i), None where none is found; else as ``find_organs``."""
    return _bladder(uptake_of_view(view), _places(view, figure))


def without_organs(scan: WholeBodyScan) -> WholeBodyScan:
    """Give the scan with bladder and injection site at the level of what lies around them, and a note of both.

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    organs = find_organs(scan)
    changed: dict[View, Volume] = {}
    for view, volume in scan.views.items():
        counts = volume.array.copy()
        for mask in organs[view]:
            away = ndimage.distance_transform_edt(~mask.array[0], sampling=volume.sampling_mm[1:])
            ring = (away > 0.0) & (away <= 2.0 * _MARGIN_MM)
            counts[mask.array] = np.median(counts[0][ring]) if ring.any() else 0
        changed[view] = volume.with_array(counts)
    names = sorted({mask.label for masks in organs.values() for mask in masks})
    note = f"taken out of the picture: {', '.join(names) or 'neither bladder nor injection site was found'}"
    front, back = changed.get("anterior"), changed.get("posterior")
    return replace(scan, anterior=front, posterior=back, notes=(*scan.notes, note))


def _places(view: Volume, figure: BodyFigure) -> np.ndarray:
    """Give where each pixel lies in the body (``BodyFigure.place``)."""
    j, i = np.meshgrid(*(np.arange(n, dtype=np.float64) for n in view.shape[1:]), indexing="ij")
    return figure.place(view.ras_from_ijk(np.stack([i, j, np.zeros_like(i)], axis=-1)))


def _bladder(uptake: Uptake, place: np.ndarray) -> np.ndarray | None:
    across, below = np.abs(place[..., 0]), place[..., 1]
    where = (across <= _BLADDER_ACROSS) & (below >= _BLADDER_BELOW[0]) & (below <= _BLADDER_BELOW[1]) & uptake.body
    if not where.any():
        return None
    j, i = _hottest(uptake, where)
    ras = uptake.view.ras_from_ijk((i, j, 0))
    around = uptake.at(ras, _RING_MM)
    if not uptake.smooth[j, i] >= _LEAST_BLADDER * around:
        return None
    return _grown(uptake, (j, i), around)


def _injection_site(uptake: Uptake, place: np.ndarray, figure: BodyFigure) -> np.ndarray | None:
    across, below = np.abs(place[..., 0]), place[..., 1]
    where = (across >= _ARM_ACROSS) & (below >= _ARM_BELOW[0]) & (below <= _ARM_BELOW[1]) & uptake.body
    if not where.any():
        return None
    j, i = _hottest(uptake, where)
    usual = float(np.median(uptake.smooth[where]))
    ratio = uptake.ratio_to_other_side(uptake.view.ras_from_ijk((i, j, 0)), figure)
    if uptake.smooth[j, i] < _LEAST_INJECTION * usual or ratio < _LEAST_AGAINST_OTHER_ARM:
        return None
    return _grown(uptake, (j, i), usual)


def _hottest(uptake: Uptake, where: np.ndarray) -> tuple[int, int]:
    j, i = np.unravel_index(int(np.argmax(np.where(where, uptake.smooth, -np.inf))), where.shape)
    return int(j), int(i)


def _grown(uptake: Uptake, place: tuple[int, int], around: float) -> np.ndarray:
    """Give what is connected to a place by uptake clearly above the surroundings', with a margin."""
    box, away = uptake.around(*place, _REACH_MM)
    smooth = uptake.smooth[box]
    hottest = float(uptake.smooth[place])
    labels, _ = ndimage.label((smooth >= around + _EDGE * (hottest - around)) & (away <= _REACH_MM))
    own = labels == labels[place[0] - box[0].start, place[1] - box[1].start]
    grown = ndimage.distance_transform_edt(~own, sampling=uptake.view.sampling_mm[1:]) <= _MARGIN_MM
    found = np.zeros(uptake.smooth.shape, dtype=bool)
    found[box] = grown
    return found
