"""Which device is taken when nobody chooses."""

import importlib.util
import sys

import pytest

from oncologyai import _device as device
from oncologyai._device import choose_device


def test_a_device_that_is_said_is_taken():
    assert choose_device("cuda:1") == "cuda:1"
    assert choose_device("cpu") == "cpu"


def test_without_a_driver_torch_is_not_even_loaded(monkeypatch):
    monkeypatch.setattr(device, "_DRIVERS", ())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert choose_device("auto") == "cpu"


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_engines_of_the_processor_stay_on_it(monkeypatch, engine):
    monkeypatch.setattr(device, "_has_driver", lambda: True)
    assert choose_device("auto", engine=engine) == "cpu"


@pytest.mark.parametrize(("there", "wanted"), [(True, "cuda"), (False, "cpu")])
def test_with_a_driver_torch_says_whether_there_is_a_card(monkeypatch, there, wanted):
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    import torch

    monkeypatch.setattr(device, "_has_driver", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert choose_device("auto") == wanted
