"""Where a planar view lies: one slice whose columns and rows are the camera's, left and right true for both views."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice, check_positive

__all__ = ["VIEWS", "View", "opposite_view", "planar_ijk_to_ras"]

View = Literal["anterior", "posterior"]
VIEWS: tuple[View, ...] = get_args(View)

_THICKNESS_MM = 1.0


def opposite_view(view: View) -> View:
    """Give the other of the two views."""
    check_choice(view, VIEWS, "view")
    return "posterior" if view == "anterior" else "anterior"


def planar_ijk_to_ras(
    view: View, shape: tuple[int, int], spacing_mm: tuple[float, float], *, mirrored: bool = False
) -> np.ndarray:
    """Give the grid of a view whose rows run to the feet.

    An anterior view has the patient's right at its first column, a posterior one the patient's left: what the camera
    sees. The picture's centre lies at the origin, and both views in one coronal plane: a projection has no depth, and
    so a place is the same in both.

    Parameters
    ----------
    view : {'anterior', 'posterior'}
    shape : (int, int)
        Rows and columns.
    spacing_mm : (float, float)
        Distance of rows and of columns.
    mirrored : bool
        Whether the picture was turned over left to right after it was taken.

    Returns
    -------
    ndarray, shape (4, 4)
        (i, j, k, 1), i the column, j the row, to RAS mm; right-handed, so k points away from the camera; 1 mm thick.

    Raises
    ------
    InputError
        If the view is neither, or a spacing is not above 0.
    """
    check_choice(view, VIEWS, "view")
    for edge in spacing_mm:
        check_positive(edge, "spacing_mm", "mm")
    along = -1.0 if (view == "anterior") != mirrored else 1.0  # RAS x of a step to the next column
    matrix = np.eye(4)
    matrix[:3, 0] = (along * spacing_mm[1], 0.0, 0.0)
    matrix[:3, 1] = (0.0, 0.0, -spacing_mm[0])
    matrix[:3, 2] = (0.0, along * _THICKNESS_MM, 0.0)
    matrix[:3, 3] = -matrix[:3, :2] @ ((np.array(shape[::-1]) - 1.0) / 2.0)
    return matrix
