"""What a run is given: views, settings in the library's words, and what is missing."""

import json

import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import BoneScanConfig


def test_parameters_become_a_request(a_parameter_node, some_views):
    from BoneScanClassifierLib import MapMethod, requestFromParameters

    a_parameter_node.anterior, a_parameter_node.posterior = some_views["anterior"], some_views["posterior"]
    a_parameter_node.model, a_parameter_node.fast = "demo-bonescan", True
    a_parameter_node.method, a_parameter_node.rule = MapMethod.HIRESCAM, "sensitivity-0.90"
    request = requestFromParameters(a_parameter_node)
    assert request.problem() == ""
    assert list(request.views) == ["anterior", "posterior"]
    assert request.settings() == {
        "model": "demo-bonescan", "method": "hirescam", "threshold": "sensitivity-0.90", "fast": True,
    }  # fmt: skip
    assert BoneScanConfig(**request.settings()).fast


def test_an_own_threshold_goes_as_a_number(a_module, some_views):
    from BoneScanClassifierLib import ScanRequest

    settings = ScanRequest(some_views, "m", rule="own", ownThreshold=0.37).settings()
    assert settings["threshold"] == "0.37"
    assert BoneScanConfig(**settings).threshold_value() == 0.37


def test_what_is_missing_is_said(a_module, some_views):
    from BoneScanClassifierLib import ScanRequest, bundleFromRequest

    assert ScanRequest().problem() == "Load a bone scan first."
    assert ScanRequest(some_views).problem() == "Choose a model."
    with pytest.raises(InputError, match="Choose a model"):
        bundleFromRequest(ScanRequest(some_views))


def test_a_request_holds_the_views_and_what_reading_said(a_module, some_views):
    from BoneScanClassifierLib import ScanRequest, bundleFromRequest

    some_views["anterior"].SetAttribute("OncologyAI.Notes", json.dumps(["no pixel size", "split"]))
    some_views["posterior"].SetAttribute("OncologyAI.Notes", json.dumps(["split"]))
    bundle = bundleFromRequest(ScanRequest(some_views, "m"))
    assert bundle.name == "WB"
    assert bundle.notes == ("no pixel size", "split")
    assert {view: volume.shape for view, volume in bundle.views.items()} == {
        "anterior": (1, 128, 64),
        "posterior": (1, 128, 64),
    }


def test_an_empty_volume_is_no_view(a_parameter_node):
    import slicer
    from BoneScanClassifierLib import requestFromParameters

    a_parameter_node.anterior = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    assert requestFromParameters(a_parameter_node).views == {}
