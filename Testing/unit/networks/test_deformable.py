"""Deformable attention against plain loops, against torch's grid sampling, and by finite differences."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch.nn import functional

from oncologyai.errors import InputError
from oncologyai.networks.deformable import DeformableAttention, DeformableTransformer, sample_levels

SIZES = ((3, 4, 5), (2, 2, 3), (1, 2, 1))
VOXELS = sum(math.prod(size) for size in SIZES)

either_way = pytest.mark.parametrize("fused", [True, False], ids=["fused", "gathered"])


@pytest.fixture(autouse=True)
def a_seed() -> None:
    torch.manual_seed(11)


def some_maps(batch: int = 2, heads: int = 3, depth: int = 4) -> torch.Tensor:
    return torch.randn(batch, VOXELS, heads, depth, dtype=torch.float64)


def some_samples(
    batch: int = 2, queries: int = 5, heads: int = 3, points: int = 2
) -> tuple[torch.Tensor, torch.Tensor]:
    """Places in and around the maps, a third of them far or partly outside."""
    lead = (batch, queries, heads, len(SIZES), points)
    locations = torch.rand(*lead, 3, dtype=torch.float64) * 6 - 1.5
    return locations, torch.rand(*lead, dtype=torch.float64)


def trilinear(image: torch.Tensor, place: list[float]) -> torch.Tensor:
    """Sample image (k, j, i, d) at one place by the definition, 0 outside."""
    total = torch.zeros(image.shape[-1], dtype=image.dtype)
    around = [(math.floor(p), math.floor(p) + 1) for p in place]
    for voxel in itertools.product(*around):
        if all(0 <= v < n for v, n in zip(voxel, image.shape, strict=False)):
            total += math.prod(1 - abs(p - v) for p, v in zip(place, voxel, strict=True)) * image[voxel]
    return total


def sampled_by_loops(values: torch.Tensor, locations: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    batch, queries, heads, _, points, _ = locations.shape
    result = torch.zeros(batch, queries, heads, values.shape[-1], dtype=values.dtype)
    starts = [0, *itertools.accumulate(math.prod(size) for size in SIZES)]
    for b, q, h, level, p in itertools.product(*map(range, (batch, queries, heads, len(SIZES), points))):
        image = values[b, starts[level] : starts[level + 1], h].reshape(*SIZES[level], -1)
        result[b, q, h] += weights[b, q, h, level, p] * trilinear(image, locations[b, q, h, level, p].tolist())
    return result.flatten(2)


@either_way
def test_equals_plain_loops_on_random_input(fused: bool) -> None:
    values, (locations, weights) = some_maps(), some_samples()
    got = sample_levels(values, torch.tensor(SIZES), locations, weights, fused=fused)
    expected = sampled_by_loops(values, locations, weights)
    assert (expected != 0).double().mean() > 0.5
    assert torch.allclose(got, expected, atol=1e-12)


@either_way
def test_equals_grid_sampling(fused: bool) -> None:
    size = (5, 6, 7)
    values = torch.randn(1, math.prod(size), 1, 3, dtype=torch.float64)
    locations = torch.rand(1, 40, 1, 1, 1, 3, dtype=torch.float64) * 9 - 1
    got = sample_levels(values, torch.tensor([size]), locations, torch.ones(1, 40, 1, 1, 1).double(), fused=fused)
    grid = ((2 * locations + 1) / torch.tensor(size) - 1).flip(-1).reshape(1, 40, 1, 1, 3)
    image = values.reshape(1, *size, 3).permute(0, 4, 1, 2, 3)
    expected = functional.grid_sample(image, grid, align_corners=False)[0, :, :, 0, 0].T
    assert torch.allclose(got[0], expected, atol=1e-12)


@either_way
def test_gradients_equal_finite_differences(fused: bool) -> None:
    values, (locations, weights) = some_maps(1, 1, 2), some_samples(1, 1, 1)
    inputs = [tensor.requires_grad_() for tensor in (values, locations, weights)]
    sizes = torch.tensor(SIZES)
    assert torch.autograd.gradcheck(lambda v, p, w: sample_levels(v, sizes, p, w, fused=fused), inputs, eps=1e-7)


def test_a_place_outside_gives_nothing() -> None:
    values, (locations, weights) = some_maps(), some_samples()
    assert not sample_levels(values, torch.tensor(SIZES), locations - 100, weights).any()


def test_no_query_gives_an_empty_tensor() -> None:
    locations, weights = some_samples(queries=0)
    assert sample_levels(some_maps(), torch.tensor(SIZES), locations, weights).shape == (2, 0, 12)


def test_a_new_attention_looks_one_direction_a_head_with_equal_weights() -> None:
    """Zero weights, unit steps: on a map that holds its own k index, heads that look along k see it shifted."""
    attention = DeformableAttention(6, heads=6, levels=1, points=2)
    with torch.no_grad():
        for layer in (attention.value, attention.output):
            layer.weight.copy_(torch.eye(6))
    index = torch.arange(9.0)[:, None, None].expand(9, 9, 9).flatten()
    sequence = index[None, :, None].expand(1, -1, 6)
    centre = torch.full((1, 3), 0.5)
    seen = attention(torch.randn(1, 1, 6), centre, sequence, torch.tensor([[9, 9, 9]]))
    assert torch.allclose(seen[0, 0], torch.tensor([2.5, 5.5, 4, 4, 4, 4]), atol=1e-5)


def test_attention_stays_within_its_image() -> None:
    attention = DeformableAttention(12, heads=2, levels=3, points=2)
    sequence, reference = torch.randn(2, VOXELS, 12), torch.rand(VOXELS, 3)
    both = attention(sequence, reference, sequence, torch.tensor(SIZES))
    alone = attention(sequence[1:], reference, sequence[1:], torch.tensor(SIZES))
    assert torch.allclose(both[1:], alone, atol=1e-6)


def test_half_precision_features_are_sampled_at_the_same_places() -> None:
    attention = DeformableAttention(12, heads=2, levels=1, points=2)
    sequence, reference, sizes = torch.randn(1, 4000, 12), torch.rand(4000, 3), torch.tensor([[40, 10, 10]])
    full = attention(sequence, reference, sequence, sizes)
    with torch.autocast("cpu", torch.bfloat16):
        half = attention(sequence, reference, sequence, sizes)
    assert (half.float() - full).abs().max() < 0.05 * full.abs().max()


def test_a_transformer_keeps_the_sizes_and_tells_levels_and_places_apart() -> None:
    transformer = DeformableTransformer(12, levels=2, layers=2, heads=2, points=2, hidden=16, dropout=0)
    maps = [torch.ones(1, 12, 4, 4, 4), torch.ones(1, 12, 2, 2, 2)]
    fine, coarse = transformer(maps)
    assert (fine.shape, coarse.shape) == ((1, 12, 4, 4, 4), (1, 12, 2, 2, 2))
    places = fine.flatten(2)[0].T
    assert (torch.cdist(places, places) + torch.eye(64)).min() > 1e-3
    assert (fine[..., 0, 0, 0] - coarse[..., 0, 0, 0]).abs().max() > 1e-3


def test_what_one_voxel_holds_reaches_the_other_map() -> None:
    transformer = DeformableTransformer(12, levels=2, layers=1, heads=6, points=4, hidden=16, dropout=0)
    maps = [torch.randn(1, 12, 4, 4, 4, requires_grad=True), torch.randn(1, 12, 2, 2, 2)]
    transformer(maps)[1].square().sum().backward()
    assert maps[0].grad is not None
    assert maps[0].grad.abs().sum() > 0


def test_refuses_heads_that_do_not_divide_the_channels() -> None:
    with pytest.raises(InputError, match="channels: expected a multiple of the 5 heads, got 12"):
        DeformableAttention(12, heads=5, levels=1, points=1)


def test_a_transformer_refuses_channels_without_a_position_code() -> None:
    with pytest.raises(InputError, match="channels: expected a multiple of 6"):
        DeformableTransformer(8, levels=1, layers=1, heads=2, points=1, hidden=8, dropout=0)
