"""The baseline against MONAI's HighResNet and NiftyNet's description."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from monai.networks.nets import HighResNet
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.highres3dnet import HighRes3DNet, norm_of


def test_full_resolution_with_the_original_widths_is_monai_s_network() -> None:
    ours = HighRes3DNet(widths=(16, 32, 64), head=80, half_resolution=False)
    theirs = HighResNet(in_channels=1, out_channels=1, bias=False)
    values = [value for key, value in theirs.state_dict().items() if not key.startswith("blocks.11.adn")]
    keys = [key for key in ours.state_dict() if key != "last.bias"]
    ours.load_state_dict(dict(zip(keys, values, strict=True)), strict=False)
    nn.init.zeros_(ours.last.bias)
    image = torch.randn(1, 1, 6, 7, 9)
    with torch.inference_mode():
        # MONAI normalises and activates after its last convolution too; what goes into that is compared
        expected = theirs.blocks[-1].conv(theirs.blocks[:-1](image))
        assert torch.allclose(ours(image), expected, atol=1e-5)


def test_works_at_half_the_resolution_and_comes_back() -> None:
    network = HighRes3DNet(widths=(4, 6, 8), head=8)
    shapes: list[tuple[int, ...]] = []
    for module in (network.first, network.groups, network.head, network.up):
        module.register_forward_hook(lambda _m, _a, result: shapes.append(tuple(result.shape[1:])))
    network(torch.randn(1, 1, 8, 10, 12))
    assert shapes == [(4, 4, 5, 6), (8, 4, 5, 6), (8, 4, 5, 6), (8, 8, 10, 12)]
    assert network.multiple == (2, 2, 2)


def test_groups_have_the_dilations_1_2_4() -> None:
    network = HighRes3DNet(widths=(4, 6, 8), head=8)
    rates = [m.dilation[0] for m in network.groups.modules() if isinstance(m, nn.Conv3d)]
    assert rates == [1] * 6 + [2] * 6 + [4] * 6


def test_counts_within_a_tenth_of_both_dense_networks() -> None:
    """Footnote 1: 'nearly the same parameters'."""
    from oncologyai.networks.densehighres3dnet import DenseHighRes3DNet

    count = sum(value.numel() for value in HighRes3DNet().parameters())
    for version in (1, 2):
        dense = sum(value.numel() for value in DenseHighRes3DNet(version=version).parameters())
        assert abs(count / dense - 1) < 0.12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"widths": (8, 16)}, "widths: expected three numbers that do not decrease"),
        ({"widths": (16, 8, 4)}, "widths: expected three numbers that do not decrease"),
        ({"activation": "tanh"}, "activation: expected one of"),
        ({"norm": "layer"}, "norm: expected one of batch, group, instance"),
    ],
)
def test_refuses_arguments_outside_their_range(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        HighRes3DNet(**arguments)


def test_group_norm_has_four_groups() -> None:
    assert norm_of("group") == ("group", {"num_groups": 4})
