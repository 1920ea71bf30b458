"""Contact sheets: many axial slices of one image with the outlines of its structures, in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.report.planes import PLANES, display_range, patient_axes, slice_plane
from oncologyai.types import Mask, Volume

__all__ = ["contact_sheet", "sheet_range"]

_COLOURS = (
    "#ff4d33", "#1fb5ff", "#52d639", "#ffb000", "#c77dff", "#ff7eb6", "#00c2a8", "#b8860b",
    "#9aa7ff", "#c8d629", "#8d6e63", "#7fd6ff", "#e0a0a0", "#4f7cff", "#8fa67a", "#b0b0b0",
)  # fmt: skip
_KINDS = ("lesion", "organ", "region")
_PANEL_INCHES = 2.6
_DPI = 100
_HEAD_INCHES = 0.34
_LEGEND_LINES = 2
_ENOUGH = 4  # slices: from there on the first and the last show what lies beyond the structure
_SOFT_TISSUE = (-160.0, 240.0)  # WW 400, WL 40
_TISSUE_HU = -200.0
_AERATED_HU = (-950.0, -600.0)
# Of what tissue encloses: from there on a CT is shown in the lung window. Two thoraxes have 0.16 and 0.23, nineteen
# sarcomas of the limbs and trunk at most 0.03.
_LUNG_SHARE = 0.08
_LARGEST_SUV = 100.0


def contact_sheet(
    volume: Volume,
    masks: Sequence[Mask],
    path: Path,
    *,
    title: str = "",
    columns: int = 4,
    rows: int = 3,
    window: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """Draw axial slices with the outlines of the masks on them, the patient's right at the left.

    Parameters
    ----------
    volume : Volume
        The image; oblique ones are shown along the axis nearest to axial.
    masks : sequence of Mask
        On its grid; lesions are drawn in the first colours. The slices are spread evenly over the lesions' extent and,
        where there are four or more, one slice beyond; without lesions over all masks', without masks over the image.
    path : Path
        The PNG file; its folder is made.
    title : str
        Stands at the top.
    columns, rows : int
        Slices beside and below each other, 1 to 12 each; fewer where the image has fewer.
    window : (float, float), optional
        Values shown black and white; ``sheet_range`` if None.

    Returns
    -------
    tuple of float
        The window.

    Raises
    ------
    InputError
        If a number is out of range, or the window descends.
    GeometryMismatchError
        If a mask is not on the grid of ``volume``.
    """
    check_range(columns, 1, 12, "columns")
    check_range(rows, 1, 12, "rows")
    if window is not None and not window[0] < window[1]:
        raise InputError("window", expected="two ascending values", got=str(window))
    for mask in masks:
        volume.require_same_grid(mask, mask.label)
    masks = sorted(masks, key=lambda mask: _KINDS.index(mask.kind))
    low, high = window or sheet_range(volume)
    axis = patient_axes(volume.ijk_to_ras)[PLANES["axial"]]
    chosen = _slices(volume, masks, axis, columns * rows)
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    _, extent = slice_plane(volume.array, volume.ijk_to_ras, axis, chosen[0])
    panel_height = _PANEL_INCHES * float(np.clip(extent[3] / extent[1], 0.2, 3.0))
    lines = min(_LEGEND_LINES, max(1, -(-len(masks) // (2 * columns))))
    foot = lines * _HEAD_INCHES
    width, height = _PANEL_INCHES * columns, panel_height * rows + _HEAD_INCHES + foot
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="black")
    FigureCanvasAgg(figure)
    for place, index in enumerate(chosen):
        row, column = divmod(place, columns)
        bottom = (foot + panel_height * (rows - 1 - row)) / height
        axes = figure.add_axes((column / columns, bottom, 0.995 / columns, 0.99 * panel_height / height))
        _panel(axes, volume, masks, axis, index, (low, high))
    unit = "" if volume.unit == "arbitrary" else f" {volume.unit}"
    about = f"{volume.modality}  {low:.4g} to {high:.4g}{unit}"
    middle = 0.5 * _HEAD_INCHES / height
    figure.text(0.006, 1.0 - middle, _plain(title), color="white", fontsize=9, va="center")
    figure.text(0.994, 1.0 - middle, about, color="0.75", fontsize=8, va="center", ha="right")
    _legend(figure, masks, lines=lines, columns=columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None}, facecolor="black")
    return low, high


def sheet_range(volume: Volume) -> tuple[float, float]:
    """Give the values shown black and white.

    CT in HU: the lung window where lungs are in view (at least 8 % of what tissue encloses lie within -950 to -600
    HU), else WW 400 and WL 40. PET in SUV: 0 to 10; a plain PET without a unit counts as SUV up to values of 100.
    Everything else: 1st to 99th percentile.
    """
    sample = volume.array[:: max(1, volume.shape[0] // 40), ::3, ::3].astype(np.float32)
    if volume.modality == "CT":
        return display_range(volume) if _aerated_share(sample) >= _LUNG_SHARE else _SOFT_TISSUE
    is_suv = volume.unit.startswith("SUV") or (volume.unit == "arbitrary" and float(sample.max()) <= _LARGEST_SUV)
    if volume.modality == "PT" and is_suv:
        return display_range(volume)
    low, high = (float(v) for v in np.percentile(sample, (1, 99)))
    return (low, high) if low < high else (low, low + 1.0)


def _aerated_share(hu: np.ndarray) -> float:
    """Give the share of lung-like voxels among those that have tissue before, behind, left and right of them."""
    tissue = hu > _TISSUE_HU
    enclosed = np.ones_like(tissue)
    for axis in (1, 2):
        after = np.flip(np.maximum.accumulate(np.flip(tissue, axis), axis=axis), axis)
        enclosed &= np.maximum.accumulate(tissue, axis=axis) & after
    aerated = enclosed & (hu > _AERATED_HU[0]) & (hu < _AERATED_HU[1])
    return float(np.count_nonzero(aerated)) / max(1, int(np.count_nonzero(enclosed)))


def _slices(volume: Volume, masks: Sequence[Mask], axis: int, count: int) -> list[int]:
    """Choose slices, the uppermost first."""
    size = volume.shape[2 - axis]
    others = tuple(a for a in range(3) if a != 2 - axis)
    covered = np.zeros(size, dtype=bool)
    lesions = [mask for mask in masks if mask.kind == "lesion"]
    for mask in lesions or masks:
        covered |= mask.array.any(axis=others)
    found = np.flatnonzero(covered)
    beyond = int(count >= _ENOUGH)
    first, last = (max(0, found[0] - beyond), min(size - 1, found[-1] + beyond)) if len(found) else (0, size - 1)
    missing = count - (last - first + 1)  # a short structure: fill the sheet with what lies around it
    if len(found) and missing > 0:
        first, last = max(0, first - missing // 2), min(size - 1, last + (missing + 1) // 2)
    count = min(count, last - first + 1)
    places = np.linspace(first, last, count) if count > 1 else np.array([(first + last) / 2])
    indices = np.unique(np.rint(places).astype(int)).tolist()
    superior = volume.ijk_to_ras[2, axis]
    return indices[::-1] if superior > 0 else indices


def _panel(
    axes: Axes, volume: Volume, masks: Sequence[Mask], axis: int, index: int, window: tuple[float, float]
) -> None:
    axes.set_axis_off()
    pixels, extent = slice_plane(volume.array, volume.ijk_to_ras, axis, index)
    inverted = volume.modality == "PT"
    axes.imshow(
        pixels, cmap="gray_r" if inverted else "gray", vmin=window[0], vmax=window[1], extent=extent,
        interpolation="bilinear", aspect="auto",
    )  # fmt: skip
    for number, mask in enumerate(masks):
        cut, _ = slice_plane(mask.array, volume.ijk_to_ras, axis, index)
        if cut.any():
            padded = np.pad(cut[::-1].astype(np.float32), 1)  # so that an outline at the border is closed
            x, y = (_centres(n, e) for n, e in ((padded.shape[1], extent[1]), (padded.shape[0], extent[3])))
            axes.contour(x, y, padded, levels=[0.5], colors=[_COLOURS[number % len(_COLOURS)]], linewidths=1.1)
    axes.set(xlim=extent[:2], ylim=extent[2:])
    ijk = [(n - 1) / 2 for n in volume.shape[::-1]]
    ijk[axis] = index
    place = volume.ras_from_ijk(ijk)[2]
    axes.text(
        0.02, 0.98, f"S {place:.1f} mm", transform=axes.transAxes, va="top", fontsize=7,
        color="#7a5c00" if inverted else "#ffd27f",
    )  # fmt: skip


def _centres(padded: int, length: float) -> np.ndarray:
    """Give the places of pixel centres, with one pixel more at each end."""
    pixel = length / (padded - 2)
    return (np.arange(padded) - 0.5) * pixel


def _legend(figure: Figure, masks: Sequence[Mask], *, lines: int, columns: int) -> None:
    """Write the structures' names in their colours, two a column and line, as many as fit."""
    beside = 2 * columns
    step = _HEAD_INCHES / figure.get_figheight()
    for number, mask in enumerate(masks[: beside * lines]):
        line, place = divmod(number, beside)
        name = mask.label if len(mask.label) <= 18 else mask.label[:17] + "…"
        colour = _COLOURS[number % len(_COLOURS)]
        height = (lines - line - 0.5) * step
        figure.text(0.006 + 0.97 * place / beside, height, _plain(name), color=colour, fontsize=8, va="center")
    if len(masks) > beside * lines:
        more = f"+{len(masks) - beside * lines}"
        figure.text(0.994, 0.5 * step, more, color="white", fontsize=8, va="center", ha="right")


def _plain(text: str) -> str:
    return text.replace("$", r"\$")
