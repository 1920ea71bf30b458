"""Which points are new."""

import numpy as np
import pytest


@pytest.fixture
def a_sample(a_module):
    from SegmentationAILib import SyntheticLesion

    return SyntheticLesion()


@pytest.fixture
def an_outside_list(a_sample):
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Outside")


def test_points_that_were_there_are_not_new(a_sample, an_outside_list):
    from SegmentationAILib import CorrectionPoints

    points = CorrectionPoints(a_sample.volumeNode, a_sample.insideSeeds, an_outside_list)
    assert points.new(a_sample.insideSeeds, an_outside_list) == {"inside": [], "outside": []}
    assert [ras for _id, ras in points.begin["inside"]] == [(0.0, 0.0, 0.0)]


def test_a_placed_point_is_new_until_it_is_heeded(a_sample, an_outside_list):
    from SegmentationAILib import CorrectionPoints

    points = CorrectionPoints(a_sample.volumeNode, a_sample.insideSeeds, None)
    a_sample.insideSeeds.AddControlPoint(4.0, 5.0, 6.0)
    an_outside_list.AddControlPoint(-4.0, 5.0, 6.0)
    found = points.new(a_sample.insideSeeds, an_outside_list)
    assert {kind: [ras for _id, ras in some] for kind, some in found.items()} == {
        "inside": [(4.0, 5.0, 6.0)],
        "outside": [(-4.0, 5.0, 6.0)],
    }
    points.heed(found)
    assert points.new(a_sample.insideSeeds, an_outside_list) == {"inside": [], "outside": []}


def test_points_of_another_list_are_new_although_their_numbers_are_the_same(a_sample, an_outside_list):
    from SegmentationAILib import CorrectionPoints

    points = CorrectionPoints(a_sample.volumeNode, a_sample.insideSeeds, None)
    an_outside_list.AddControlPoint(1.0, 2.0, 3.0)
    assert len(points.new(an_outside_list, None)["inside"]) == 1


def test_points_are_in_the_coordinates_of_the_volumes_own_grid(a_sample):
    import slicer
    from SegmentationAILib import placedPoints

    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    to_parent = np.eye(4)
    to_parent[:3, 3] = (10.0, 0.0, 0.0)
    moved.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(to_parent))
    a_sample.volumeNode.SetAndObserveTransformNodeID(moved.GetID())
    assert [ras for _id, ras in placedPoints(a_sample.insideSeeds, a_sample.volumeNode)] == [(-10.0, 0.0, 0.0)]


def test_new_points_are_clicks_or_one_scribble_of_each_kind(a_module):
    from SegmentationAILib import strokesFromPoints

    points = {"inside": [("a", (1.0, 2.0, 3.0)), ("b", (2.0, 2.0, 3.0))], "outside": [("c", (9.0, 9.0, 9.0))]}
    clicks = strokesFromPoints(points, joined=False)
    assert [(s.kind, len(s.points_ras)) for s in clicks] == [("inside", 1), ("inside", 1), ("outside", 1)]
    scribbles = strokesFromPoints(points, joined=True)
    assert [(s.kind, len(s.points_ras)) for s in scribbles] == [("inside", 2), ("outside", 1)]
    assert strokesFromPoints({"inside": [], "outside": []}, joined=True) == []
