"""Typed members kept in a parameter node: written as Slicer writes them, checked, and back after save and reopen."""

import enum
import pathlib
from typing import Annotated

import pytest

from oncologyai.host import clear, start

slicer = start(qt=True)

from slicer.parameterNodeWrapper import (  # noqa: E402 - the host supplies it
    Choice,
    Default,
    Exclude,
    Maximum,
    Minimum,
    WithinRange,
    isParameterNodeWrapper,
    parameterNodeWrapper,
)


@pytest.fixture(autouse=True)
def a_started_host():
    """Another test of this process may have ended the host."""
    start(qt=True)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2

    def label(self):
        return self.name.title()


@parameterNodeWrapper
class Parameters:
    volume: slicer.vtkMRMLScalarVolumeNode
    text: str = "first"
    flag: bool
    count: Annotated[int, Minimum(0), Maximum(9), Default(3)]
    size: Annotated[float, WithinRange(1, 10)] = 2.5
    colour: Colour = Colour.BLUE
    method: Annotated[str, Choice(["a", "b"])] = "b"
    folder: pathlib.Path = pathlib.Path("/data")
    numbers: list[int]
    words: Annotated[list[str], Default(["x"])]


@pytest.fixture
def a_node():
    clear()
    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "P")


def test_defaults_are_those_declared_and_are_written_at_once(a_node):
    p = Parameters(a_node)
    assert (p.volume, p.text, p.flag, p.count, p.size) == (None, "first", False, 3, 2.5)
    assert (p.colour, p.method, p.folder) == (Colour.BLUE, "b", pathlib.Path("/data"))
    assert (list(p.numbers), list(p.words)) == ([], ["x"])
    assert (a_node.GetParameter("colour"), a_node.GetParameter("flag")) == ("BLUE", "False")
    assert p.default("count").value == 3


def test_values_are_written_as_slicer_documents(a_node):
    p = Parameters(a_node)
    p.flag, p.count, p.size, p.colour, p.numbers = True, 7, 4, Colour.RED, [5, 6]
    kept = {name: a_node.GetParameter(name) for name in ("flag", "count", "colour", "numbers_len", "numbers_1")}
    assert kept == {"flag": "True", "count": "7", "colour": "RED", "numbers_len": "2", "numbers_1": "6"}
    assert p.size == 4.0


def test_a_node_is_a_node_reference(a_node):
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    p = Parameters(a_node)
    p.volume = volume
    assert a_node.GetNodeReference("volume") is volume
    slicer.mrmlScene.RemoveNode(volume)
    assert p.volume is None


def test_a_list_writes_itself_back_on_every_change(a_node):
    p = Parameters(a_node)
    p.numbers = [1, 2, 3]
    p.numbers.append(4)
    del p.numbers[0]
    p.numbers[0] = 9
    assert Parameters(a_node).numbers == [9, 3, 4]
    p.numbers = []
    assert not a_node.HasParameter("numbers_0")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("size", 11.0, "within range"),
        ("count", -1, "greater than"),
        ("count", 10, "less than"),
        ("method", "c", "one of"),
        ("text", None, "not be None"),
    ],
)
def test_refuses_a_value_that_the_annotation_forbids(a_node, name, value, error):
    p = Parameters(a_node)
    before = getattr(p, name)
    with pytest.raises(ValueError, match=error):
        setattr(p, name, value)
    assert getattr(p, name) == before


@pytest.mark.parametrize(("name", "value"), [("text", 1), ("count", 1.5), ("flag", 1), ("numbers", ["a"])])
def test_refuses_a_value_of_another_type(a_node, name, value):
    with pytest.raises(TypeError, match="must be of type"):
        setattr(Parameters(a_node), name, value)


def test_refuses_a_node_of_another_class(a_node):
    with pytest.raises(TypeError, match="vtkMRMLScalarVolumeNode"):
        Parameters(a_node).volume = a_node


def test_refuses_a_member_type_that_cannot_be_kept():
    with pytest.raises(TypeError, match="expected a node class"):
        parameterNodeWrapper(type("P", (), {"__annotations__": {"x": bytes}}))


