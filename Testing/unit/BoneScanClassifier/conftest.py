"""The module loaded in the host, and a small scan in the scene."""

from pathlib import Path

import numpy as np
import pytest

from oncologyai.host import clear, load_module
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.types import Volume

MODULE = Path(__file__).resolve().parents[3] / "BoneScanClassifier" / "BoneScanClassifier.py"
SHAPE = (128, 64)


@pytest.fixture
def a_module():
    """BoneScanClassifier in the host; its panels are closed and the scene is empty afterwards."""
    module = load_module(MODULE)
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_parameter_node(a_module):
    """The module's parameters, untouched."""
    import slicer
    from BoneScanClassifierLib import BoneScanClassifierParameterNode

    return BoneScanClassifierParameterNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))


@pytest.fixture
def some_views(a_module):
    """Nodes of both views of a small scan, by view."""
    from oncologyai.scene import nodes_from_views

    return nodes_from_views({view: a_view(view) for view in ("anterior", "posterior")}, "WB")


def a_view(view: str) -> Volume:
    """A block of counts in the middle of a picture."""
    picture = np.zeros((1, *SHAPE), np.float32)
    picture[0, 10:110, 16:48] = np.random.default_rng(4).poisson(20.0, (100, 32))
    return Volume(picture, planar_ijk_to_ras(view, SHAPE, (15.0, 9.0)), "NM", "counts")


CARD = {
    "full": {
        "thresholds": [
            {"rule": "youden", "value": 0.45, "sensitivity": 0.8, "specificity": 0.7},
            {"rule": "sensitivity-0.90", "value": 0.3, "sensitivity": 0.9, "specificity": 0.5},
        ]
    },
    "fast": {"thresholds": [{"rule": "youden", "value": 0.5, "sensitivity": 0.75, "specificity": 0.7}]},
}


@pytest.fixture
def a_card():
    """What a model's card says of thresholds, as JSON values."""
    return CARD
