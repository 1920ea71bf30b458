"""The 2D U-Nets: what the text and the model file say, and equality with the same network in Keras."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.unet2d import UNet2D, convolutions_in_keras_order, published_unet2d

FILTERS = (4, 6, 8, 10, 12)


def a_keras_unet(keras: Any, filters: tuple[int, ...], size: int) -> Any:
    """Build the published weights' model in Keras, layer by layer as issue and model file describe it."""
    layers = keras.layers

    def two(features: Any, count: int) -> Any:
        for _ in range(2):
            features = layers.Conv2D(count, 3, activation="relu", padding="same")(features)
        return features

    features = image = layers.Input((size, size, 1))
    skips = []
    for level, count in enumerate(filters):
        features = layers.MaxPooling2D(2)(features) if level else features
        features = two(features, count)
        features = layers.Dropout(0.5)(features) if level >= len(filters) - 2 else features
        skips.append(features)
    for count, skip in list(zip(filters, skips, strict=True))[-2::-1]:
        features = layers.UpSampling2D(2)(features)
        features = layers.Conv2D(count, 2, activation="relu", padding="same")(features)
        features = two(layers.Concatenate()([skip, features]), count)
    features = layers.Conv2D(2, 3, activation="relu", padding="same")(features)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(features))


@pytest.fixture(scope="module")
def the_keras() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras", reason="Keras is a test dependency only")


def a_pair(keras: Any, filters: tuple[int, ...], size: int) -> tuple[Any, UNet2D]:
    """Give a Keras model with random weights and the network of ours that got them."""
    model = a_keras_unet(keras, filters, size)
    network = published_unet2d(filters=filters).eval()
    generator = np.random.default_rng(5)
    state = {}
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer, name in zip(convolutions, convolutions_in_keras_order(network), strict=True):
        kernel_shape, bias_shape = (tuple(weight.shape) for weight in layer.weights)
        kernel = generator.normal(0, (2 / np.prod(kernel_shape[:3])) ** 0.5, kernel_shape).astype(np.float32)
        bias = generator.normal(0, 0.1, bias_shape).astype(np.float32)
        layer.set_weights([kernel, bias])
        state[f"{name}.weight"] = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        state[f"{name}.bias"] = torch.from_numpy(bias)
    network.load_state_dict(state, strict=True)
    return model, network


def test_gives_the_probabilities_of_the_same_network_in_keras(the_keras: Any) -> None:
    model, network = a_pair(the_keras, FILTERS, size=48)
    image = np.random.default_rng(6).normal(size=(2, 48, 48, 1)).astype(np.float32)
    with torch.inference_mode():
        theirs = model(torch.from_numpy(image), training=False).numpy()[..., 0]
        ours = torch.sigmoid(network(torch.from_numpy(image).permute(0, 3, 1, 2)))[:, 0].numpy()
    assert np.ptp(theirs) > 0.05  # a constant would prove nothing
    assert np.abs(ours - theirs).max() < 1e-4


def test_a_traced_copy_gives_the_same_at_once() -> None:
    torch.manual_seed(4)
    network = published_unet2d(filters=FILTERS).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, that tracing will go
        traced = torch.jit.trace(network, torch.rand(1, 1, 32, 32))
    kinds = {node.kind() for node in traced.inlined_graph.nodes()}
    assert "aten::upsample_nearest2d" not in kinds
    image = torch.randn(2, 1, 48, 80)
    with torch.inference_mode():
        plain = network(image)
        assert float(plain.std()) > 1e-3  # a constant would prove nothing
        torch.testing.assert_close(traced(image), plain, atol=1e-5, rtol=1e-4)


def test_an_even_kernel_padded_on_the_other_side_would_differ(the_keras: Any) -> None:
    model, network = a_pair(the_keras, FILTERS, size=48)
    for up in network.up:
        up.pad = nn.ZeroPad2d((1, 0, 1, 0))
    image = np.random.default_rng(6).normal(size=(1, 48, 48, 1)).astype(np.float32)
    with torch.inference_mode():
        theirs = model(torch.from_numpy(image), training=False).numpy()[..., 0]
        ours = torch.sigmoid(network(torch.from_numpy(image).permute(0, 3, 1, 2)))[:, 0].numpy()
    assert np.abs(ours - theirs).max() > 1e-3


