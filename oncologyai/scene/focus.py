"""What a picture is about: which point it goes through and how large the lesion is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai.scene._slicer import vtk
from oncologyai.scene.segments import kind_of

if TYPE_CHECKING:
    from oncologyai.scene.assemble import SceneNodes

__all__ = ["focus_of", "lesion_bounds", "lesion_ids"]


def lesion_ids(segmentation: Any | None) -> tuple[str, ...]:
    """Give the IDs of the segments that are lesions, are not hidden and hold voxels, the largest box first."""
    if segmentation is None:
        return ()
    content = segmentation.GetSegmentation()
    if content.GetNumberOfSegments() and not content.ContainsRepresentation("Closed surface"):
        segmentation.CreateClosedSurfaceRepresentation()
    display = segmentation.GetDisplayNode()
    shown = [s for s in content.GetSegmentIDs() if display is None or display.GetSegmentVisibility(s)]
    ids = [s for s in shown if kind_of(content.GetSegment(s)) == "lesion"]
    sized = [(_size(segmentation, s), s) for s in ids]
    return tuple(s for size, s in sorted(sized, key=lambda pair: -pair[0]) if size > 0)


def lesion_bounds(segmentation: Any | None) -> np.ndarray | None:
    """Give the box of the largest lesion, shape (3, 2) in RAS mm; None without a lesion."""
    ids = lesion_ids(segmentation)
    return _bounds(segmentation, ids[0]) if ids else None


def focus_of(nodes: SceneNodes) -> tuple[float, float, float]:
    """Give the RAS point that pictures go through.

    The middle of the longest long axis; without one the centre of the largest lesion, without one the volume's.
    """
    long_axes = [n for n in nodes.lines if n.GetName().endswith("long axis")]
    if long_axes:
        line = max(long_axes, key=lambda n: n.GetMeasurement("length").GetValue())
        ends = [line.GetNthControlPointPosition(n) for n in (0, 1)]
        middle = np.mean(ends, axis=0)
    else:
        bounds = lesion_bounds(nodes.segmentation)
        if bounds is None:
            box = [0.0] * 6
            nodes.volume.GetBounds(box)
            bounds = np.reshape(box, (3, 2))
        middle = bounds.mean(axis=1)
    right, anterior, superior = (float(v) for v in middle)
    return right, anterior, superior


def _bounds(segmentation: Any, segment_id: str) -> np.ndarray:
    surface = vtk.vtkPolyData()  # a segment's own bounds are those of the array that it shares with others
    segmentation.GetClosedSurfaceRepresentation(segment_id, surface)
    return np.reshape(surface.GetBounds(), (3, 2))


def _size(segmentation: Any, segment_id: str) -> float:
    bounds = _bounds(segmentation, segment_id)
    edges = bounds[:, 1] - bounds[:, 0]
    return float(edges.prod()) if (edges > 0).all() else 0.0
