"""Slice pictures by matplotlib, for machines without OpenGL; the scene draws its own where it can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai._checks import check_choice
from oncologyai.errors import EmptyMaskError
from oncologyai.types import Mask, Volume

__all__ = ["disagreement_picture", "slice_pictures"]

_WINDOWS = {"CT": (-1350.0, 150.0), "PT": (0.0, 10.0)}  # lung WW 1500 WL -600 (ch. 6); SUV 0-10
_PLANES = {"axial": 2, "coronal": 1, "sagittal": 0}
_INCHES = 5.0
_LEAST_SPREAD = 0.02  # less disagreement than this is not worth a colour


def slice_pictures(
    volume: Volume, masks: Sequence[Mask], folder: Path, *, planes: Sequence[str] = tuple(_PLANES)
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
        check_choice(plane, _PLANES, "planes")
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
    low, high = _WINDOWS.get(volume.modality) or tuple(np.percentile(volume.array[::2, ::4, ::4], (1, 99)))
    axis, index = _cut(volume, masks, plane)
    pixels, extent = _plane(volume.array, volume.ijk_to_ras, axis, index)
    width, height = extent[1] - extent[0], extent[3] - extent[2]
    figure = Figure(figsize=(_INCHES, _INCHES * abs(height / width)), dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    colours = "gray_r" if volume.modality == "PT" else "gray"
    axes.imshow(pixels, cmap=colours, vmin=low, vmax=high, extent=extent, interpolation="bilinear", aspect="auto")
    if over is not None:
        spread, _ = _plane(over, volume.ijk_to_ras, axis, index)
        shown = np.ma.masked_less(spread, _LEAST_SPREAD)
        axes.imshow(shown, cmap="autumn", vmin=0.0, vmax=0.5, extent=extent, aspect="auto", alpha=0.7)
    for mask in masks:
        cut, _ = _plane(mask.array, volume.ijk_to_ras, axis, index)
        if cut.any():
            rgb = tuple(c / 255 for c in mask.code.rgb) if mask.code else (1.0, 0.3, 0.2)
            axes.contour(cut.astype(np.float32)[::-1], levels=[0.5], colors=[rgb], linewidths=1.2, extent=extent)
    left, right = ("R", "L") if plane != "sagittal" else ("A", "P")
    for x, text in ((0.02, left), (0.96, right)):
        axes.text(x, 0.5, text, transform=axes.transAxes, color="tab:orange", fontsize=12)
    figure.savefig(path, metadata={"Software": None})
    return path


def _patient_axes(ijk_to_ras: np.ndarray) -> list[int]:
    """Give, for R, A and S, the voxel axis (i, j or k as 0, 1, 2) that runs most nearly along it."""
    direction = np.abs(ijk_to_ras[:3, :3] / np.linalg.norm(ijk_to_ras[:3, :3], axis=0))
    order = [-1, -1, -1]
    for _ in range(3):
        row, column = np.unravel_index(int(np.argmax(direction)), (3, 3))
        order[int(row)] = int(column)
        direction[row, :] = -1.0
        direction[:, column] = -1.0
    return order


def _cut(volume: Volume, masks: Sequence[Mask], plane: str) -> tuple[int, int]:
    """Give the voxel axis across the plane and the slice on which the first mask is largest, or the middle one."""
    axis = _patient_axes(volume.ijk_to_ras)[_PLANES[plane]]
    if not masks:
        return axis, volume.shape[2 - axis] // 2
    mask = masks[0]
    others = tuple(a for a in range(3) if a != 2 - axis)
    return axis, int(np.argmax(np.count_nonzero(mask.array, axis=others)))


def _plane(
    array: np.ndarray, ijk_to_ras: np.ndarray, axis: int, index: int
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Take a slice with the viewer's conventions: superior (or anterior) up, the patient's right at the left."""
    order = _patient_axes(ijk_to_ras)
    across = [a for a in order if a != axis]  # voxel axes in the order R, A, S
    pixels = np.take(array, index, axis=2 - axis)
    remaining = [a for a in (2, 1, 0) if a != axis]
    if remaining != across[::-1]:
        pixels = pixels.T
    spacing = np.linalg.norm(ijk_to_ras[:3, :3], axis=0)
    horizontal, vertical = across
    # Rows run from superior (anterior) down; columns from the patient's right, or from anterior in sagittal.
    if ijk_to_ras[order.index(vertical), vertical] > 0:
        pixels = pixels[::-1]
    if ijk_to_ras[order.index(horizontal), horizontal] > 0:
        pixels = pixels[:, ::-1]
    height, width = pixels.shape
    return pixels, (0.0, float(width * spacing[horizontal]), 0.0, float(height * spacing[vertical]))
