"""Hybrid dilation: which chains of rates see every voxel."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from oncologyai.errors import InputError
from oncologyai.networks.dilation import check_no_gridding, reach


@pytest.mark.parametrize(
    ("rates", "expected"),
    [((), (0,)), ((1,), (-1, 0, 1)), ((2,), (-2, 0, 2)), ((2, 2), (-4, -2, 0, 2, 4)), ((1, 3), tuple(range(-4, 5)))],
)
def test_reach_by_hand(rates: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert reach(rates) == expected


@pytest.mark.parametrize("rates", [(1, 2, 5), (1, 3, 5), (2, 2, 2), (1, 2, 9), (4, 2, 1), (3, 3, 1)])
def test_reach_is_where_the_gradient_arrives(rates: tuple[int, ...]) -> None:
    size = 2 * sum(rates) + 9
    line = torch.zeros(1, 1, size, requires_grad=True)
    features: torch.Tensor = line
    for rate in rates:
        convolution = nn.Conv1d(1, 1, 3, padding=rate, dilation=rate)
        nn.init.ones_(convolution.weight)
        features = convolution(features)
    features[0, 0, size // 2].backward()
    assert line.grad is not None
    arrived = line.grad[0, 0].nonzero()[:, 0] - size // 2
    assert tuple(arrived.tolist()) == reach(rates)


@pytest.mark.parametrize("rates", [(1,), (1, 1), (1, 2, 5), (1, 3, 5), (5, 1, 2)])  # 1, 2, 5: Wang et al. 2018
def test_accepts_rates_without_holes(rates: tuple[int, ...]) -> None:
    check_no_gridding(rates, "dilations")


@pytest.mark.parametrize("rates", [(2, 2, 2), (1, 2, 9), (2, 4, 8), (2,)])  # 2, 2, 2 and 1, 2, 9: Wang et al. 2018
def test_refuses_rates_with_holes(rates: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="dilations: expected dilations without gridding"):
        check_no_gridding(rates, "dilations")


@pytest.mark.parametrize("rates", [(), (0, 1)])
def test_refuses_what_is_no_dilation(rates: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="dilations: expected dilations of 1 or more"):
        check_no_gridding(rates, "dilations")
