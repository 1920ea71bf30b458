"""Deformable attention over feature maps of several sizes, in three dimensions.

Every voxel looks at a few places of every map instead of at all of them: the places and their weights are learned
functions of the voxel's own feature (Zhu et al., Deformable DETR, ICLR 2021; in 3D: Xie et al., CoTr, MICCAI 2021).
The values between voxels are trilinear, written as weighted sums of table rows: no 3D grid sampling, which some
engines lack.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.jit import is_tracing  # type: ignore[attr-defined]
from torch.nn import functional

from oncologyai.errors import InputError
from oncologyai.networks.positional import check_position_channels, sine_position_code

__all__ = ["DeformableAttention", "DeformableLayer", "DeformableTransformer", "sample_levels"]


def sample_levels(
    values: torch.Tensor, sizes: torch.Tensor, locations: torch.Tensor, weights: torch.Tensor, *, fused: bool = True
) -> torch.Tensor:
    """Weighted sum of trilinear samples of several maps.

    Parameters
    ----------
    values : Tensor, shape (batch, s, head, d)
        The maps, each flattened in the order k, j, i, one after the other; ``s`` is the sum of their voxels.
    sizes : int64 Tensor, shape (level, 3)
        (k, j, i) sizes of the maps.
    locations : Tensor, shape (batch, query, head, level, point, 3), voxels
        (k, j, i) in each map's own voxel indices: 0 is the centre of its first voxel. Outside the map lies 0.
    weights : Tensor, shape (batch, query, head, level, point)
        Attention of each sample.
    fused : bool
        Sum the rows without keeping them (``embedding_bag``). False gathers corner by corner, in operators that
        every exporter and engine knows; the values are the same.

    Returns
    -------
    Tensor, shape (batch, query, head * d)
        No query gives an empty tensor.
    """
    batch, count, heads, depth = values.shape
    queries = locations.shape[1]
    voxels, shares = _corners(locations, sizes)
    shares = (shares * weights[..., None]).to(values.dtype)
    rows = voxels + _level_starts(sizes)[:, None, None]
    rows = rows + (torch.arange(batch, device=values.device) * count)[:, None, None, None, None, None]
    rows = rows * heads + torch.arange(heads, device=values.device)[:, None, None, None]
    table = values.reshape(-1, depth)
    if fused:
        summed = functional.embedding_bag(
            rows.flatten(3).flatten(0, 2), table, mode="sum", per_sample_weights=shares.flatten(3).flatten(0, 2)
        )
    else:
        summed = _sum_by_corner(table, rows.flatten(0, 2).flatten(1, 2), shares.flatten(0, 2).flatten(1, 2))
    return summed.reshape(batch, queries, heads * depth)


def _sum_by_corner(table: torch.Tensor, rows: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Sum table rows, (bag, sample, corner), holding one corner's rows at a time."""
    total = torch.zeros_like(table[:1])
    for corner in range(8):
        picked = functional.embedding(rows[..., corner], table)
        total = total + torch.matmul(shares[:, None, :, corner], picked)[:, 0]
    return total


