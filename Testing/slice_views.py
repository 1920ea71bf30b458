"""Where the scene's slice views stand; their orientation is whatever an earlier test left, as in a user's session."""

from __future__ import annotations

import numpy as np

__all__ = ["distances_of_slice_views"]


def distances_of_slice_views(where: tuple[float, float, float]) -> list[float]:
    """Give how far each slice view's plane passes from a RAS point, in mm."""
    import slicer

    nodes = slicer.util.getNodesByClass("vtkMRMLSliceNode")
    planes = [slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS()) for node in nodes]
    return [float(abs(plane[:3, 2] @ (np.asarray(where) - plane[:3, 3]))) for plane in planes]
