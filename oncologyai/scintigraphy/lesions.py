"""Lists of foci: connected hot regions of a class map, and hot spots of the counts, one lesion seen twice being one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.imaging import VIEWS, View
from oncologyai.scintigraphy.bone_regions import BONE_REGIONS, MIDLINE_REGIONS, Side, bone_regions_at, side_at
from oncologyai.scintigraphy.figure import BodyFigure, figure_of
from oncologyai.scintigraphy.hot_spots import hot_spots
from oncologyai.scintigraphy.organs import find_bladder
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.scintigraphy.uptake import ComparedWith, Uptake, uptake_of_view
from oncologyai.types import Point, Table, Volume

__all__ = ["BoneFocus", "LesionList", "list_hot_spots", "list_lesions"]

_TOGETHER_MM = 25.0  # two views' foci so near each other are one: resolution, and maps' cells of 60 mm
_LEAST_MM2 = 60.0  # a spot of 9 mm, about a camera's resolution
_COLUMNS = (
    "number", "view", "side", "region", "x_mm", "z_mm", "area_mm2", "uptake_ratio", "compared_with", "map_peak",
    "map_share",
)  # fmt: skip


@dataclass(frozen=True)
class BoneFocus:
    """A focus in one view.

    Parameters
    ----------
    number : int
        From 1; of the lesion: foci of both views that lie in the same place have the same.
    view : {'anterior', 'posterior'}
    ras : (x, y, z)
        Its hottest place, in mm; y is that of the views' plane.
    row, column : int
        The same place in the view.
    side : {'right', 'left', 'midline'}
        The patient's, in both views.
    region : str
        One of ``BONE_REGIONS``, by position alone, but 'bladder' where ``find_bladder`` sees it in the anterior view.
    area_mm2 : float
    uptake_ratio : float
        Uptake within 8 mm of the place over that of the mirrored place or of the surroundings (25 to 40 mm away); NaN
        where that is outside the body.
    compared_with : {'opposite side', 'surroundings'}
        Surroundings for places in the midline, skull, spine, sacrum and breast bone.
    map_peak : float
        The class map's largest value in the focus; NaN without a map.
    map_share : float
        The focus' share of the map's sum over both views; NaN without a map.
    """

    number: int
    view: View
    ras: tuple[float, float, float]
    row: int
    column: int
    side: Side
    region: str
    area_mm2: float
    uptake_ratio: float
    compared_with: ComparedWith
    map_peak: float = math.nan
    map_share: float = math.nan

    @property
    def label(self) -> str:
        """Its number and place, such as '3 left ribs'."""
        side = "" if self.side == "midline" or self.region in MIDLINE_REGIONS else f"{self.side} "
        return f"{self.number} {side}{self.region}"


@dataclass(frozen=True, eq=False)
class LesionList:
    """Foci and what each covers.

    Parameters
    ----------
    foci : tuple of BoneFocus
        By number, anterior before posterior.
    labels : mapping of Volume by view
        int16 on the view's grid: the number of the focus that covers a pixel, or 0.
    """

    foci: tuple[BoneFocus, ...]
    labels: Mapping[View, Volume]

    @property
    def count(self) -> int:
        """How many lesions there are; one that both views show counts once."""
        return len({focus.number for focus in self.foci})

    def table(self, name: str = "Lesions") -> Table:
        """Give a row a focus; what is not known is None."""
        rows = []
        for f in self.foci:
            figures = (f.uptake_ratio, f.map_peak, f.map_share)
            ratio, peak, share = (None if math.isnan(v) else round(v, 4) for v in figures)
            x, z, area = round(f.ras[0], 1), round(f.ras[2], 1), round(f.area_mm2, 1)
            rows.append((f.number, f.view, f.side, f.region, x, z, area, ratio, f.compared_with, peak, share))
        return Table(name, _COLUMNS, tuple(rows))

    def points(self) -> tuple[Point, ...]:
        """Give a named point a focus, in the order of ``foci``: a lesion that both views show has two of one name."""
        return tuple(Point(focus.label, focus.ras) for focus in self.foci)


def list_lesions(scan: WholeBodyScan, maps: Mapping[View, Volume], *, level: float = 0.4) -> LesionList:
    """List the connected regions in which a class map is high, the one with the largest share of the map first.

    A map is coarse (cells of some 60 mm), so a region's place is where the map times how far uptake stands out is
    largest: on the hot bone inside the region.

    Parameters
    ----------
    scan : WholeBodyScan
    maps : mapping of Volume by view
        On the views' grids, 0 or more, as ``BoneScanClassifier.classify`` gives them. What they speak for is the
        caller's to say: a map for 'without metastases' has no lesions.
    level : float, above 0 to 1
        Share of the largest value of all maps from which on a place belongs to a region.

    Returns
    -------
    LesionList
        Empty where the maps are 0.

    Raises
    ------
    InputError
        If a view has no map, or ``level`` is out of range.
    GeometryMismatchError
        If a map is not on its view's grid.
    """
    check_range(level, 1e-6, 1.0, "level")
    _check_maps(scan, maps)
    limit = level * max(float(maps[view].array.max()) for view in scan.views)
    uptakes = {view: uptake_of_view(volume) for view, volume in scan.views.items()}
    regions = {}
    for view, uptake in uptakes.items():
        values = maps[view].array[0]
        labels, count = ndimage.label((values >= limit) & (values > 0.0))
        weight = values * (uptake.standing_out() + 1e-6) * (uptake.body + 1e-6)
        regions[view] = [_Region(labels == n, _argmax(weight, labels == n)) for n in range(1, count + 1)]
    return _listed(scan, uptakes, regions, maps)


def list_hot_spots(
    scan: WholeBodyScan,
    maps: Mapping[View, Volume] | None = None,
    *,
    least_ratio: float = 1.25,
    least_map: float = 0.0,
) -> LesionList:
    """List the places where uptake stands out, whatever they are: lesions, worn joints, organs; the hottest first.

    Every body has some twenty of them (joints, where ribs cross, kidneys); ``least_map`` leaves those that the class
    map points at.

    Parameters
    ----------
    scan : WholeBodyScan
    maps : mapping of Volume by view, optional
        A class map, of which each spot's largest value and share are told.
    least_ratio : float, above 1
        How many times the highest pass to any hotter place a spot's uptake must be.
    least_map : float, 0 to 1
        Leave out spots whose ``map_peak`` is below this.

    Returns
    -------
    LesionList
        Empty where nothing stands out.

    Raises
    ------
    InputError
        If a number is out of range, a view has no map, or ``least_map`` is asked without maps.
    GeometryMismatchError
        If a map is not on its view's grid.
    """
    check_range(least_ratio, 1.01, 100.0, "least_ratio")
    check_range(least_map, 0.0, 1.0, "least_map")
    if maps is not None:
        _check_maps(scan, maps)
    elif least_map > 0.0:
        raise InputError("maps", expected="maps to compare with least_map", got="none")
    uptakes = {view: uptake_of_view(volume) for view, volume in scan.views.items()}
    regions = {
        view: [_Region(mask, _argmax(uptake.smooth, mask)) for mask in hot_spots(uptake, least_ratio=least_ratio)]
        for view, uptake in uptakes.items()
    }
    if maps is not None:
        regions = {
            view: [region for region in several if float(maps[view].array[0][region.mask].max()) >= least_map]
            for view, several in regions.items()
        }
    return _listed(scan, uptakes, regions, maps)


@dataclass(frozen=True, eq=False)
class _Region:
    mask: np.ndarray
    place: tuple[int, int]


def _listed(
    scan: WholeBodyScan,
    uptakes: Mapping[View, Uptake],
    regions: Mapping[View, Sequence[_Region]],
    maps: Mapping[View, Volume] | None,
) -> LesionList:
    figure = figure_of(scan)
    total = sum(float(maps[view].array.sum()) for view in scan.views) if maps is not None else 0.0
    found: list[tuple[BoneFocus, _Region]] = []
    for view, several in regions.items():
        values = maps[view].array[0] if maps is not None else None
        for region in several:
            focus = _focus(view, region, uptakes[view], figure, values, total)
            if focus.area_mm2 >= _LEAST_MM2:
                found.append((focus, region))
    foci = _numbered([focus for focus, _ in found])
    foci = _in_bladder([_placed(focus, foci, uptakes, figure) for focus in foci], scan, figure)
    labels = {view: np.zeros(volume.shape, dtype=np.int16) for view, volume in scan.views.items()}
    for focus, (_, region) in zip(foci, found, strict=True):
        labels[focus.view][0][region.mask] = focus.number
    ordered = sorted(foci, key=lambda focus: (focus.number, VIEWS.index(focus.view)))
    volumes = {
        view: Volume(array, scan.views[view].ijk_to_ras, "NM", "arbitrary", {"view": view, "description": "lesions"})
        for view, array in labels.items()
    }
    return LesionList(tuple(ordered), volumes)


def _focus(
    view: View, region: _Region, uptake: Uptake, figure: BodyFigure, values: np.ndarray | None, total: float
) -> BoneFocus:
    j, i = region.place
    x, y, z = (float(v) for v in uptake.view.ras_from_ijk((i, j, 0)))
    i_mm, j_mm = uptake.view.spacing_mm[:2]
    peak = share = math.nan
    if values is not None:
        inside = values[region.mask]
        peak = float(inside.max())
        share = float(inside.sum()) / total if total > 0.0 else 0.0
    side = side_at(figure, np.array((x, y, z)))
    area = int(region.mask.sum()) * i_mm * j_mm
    ratio = uptake.ratio_to_surroundings(np.array((x, y, z)))
    return BoneFocus(0, view, (x, y, z), j, i, side, "", area, ratio, "surroundings", peak, share)


def _numbered(foci: Sequence[BoneFocus]) -> list[BoneFocus]:
    """Give numbers by rank: the map's share, without a map the ratio; nearest pairs of both views share one."""
    pairs = sorted(
        (math.dist(a.ras, b.ras), m, n)
        for m, a in enumerate(foci)
        for n, b in enumerate(foci)
        if a.view == "anterior" and b.view == "posterior" and math.dist(a.ras, b.ras) <= _TOGETHER_MM
    )
    partner: dict[int, int] = {}
    for _, m, n in pairs:
        if m not in partner and n not in partner:
            partner[m], partner[n] = n, m
    groups = {frozenset((n, partner.get(n, n))) for n in range(len(foci))}
    ranked = sorted(groups, key=lambda group: (-sum(_rank(foci[n]) for n in group), min(group)))
    numbers = {n: number for number, group in enumerate(ranked, start=1) for n in group}
    return [replace(focus, number=numbers[n]) for n, focus in enumerate(foci)]


