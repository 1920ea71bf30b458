"""The panel's choices are those that the library knows, and the scene keeps them."""

from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

from oncologyai.explain import CamMethod
from oncologyai.scintigraphy import GREY_REFERENCES, ScanReading

BY_HAND = {  # paths and combo boxes whose content is not fixed: the panels bind them
    "study", "secondFile", "model", "rule", "resultsFolder", "prediction", "report", "batchSource", "batchOutput",
}  # fmt: skip


def test_choices_are_those_of_the_library(a_module):
    from BoneScanClassifierLib import Grey, MapMethod, SingleView, Turn

    assert tuple(grey.value for grey in Grey) == GREY_REFERENCES
    assert tuple(method.value for method in MapMethod) == get_args(CamMethod)
    for turn in Turn:
        for view in SingleView:
            assert ScanReading(turn_deg=turn.value, view=view.value)
    assert all(one.label() for kind in (Grey, MapMethod, SingleView, Turn) for one in kind)


def test_the_ui_file_binds_every_parameter_that_no_panel_binds(a_module):
    from BoneScanClassifierLib import BoneScanClassifierParameterNode

    paths = (Path(a_module.path).parent / "Resources" / "UI").glob("BoneScanClassifier.ui")
    bound = {
        found.findtext("string")
        for path in paths
        for found in ElementTree.parse(path).iter("property")
        if found.get("name") == "SlicerParameterName"
    }
    assert bound == set(BoneScanClassifierParameterNode.allParameters) - BY_HAND


def test_the_usual_scan_needs_no_choice(a_parameter_node):
    from BoneScanClassifierLib import Grey, MapMethod, SingleView, Turn

    given = a_parameter_node
    assert (given.turn, given.singleView, given.grey) == (Turn.NONE, SingleView.AUTO, Grey.USUAL)
    assert (given.method, given.fast, given.upperPercent) == (MapMethod.GRAD_CAM, False, 100.0)
    assert given.anterior is None
