"""The module loaded in the host, and a scene with two synthetic lesions."""

from pathlib import Path

import pytest

from oncologyai.host import clear, load_module

MODULE = Path(__file__).resolve().parents[3] / "RadiomicsOutcome" / "RadiomicsOutcome.py"


@pytest.fixture
def a_module():
    """RadiomicsOutcome in the host; its panels are closed and the scene is empty afterwards."""
    module = load_module(MODULE)
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_sample(a_module):
    """Two balls and their segmentation."""
    from RadiomicsOutcomeLib import SyntheticLesions

    return SyntheticLesions()


@pytest.fixture
def a_parameter_node(a_module):
    """The module's parameters, untouched."""
    import slicer
    from RadiomicsOutcomeLib import RadiomicsOutcomeParameterNode

    return RadiomicsOutcomeParameterNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))
