"""Slice pictures by matplotlib, for machines without OpenGL; the scene draws its own where it can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai._checks import check_choice
from oncologyai.errors import EmptyMaskError
from oncologyai.report.planes import PLANES, display_range, largest_cut, slice_plane
from oncologyai.types import Mask, Volume

__all__ = ["disagreement_picture", "slice_pictures"]

_INCHES = 5.0
_LEAST_SPREAD = 0.02  # less disagreement than this is not worth a colour


def slice_pictures(
    volume: Volume, masks: Sequence[Mask], folder: Path, *, planes: Sequence[str] = tuple(PLANES)
) -> tuple[Path, ...]:
    """Draw the slices where the first mask is largest, its contour on them, as radiologists view them.

    Parameters
    ----------
    volume : Volume
        Any modality; CT in the lung window, PET from SUV 0 to 10 inverted, others from the 1st to 99th percentile.
    masks : sequence of Mask
        On the grid of ``volume``; each is outlined in its colour. Without any, the slices are the middle ones.
    folder : Path
        Gets ``axial.png``, ``coronal.png``, ``sagittal.png``.
    planes : sequence of str
        Which of them.

    Raises
    ------
    EmptyMaskError
        If the first mask has no voxel.
    GeometryMismatchError
        If a mask is not on the grid of ``volume``.
    """
    if masks and masks[0].is_empty:
        raise EmptyMaskError("masks", expected="a first mask with voxels", got="none")
    for mask in masks:
        volume.require_same_grid(mask, mask.label)
    paths = []
    for plane in planes:
        check_choice(plane, PLANES, "planes")
        paths.append(_draw(volume, masks, plane, folder / f"{plane}.png"))
    return tuple(paths)


def disagreement_picture(volume: Volume, disagreement: Volume, masks: Sequence[Mask], path: Path) -> Path:
    """Draw the axial slice where the first mask is largest, and over it how far a model's members differ.

    Parameters
    ----------
    volume, masks
        As for ``slice_pictures``.
    disagreement : Volume
        0-0.5 on the grid of ``volume``; below 0.02 nothing is drawn.
    path : Path
        The PNG file.

    Raises
    ------
    GeometryMismatchError
        If ``disagreement`` is not on the grid of ``volume``.
    """
    volume.require_same_grid(disagreement, "disagreement")
    return _draw(volume, masks, "axial", path, over=disagreement.array)


def _draw(volume: Volume, masks: Sequence[Mask], plane: str, path: Path, *, over: np.ndarray | None = None) -> Path:
    low, high = display_range(volume)
    axis, index = largest_cut(volume, masks, plane)
    pixels, extent = slice_plane(volume.array, volume.ijk_to_ras, axis, index)
    width, height = extent[1] - extent[0], extent[3] - extent[2]
    figure = Figure(figsize=(_INCHES, _INCHES * abs(height / width)), dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    colours = "gray_r" if volume.modality == "PT" else "gray"
    axes.imshow(pixels, cmap=colours, vmin=low, vmax=high, extent=extent, interpolation="bilinear", aspect="auto")
    if over is not None:
        spread, _ = slice_plane(over, volume.ijk_to_ras, axis, index)
        shown = np.ma.masked_less(spread, _LEAST_SPREAD)
        axes.imshow(shown, cmap="autumn", vmin=0.0, vmax=0.5, extent=extent, aspect="auto", alpha=0.7)
    for mask in masks:
        cut, _ = slice_plane(mask.array, volume.ijk_to_ras, axis, index)
        if cut.any():
            rgb = tuple(c / 255 for c in mask.code.rgb) if mask.code else (1.0, 0.3, 0.2)
            axes.contour(cut.astype(np.float32)[::-1], levels=[0.5], colors=[rgb], linewidths=1.2, extent=extent)
    left, right = ("R", "L") if plane != "sagittal" else ("A", "P")
    for x, text in ((0.02, left), (0.96, right)):
        axes.text(x, 0.5, text, transform=axes.transAxes, color="tab:orange", fontsize=12)
    figure.savefig(path, metadata={"Software": None})
    return path
