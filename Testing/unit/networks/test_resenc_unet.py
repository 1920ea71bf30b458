"""The residual-encoder U-Net: plan, shapes, deep supervision."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.resenc_unet import ResEncUNet, plan_stages

SMALL = {"widths": (4, 6, 8, 8), "blocks": (1, 2, 1, 1)}


def test_cubic_voxels_halve_every_axis_down_to_four_voxels() -> None:
    strides, kernels = plan_stages((1, 1, 1), (128, 128, 128))
    assert strides == ((1, 1, 1), *[(2, 2, 2)] * 5)
    assert kernels == ((3, 3, 3),) * 6


def test_thick_slices_wait_until_the_plane_has_caught_up() -> None:
    """5 mm slices of 0.8 mm pixels, by hand: 0.8 and 1.6 are below half of 5, 3.2 is not."""
    strides, kernels = plan_stages((5, 0.8, 0.8), (16, 256, 256))
    assert strides == ((1, 1, 1), (1, 2, 2), (1, 2, 2), (2, 2, 2), (2, 2, 2), (1, 2, 2))
    assert kernels == ((1, 3, 3), (1, 3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3))


def test_a_small_patch_stops_early_and_most_limits_the_stages() -> None:
    assert plan_stages((1, 1, 1), (24, 24, 24))[0] == ((1, 1, 1), (2, 2, 2), (2, 2, 2))
    assert len(plan_stages((1, 1, 1), (128, 128, 128), most=3)[0]) == 3


def test_a_planned_network_fits_its_patch() -> None:
    patch = (12, 64, 64)
    strides, kernels = plan_stages((4, 1, 1), patch)
    network = ResEncUNet(widths=(4,) * 6, blocks=(1,) * 6, strides=strides, kernels=kernels)
    shapes: list[tuple[int, ...]] = []
    network.stages[-1].register_forward_hook(lambda _m, _a, result: shapes.append(tuple(result.shape[2:])))
    assert network(torch.randn(1, 1, *patch)).shape == (1, 1, *patch)
    assert network.multiple == tuple(size // edge for size, edge in zip((16, 64, 64), shapes[0], strict=True))


def test_deep_supervision_gives_every_decoder_stage_but_the_deepest_in_training() -> None:
    network = ResEncUNet(**SMALL, out_channels=2, deep_supervision=True)
    image = torch.randn(1, 1, 16, 24, 32)
    results = network(image)
    assert [tuple(r.shape) for r in results] == [(1, 2, 16, 24, 32), (1, 2, 8, 12, 16)]
    sum(r.square().sum() for r in results).backward()
    assert all(value.grad is not None for value in network.parameters())
    assert network.eval()(image).shape == (1, 2, 16, 24, 32)


def test_deep_supervision_crops_an_odd_image_at_full_size() -> None:
    results = ResEncUNet(**SMALL, deep_supervision=True)(torch.randn(1, 1, 15, 17, 16))
    assert [tuple(r.shape[2:]) for r in results] == [(15, 17, 16), (8, 12, 8)]


def test_a_first_stride_works_at_an_eighth_of_the_voxels_and_answers_at_full_size() -> None:
    network = ResEncUNet(**SMALL, strides=[(2, 2, 2)] * 3, deep_supervision=True)
    shapes: list[tuple[int, ...]] = []
    network.stages[0].register_forward_hook(lambda _m, _a, result: shapes.append(tuple(result.shape)))
    results = network(torch.randn(1, 1, 16, 24, 32))
    assert shapes == [(1, 4, 8, 12, 16)]
    assert network.multiple == (8, 8, 8)
    assert [tuple(r.shape) for r in results] == [(1, 1, 16, 24, 32)]
    results[0].square().sum().backward()
    assert all(value.grad is not None for value in network.parameters())
    assert network.eval()(torch.randn(1, 1, 15, 17, 16)).shape == (1, 1, 15, 17, 16)


def test_a_residual_block_is_the_sum_before_the_last_activation() -> None:
    network = ResEncUNet(**SMALL).eval()
    block = network.stages[1][1]
    features = torch.randn(1, 6, 8, 8, 8)
    x = features
    for part, activate in ((block.first, True), (block.second, False)):
        x = nn.functional.instance_norm(
            nn.functional.conv3d(x, part.conv.weight, part.conv.bias, padding=1),
            weight=part.adn.N.weight,
            bias=part.adn.N.bias,
        )
        x = nn.functional.leaky_relu(x, 0.01) if activate else x
    with torch.inference_mode():
        expected = nn.functional.leaky_relu(features + x, 0.01)
        assert torch.allclose(block(features), expected, atol=1e-5)


def test_weights_begin_as_he_s() -> None:
    torch.manual_seed(3)
    convolution = ResEncUNet(widths=(32, 64), blocks=(1, 1), strides=[(1, 1, 1), (2, 2, 2)]).stages[0][0].first.conv
    assert float(convolution.weight.detach().std()) == pytest.approx((2 / 1.0001 / (32 * 27)) ** 0.5, rel=0.02)
    assert not convolution.bias.detach().any()


def test_published_size_is_nnunet_s_residual_encoder_m() -> None:
    with torch.device("meta"):
        count = sum(value.numel() for value in ResEncUNet().parameters())
    assert round(count / 1e6) == 102  # Isensee 2024: about 102 million parameters


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strides": [(1, 1, 1)]}, "strides: expected two stages or more"),
        ({"strides": [(1, 1), (2, 2)]}, "strides: expected three numbers of 1 or more a stage"),
        ({"kernels": [(3, 3, 3)]}, "kernels: expected 4 odd kernels, one a stride"),
        ({"kernels": [(2, 3, 3)] * 4}, "kernels: expected 4 odd kernels, one a stride"),
        ({"strides": [(1, 1, 1)] + [(2, 2, 2)] * 5}, "widths: expected 6 numbers of 1 or more"),
        ({"blocks": (1, 1)}, "blocks: expected 4 numbers of 1 or more"),
        ({"blocks": (1, 0, 1, 1)}, "blocks: expected 4 numbers of 1 or more"),
        ({"decoder_convolutions": 0}, "decoder_convolutions: expected 1 or more, got 0"),
    ],
)
def test_refuses_arguments_outside_their_range(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ResEncUNet(**{**SMALL, **arguments})


def test_plan_refuses_what_is_no_voxel() -> None:
    with pytest.raises(InputError, match="spacing_mm: expected a number above 0 mm, got 0"):
        plan_stages((0, 1, 1), (32, 32, 32))
    with pytest.raises(InputError, match="patch: expected a number above 0 voxels"):
        plan_stages((1, 1, 1), (32, 32, 0))
    with pytest.raises(InputError, match="spacing_mm: expected three numbers"):
        plan_stages((1, 1), (32, 32))
