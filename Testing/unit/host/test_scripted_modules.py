"""Slicer's base classes of scripted modules, and loading a module file unchanged."""

import pytest

from oncologyai.errors import MissingFileError
from oncologyai.host import clear, load_module, start

slicer = start(qt=True)


@pytest.fixture(autouse=True)
def a_started_host():
    """Another test of this process may have ended the host."""
    start(qt=True)


MODULE = """
import slicer, qt
from slicer.ScriptedLoadableModule import *
from TinyLib.part import word

class Tiny(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = "Tiny " + word

class TinyWidget(ScriptedLoadableModuleWidget):
    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        self.button = qt.QPushButton()
        self.button.text = "Count"
        self.clicks = 0
        self.button.connect("clicked(bool)", self.onClick)
        self.layout.addWidget(self.button)

    def onClick(self, checked):
        self.clicks += 1
        self.button.enabled = self.clicks < 2

class TinyLogic(ScriptedLoadableModuleLogic):
    pass

class TinyTest(ScriptedLoadableModuleTest):
    def runTest(self):
        self.delayDisplay("testing")
        slicer.tinyWasTested = True
        self.assertEqual(TinyLogic().getParameterNode().GetModuleName(), "Tiny")
"""


@pytest.fixture(scope="module")
def a_module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny module")
    (folder / "TinyLib").mkdir()
    (folder / "TinyLib" / "__init__.py").write_text("")
    (folder / "TinyLib" / "part.py").write_text("import qt\nb = qt.QLabel()\nb.text = 'one'\nword = b.text\n")
    (folder / "Tiny.py").write_text(MODULE)
    module = load_module(folder / "Tiny.py")
    yield module
    module.closePanels()


def test_module_is_found_under_slicer_modules(a_module):
    assert slicer.modules.tiny is a_module
    assert slicer.util.modulePath("Tiny") == a_module.path
    assert a_module.title == "Tiny one"


def test_a_second_load_gives_the_same_module(a_module):
    assert load_module(a_module.path) is a_module


def test_panel_works_under_pythonqts_manners(a_module):
    widget = a_module.createNewWidgetRepresentation()
    widget.button.click()
    widget.button.click()
    widget.button.click()
    assert (widget.clicks, widget.button.text(), widget.button.isEnabled()) == (2, "Count", False)


def test_module_runs_its_test_class(a_module):
    a_module.self().runTest(msec=0)
    assert slicer.tinyWasTested
    slicer.selfTests["Tiny"](msec=0)


def test_module_writes_no_byte_code_of_the_translated_source(a_module):
    from pathlib import Path

    assert not list(Path(a_module.path).parent.rglob("*.pyc"))


def test_unknown_names_of_a_module_raise(a_module):
    with pytest.raises(AttributeError, match="does not supply it"):
        _ = a_module.anythingElse


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        load_module(tmp_path / "Absent.py")


def test_parameter_node_is_a_singleton_of_the_scene(a_module):
    clear()
    logic = a_module.python().TinyLogic()
    node = logic.getParameterNode()
    assert logic.getParameterNode() is node
    assert (node.GetAttribute("ModuleName"), node.GetSingletonTag()) == ("Tiny", "Tiny")
    assert logic.getAllParameterNodes() == [node]


def test_logic_without_singleton_finds_its_first_node(a_module):
    clear()
    logic = a_module.python().TinyLogic()
    logic.isSingletonParameterNode = False
    first = logic.getParameterNode()
    second = slicer.mrmlScene.AddNode(logic.createParameterNode())
    assert logic.getParameterNode() is first
    assert logic.getAllParameterNodes() == [first, second]


def test_slicer_s_own_functions_find_panel_and_logic(a_module):
    panel = slicer.util.getModuleWidget("Tiny")
    assert type(panel).__name__ == "TinyWidget"
    assert slicer.util.getModuleWidget("Tiny") is panel
    panel.logic = a_module.python().TinyLogic()
    assert slicer.util.getModuleLogic("Tiny") is panel.logic
    assert slicer.util.getNewModuleWidget("Tiny") is not panel
    segmentations = slicer.util.getModuleLogic("Segmentations")
    assert segmentations.IsA("vtkSlicerSegmentationsModuleLogic")
    a_module.closePanels()
    assert slicer.util.getModuleWidget("Tiny") is not panel
