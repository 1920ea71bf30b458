"""A bone scan as people read it: both views side by side in inverted grey, and again with map and foci."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from oncologyai.bundle import BoneScanBundle
from oncologyai.imaging import VIEWS, View
from oncologyai.scintigraphy import MAP_FLOOR, grey_picture, map_colours, outline_body, resize_picture
from oncologyai.types import Point, Volume

__all__ = ["bonescan_picture", "bonescan_thumbnail", "overlaid_view"]

_OPACITY = 0.55
_INCHES, _DPI = 8.0, 110
_ROOM_MM = 25.0  # around the body
_SIDES: Mapping[View, tuple[str, str]] = {"anterior": ("R", "L"), "posterior": ("L", "R")}
_MARK = "#0b59f2"
_GAP = 2  # pixels between the views of a thumbnail


def overlaid_view(view: Volume, values: Volume | None = None) -> np.ndarray:
    """Give a view as it is shown, as the camera saw it: inverted grey, a map of its class over it.

    Parameters
    ----------
    view : Volume
        One slice; one that was turned over left to right is turned back.
    values : Volume, optional
        On its grid, 0 to 1; clear below ``MAP_FLOOR``.

    Returns
    -------
    ndarray, shape (j, i, 3), uint8

    Raises
    ------
    GeometryMismatchError
        If the map is on another grid.
    InputError
        If the view is empty, all of one value.
    """
    if values is not None:
        view.require_same_grid(values, "map")
    rgb = _overlaid(grey_picture(view), None if values is None else values.array[0])
    return np.ascontiguousarray(rgb[:, ::-1]) if _is_mirrored(view) else rgb


def _overlaid(grey: np.ndarray, values: np.ndarray | None) -> np.ndarray:
    """Give grey (j, i) of 0 to 255 with a map of 0 to 1 over it as RGB, uint8."""
    rgb = np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, axis=2)
    if values is not None:
        share = np.clip(values, 0.0, 1.0)
        there = share >= MAP_FLOOR
        colours = 255.0 * map_colours(share[there])
        rgb[there] = np.rint((1.0 - _OPACITY) * rgb[there] + _OPACITY * colours).astype(np.uint8)
    return rgb


def bonescan_picture(bundle: BoneScanBundle, path: Path) -> Path:
    """Draw the views in grey and, where there are maps, beside them the same with maps and numbered foci.

    Parameters
    ----------
    bundle : BoneScanBundle
    path : Path
        The PNG file.

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    boxes = {view: _box(volume) for view, volume in bundle.views.items()}
    panels = [(view, False) for view in bundle.views]
    panels += [(view, True) for view in bundle.views] if bundle.maps else []
    widths = [boxes[view][3] - boxes[view][2] for view, _ in panels]
    height = max(box[1] - box[0] for box in boxes.values())
    gap = 0.02 * sum(widths)
    whole = sum(widths) + gap * (len(panels) + 1)
    figure = Figure(figsize=(_INCHES * whole / height, _INCHES * 1.05), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    left = gap
    for (view, is_mapped), width in zip(panels, widths, strict=True):
        axes = figure.add_axes((left / whole, 0.0, width / whole, 1.0 / 1.05))
        _draw_view(axes, bundle, view, boxes[view], is_mapped=is_mapped)
        left += width + gap
    figure.savefig(path, metadata={"Software": None})
    return path


def bonescan_thumbnail(bundle: BoneScanBundle, path: Path, *, height: int = 300) -> Path:
    """Write the bodies of both views, with their maps, side by side as a small PNG.

    Parameters
    ----------
    bundle : BoneScanBundle
    path : Path
    height : int
        Pixels; the width follows from the bodies.

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    parts = []
    boxes = {view: _box(volume) for view, volume in bundle.views.items()}
    tallest = max(box[1] - box[0] for box in boxes.values())
    for view, volume in bundle.views.items():
        box = boxes[view]
        shape = tuple(max(1, round(height * (box[n + 1] - box[n]) / tallest)) for n in (0, 2))
        small = np.full((height, shape[1] + _GAP, 3), 255, np.uint8)
        small[: shape[0], : shape[1]] = _small(volume, bundle.maps.get(view), box, (shape[0], shape[1]))
        parts.append(small)
    imsave(path, np.concatenate(parts, axis=1), pil_kwargs={"compress_level": 3})  # as small, three times as quick
    return path


def _small(
    volume: Volume, values: Volume | None, box: tuple[float, float, float, float], shape: tuple[int, int]
) -> np.ndarray:
    """Give the part of a view in a box as it is shown, in another number of pixels; colours are laid over last."""
    edge, turn = volume.spacing_mm, -1 if _is_mirrored(volume) else 1
    rows, columns = (slice(*(round(mm / edge[n]) for mm in ends)) for n, ends in ((1, box[:2]), (0, box[2:])))

    def cut(picture: np.ndarray) -> np.ndarray:
        return resize_picture(picture[:, ::turn][rows, columns], shape)

    return _overlaid(cut(grey_picture(volume)), None if values is None else cut(values.array[0]))


def _draw_view(
    axes: Axes, bundle: BoneScanBundle, view: View, box: tuple[float, float, float, float], *, is_mapped: bool
) -> None:
    volume = bundle.views[view]
    rgb = overlaid_view(volume, bundle.maps.get(view) if is_mapped else None)
    edge = volume.spacing_mm
    extent = (0.0, rgb.shape[1] * edge[0], rgb.shape[0] * edge[1], 0.0)
    axes.imshow(rgb, extent=extent, interpolation="bilinear", aspect="auto")
    axes.set_xlim(box[2], box[3])
    axes.set_ylim(box[1], box[0])
    axes.set_axis_off()
    explained = f": {bundle.value('explained')}" if bundle.value("explained") else ", map"
    axes.set_title(f"{view}{explained}" if is_mapped else view, fontsize=11, color="#333333", pad=3)
    for x, text, align in ((0.02, _SIDES[view][0], "left"), (0.98, _SIDES[view][1], "right")):
        axes.text(x, 0.99, text, transform=axes.transAxes, ha=align, va="top", fontsize=12, color="tab:orange")
    for point in _foci_of(bundle, view) if is_mapped else ():
        x, y = _place(volume, point)
        axes.plot(x, y, marker="o", markersize=13, fillstyle="none", color=_MARK, markeredgewidth=1.3)
        halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
        axes.annotate(
            point.name, (x, y), xytext=(9, 7), textcoords="offset points", fontsize=11, color=_MARK,
            fontweight="bold", path_effects=halo,
        )  # fmt: skip


def _foci_of(bundle: BoneScanBundle, view: View) -> list[Point]:
    """Give the foci that a view shows by their numbers: a point a row of the table of lesions."""
    lesions = bundle.table("Lesions")
    if lesions is None or not bundle.foci:
        return []
    number, seen = lesions.columns.index("number"), lesions.columns.index("view")
    rows = zip(lesions.rows, bundle.foci, strict=True)
    return [Point(str(row[number]), point.ras) for row, point in rows if row[seen] == view]


def _place(volume: Volume, point: Point) -> tuple[float, float]:
    """Give mm from the picture's left and upper edge."""
    column, row, _ = volume.ijk_from_ras(point.ras)
    edge = volume.spacing_mm
    x = (float(column) + 0.5) * edge[0]
    return (volume.shape[2] * edge[0] - x if _is_mirrored(volume) else x), (float(row) + 0.5) * edge[1]


def _box(volume: Volume) -> tuple[float, float, float, float]:
    """Give top, bottom, left and right of the body with some room, in mm of the picture as it is shown."""
    body, edge = outline_body(volume.array[0]), volume.spacing_mm
    rows, columns = volume.shape[1:]
    first, last = body.columns
    if _is_mirrored(volume):
        first, last = columns - last, columns - first
    return (
        max(0.0, body.rows[0] * edge[1] - _ROOM_MM), min(rows * edge[1], body.rows[1] * edge[1] + _ROOM_MM),
        max(0.0, first * edge[0] - _ROOM_MM), min(columns * edge[0], last * edge[0] + _ROOM_MM),
    )  # fmt: skip


def _is_mirrored(volume: Volume) -> bool:
    """Tell whether columns run against the camera: to the left in an anterior view, to the right in a posterior one."""
    along = volume.ijk_to_ras[0, 0]
    return bool(along > 0.0) if volume.meta.get("view") == VIEWS[0] else bool(along < 0.0)
