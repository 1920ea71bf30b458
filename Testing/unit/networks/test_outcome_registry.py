"""The contract that every network of an outcome keeps."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from oncologyai.errors import InputError
from oncologyai.networks import OUTCOME_NETWORKS, build_outcome_network

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "outcome_network_parameters.json").read_text())

every_network = pytest.mark.parametrize("name", sorted(OUTCOME_NETWORKS))


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(8)


def a_network(name, **changes):
    return build_outcome_network(name, **OUTCOME_NETWORKS[name].small, **changes)


def images(name, count=2):
    return torch.randn(count, 1, *OUTCOME_NETWORKS[name].small["size"])


@every_network
def test_gives_a_logit_a_class_and_features(name):
    assert a_network(name)(images(name)).shape == (2, 1)
    assert a_network(name, classes=3)(images(name)).shape == (2, 3)
    features = a_network(name).features(images(name))
    assert features.shape == (2, 16) and bool((features >= 0).all())


@every_network
def test_every_trainable_parameter_gets_a_gradient_and_no_frozen_one(name):
    network = a_network(name)
    network(images(name, 4)).square().sum().backward()
    frozen = {id(p) for part in network.frozen() for p in part.parameters()}
    for where, parameter in network.named_parameters():
        if id(parameter) in frozen:
            assert not parameter.requires_grad and parameter.grad is None, where
        else:
            assert parameter.grad is not None and bool(parameter.grad.abs().sum() > 0), where


@every_network
def test_the_stem_keeps_its_statistics_in_training(name):
    network = a_network(name)
    before = {k: v.clone() for k, v in network.state_dict().items() if k.startswith("stem.")}
    network.train()
    network(images(name, 3))
    for key, value in before.items():
        assert torch.equal(value, network.state_dict()[key]), key


@every_network
def test_saved_and_loaded_it_says_the_same(name, tmp_path):
    network = a_network(name).eval()
    save_file(network.state_dict(), tmp_path / "w.safetensors")
    other = a_network(name).eval()
    other.load_state_dict(load_file(tmp_path / "w.safetensors"))
    image = images(name)
    assert torch.equal(network(image), other(image))


@every_network
def test_published_size_and_parameters(name):
    with torch.device("meta"):
        network = build_outcome_network(name)
    counts = {"all": sum(p.numel() for p in network.parameters()),
              "trainable": sum(p.numel() for p in network.parameters() if p.requires_grad)}  # fmt: skip
    assert counts == REFERENCE[name]
    assert (network.in_channels, *network.size) == OUTCOME_NETWORKS[name].published_input


@every_network
def test_another_size_is_refused(name):
    with pytest.raises(InputError, match="image"):
        a_network(name)(torch.zeros(1, 1, 4, 4, 4))
    with pytest.raises(InputError, match="arguments"):
        build_outcome_network(name, nonsense=1)


def test_the_stem_is_the_one_of_torchvision_in_names_and_sizes():
    with torch.device("meta"):
        stem = build_outcome_network("2be3net").stem
    shapes = {k: tuple(v.shape) for k, v in stem.state_dict().items() if not k.endswith("num_batches_tracked")}
    assert shapes["conv1.weight"] == (64, 3, 7, 7)
    assert shapes["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert shapes["layer1.2.conv3.weight"] == (256, 64, 1, 1)
    assert sum(p.numel() for p in stem.parameters()) == 225_344  # conv1, bn1 and layer1 of ResNet-50


def test_2be3net_sees_the_order_of_slices_and_its_2d_rival_s_blocks_do_not():
    image = images("2be3net", 1)
    turned = image.flip(2)
    for name, blind in (("2be3net", False), ("resnet-conv2d", True)):
        network = a_network(name).eval()
        same = torch.allclose(network.maps(image), network.maps(turned).flip(2), atol=1e-5)
        assert same == blind


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="2be3net"):
        build_outcome_network("vgg")
