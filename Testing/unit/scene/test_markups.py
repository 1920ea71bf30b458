"""Lines that show their length, and seeds."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scene.markups import line_color, node_from_line, node_from_points, points_from_node
from oncologyai.types import Line, Point


def test_a_line_shows_its_length_in_mm(slicer):
    node = node_from_line(Line("GTV-1 long axis", (0.0, 0.0, 0.0), (3.0, 4.0, 12.0)))
    assert node.GetMeasurement("length").GetEnabled()
    assert node.GetMeasurement("length").GetValue() == pytest.approx(13.0)
    assert "13" in node.GetPropertiesLabelText()
    assert "mm" in node.GetPropertiesLabelText()
    assert node.GetDisplayNode().GetPropertiesLabelVisibility()


def test_long_and_short_axis_differ_in_colour():
    assert line_color("GTV-1 long axis") != line_color("GTV-1 short axis")


def test_points_keep_place_and_name(slicer):
    points = (Point("a", (1.5, -2.5, 3.25)), Point("b", (0.0, 0.0, -400.125)))
    assert points_from_node(node_from_points(points, "Inside")) == points


def test_points_being_placed_do_not_count(slicer):
    node = node_from_points([Point("a", (1.0, 2.0, 3.0))], "Inside")
    node.AddControlPoint(4.0, 5.0, 6.0)
    node.UnsetNthControlPointPosition(1)
    assert len(points_from_node(node)) == 1


def test_no_node_means_no_points():
    assert points_from_node(None) == ()


def test_points_under_a_transform_are_given_where_they_are_seen(slicer):
    node = node_from_points([Point("a", (1.0, 2.0, 3.0))], "Inside")
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    node.SetAndObserveTransformNodeID(transform.GetID())
    assert points_from_node(node)[0].ras == pytest.approx((2.0, 4.0, 6.0))


def test_a_table_holds_no_seeds(slicer):
    with pytest.raises(InputError, match="seeds: expected a markups point list, got vtkMRMLTableNode"):
        points_from_node(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode"))
