"""A result corrected in the panel by points, from the run to the edited segment, undo and the log."""

import numpy as np
import pytest

from oncologyai.pipelines import Stroke, correct
from oncologyai.types import Mask, Volume

LEAK = (24.0, 0.0, 0.0)


@pytest.fixture
def a_leaked_panel(a_panel):
    """The panel with a result that holds the ball and, beside it, a second one that it leaked into."""
    session = a_panel.sample.correctionSession(shiftMm=10.0)
    a_panel.ui.outputSelector.setCurrentNode(session.segmentationNode)
    a_panel.outside = a_panel.new_points("Outside")
    a_panel.ui.outsideSelector.setCurrentNode(a_panel.outside)
    a_panel.ui.correctionButton.collapsed = False
    return a_panel


def told(panel) -> str:
    return panel.ui.correctionLabel.text()


def enabled(panel) -> tuple[bool, bool, bool]:
    return tuple(b.isEnabled() for b in (panel.ui.correctButton, panel.ui.undoButton, panel.ui.redoButton))


def test_a_point_and_a_press_take_a_leak_away_and_undo_brings_it_back(a_leaked_panel):
    panel = a_leaked_panel
    before = panel.segment("Lesion")
    assert enabled(panel) == (False, False, False)
    assert told(panel) == "Place a point inside what was missed, or outside in what is too much."
    panel.outside.AddControlPoint(*LEAK)
    assert told(panel) == "1 new correction(s); press Correct."
    panel.ui.correctButton.click()
    assert panel.segments() == ["Lesion", "Lesion edited"]
    after = panel.segment("Lesion edited")
    assert panel.sample.agreement(panel.ui.outputSelector.currentNode(), "Lesion edited") > 0.95
    assert told(panel).startswith("outside: 0.00 ml added, ")
    assert enabled(panel) == (False, True, False)
    panel.ui.undoButton.click()
    np.testing.assert_array_equal(panel.segment("Lesion edited"), before)
    assert enabled(panel) == (False, False, True)
    panel.ui.redoButton.click()
    np.testing.assert_array_equal(panel.segment("Lesion edited"), after)
    table = panel.ui.correctionTable.mrmlTableNode()
    assert [table.GetCellText(row, 1) for row in range(3)] == ["outside", "undo", "redo"]
    np.testing.assert_array_equal(panel.segment("Lesion"), before)


def test_it_gives_the_voxels_of_the_pipeline(a_leaked_panel):
    panel = a_leaked_panel
    node = panel.sample.volumeNode
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = node.GetOrigin()
    volume = Volume(panel.slicer.util.arrayFromVolume(node).copy(), matrix, "CT", "HU")
    mask = Mask(panel.segment("Lesion"), matrix)
    seed = Stroke("inside", ((0.0, 0.0, 0.0),))
    expected = correct(volume, mask, [Stroke("outside", (LEAK,))], said=[seed]).mask
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    np.testing.assert_array_equal(panel.segment("Lesion edited"), expected.array)


def test_each_point_can_correct_at_once(a_leaked_panel):
    panel = a_leaked_panel
    panel.ui.atOnceCheckBox.setChecked(True)
    panel.outside.AddControlPoint(*LEAK)
    assert panel.segments() == ["Lesion", "Lesion edited"]
    assert enabled(panel) == (False, True, False)


def test_points_joined_to_a_scribble_are_one_step(a_leaked_panel):
    panel = a_leaked_panel
    panel.ui.joinCheckBox.setChecked(True)
    for place in (LEAK, (24.0, 5.0, 0.0), (24.0, -5.0, 0.0)):
        panel.outside.AddControlPoint(*place)
    assert told(panel) == "1 new correction(s); press Correct."
    panel.ui.correctButton.click()
    table = panel.ui.correctionTable.mrmlTableNode()
    assert table.GetNumberOfRows() == 1
    assert float(table.GetCellText(0, 2)) == 3


def test_a_point_outside_the_image_is_told_and_the_next_one_works(a_leaked_panel):
    panel = a_leaked_panel
    panel.outside.AddControlPoint(500.0, 0.0, 0.0)
    panel.ui.correctButton.click()
    assert "outside click: expected a point within" in told(panel)
    assert panel.segments() == ["Lesion"]
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    assert panel.segments() == ["Lesion", "Lesion edited"]


