"""The sine code against its formula, written out voxel by voxel."""

from __future__ import annotations

import math

import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.networks.positional import sine_position_code


def by_the_formula(size: tuple[int, int, int], channels: int) -> torch.Tensor:
    third, rows = channels // 3, []
    for k in range(size[0]):
        for j in range(size[1]):
            for i in range(size[2]):
                row = []
                for pos in (k, j, i):
                    for pair in range(third // 2):
                        v = 10_000 ** (-2 * pair / third)
                        row += [math.sin(pos * v), math.cos(pos * v)]
                rows.append(row)
    return torch.tensor(rows)


@pytest.mark.parametrize(("size", "channels"), [((3, 4, 5), 18), ((1, 2, 1), 6), ((2, 1, 30), 12)])
def test_every_voxel_has_the_formula_s_code(size: tuple[int, int, int], channels: int) -> None:
    code = sine_position_code(size, channels)
    assert code.dtype == torch.float32
    assert torch.allclose(code, by_the_formula(size, channels), atol=2e-6)


def test_no_two_voxels_share_a_code() -> None:
    code = sine_position_code((6, 6, 6), 24)
    distance = torch.cdist(code.double(), code.double()) + torch.eye(len(code))
    assert distance.min() > 0.1


def test_a_map_without_voxels_has_an_empty_code() -> None:
    assert sine_position_code((2, 0, 3), 12).shape == (0, 12)


@pytest.mark.parametrize("channels", [0, 4, 9, 20])
def test_refuses_channels_that_three_axes_cannot_share_in_pairs(channels: int) -> None:
    with pytest.raises(InputError, match=f"channels: expected a multiple of 6.*got {channels}"):
        sine_position_code((2, 2, 2), channels)
