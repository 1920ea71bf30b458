"""VGG16 against the paper and against Keras' own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.networks import VGG16_WIDTHS, Vgg16Classifier

_REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "vgg16.json"
NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))


def test_layers_and_parameters_are_the_papers() -> None:
    network = Vgg16Classifier()
    counts = json.loads(_REFERENCE.read_text(encoding="utf-8"))["parameters"]
    convolutions = [layer for layer in network.features if isinstance(layer, torch.nn.Conv2d)]
    assert len(convolutions) == 13
    assert all(layer.kernel_size == (3, 3) for layer in convolutions)
    assert sum(p.numel() for p in network.features.parameters()) == counts["features"] == 14_714_688
    head = sum(p.numel() for part in (network.hidden, network.last) for p in part.parameters())
    assert head == counts["head"] == 512 * 512 + 512 + 512 * 2 + 2
    assert sum(isinstance(layer, torch.nn.MaxPool2d) for layer in network.features) == 5


def test_shapes_of_a_published_picture() -> None:
    network = Vgg16Classifier(NARROW).eval()
    with torch.no_grad():
        maps = network.maps(torch.rand(2, 3, 512, 512))
        assert maps.shape == (2, 10, 32, 32)
        assert network.head(maps).shape == (2, 2)


@pytest.fixture(scope="module")
def the_keras() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras", reason="Keras is a test dependency only")


def test_features_equal_keras_vgg16_with_the_same_weights(the_keras: Any) -> None:
    model = the_keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
    generator = np.random.default_rng(0)
    layers = [layer for layer in model.layers if layer.weights]
    places = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    base = {}
    for layer, place in zip(layers, places, strict=True):
        shape = tuple(layer.weights[0].shape)
        kernel = generator.normal(0, (2 / np.prod(shape[:3])) ** 0.5, shape).astype(np.float32)
        bias = generator.normal(0, 0.05, shape[-1]).astype(np.float32)
        layer.set_weights([kernel, bias])
        base[f"features.{place}.weight"] = kernel.transpose(3, 2, 0, 1)
        base[f"features.{place}.bias"] = bias
    network = Vgg16Classifier(standardise=False).eval()
    network.load_base(base)
    image = generator.random((2, 64, 64, 3)).astype(np.float32)
    with torch.no_grad():
        ours = network.features(torch.as_tensor(image.transpose(0, 3, 1, 2).copy())).numpy()
    theirs = model(torch.as_tensor(image)).detach().numpy().transpose(0, 3, 1, 2)
    assert ours.shape == theirs.shape == (2, 512, 2, 2)
    assert np.abs(theirs).max() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_standardising_is_that_of_imagenet() -> None:
    torch.manual_seed(0)
    with_it, without = Vgg16Classifier(NARROW).eval(), Vgg16Classifier(NARROW, standardise=False).eval()
    without.load_state_dict(with_it.state_dict())
    image = torch.rand(1, 3, 32, 32)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        expected = without((image - mean.view(1, 3, 1, 1)) / deviation.view(1, 3, 1, 1))
        torch.testing.assert_close(with_it(image), expected)


def test_gradients_reach_every_parameter() -> None:
    torch.manual_seed(0)
    network = Vgg16Classifier(NARROW)
    network(torch.rand(4, 3, 32, 32)).square().sum().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


def test_base_of_another_shape_or_incomplete_is_refused() -> None:
    network = Vgg16Classifier(NARROW)
    with pytest.raises(InputError, match=r"features.0.weight: expected weights of shape \(4, 3, 3, 3\), got none"):
        network.load_base({})
    with pytest.raises(InputError, match=r"got shape \(64, 3, 3, 3\)"):
        network.load_base({"features.0.weight": np.zeros((64, 3, 3, 3), np.float32)})


def test_rejects_other_pictures_and_sizes() -> None:
    network = Vgg16Classifier(NARROW)
    for shape in ((1, 1, 32, 32), (3, 32, 32), (1, 3, 40, 32)):
        with pytest.raises(InputError, match="image: expected .*multiples of 32"):
            network(torch.zeros(shape))
    with pytest.raises(InputError, match="hidden: expected 1 or more"):
        Vgg16Classifier(NARROW, hidden=0)
    with pytest.raises(InputError, match="widths: expected 1 or more"):
        Vgg16Classifier(((4,), ()))
    with pytest.raises(InputError, match="classes: expected 1 or more"):
        Vgg16Classifier(NARROW, classes=0)
    assert VGG16_WIDTHS[0] == (64, 64)
