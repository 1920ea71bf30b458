"""The networks that Co-ReTr was compared with: what sets each apart, and what each refuses."""

from __future__ import annotations

import pytest
import torch
from monai.networks.blocks.dynunet_block import UnetResBlock
from monai.networks.nets.attentionunet import AttentionBlock
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.rivals import CoTr, attention_unet3d, resnet_unet3d, unet3d, unetr

SMALL_COTR = {"widths": (4, 6, 8, 8), "hidden": 12, "layers": 2, "heads": 2, "points": 2}


@pytest.fixture(autouse=True)
def a_seed() -> None:
    torch.manual_seed(3)


def parts(network: nn.Module, kind: type[nn.Module]) -> int:
    return sum(isinstance(part, kind) for part in network.modules())


def test_the_attention_unet_has_a_gate_on_each_skip() -> None:
    assert parts(attention_unet3d(channels=(4, 6, 8)), AttentionBlock) == 2


def test_the_resnet_unet_is_of_residual_blocks() -> None:
    network = resnet_unet3d(filters=(4, 6, 8))
    assert parts(network, UnetResBlock) == 3
    assert len({value.data_ptr() for value in network.state_dict().values()}) == len(network.state_dict())
    assert parts(unet3d(features=(4, 4, 6, 6, 8, 4)), UnetResBlock) == 0


def test_the_unet_normalises_by_instance() -> None:
    network = unet3d(features=(4, 4, 6, 6, 8, 4))
    assert (parts(network, nn.BatchNorm3d), parts(network, nn.InstanceNorm3d)) == (0, 18)


def test_cotr_has_the_published_blocks_and_maps() -> None:
    network = CoTr(**SMALL_COTR).eval()
    shapes: list[torch.Size] = []
    for stage in network.stages:
        stage.register_forward_hook(lambda _, __, output: shapes.append(output.shape[1:]))
    assert network(torch.randn(1, 1, 16, 32, 32)).shape == (1, 1, 16, 32, 32)
    assert shapes == [(6, 8, 8, 8), (8, 4, 4, 4), (8, 2, 2, 2)]
    assert [len(stage) for stage in network.stages] == [3, 3, 2]


def test_cotr_takes_a_stem_that_halves_every_axis() -> None:
    network = CoTr(**SMALL_COTR, stem_stride=(2, 2, 2)).eval()
    assert network.multiple == (16, 16, 16)
    assert network(torch.randn(1, 1, 32, 32, 32)).shape == (1, 1, 32, 32, 32)


def test_cotr_refuses_other_than_four_widths() -> None:
    with pytest.raises(InputError, match="widths: expected 4 numbers"):
        CoTr(widths=(4, 6))


def test_cotr_refuses_a_hidden_width_that_does_not_divide() -> None:
    with pytest.raises(InputError, match="channels: expected a multiple of"):
        CoTr(**{**SMALL_COTR, "hidden": 16})


def test_unetr_refuses_an_image_of_another_size_than_it_was_built_for() -> None:
    network = unetr(size=(32, 32, 16), features=4, hidden=24, hidden_mlp=24, heads=2)
    with pytest.raises(InputError, match=r"image: expected \(k, j, i\) \(32, 32, 16\).*got \(32, 32, 32\)"):
        network(torch.randn(1, 1, 32, 32, 32))


@pytest.mark.parametrize("size", [(96, 96), (96, 96, 40), (0, 16, 16)])
def test_unetr_refuses_sizes_that_its_patches_do_not_tile(size: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="size: expected three multiples of 16"):
        unetr(size=size)
