"""Two contours side by side on the same slices, told apart by nothing but their side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai._checks import check_positive
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.report.planes import PLANES, display_range, patient_axes, slice_plane
from oncologyai.types import Mask, Volume

__all__ = ["comparison_picture"]

_COLOUR = (1.0, 0.75, 0.1)  # of both contours
_INCHES = 4.0
_MOST_SLICES = 12


def comparison_picture(
    volume: Volume,
    left: Mask,
    right: Mask,
    path: Path,
    *,
    window: float | None = None,
    level: float | None = None,
    slices: int = 3,
) -> None:
    """Draw axial slices through two contours, a row a slice, superior first, each contour in its column.

    Parameters
    ----------
    volume : Volume
        The image.
    left, right : Mask
        On its grid; one may be empty.
    path : Path
        The PNG file.
    window, level : float, optional
        Width and middle of the grey scale; without, as ``display_range`` says.
    slices : int, 1 to 12
        How many, evenly over those that either contour reaches; fewer where there are fewer.

    Raises
    ------
    EmptyMaskError
        If both masks are empty.
    GeometryMismatchError
        If a mask is on another grid.
    InputError
        If the window is not above 0, or the number of slices is outside its range.
    """
    for mask, side in ((left, "left"), (right, "right")):
        volume.require_same_grid(mask, side)
    if not 1 <= slices <= _MOST_SLICES:
        raise InputError("slices", expected=f"1 to {_MOST_SLICES}", got=str(slices))
    low, high = display_range(volume)
    if window is not None and level is not None:
        check_positive(window, "window")
        low, high = level - window / 2, level + window / 2
    axis, indices = _cuts(left, right, slices)
    pixels, extent = slice_plane(volume.array, volume.ijk_to_ras, axis, indices[0])
    figure = Figure(figsize=(2 * _INCHES, len(indices) * _INCHES * extent[3] / extent[1] + 0.3), dpi=110)
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(indices), 2, squeeze=False)
    figure.subplots_adjust(0.005, 0.005, 0.995, 1 - 0.3 / figure.get_figheight(), 0.01, 0.01)
    for row, index in zip(grid, indices, strict=True):
        pixels, extent = slice_plane(volume.array, volume.ijk_to_ras, axis, index)
        for axes, mask in zip(row, (left, right), strict=True):
            axes.imshow(
                pixels, cmap="gray_r" if volume.modality == "PT" else "gray", vmin=low, vmax=high, extent=extent,
                interpolation="bilinear", aspect="auto",
            )  # fmt: skip
            _outline(axes, mask, axis, index)
    for axes, side in zip(grid[0], ("left", "right"), strict=True):
        axes.set_title(side, fontsize=11, pad=3)
    figure.savefig(path, metadata={"Software": None})


def _cuts(left: Mask, right: Mask, slices: int) -> tuple[int, list[int]]:
    """Give the voxel axis across axial slices, and slices spread evenly over those that hold a contour."""
    axis = patient_axes(left.ijk_to_ras)[PLANES["axial"]]
    others = tuple(a for a in range(3) if a != 2 - axis)
    held = np.flatnonzero((left.array | right.array).any(axis=others))
    if not held.size:
        raise EmptyMaskError("left, right", expected="a contour with voxels", got="two empty ones")
    count = min(slices, held.size)
    chosen = held[((np.arange(count) + 0.5) * held.size / count).astype(int)]
    upward = left.ijk_to_ras[2, axis] > 0
    return axis, [int(index) for index in (chosen[::-1] if upward else chosen)]


def _outline(axes: Axes, mask: Mask, axis: int, index: int) -> None:
    cut, extent = slice_plane(mask.array, mask.ijk_to_ras, axis, index)
    if cut.any():
        axes.contour(cut.astype(np.float32)[::-1], levels=[0.5], colors=[_COLOUR], linewidths=1.3, extent=extent)
    for x, text in ((0.02, "R"), (0.95, "L")):
        axes.text(x, 0.5, text, transform=axes.transAxes, color="tab:orange", fontsize=10)
    axes.set_axis_off()
