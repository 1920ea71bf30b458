"""Class maps against packages of others on the same network: captum, and what grad-cam gave."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from oncologyai.explain import PooledHead, class_map
from oncologyai.networks import Vgg16Classifier

NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))
REFERENCE = Path(__file__).parents[2] / "reference" / "class_maps.json"  # made by class_maps.py there
HEAD = ("hidden.weight", "hidden.bias", "last.weight", "last.bias")


@pytest.fixture(scope="module")
def a_network() -> Vgg16Classifier:
    torch.manual_seed(3)
    network = Vgg16Classifier(NARROW, hidden=24).eval()
    for parameter in network.features.parameters():
        parameter.data = 1.6 * parameter.data if parameter.ndim > 1 else parameter.data + 0.05
    return network


def own_map(network: Vgg16Classifier, image: torch.Tensor, target: int, method: str) -> np.ndarray:
    parts = (network.hidden.weight, network.hidden.bias, network.last.weight, network.last.bias)
    with torch.no_grad():
        maps = network.maps(image)[0].numpy()
    return class_map(maps, PooledHead(*(p.detach().numpy() for p in parts)), target=target, method=method)  # type: ignore[arg-type]


def last_layer(network: Vgg16Classifier) -> torch.nn.Module:
    """The ReLU behind the last convolution, whose output the maps are."""
    found = [m for m in network.features.modules() if isinstance(m, torch.nn.ReLU)][-1]
    found.inplace = False
    return found


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_grad_cam_equals_captums(a_network: Vgg16Classifier, target: int, seed: int) -> None:
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(seed))
    rival = LayerGradCam(a_network, last_layer(a_network)).attribute(image, target=target, relu_attributions=True)
    expected = rival[0, 0].detach().numpy()
    found = own_map(a_network, image, target, "grad-cam")
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-5 * max(1.0, float(expected.max())), rtol=1e-5)
    if expected.max() > 0.0:
        np.testing.assert_allclose(found / found.max(), expected / expected.max(), atol=1e-5)


@pytest.mark.parametrize("method", ["grad-cam", "grad-cam++", "hirescam"])
@pytest.mark.parametrize("target", [0, 1])
def test_methods_equal_those_of_grad_cam(method: str, target: int) -> None:
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    maps = np.array(told["maps"], np.float32)
    head = PooledHead(*(np.array(told["head"][name], np.float32) for name in HEAD))
    expected = np.array(told["class_maps"][f"{method} {target}"])
    found = class_map(maps, head, target=target, method=method)  # type: ignore[arg-type]
    if expected.max() == 0.0:
        assert found.max() == pytest.approx(0.0, abs=1e-7)
        return
    np.testing.assert_allclose(found / found.max(), expected / expected.max(), atol=1e-5)


def test_the_values_of_grad_cam_are_of_maps_that_say_something() -> None:
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    assert len([1 for values in told["class_maps"].values() if np.max(values) > 0.0]) >= 3