def test_published_variant_has_keras_parameter_count(the_keras: Any) -> None:
    model = a_keras_unet(the_keras, (64, 128, 256, 512, 1024), size=512)
    with torch.device("meta"):
        network = published_unet2d()
    assert model.count_params() == sum(value.numel() for value in network.parameters())


def test_keras_order_names_every_convolution_once() -> None:
    network = published_unet2d(filters=FILTERS)
    names = convolutions_in_keras_order(network)
    assert len(names) == 24
    assert {f"{name}.{part}" for name in names for part in ("weight", "bias")} == set(network.state_dict())


def test_keras_order_needs_the_nearest_way_up() -> None:
    with pytest.raises(InputError, match="network: expected a U-Net with up='nearest', got up='transposed'"):
        convolutions_in_keras_order(UNet2D(filters=FILTERS))


def test_chapter_6_has_elu_and_the_published_weights_relu() -> None:
    def kinds(network: UNet2D) -> set[type]:
        return {type(module) for module in network.modules() if isinstance(module, nn.ELU | nn.ReLU)}

    assert kinds(UNet2D(filters=FILTERS)) == {nn.ELU}
    assert kinds(published_unet2d(filters=FILTERS)) == {nn.ReLU}


@pytest.mark.parametrize("place", ["before", "after"])
def test_dropout_of_a_half_stands_at_the_last_two_levels_only(place: str) -> None:
    """Recorded in training: half of the features are 0 where dropout stood, before or after a level."""
    network = UNet2D(filters=(8, 8, 8, 8, 8), dropout_place=place)
    seen: dict[str, torch.Tensor] = {}
    for level, block in enumerate(network.down):
        block.register_forward_hook(lambda _m, args, _r, level=level: seen.__setitem__(f"into {level}", args[0]))
    for level, merge in zip((3, 2), network.merge, strict=False):
        merge.register_forward_hook(lambda _m, args, _r, level=level: seen.__setitem__(f"skip {level}", args[0][:, :8]))
    network.up[0].register_forward_hook(lambda _m, args, _r: seen.__setitem__("deepest", args[0]))
    torch.manual_seed(1)
    network(torch.rand(1, 1, 64, 64) + 1)
    halved = {name for name, features in seen.items() if abs(float((features == 0).float().mean()) - 0.5) < 0.15}
    # pooling may take the zeros of level 3's dropout on to level 4: 'into 4' says nothing about 'after'
    assert halved - {"into 4"} == ({"into 3"} if place == "before" else {"skip 3", "deepest"})
    assert place == "after" or "into 4" in halved


def test_evaluation_ignores_dropout() -> None:
    network = UNet2D(filters=FILTERS)
    image = torch.randn(1, 1, 32, 32)
    assert not torch.equal(network(image), network(image))
    network.eval()
    assert torch.equal(network(image), network(image))


def test_skip_comes_first_in_the_concatenation() -> None:
    network = UNet2D(filters=FILTERS)
    seen: list[torch.Tensor] = []
    network.down[0].register_forward_hook(lambda _m, _a, result: seen.append(result))
    network.merge[-1].register_forward_hook(lambda _m, args, _r: seen.append(args[0]))
    network(torch.randn(1, 1, 32, 32))
    assert torch.equal(seen[1][:, : FILTERS[0]], seen[0])


def test_levels_halve_and_widen() -> None:
    network = UNet2D(filters=FILTERS)
    shapes: list[tuple[int, ...]] = []
    for block in network.down:
        block.register_forward_hook(lambda _m, _a, result: shapes.append(tuple(result.shape[1:])))
    network(torch.randn(1, 1, 64, 32))
    assert shapes == [(4, 64, 32), (6, 32, 16), (8, 16, 8), (10, 8, 4), (12, 4, 2)]
    assert all(few < many for few, many in pairwise(FILTERS))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": (4,)}, "filters: expected 2 levels or more, got 1"),
        ({"dropout": 1.5}, "dropout: expected a number from 0 to 1, got 1.5"),
        ({"dropout_place": "within"}, "dropout_place: expected one of after, before"),
        ({"up": "cubic"}, "up: expected one of nearest, transposed"),
        ({"activation": "tanh"}, "activation: expected one of"),
    ],
)
def test_refuses_arguments_outside_their_range(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        UNet2D(**arguments)
