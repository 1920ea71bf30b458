"""Dense sampling, hybrid dilation, lateral connections and the ensemble."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.densehighres3dnet import (
    DenseDown,
    DenseHighRes3DNet,
    DenseUp,
    Ensemble,
    depth_to_space,
    highres3dnet_ensemble,
    space_to_depth,
)
from oncologyai.networks.resenc_unet import ResEncUNet
from oncologyai.networks.unet2d import UNet2D

WIDTHS = (4, 8, 8)


@pytest.mark.parametrize("factor", [2, 3])
def test_depth_to_space_undoes_space_to_depth(factor: int) -> None:
    image = torch.randn(2, 3, 2 * factor, factor, 3 * factor)
    dense = space_to_depth(image, factor)
    assert dense.shape == (2, 3 * factor**3, 2, 1, 3)
    assert torch.equal(depth_to_space(dense, factor), image)
    features = torch.randn(1, 2 * factor**3, 2, 3, 1)
    assert torch.equal(space_to_depth(depth_to_space(features, factor), factor), features)


def test_space_to_depth_takes_each_block_s_voxels_in_order() -> None:
    image = torch.arange(4 * 2 * 6, dtype=torch.float32).reshape(1, 1, 4, 2, 6)
    dense = space_to_depth(image, 2)
    array = image[0, 0].numpy()
    for channel, (k, j, i) in enumerate(np.ndindex(2, 2, 2)):
        assert np.array_equal(dense[0, channel].numpy(), array[k::2, j::2, i::2])


def test_duc_of_ddc_with_identity_convolutions_is_the_identity() -> None:
    down = DenseDown(2, 16, 2, norm="group", activation="relu")
    up = DenseUp(16, 2, 2)
    for convolution in (down.convolution.conv, up.convolution):
        nn.init.dirac_(convolution.weight)
    nn.init.zeros_(up.convolution.bias)
    down.convolution.adn = nn.Identity()
    image = torch.randn(1, 2, 4, 6, 8)
    assert torch.allclose(up(down(image)), image, atol=1e-6)


def a_linear_copy(network: DenseHighRes3DNet) -> DenseHighRes3DNet:
    """Without norm and activation and with weights of 1, so that a gradient of 0 means 'not seen'."""
    for module in network.modules():
        for name, child in list(module.named_children()):
            if name == "adn" or type(child).__name__ == "ADN":
                setattr(module, name, nn.Identity())
        if isinstance(module, nn.Conv3d):
            nn.init.ones_(module.weight)
    return network.double()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("axis", [2, 3, 4])
def test_an_output_voxel_sees_every_voxel_of_its_receptive_field(version: int, axis: int) -> None:
    """Along each axis the field is one stretch without holes (gridding), of the length that the rates give."""
    network = a_linear_copy(DenseHighRes3DNet(version=version, widths=(4, 4, 4), blocks=2))
    shape = [1, 1, 4, 4, 4]
    shape[axis] = 240
    image = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    result = network(image)
    place = [0, 0, 1, 1, 1]
    place[axis] = 120
    result[tuple(place)].backward()
    assert image.grad is not None
    others = tuple(a for a in range(5) if a != axis)
    seen = (image.grad > 0).sum(dim=others)
    first, last = int(seen.nonzero()[0]), int(seen.nonzero()[-1])
    assert bool((seen[first : last + 1] == 16).all()), "every voxel, also across the axis"
    # cells reached at half (a quarter for version 2's third group) resolution, both ways, then the first 3x3x3
    cells = 2 * (2 + 4) if version == 2 else 2 * (2 + 4 + 9)
    if version == 1:
        assert (first, last) == (120 - 2 * cells - 1, 120 + 2 * cells + 1 + 1)
    else:
        assert (first, last) == (120 - 2 * cells - 4 * 18 - 1, 120 + 2 * cells + 4 * 18 + 3 + 1)


def test_a_residual_group_sees_its_whole_cube() -> None:
    group = DenseHighRes3DNet(widths=(4, 4, 4), blocks=1).group3
    network = a_linear_copy(nn.ModuleList([group]))[0]
    image = torch.zeros(1, 4, 21, 21, 21, dtype=torch.float64, requires_grad=True)
    network(image)[0, 0, 10, 10, 10].backward()
    assert image.grad is not None
    seen = (image.grad[0, 0] > 0).numpy()
    expected = np.zeros((21, 21, 21), bool)
    expected[1:20, 1:20, 1:20] = True  # 1 + 3 + 5 voxels each way
    assert np.array_equal(seen, expected)


def test_low_level_features_reach_the_head_directly() -> None:
    network = DenseHighRes3DNet(widths=WIDTHS)
    seen: dict[str, torch.Tensor] = {}
    for name in ("lateral", "group1", "group2", "group3"):
        getattr(network, name).register_forward_hook(lambda _m, _a, result, name=name: seen.__setitem__(name, result))
    network.head.register_forward_hook(lambda _m, args, _r: seen.__setitem__("head", args[0]))
    network(torch.randn(1, 1, 4, 6, 8))
    joined = torch.cat([seen[name] for name in ("lateral", "group1", "group2", "group3")], dim=1)
    assert torch.equal(seen["head"], joined)


def test_version_2_takes_its_third_group_to_a_quarter() -> None:
    network = DenseHighRes3DNet(version=2, widths=WIDTHS)
    shapes: list[tuple[int, ...]] = []
    network.group3.register_forward_hook(lambda _m, _a, result: shapes.append(tuple(result.shape[1:])))
    network(torch.randn(1, 1, 8, 12, 16))
    assert shapes == [(8, 2, 3, 4)]
    assert network.multiple == (4, 4, 4)


def test_group_normalisation_replaces_batch_normalisation() -> None:
    network = DenseHighRes3DNet(widths=WIDTHS)
    assert not any(isinstance(module, nn.BatchNorm3d) for module in network.modules())
    assert all(m.num_groups == 4 for m in network.modules() if isinstance(m, nn.GroupNorm))


@pytest.mark.parametrize("channels", [1, 3])
def test_ensemble_gives_the_mean_probability(channels: int) -> None:
    ensemble = highres3dnet_ensemble(1, channels, widths=WIDTHS, head=8).eval()
    image = torch.randn(1, 1, 8, 8, 12)
    probability = torch.sigmoid if channels == 1 else lambda logits: torch.softmax(logits, dim=1)
    with torch.inference_mode():
        mean = torch.stack([probability(member(image)) for member in ensemble.members]).mean(dim=0)
        assert torch.allclose(probability(ensemble(image)), mean, atol=1e-6)


def test_ensemble_of_extreme_logits_stays_finite() -> None:
    first, second = UNet2D(filters=(2, 2)), UNet2D(filters=(2, 2))
    nn.init.constant_(first.last.bias, 200.0)
    nn.init.constant_(second.last.bias, -200.0)
    result = Ensemble([first, second])(torch.zeros(1, 1, 4, 4))
    assert torch.allclose(torch.sigmoid(result), torch.tensor(0.5))


def test_ensemble_by_logits_is_their_mean() -> None:
    ensemble = highres3dnet_ensemble(widths=WIDTHS, head=8, mean="logit").eval()
    image = torch.randn(1, 1, 4, 8, 8)
    with torch.inference_mode():
        mean = torch.stack([member(image) for member in ensemble.members]).mean(dim=0)
        assert torch.allclose(ensemble(image), mean, atol=1e-6)


def test_ensemble_takes_the_full_size_logits_of_a_member_in_training() -> None:
    member = ResEncUNet(widths=(4, 4, 4), blocks=(1, 1, 1), deep_supervision=True)
    assert Ensemble([member])(torch.randn(1, 1, 8, 8, 8)).shape == (1, 1, 8, 8, 8)


def test_ensemble_takes_sizes_that_fit_every_member() -> None:
    members = [ResEncUNet(widths=(4, 4), blocks=(1, 1), strides=[(1, 1, 1), s]) for s in ((1, 2, 3), (5, 4, 2))]
    ensemble = Ensemble(members)
    assert ensemble.multiple == (5, 4, 6)
    assert ensemble(torch.randn(1, 1, 6, 6, 7)).shape == (1, 1, 6, 6, 7)


def test_ensemble_holds_baseline_version_1_and_version_2_in_this_order() -> None:
    kinds = [type(member).__name__ for member in highres3dnet_ensemble(widths=WIDTHS, head=8).members]
    assert kinds == ["HighRes3DNet", "DenseHighRes3DNet", "DenseHighRes3DNet"]


def test_ensemble_refuses_members_that_differ() -> None:
    with pytest.raises(InputError, match="members: expected networks of equal dims and channels"):
        Ensemble([UNet2D(filters=(2, 2)), UNet2D(2, filters=(2, 2))])
    with pytest.raises(InputError, match="members: expected networks of equal dims and channels"):
        Ensemble([])
    with pytest.raises(InputError, match="mean: expected one of logit, probability"):
        Ensemble([UNet2D(filters=(2, 2))], mean="median")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"version": 3}, "version: expected 1 or 2, got 3"),
        ({"widths": (4, 8)}, "widths: expected three numbers"),
        ({"widths": (4, 6, 8)}, "widths: expected multiples of 4"),
        ({"dilations": ((1, 1), (1, 3))}, "dilations: expected three groups, got 2"),
        ({"dilations": ((1, 1), (2, 2), (1, 3, 5))}, "dilations: expected dilations without gridding"),
        ({"factor": 1}, "factor: expected 2 or more, got 1"),
        ({"blocks": 0}, "blocks: expected 1 or more, got 0"),
        ({"activation": "tanh"}, "activation: expected one of"),
        ({"norm": "layer"}, "norm: expected one of"),
    ],
)
def test_refuses_arguments_outside_their_range(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        DenseHighRes3DNet(**arguments)
