"""A bone scan as its reader sees it: the views side by side, with no name on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.errors import InputError

__all__ = ["reading_picture"]

_INCHES = 7.5  # height of a view
_DPI = 110
_SIDES = {"anterior": ("R", "L"), "posterior": ("L", "R")}


def reading_picture(
    pictures: Mapping[str, np.ndarray], path: Path, *, edges_mm: Mapping[str, tuple[float, float]]
) -> None:
    """Draw the views of a scan.

    Parameters
    ----------
    pictures : mapping of ndarray by view
        uint8 (j, i), 0 black, as ``ReadingDesk.pictures`` gives them.
    path : Path
        The PNG file.
    edges_mm : mapping of (float, float) by view
        Distance of rows and of columns.

    Raises
    ------
    InputError
        If there is no view.
    """
    if not pictures:
        raise InputError("pictures", expected="a view or two", got="none")
    sizes = {
        view: (values.shape[0] * edges_mm[view][0], values.shape[1] * edges_mm[view][1])
        for view, values in pictures.items()
    }
    widths = [_INCHES * width / height for height, width in sizes.values()]
    figure = Figure(figsize=(sum(widths) + 0.1 * len(widths), _INCHES + 0.3), dpi=_DPI)
    FigureCanvasAgg(figure)
    grid = figure.subplots(1, len(pictures), squeeze=False, width_ratios=widths)[0]
    figure.subplots_adjust(0.005, 0.005, 0.995, 1 - 0.3 / (_INCHES + 0.3), 0.02, 0.0)
    for axes, (view, values) in zip(grid, pictures.items(), strict=True):
        height, width = sizes[view]
        axes.imshow(
            values,
            cmap="gray",
            vmin=0,
            vmax=255,
            extent=(0, width, height, 0),
            interpolation="bilinear",
            aspect="equal",
        )
        axes.set_title(view, fontsize=11, pad=3)
        for x, text in zip((0.03, 0.93), _SIDES.get(view, ("", "")), strict=True):
            axes.text(x, 0.97, text, transform=axes.transAxes, color="tab:blue", fontsize=11)
        axes.set_axis_off()
    figure.savefig(path, metadata={"Software": None})
