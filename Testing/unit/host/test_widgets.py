"""Stand-in widgets follow the real scene and draw what it holds."""

import numpy as np
import pytest

from oncologyai.host import clear, start

slicer = start(qt=True)
import ctk  # noqa: E402 - the host supplies it


@pytest.fixture(autouse=True)
def a_started_host():
    """Another test of this process may have ended the host."""
    start(qt=True)


@pytest.fixture
def a_selector():
    clear()
    box = slicer.qMRMLNodeComboBox()
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.setMRMLScene(slicer.mrmlScene)
    yield box
    box.setMRMLScene(None)


def shown(box):
    inner = box.findChildren(type(box._box))[0]
    return [inner.itemText(n) for n in range(inner.count()) if inner.itemData(n) != "+" and inner.itemText(n)]


def add(name, class_name="vtkMRMLScalarVolumeNode"):
    return slicer.mrmlScene.AddNewNodeByClass(class_name, name)


def test_selector_lists_nodes_of_its_classes_as_they_come_and_go(a_selector):
    first = add("CT")
    add("a line", "vtkMRMLMarkupsLineNode")
    add("PET")
    assert shown(a_selector) == ["CT", "PET"]
    slicer.mrmlScene.RemoveNode(first)
    assert shown(a_selector) == ["PET"]
    clear()
    assert a_selector.nodeCount() == 0


def test_selector_without_none_chooses_the_first_node(a_selector):
    node = add("CT")
    assert a_selector.currentNode() is node
    slicer.mrmlScene.RemoveNode(node)
    assert a_selector.currentNode() is None


def test_selector_with_none_waits_for_a_choice_and_tells_of_it(a_selector):
    a_selector.noneEnabled = True
    told = []
    a_selector.currentNodeChanged.connect(told.append)
    node = add("CT")
    assert a_selector.currentNode() is None
    a_selector.setCurrentNode(node)
    a_selector.setCurrentNodeID(node.GetID())
    assert [n.GetName() for n in told] == ["CT"]
    assert a_selector.currentNodeID == node.GetID()


def test_selector_leaves_child_classes_out_on_request(a_selector):
    add("CT")
    add("labels", "vtkMRMLLabelMapVolumeNode")
    assert shown(a_selector) == ["CT", "labels"]
    a_selector.showChildNodeTypes = False
    assert shown(a_selector) == ["CT"]


def test_selector_makes_a_node_under_its_base_name(a_selector):
    a_selector.baseName = "Inside"
    node = a_selector.addNode()
    assert (node.GetName(), node.GetClassName()) == ("Inside", "vtkMRMLScalarVolumeNode")
    assert a_selector.currentNode() is node


def test_place_widget_counts_the_points():
    clear()
    widget = slicer.qSlicerMarkupsPlaceWidget()
    assert not widget.placeButton().isEnabled()
    points = add("Inside", "vtkMRMLMarkupsFiducialNode")
    widget.setCurrentNode(points)
    points.AddControlPoint(1, 2, 3)
    assert widget.placeButton().text() == "1"
    widget.setCurrentNode(None)


def test_table_view_shows_the_cells_of_the_node():
    clear()
    table = add("Measurements", "vtkMRMLTableNode")
    view = slicer.qMRMLTableView()
    view.setMRMLTableNode(table)
    slicer.util.updateTableFromArray(table, np.array([[1.5, 2.5]]), ["a", "b"])
    table.Modified()
    assert (view.rowCount(), view.columnCount()) == (1, 2)
    assert view.horizontalHeaderItem(1).text() == "b"
    assert float(view.item(0, 1).text()) == 2.5
    view.setMRMLTableNode(None)
    assert view.rowCount() == 0


def test_section_hides_its_contents_when_closed():
    import qt

    section = ctk.ctkCollapsibleButton("Inputs")
    label = qt.QLabel("inside", section)
    section.show()
    assert label.isVisible()
    section.setCollapsed(True)
    assert section.collapsed
    assert not label.isVisible()


def test_slider_keeps_values_finer_than_its_steps():
    slider = ctk.ctkSliderWidget()
    slider.setRange(0.0, 200.0)
    told = []
    slider.valueChanged.connect(told.append)
    slider.setValue(70.25)
    assert slider.value == 70.25
    assert told == [70.25]


def test_section_header_is_drawn():
    section = ctk.ctkCollapsibleButton("Inputs")
    section.resize(200, 60)
    image = section.grab().toImage()
    colours = {image.pixelColor(x, 10).name() for x in range(200)}
    assert len(colours) > 3  # header, text and its smooth edges


def test_selector_leaves_out_nodes_without_a_wanted_attribute(a_selector):
    a_selector.addAttribute("vtkMRMLScalarVolumeNode", "OncologyAI.Pipeline", "features")
    made, other = add("made"), add("other")
    made.SetAttribute("OncologyAI.Pipeline", "features")
    other.SetAttribute("OncologyAI.Pipeline", "segment")
    a_selector.setCurrentNode(made)
    assert shown(a_selector) == ["made"]
    a_selector.addAttribute("vtkMRMLScalarVolumeNode", "OncologyAI.Feature")
    assert shown(a_selector) == ["None"]


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        (None, "getOpenFileName"),
        (ctk.ctkPathLineEdit.Files | ctk.ctkPathLineEdit.Writable, "getSaveFileName"),
        (ctk.ctkPathLineEdit.Dirs, "getExistingDirectory"),
    ],
)
def test_path_asks_for_the_kind_of_path_that_its_filters_say(monkeypatch, filters, asked):
    from PySide6 import QtWidgets

    edit, told = ctk.ctkPathLineEdit(), []
    for name in ("getOpenFileName", "getSaveFileName", "getExistingDirectory"):
        answer = f"/{name}" if name == "getExistingDirectory" else (f"/{name}", "")
        monkeypatch.setattr(QtWidgets.QFileDialog, name, lambda _parent, answer=answer: answer)
    if filters is not None:
        edit.filters = filters
    edit.currentPathChanged.connect(told.append)
    edit.browse()
    assert (edit.currentPath, told) == (f"/{asked}", [f"/{asked}"])
