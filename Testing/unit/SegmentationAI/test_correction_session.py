"""A segment corrected in the scene: the edited twin, the log, undo, and a process of its own for what takes long."""

import numpy as np
import pytest


@pytest.fixture
def a_sample(a_module):
    from SegmentationAILib import SyntheticLesion

    return SyntheticLesion()


@pytest.fixture
def a_session(a_sample):
    return a_sample.correctionSession(shiftMm=10.0)


def voxels(session, name):
    import slicer

    return slicer.util.arrayFromSegmentBinaryLabelmap(session.segmentationNode, name, session.volumeNode).astype(bool)


def test_the_edit_is_a_segment_of_its_own_and_the_original_stays(a_session, a_sample):
    before = voxels(a_session, "Lesion")
    a_session.correct([a_sample.leakClick()])
    assert list(a_session.segmentationNode.GetSegmentation().GetSegmentIDs()) == ["Lesion", "Lesion edited"]
    np.testing.assert_array_equal(voxels(a_session, "Lesion"), before)
    assert a_sample.agreement(a_session.segmentationNode, "Lesion edited") > 0.95
    display = a_session.segmentationNode.GetDisplayNode()
    assert (display.GetSegmentVisibility("Lesion"), display.GetSegmentVisibility("Lesion edited")) == (False, True)


def test_undo_and_redo_are_seen_in_the_scene(a_session, a_sample):
    before = voxels(a_session, "Lesion")
    assert not (a_session.canUndo or a_session.canRedo)
    a_session.correct([a_sample.leakClick()])
    after = voxels(a_session, "Lesion edited")
    a_session.undo()
    np.testing.assert_array_equal(voxels(a_session, "Lesion edited"), before)
    assert a_session.canRedo
    a_session.redo()
    np.testing.assert_array_equal(voxels(a_session, "Lesion edited"), after)


def test_every_step_is_a_row_of_one_table_that_refers_to_the_segmentation(a_session, a_sample):
    import slicer

    assert a_session.table() is None
    a_session.correct([a_sample.leakClick()])
    a_session.undo()
    node = a_session.table()
    assert [t.GetName() for t in slicer.util.getNodesByClass("vtkMRMLTableNode")] == ["Corrections"]
    assert node.GetNumberOfRows() == 2
    assert [node.GetCellText(row, 1) for row in range(2)] == ["outside", "undo"]
    assert node.GetNodeReference("OncologyAI.Segmentation") is a_session.segmentationNode
    assert node.GetAttribute("OncologyAI.Pipeline") == "correct"
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    folder = hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node))
    assert hierarchy.GetItemName(folder) == "OncologyAI"


def test_the_points_that_the_result_was_made_from_hold(a_session, a_sample):
    from oncologyai.pipelines import Stroke

    assert a_session.history.said == (Stroke("inside", ((0.0, 0.0, 0.0),)),)
    a_session.correct([Stroke("outside", ((4.0, 0.0, 0.0),))])
    middle = tuple(n // 2 for n in voxels(a_session, "Lesion").shape)
    assert voxels(a_session, "Lesion edited")[middle]


def test_an_edited_segment_corrected_again_keeps_its_name(a_session, a_sample):
    from SegmentationAILib import CorrectionPoints, CorrectionSession

    a_session.correct([a_sample.leakClick()])
    points = CorrectionPoints(a_session.volumeNode, None, None)
    again = CorrectionSession(a_session.volumeNode, a_session.segmentationNode, "Lesion edited", points, modality="CT")
    from oncologyai.pipelines import Stroke

    again.correct([Stroke("outside", ((0.0, 12.0, 0.0),))])
    assert list(a_session.segmentationNode.GetSegmentation().GetSegmentIDs()) == ["Lesion", "Lesion edited"]


def test_a_session_ends_with_its_nodes(a_session):
    import slicer

    assert a_session.isAlive()
    a_session.segmentationNode.GetSegmentation().RemoveSegment("Lesion")
    assert not a_session.isAlive()
    slicer.mrmlScene.RemoveNode(a_session.segmentationNode)
    assert not a_session.isAlive()


def test_what_takes_long_is_corrected_in_a_process_of_its_own_with_the_same_voxels(a_session, a_sample):
    import slicer
    from SegmentationAILib import RunLogic

    a_session.correct([a_sample.leakClick()])
    expected = voxels(a_session, "Lesion edited")
    a_session.undo()
    logic, ends = RunLogic(), []
    logic.inProcessS = 0.0
    logic.correct(a_session, [a_sample.leakClick()], lambda name, share: None, ends.append)
    assert logic.isRunning()
    with pytest.raises(RuntimeError, match="is running"):
        logic.correct(a_session, [a_sample.leakClick()], print, print)
    while logic.isRunning():
        slicer.app.processEvents()
    assert [end.status for end in ends] == ["done"], ends
    np.testing.assert_array_equal(voxels(a_session, "Lesion edited"), expected)
    assert a_session.history.steps[-1].action == "outside"
    assert a_session.canUndo


def test_a_cancelled_process_leaves_the_segment_as_it_was(a_session, a_sample, a_child):
    from SegmentationAILib import RunLogic

    logic, ends = RunLogic(a_child("time.sleep(120)")), []
    logic.inProcessS = 0.0
    logic.correct(a_session, [a_sample.leakClick()], print, ends.append)
    logic.cancel()
    assert [end.status for end in ends] == ["cancelled"]
    assert list(a_session.segmentationNode.GetSegmentation().GetSegmentIDs()) == ["Lesion"]
    assert not a_session.canUndo


def test_a_refused_click_changes_nothing(a_session):
    from SegmentationAILib import RunLogic

    from oncologyai.errors import OutsideImageError
    from oncologyai.pipelines import Stroke

    with pytest.raises(OutsideImageError, match="outside click"):
        RunLogic().correct(a_session, [Stroke("outside", ((900.0, 0.0, 0.0),))], print, print)
    assert list(a_session.segmentationNode.GetSegmentation().GetSegmentIDs()) == ["Lesion"]


def test_a_segment_that_left_the_scene_meanwhile_is_told(a_session, a_sample):
    import slicer
    from SegmentationAILib import RunLogic

    logic, ends = RunLogic(), []
    logic.inProcessS = 0.0
    logic.correct(a_session, [a_sample.leakClick()], lambda name, share: None, ends.append)
    slicer.mrmlScene.RemoveNode(a_session.segmentationNode)
    while logic.isRunning():
        slicer.app.processEvents()
    assert [end.status for end in ends] == ["error"]
    assert "has left the scene" in ends[0].message
    assert slicer.util.getNodesByClass("vtkMRMLTableNode") == []
