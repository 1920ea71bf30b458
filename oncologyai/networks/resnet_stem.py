"""The first five layers of ResNet-50 (He et al. 2016): convolution, norm, ReLU, pooling, first stage.

Parameters are named as in torchvision's file, so that its public ImageNet weights load.
"""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["ResNetStem"]

_WIDTH, _OUT, _BLOCKS = 64, 256, 3


class _Bottleneck(nn.Module):
    def __init__(self, in_channels: int, width: int, out_channels: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(in_channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels)
        self.downsample: nn.Module | None = None
        if in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNetStem(nn.Module):
    """Slices (b, 3, j, i) to maps (b, 256, j/4, i/4), rounded up."""

    out_channels = _OUT

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, _WIDTH, 7, 2, 3, bias=False), nn.BatchNorm2d(_WIDTH)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(*(_Bottleneck(_WIDTH if n == 0 else _OUT, _WIDTH, _OUT) for n in range(_BLOCKS)))

    def forward(self, slices: torch.Tensor) -> torch.Tensor:
        """Give the maps of slices."""
        found: torch.Tensor = self.layer1(self.maxpool(torch.relu(self.bn1(self.conv1(slices)))))
        return found
