"""Class maps in closed form against torch's own gradients."""

import numpy as np
import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.explain import PooledHead, class_map
from oncologyai.networks import Vgg16Classifier

NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))


@pytest.fixture
def a_network() -> Vgg16Classifier:
    torch.manual_seed(3)
    network = Vgg16Classifier(NARROW, hidden=24).eval()
    for parameter in network.features.parameters():
        parameter.data = 1.6 * parameter.data if parameter.ndim > 1 else parameter.data + 0.05
    return network


def head_of(network: Vgg16Classifier) -> PooledHead:
    parts = (network.hidden.weight, network.hidden.bias, network.last.weight, network.last.bias)
    return PooledHead(*(p.detach().numpy() for p in parts))


def by_torch(network: Vgg16Classifier, image: torch.Tensor, target: int) -> tuple[np.ndarray, np.ndarray, float]:
    maps = network.maps(image).detach().requires_grad_(True)
    logit = network.head(maps)[0, target]
    (gradient,) = torch.autograd.grad(logit, maps)
    return maps.detach().numpy()[0], gradient.numpy()[0], float(logit.detach())


@pytest.mark.parametrize("target", [0, 1])
def test_maps_equal_those_of_torchs_gradients(a_network: Vgg16Classifier, target: int) -> None:
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    maps, gradient, logit = by_torch(a_network, image, target)
    head = head_of(a_network)
    assert maps.max() > 0.0
    assert head.logits(maps)[target] == pytest.approx(logit, abs=1e-6)
    expected = np.maximum((gradient.mean(axis=(1, 2), keepdims=True) * maps).sum(axis=0), 0.0)
    np.testing.assert_allclose(class_map(maps, head, target=target), expected, atol=1e-7)
    places = class_map(maps, head, target=target, method="hirescam")
    np.testing.assert_allclose(places, np.maximum((gradient * maps).sum(axis=0), 0.0), atol=1e-7)


def test_plus_plus_equals_its_formula_from_torchs_gradients(a_network: Vgg16Classifier) -> None:
    maps, gradient, _ = by_torch(a_network, torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2)), 1)
    gradient = gradient.astype(np.float64)
    below = 2.0 * gradient**2 + maps.sum(axis=(1, 2), keepdims=True) * gradient**3
    alpha = np.divide(gradient**2, below, out=np.zeros_like(gradient), where=np.abs(below) > 1e-30)
    expected = np.maximum(np.tensordot((alpha * np.maximum(gradient, 0)).sum(axis=(1, 2)), maps, axes=1), 0.0)
    found = class_map(maps, head_of(a_network), target=1, method="grad-cam++")
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)


def test_probabilities_are_torchs_softmax(a_network: Vgg16Classifier) -> None:
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        maps = a_network.maps(image)
        expected = torch.softmax(a_network.head(maps), dim=1)[0].numpy()
    np.testing.assert_allclose(head_of(a_network).probabilities(maps[0].numpy()), expected, atol=1e-6)


def test_hires_map_sums_to_the_logit_where_the_head_is_straight() -> None:
    """HiResCAM's completeness: without biases and with all units open its sum before cutting is the logit."""
    generator = np.random.default_rng(0)
    maps = generator.random((5, 8, 6))
    head = PooledHead(generator.random((7, 5)), np.zeros(7), generator.random((2, 7)), np.zeros(2))
    assert class_map(maps, head, target=1, method="hirescam").sum() == pytest.approx(head.logits(maps)[1], rel=1e-5)


@pytest.mark.parametrize("method", ["grad-cam", "grad-cam++", "hirescam"])
@pytest.mark.parametrize(("j", "i"), [(1, 2), (10, 13)])
def test_a_planted_response_is_where_the_map_is_largest_and_its_sign_counts(method: str, j: int, i: int) -> None:
    maps = np.full((3, 12, 16), 0.01)
    maps[1, j, i] = 5.0
    head = PooledHead(np.eye(3), np.full(3, 0.01), np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]]), np.zeros(2))
    found = class_map(maps, head, target=1, method=method)  # type: ignore[arg-type]
    assert np.unravel_index(int(found.argmax()), found.shape) == (j, i)
    assert class_map(maps, head, target=0, method=method).max() == 0.0  # type: ignore[arg-type]


def test_rejects_what_does_not_fit() -> None:
    head = PooledHead(np.ones((4, 3)), np.ones(4), np.ones((2, 4)), np.ones(2))
    with pytest.raises(InputError, match=r"maps: expected \(3, j, i\), j and i even"):
        class_map(np.ones((3, 5, 4)), head, target=0)
    with pytest.raises(InputError, match="target: expected a class from 0 to 1, got 2"):
        class_map(np.ones((3, 4, 4)), head, target=2)
    with pytest.raises(InputError, match="method: expected one of"):
        class_map(np.ones((3, 4, 4)), head, target=0, method="lime")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="head: expected"):
        PooledHead(np.ones((4, 3)), np.ones(3), np.ones((2, 4)), np.ones(2))
