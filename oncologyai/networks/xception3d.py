"""Xception in three dimensions (Chollet 2017; ch. 4): depth-wise separable convolutions with skips.

The chapter's supplement with the layers is not at hand: ours follow Chollet's entry, middle and exit flow at a quarter
of the width (docs/adr/0024-outcome-models.md). The chapter's input is 64 slices of 256x256; 256 features are exported.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from oncologyai.networks.outcome_network import OutcomeNetwork

__all__ = ["Xception3D"]

_SIZE = (64, 256, 256)
_ENTRY = (32, 64, 182)
_FEATURES = 256


class _Separable(nn.Module):
    """A convolution a channel, then one over channels, batch norm."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.depth = nn.Conv3d(in_channels, in_channels, 3, padding=1, groups=in_channels, bias=False)
        self.point = nn.Conv3d(in_channels, out_channels, 1, bias=False)
        self.norm = nn.BatchNorm3d(out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.norm(self.point(self.depth(x)))
        return found


class _Block(nn.Module):
    """Separable convolutions, each after a ReLU, and a skip; ``halve`` pools both by 2."""

    def __init__(self, widths: Sequence[int], *, halve: bool, relu_first: bool = True) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for n, (a, b) in enumerate(pairwise(widths)):
            if n or relu_first:
                parts.append(nn.ReLU())
            parts.append(_Separable(a, b))
        if halve:
            parts.append(nn.MaxPool3d(3, 2, 1))
        self.parts = nn.Sequential(*parts)
        self.skip: nn.Module = nn.Identity()
        if halve or widths[0] != widths[-1]:
            step = 2 if halve else 1
            self.skip = nn.Sequential(nn.Conv3d(widths[0], widths[-1], 1, step, bias=False), nn.BatchNorm3d(widths[-1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.parts(x) + self.skip(x)
        return found


class Xception3D(OutcomeNetwork):
    """Xception 3D.

    Parameters
    ----------
    classes, in_channels : int
    size : sequence of int
        (k, j, i), at least 16 each.
    entry : sequence of int
        Widths of the entry flow's three blocks; the middle flow keeps the last.
    middle : int
        Blocks of the middle flow.
    features : int
        Of the last fully connected layer, which tables take.
    """

    def __init__(
        self,
        classes: int = 1,
        *,
        in_channels: int = 1,
        size: Sequence[int] = _SIZE,
        entry: Sequence[int] = _ENTRY,
        middle: int = 4,
        features: int = _FEATURES,
    ) -> None:
        super().__init__(in_channels, classes, size)
        first, width = entry[0], entry[-1]
        self.begin = nn.Sequential(
            nn.Conv3d(in_channels, first // 2, 3, 2, 1, bias=False), nn.BatchNorm3d(first // 2), nn.ReLU(),
            nn.Conv3d(first // 2, first, 3, padding=1, bias=False), nn.BatchNorm3d(first), nn.ReLU(),
        )  # fmt: skip
        flow = [_Block((a, b, b), halve=True, relu_first=n > 0) for n, (a, b) in enumerate(pairwise(entry))]
        flow += [_Block((width,) * 4, halve=False) for _ in range(middle)]
        self.flow = nn.Sequential(*flow, _Block((width, width, features), halve=True))
        self.exit = nn.Sequential(_Separable(features, features), nn.ReLU())
        self.dense = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(features, features), nn.ReLU())
        self.last = nn.Linear(features, classes)

    def heat_layer(self) -> nn.Module:
        """Give the entry flow's first block: an eighth of the image's places each way, or a quarter."""
        return self.flow[0]

    def above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give the exit flow's maps, (b, features, k', j', i')."""
        found: torch.Tensor = self.exit(self.flow(self.begin(stemmed)))
        return found

    def embed(self, maps: torch.Tensor) -> torch.Tensor:
        """Give the features of the image, (b, features)."""
        found: torch.Tensor = self.dense(maps)
        return found
