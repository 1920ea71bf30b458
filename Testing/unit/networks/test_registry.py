"""The contract that every network of the registry keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from oncologyai.errors import InputError
from oncologyai.networks import NETWORKS, SegmentationNetwork, build_network

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "network_parameters.json").read_text())

every_network = pytest.mark.parametrize("name", sorted(NETWORKS))


@pytest.fixture(autouse=True)
def a_seed() -> None:
    torch.manual_seed(8)


def a_network(name: str) -> SegmentationNetwork:
    return build_network(name, **NETWORKS[name].small)


def an_image(name: str, batch: int = 1, less: int = 0) -> torch.Tensor:
    channels, *sizes = NETWORKS[name].small_input
    return torch.randn(batch, channels, *(size - less for size in sizes))


@every_network
def test_logits_have_the_image_s_size_and_one_channel(name: str) -> None:
    image = an_image(name, batch=2)
    logits = a_network(name)(image)
    assert image.ndim == NETWORKS[name].dims + 2
    assert logits.shape == (2, 1, *image.shape[2:])
    assert logits.dtype == torch.float32
    assert torch.isfinite(logits).all()


@every_network
def test_takes_several_channels_and_gives_several_labels(name: str) -> None:
    spec = NETWORKS[name]
    network = build_network(name, in_channels=3, out_channels=2, **spec.small)
    assert (network.in_channels, network.out_channels) == (3, 2)
    assert network(torch.randn(1, 3, *spec.small_input[1:])).shape == (1, 2, *spec.small_input[1:])


@every_network
def test_odd_sizes_come_back_as_they_were(name: str) -> None:
    image = an_image(name, less=1)
    assert a_network(name).eval()(image).shape == (1, 1, *image.shape[2:])


@every_network
def test_odd_sizes_are_padded_by_their_border(name: str) -> None:
    """What the network sees of an odd image is that image with its last voxels repeated."""
    network, image = a_network(name).eval(), an_image(name, less=1)
    repeated = image
    for axis in range(2, image.ndim):
        last = repeated.narrow(axis, repeated.shape[axis] - 1, 1)
        missing = -image.shape[axis] % network.multiple[axis - 2]
        repeated = torch.cat([repeated] + [last] * missing, dim=axis)
    with torch.inference_mode():
        whole, odd = network(repeated), network(image)
    within = (..., *(slice(size) for size in image.shape[2:]))
    assert torch.allclose(odd, whole[within], atol=1e-5)


@every_network
def test_every_parameter_gets_a_gradient(name: str) -> None:
    network, image = a_network(name), an_image(name, batch=2)
    target = torch.rand(2, 1, *image.shape[2:])
    torch.nn.functional.binary_cross_entropy_with_logits(network(image), target).backward()
    without = [key for key, value in network.named_parameters() if value.grad is None]
    not_finite = [key for key, value in network.named_parameters() if not torch.isfinite(value.grad).all()]
    zero = [key for key, value in network.named_parameters() if not value.grad.abs().sum() > 0]
    assert (without, not_finite, zero) == ([], [], [])


@every_network
def test_saved_weights_give_identical_logits(name: str, tmp_path: Path) -> None:
    network, image = a_network(name), an_image(name)
    network(image)  # moves the running statistics of batch normalisation off their defaults
    save_file(network.state_dict(), tmp_path / "weights.safetensors")
    torch.manual_seed(9)
    other = a_network(name)
    missing, unexpected = other.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    with torch.inference_mode():
        before, after = network.eval()(image), other.eval()(image)
    assert (missing, unexpected) == ([], [])
    assert torch.equal(before, after)


@every_network
def test_evaluation_repeats_itself_and_keeps_images_of_a_batch_apart(name: str) -> None:
    network, image = a_network(name).eval(), an_image(name, batch=2)
    with torch.inference_mode():
        first, second, alone = network(image), network(image), network(image[1:])
    assert torch.equal(first, second)
    assert torch.allclose(first[1:], alone, atol=1e-5)


@every_network
def test_the_same_seed_gives_the_same_weights(name: str) -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(4)
        states.append(a_network(name).state_dict())
    assert all(torch.equal(states[0][key], value) for key, value in states[1].items())


@every_network
def test_the_input_is_left_as_it_was(name: str) -> None:
    image = an_image(name)
    before = image.clone()
    a_network(name)(image)
    assert torch.equal(image, before)


@every_network
def test_published_size_has_the_recorded_parameter_count(name: str) -> None:
    with torch.device("meta"):
        network = build_network(name)
    assert sum(value.numel() for value in network.parameters()) == REFERENCE["parameters"][name]


@every_network
def test_refuses_an_image_with_other_axes_or_channels(name: str) -> None:
    network, image = a_network(name), an_image(name)
    with pytest.raises(InputError, match=r"image: expected \(batch, channel, .*got shape"):
        network(image[0])
    with pytest.raises(InputError, match="with 1 channels"):
        network(torch.cat([image, image], dim=1))


@every_network
def test_the_published_input_and_the_source_are_named(name: str) -> None:
    spec = NETWORKS[name]
    assert len(spec.published_input) == len(spec.small_input) == spec.dims + 1
    assert spec.source


def test_every_recorded_count_is_a_network_of_the_registry() -> None:
    assert sorted(REFERENCE["parameters"]) == sorted(NETWORKS)


def test_refuses_an_unknown_network() -> None:
    with pytest.raises(InputError, match="name: expected one of .*unet2d.*got 'unet5d'"):
        build_network("unet5d")


def test_refuses_an_argument_that_the_network_does_not_have() -> None:
    with pytest.raises(InputError, match="arguments: expected those of unet2d, got .*colour"):
        build_network("unet2d", colour="red")


def test_refuses_a_network_without_channels() -> None:
    with pytest.raises(InputError, match="in_channels: expected 1 or more, got 0"):
        build_network("unet2d", in_channels=0)