def _corners(locations: torch.Tensor, sizes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Flat voxel index and trilinear share of the 8 voxels around each location: both (..., level, point, 8)."""
    base = locations.detach().floor()
    fraction = locations - base
    index = base.long()[..., None] + torch.arange(2, device=locations.device)
    share = torch.stack((1 - fraction, fraction), dim=-1)
    last = (sizes - 1)[:, None, :, None]
    share = share * ((index >= 0) & (index <= last)).to(share.dtype)
    index = torch.minimum(index.clamp(min=0), last)
    k, j, i = index[..., 0, :, None, None], index[..., 1, None, :, None], index[..., 2, None, None, :]
    width = sizes[:, None, None, None, None, :]
    flat = (k * width[..., 1] + j) * width[..., 2] + i
    product = share[..., 0, :, None, None] * share[..., 1, None, :, None] * share[..., 2, None, None, :]
    return flat.flatten(-3), product.flatten(-3)


def _level_starts(sizes: torch.Tensor) -> torch.Tensor:
    """Row at which each map begins in the sequence."""
    voxels = sizes[:, 0] * sizes[:, 1] * sizes[:, 2]
    return voxels.cumsum(0) - voxels


class DeformableAttention(nn.Module):
    """Attention of each query to ``points`` learned places of each map, ``heads`` times.

    Parameters
    ----------
    channels : int
        A multiple of ``heads``.
    heads, levels, points : int
        Heads, maps, and places a head takes from a map.

    Raises
    ------
    InputError
        If ``channels`` is not a multiple of ``heads``.

    Notes
    -----
    It begins as in Deformable DETR: uniform weights, and head h looking along one direction of one axis
    (-k, +k, -j, ... in turn), its points 1, 2, 3, ... voxels away.
    """

    def __init__(self, channels: int, *, heads: int, levels: int, points: int) -> None:
        super().__init__()
        if channels % heads:
            raise InputError("channels", expected=f"a multiple of the {heads} heads", got=str(channels))
        self.heads, self.levels, self.points = heads, levels, points
        self.offset = nn.Linear(channels, heads * levels * points * 3)
        self.weight = nn.Linear(channels, heads * levels * points)
        self.value = nn.Linear(channels, channels)
        self.output = nn.Linear(channels, channels)
        self._initialise()

    def _initialise(self) -> None:
        directions = torch.cat((-torch.eye(3), torch.eye(3))).reshape(2, 3, 3).transpose(0, 1).reshape(6, 3)
        directions = directions[torch.arange(self.heads) % 6][:, None, None, :]
        steps = torch.arange(1.0, self.points + 1)[:, None]
        with torch.no_grad():
            self.offset.bias.copy_((directions * steps).expand(-1, self.levels, -1, -1).flatten())
        for zeroed in (self.offset.weight, self.weight.weight, self.weight.bias):
            nn.init.zeros_(zeroed)
        for layer in (self.value, self.output):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self, query: torch.Tensor, reference: torch.Tensor, sequence: torch.Tensor, sizes: torch.Tensor
    ) -> torch.Tensor:
        """Let queries attend to the maps: (batch, q, channel) to the same shape.

        ``reference`` (q, 3) is each query's own place, (k, j, i) as a share of the map; ``sequence``
        (batch, s, channel) holds the maps flattened one after the other, ``sizes`` (level, 3) their sizes.
        A head looks at the query's place in each map plus learned offsets in that map's voxels. Places and weights
        are float32 whatever the precision of the rest: half precision cannot tell voxels apart.
        """
        lead = (*query.shape[:2], self.heads, self.levels)
        offsets = self.offset(query).float().reshape(*lead, self.points, 3)
        weights = self.weight(query).float().reshape(*lead[:3], self.levels * self.points).softmax(dim=-1)
        scale = sizes.to(offsets.dtype)[:, None]
        locations = reference.to(offsets.dtype)[:, None, None, None] * scale - 0.5 + offsets
        values = self.value(sequence)
        values = values.reshape(*sequence.shape[:2], self.heads, sequence.shape[2] // self.heads)
        weights = weights.reshape(*lead, self.points)
        fused = not is_tracing()
        return self.output(sample_levels(values, sizes, locations, weights, fused=fused))


class DeformableLayer(nn.Module):
    """Deformable self-attention and a feed-forward network, each with its skip and layer normalisation.

    (batch, s, channel) to the same shape. ``hidden`` is the width of the feed-forward network, ``dropout`` acts on
    both branches and inside it.
    """

    def __init__(self, channels: int, *, heads: int, levels: int, points: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.attention = DeformableAttention(channels, heads=heads, levels=levels, points=points)
        self.attention_norm = nn.LayerNorm(channels)
        self.feed_forward = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(inplace=True), nn.Dropout(dropout), nn.Linear(hidden, channels)
        )
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, sequence: torch.Tensor, reference: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
        """Let every element of the sequence attend to the whole of it."""
        attended = self.attention(sequence, reference, sequence, sizes)
        sequence = self.attention_norm(sequence + self.dropout(attended))
        return self.feed_forward_norm(sequence + self.dropout(self.feed_forward(sequence)))


class DeformableTransformer(nn.Module):
    """Maps to one sequence with position codes, a stack of deformable layers, and back to maps.

    Parameters
    ----------
    channels : int
        Of every map; a multiple of 6 and of ``heads``.
    levels : int
        How many maps; each has a learned code of its own besides the position code.
    layers, heads, points : int
        Depth of the stack, heads, and places a head takes from a map.
    hidden : int
        Width of the feed-forward networks.
    dropout : float
        From 0 to 1.

    Raises
    ------
    InputError
        If ``channels`` is not a multiple of 6 and of ``heads``.
    """

    def __init__(
        self, channels: int, *, levels: int, layers: int, heads: int, points: int, hidden: int, dropout: float
    ) -> None:
        super().__init__()
        check_position_channels(channels)
        self.level_code = nn.Parameter(torch.randn(levels, channels) * 0.02)
        self.layers = nn.ModuleList(
            DeformableLayer(channels, heads=heads, levels=levels, points=points, hidden=hidden, dropout=dropout)
            for _ in range(layers)
        )

    def forward(self, maps: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Transform ``levels`` maps, each (batch, channel, k, j, i), into maps of the same sizes."""
        pieces = [self._flatten(image, level) for level, image in enumerate(maps)]
        sequence = torch.cat(pieces, dim=1)
        reference = torch.cat([_voxel_centres(image) for image in maps])
        sizes = torch.stack([_size_of(image) for image in maps])
        for layer in self.layers:
            sequence = layer(sequence, reference, sizes)
        results, start = [], 0
        for image, piece in zip(maps, pieces, strict=True):
            stop = start + piece.shape[1]
            results.append(sequence[:, start:stop].transpose(1, 2).reshape(image.shape))
            start = stop
        return results

    def _flatten(self, image: torch.Tensor, level: int) -> torch.Tensor:
        code = sine_position_code(image.shape[2:], self.level_code.shape[1], device=image.device)
        return image.flatten(2).transpose(1, 2) + (code + self.level_code[level]).to(image.dtype)


def _size_of(image: torch.Tensor) -> torch.Tensor:
    """(k, j, i) as a tensor beside the image, which an exporter follows as well as a number."""
    if is_tracing():
        return torch._shape_as_tensor(image)[2:].to(image.device)
    return torch.tensor(image.shape[2:], device=image.device)


def _voxel_centres(image: torch.Tensor) -> torch.Tensor:
    """(k, j, i) of every voxel's centre as a share of the map: (k * j * i, 3), float32."""
    size = image.shape[2:]
    axes = [(torch.arange(n, device=image.device, dtype=torch.float32) + 0.5) / n for n in size]
    spread = (axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :])
    return torch.stack([axis.expand(*size) for axis in spread], dim=-1).flatten(0, 2)
