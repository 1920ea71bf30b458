"""The panel's choices are those that the library knows."""

import pytest

from oncologyai.segmenters import METHODS, SeedConfig


def test_methods_are_those_of_the_library(a_module):
    from SegmentationAILib import Method

    assert {method.value for method in Method} == set(METHODS)
    assert all(method.label() for method in Method)


def test_defaults_are_those_of_the_library(a_module):
    import slicer
    from SegmentationAILib import SegmentationAIParameterNode, SegmentationRequest

    parameters = SegmentationAIParameterNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))
    library = SeedConfig()
    assert (parameters.method.value, parameters.maxDistanceMm) == (library.method, library.max_distance_mm)
    request = SegmentationRequest(None, None)
    assert (request.method.value, request.maxDistanceMm) == (library.method, library.max_distance_mm)


def test_the_ui_file_binds_every_parameter(a_module):
    from pathlib import Path
    from xml.etree import ElementTree

    from SegmentationAILib import SegmentationAIParameterNode

    path = Path(a_module.path).parent / "Resources" / "UI" / "SegmentationAI.ui"
    bound = {
        found.findtext("string")
        for found in ElementTree.parse(path).iter("property")
        if found.get("name") == "SlicerParameterName"
    }
    assert bound == set(SegmentationAIParameterNode.allParameters) - {"model"}  # its list comes from the store


@pytest.mark.parametrize("distance", [0.0, 500.0])
def test_refuses_a_distance_beyond_the_panels_range(a_module, distance):
    import slicer
    from SegmentationAILib import SegmentationAIParameterNode

    parameters = SegmentationAIParameterNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))
    with pytest.raises(ValueError, match="within range"):
        parameters.maxDistanceMm = distance
