"""RECIST diameters as line markups and seeds as point lists, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oncologyai.errors import InputError
from oncologyai.scene._slicer import current_scene, slicer, vtk
from oncologyai.types import Line, Point

__all__ = ["line_color", "node_from_foci", "node_from_line", "node_from_points", "points_from_node"]

_LONG_AXIS, _SHORT_AXIS = (1.0, 0.85, 0.1), (0.2, 0.85, 1.0)
_FOCUS = (0.05, 0.35, 0.95)
_INSIDE, _OUTSIDE = (0.2, 0.9, 0.3), (0.95, 0.3, 0.9)


def line_color(name: str) -> tuple[float, float, float]:
    """Give the colour (0 to 1) of a diameter: yellow for the long axis, light blue for the short one."""
    return _SHORT_AXIS if name.endswith("short axis") else _LONG_AXIS


def node_from_line(line: Line) -> Any:
    """Add a locked line markup that shows its length."""
    node = _new("vtkMRMLMarkupsLineNode", line.name, line_color(line.name))
    for position in (line.start_ras, line.end_ras):
        node.AddControlPoint(*position)
    node.GetMeasurement("length").SetEnabled(True)
    node.GetDisplayNode().SetPropertiesLabelVisibility(True)
    node.SetLocked(True)
    return node


def node_from_points(points: Sequence[Point], name: str) -> Any:
    """Add a point list, such as ``Inside``."""
    node = _new("vtkMRMLMarkupsFiducialNode", name, _OUTSIDE if name == "Outside" else _INSIDE)
    for point in points:
        node.AddControlPoint(*point.ras, point.name)
    return node


def node_from_foci(points: Sequence[Point], name: str) -> Any:
    """Add a locked point list of a lesion list, in blue, which stands out from grey and from the map's colours."""
    node = _new("vtkMRMLMarkupsFiducialNode", name, _FOCUS)
    for point in points:
        node.AddControlPoint(*point.ras, point.name)
    node.SetLocked(True)
    return node


def points_from_node(node: Any | None, volume_node: Any | None = None) -> tuple[Point, ...]:
    """Give the placed points of a markups node, none for None.

    Where a parent transform moves one of them against the other, points are given in the coordinates of
    ``volume_node``'s own grid.

    Raises
    ------
    InputError
        If the node holds no markups.
    """
    if node is None:
        return ()
    if not node.IsA("vtkMRMLMarkupsNode"):
        raise InputError("seeds", expected="a markups point list", got=node.GetClassName())
    to_volume = vtk.vtkGeneralTransform()
    target = volume_node.GetParentTransformNode() if volume_node is not None else None
    slicer.vtkMRMLTransformNode.GetTransformBetweenNodes(node.GetParentTransformNode(), target, to_volume)
    points = []
    for n in range(node.GetNumberOfControlPoints()):
        if node.GetNthControlPointPositionStatus(n) == slicer.vtkMRMLMarkupsNode.PositionDefined:
            right, anterior, superior = to_volume.TransformPoint(node.GetNthControlPointPosition(n))
            points.append(Point(node.GetNthControlPointLabel(n), (right, anterior, superior)))
    return tuple(points)


def _new(class_name: str, name: str, rgb: tuple[float, float, float]) -> Any:
    node = current_scene().AddNewNodeByClass(class_name, name)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetColor(*rgb)
    display.SetSelectedColor(*rgb)
    display.SetGlyphScale(1.5)
    display.SetTextScale(2.5)
    return node