def test_the_segment_to_correct_can_be_chosen(a_leaked_panel):
    panel = a_leaked_panel
    segmentation = panel.ui.outputSelector.currentNode().GetSegmentation()
    segmentation.AddEmptySegment("Second", "Second")
    panel.outside.AddControlPoint(*LEAK)  # refreshes nothing by itself: the list follows the parameters
    panel.ui.atOnceCheckBox.setChecked(False)
    panel.logic.getParameterNode().Modified()
    texts = [panel.ui.segmentComboBox.itemText(n) for n in range(panel.ui.segmentComboBox.count())]
    assert texts == ["Lesion", "Second"]
    panel.ui.segmentComboBox.setCurrentIndex(1)
    inside = panel.sample.insideSeeds
    inside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    assert "Second edited" in panel.segments()


def test_another_input_volume_is_what_the_next_correction_looks_at(a_leaked_panel):
    panel = a_leaked_panel
    other = panel.slicer.util.addVolumeFromArray(np.full((40, 40, 40), 40, np.int16), name="Even")
    other.CopyOrientation(panel.sample.volumeNode)
    panel.ui.inputSelector.setCurrentNode(other)
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    table = panel.ui.correctionTable.mrmlTableNode()
    assert table.GetNodeReference("OncologyAI.InputVolume") is other


@pytest.mark.slow
def test_a_correction_in_a_process_of_its_own_can_be_cancelled_and_deleted_under(a_leaked_panel):
    panel = a_leaked_panel
    panel.logic.inProcessS = 0.0
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    assert panel.ui.correctButton.text() == "Cancel"
    panel.ui.correctButton.click()
    assert told(panel) == "Cancelled; the scene is as it was."
    assert panel.segments() == ["Lesion"]
    panel.ui.correctButton.click()  # the point is still new
    panel.slicer.mrmlScene.RemoveNode(panel.ui.outputSelector.currentNode())
    panel.until_end()
    assert "has left the scene" in told(panel)
    assert enabled(panel) == (False, False, False)


def test_closing_the_scene_ends_the_correction(a_leaked_panel):
    from oncologyai.host import clear

    panel = a_leaked_panel
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    clear()
    assert enabled(panel) == (False, False, False)
    assert panel.ui.correctionTable.mrmlTableNode() is None
    assert panel.ui.segmentComboBox.count() == 0


@pytest.mark.slow
def test_a_runs_result_is_corrected_and_a_second_run_begins_anew(a_panel):
    panel = a_panel
    panel.apply()
    panel.until_end()
    outside = panel.new_points("Outside")
    panel.ui.outsideSelector.setCurrentNode(outside)
    outside.AddControlPoint(0.0, 0.0, 12.0)
    panel.ui.correctButton.click()
    assert panel.segments() == ["GTV-1", "GTV-1 edited"], told(panel)
    assert np.count_nonzero(panel.segment("GTV-1 edited")) < np.count_nonzero(panel.segment("GTV-1"))
    assert panel.segment("GTV-1 edited")[20, 20, 20]  # the seed holds
    panel.ui.outsideSelector.setCurrentNode(None)
    panel.apply()
    panel.until_end()
    assert panel.segments() == ["GTV-1"]
    assert enabled(panel) == (False, False, False)
    names = list(panel.nodes().values())
    assert "Corrections" not in names
    display = panel.ui.outputSelector.currentNode().GetDisplayNode()
    assert display.GetSegmentVisibility("GTV-1")


@pytest.mark.slow
def test_the_edit_and_its_log_survive_save_and_reopen(a_leaked_panel, tmp_path):
    from oncologyai.host import clear

    panel = a_leaked_panel
    panel.outside.AddControlPoint(*LEAK)
    panel.ui.correctButton.click()
    after = panel.segment("Lesion edited")
    path = str(tmp_path / "corrected scene.mrb")
    assert panel.slicer.util.saveScene(path)
    clear()
    panel.slicer.util.loadScene(path)
    assert panel.segments() == ["Lesion", "Lesion edited"]
    np.testing.assert_array_equal(panel.segment("Lesion edited"), after)
    (table,) = panel.slicer.util.getNodesByClass("vtkMRMLTableNode")
    assert table.GetCellText(0, 1) == "outside"
    panel.ui.outsideSelector.currentNode().AddControlPoint(0.0, 13.0, 0.0)
    panel.ui.segmentComboBox.setCurrentIndex(1)
    panel.ui.correctButton.click()
    assert panel.segments() == ["Lesion", "Lesion edited"]
    assert np.count_nonzero(panel.segment("Lesion edited")) < np.count_nonzero(after)