def test_refuses_a_reserved_member_name():
    with pytest.raises(ValueError, match="reserved name 'connectGui'"):
        parameterNodeWrapper(type("P", (), {"__annotations__": {"connectGui": int}}))


def test_refuses_an_unknown_parameter_name(a_node):
    with pytest.raises(ValueError, match="Cannot find a param"):
        Parameters(a_node).getValue("absent")


def test_exclude_refuses_the_values_it_lists(a_node):
    wrapped = parameterNodeWrapper(type("P", (), {"__annotations__": {"x": Annotated[int, Exclude([5])]}}))
    with pytest.raises(ValueError, match="must not be one of"):
        wrapped(a_node).x = 5


def test_a_wrapper_is_known_as_one(a_node):
    assert isParameterNodeWrapper(Parameters)
    assert isParameterNodeWrapper(Parameters(a_node))
    assert not isParameterNodeWrapper(int)


def test_survives_save_and_reopen(a_node, tmp_path):
    p = Parameters(a_node)
    p.volume = slicer.util.addVolumeFromArray(__import__("numpy").zeros((2, 3, 4), "int16"), name="CT")
    p.text, p.size, p.colour, p.numbers = "späß", 7.25, Colour.RED, [4, 2]
    path = str(tmp_path / "scene.mrb")
    assert slicer.util.saveScene(path)
    clear()
    slicer.util.loadScene(path)
    q = Parameters(slicer.util.getNode("P"))
    assert (q.text, q.size, q.colour, list(q.numbers)) == ("späß", 7.25, Colour.RED, [4, 2])
    assert q.volume.GetName() == "CT"


def bound(a_node, **widgets):
    p = Parameters(a_node)
    return p, p.connectParametersToGui(widgets)


def test_widgets_and_parameters_follow_each_other(a_node):
    import qt

    spin, combo, edit, check = qt.QSpinBox(), qt.QComboBox(), qt.QLineEdit(), qt.QCheckBox()
    p, _ = bound(a_node, count=spin, colour=combo, text=edit, flag=check)
    assert (spin.value(), spin.maximum(), combo.currentText(), edit.text()) == (3, 9, "Blue", "first")
    spin.setValue(8)
    combo.setCurrentIndex(0)
    edit.setText("typed")
    check.setChecked(True)
    assert (p.count, p.colour, p.text, p.flag) == (8, Colour.RED, "typed", True)
    p.count, p.method = 1, "a"
    assert spin.value() == 1


def test_ctk_widgets_bind_numbers_and_paths(a_node):
    import ctk

    slider, path = ctk.ctkSliderWidget(), ctk.ctkPathLineEdit()
    p, _ = bound(a_node, size=slider, folder=path)
    assert (slider.minimum, slider.maximum, slider.value, path.currentPath) == (1.0, 10.0, 2.5, "/data")
    slider.setValue(6.0)
    path.setCurrentPath("/elsewhere")
    assert (p.size, p.folder) == (6.0, pathlib.Path("/elsewhere"))


def test_a_node_selector_binds_a_node(a_node):
    box = slicer.qMRMLNodeComboBox()
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.noneEnabled = True
    box.setMRMLScene(slicer.mrmlScene)
    p, _ = bound(a_node, volume=box)
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    assert p.volume is None
    box.setCurrentNode(volume)
    assert p.volume is volume
    p.volume = None
    assert box.currentNode() is None


def test_disconnected_widgets_follow_no_more(a_node):
    import qt

    spin = qt.QSpinBox()
    p, tag = bound(a_node, count=spin)
    p.disconnectGui(tag)
    p.count = 9
    assert spin.value() == 3
    spin.setValue(5)
    assert p.count == 9


def test_connect_gui_finds_widgets_by_their_property(a_node):
    import qt

    outer = qt.QWidget()
    edit = qt.QLineEdit(outer)
    edit.setProperty("SlicerParameterName", "text")
    p = Parameters(a_node)
    p.connectGui(outer)
    edit.setText("from the panel")
    assert p.text == "from the panel"


def test_refuses_a_widget_that_cannot_hold_the_type(a_node):
    import qt

    with pytest.raises(RuntimeError, match="Unable to create GUI connector"):
        bound(a_node, count=qt.QLineEdit())