def _rank(focus: BoneFocus) -> float:
    rank = focus.uptake_ratio if math.isnan(focus.map_share) else focus.map_share
    return 0.0 if math.isnan(rank) else rank


def _placed(
    focus: BoneFocus, foci: Sequence[BoneFocus], uptakes: Mapping[View, Uptake], figure: BodyFigure
) -> BoneFocus:
    """Name the region, in front or behind by the view that shows the lesion better, and compare with the other side."""
    same = [other for other in foci if other.number == focus.number]
    seen = max(same, key=lambda other: _rank(replace(other, map_share=math.nan))).view
    place = np.array(focus.ras)
    region = BONE_REGIONS[int(bone_regions_at(figure, place, seen=seen))]
    if focus.side == "midline" or region in MIDLINE_REGIONS:
        return replace(focus, region=region)
    ratio = uptakes[focus.view].ratio_to_other_side(place, figure)
    return replace(focus, region=region, uptake_ratio=ratio, compared_with="opposite side")


def _in_bladder(foci: list[BoneFocus], scan: WholeBodyScan, figure: BodyFigure) -> list[BoneFocus]:
    """Name lesions whose place in the anterior view lies in the bladder: a full one hides the sacrum there."""
    bladder = find_bladder(scan.anterior, figure) if scan.anterior is not None else None
    if bladder is None:
        return foci
    inside = {f.number for f in foci if f.view == "anterior" and bladder[f.row, f.column]}
    return [replace(focus, region="bladder") if focus.number in inside else focus for focus in foci]


def _check_maps(scan: WholeBodyScan, maps: Mapping[View, Volume]) -> None:
    for view, volume in scan.views.items():
        if view not in maps:
            raise InputError("maps", expected=f"a map of the {view} view", got=", ".join(maps) or "none")
        volume.require_same_grid(maps[view], f"maps[{view}]")


def _argmax(values: np.ndarray, mask: np.ndarray) -> tuple[int, int]:
    inside = np.flatnonzero(mask)
    j, i = np.unravel_index(int(inside[np.argmax(values.ravel()[inside])]), mask.shape)
    return int(j), int(i)
