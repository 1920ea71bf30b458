"""2Be3-Net (Thomas et al.): a frozen 2D stem on each slice, 3D blocks on the maps put together; and its two rivals.

The paper says: ResNet-50's five first layers, frozen; three 3D blocks that make maps smaller; fully connected layers;
66 slices of 90x90. Widths, kernels and the head are not printed: ours are in docs/adr/0024-outcome-models.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from oncologyai.networks.outcome_network import OutcomeNetwork
from oncologyai.networks.resnet_stem import ResNetStem

__all__ = ["Be3Net", "Cnn3D", "ResNetConv2D"]

_SIZE = (66, 90, 90)
_WIDTHS = (64, 128, 128)
_HIDDEN = 256


class _Dense(OutcomeNetwork):
    """A network whose maps, all places of them, go through one fully connected layer to the last."""

    def _end(self, places: int, hidden: int, classes: int) -> None:
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(places, hidden), nn.ReLU())
        self.last = nn.Linear(hidden, classes)

    def embed(self, maps: torch.Tensor) -> torch.Tensor:
        """Give the fully connected features, (b, hidden)."""
        found: torch.Tensor = self.dense(maps)
        return found


class _Stemmed(_Dense):
    """A network that begins with the frozen stem; an image of one channel is shown to it as grey."""

    def __init__(self, classes: int, size: Sequence[int]) -> None:
        super().__init__(1, classes, size)
        self.stem = ResNetStem()
        self.stem.requires_grad_(False)
        self.stem.eval()

    def frozen(self) -> tuple[nn.Module, ...]:
        """Give the stem."""
        return (self.stem,)

    def stemmed(self, image: torch.Tensor) -> torch.Tensor:
        """Give the stem's maps of every slice, (b, 256, k, j', i')."""
        b, _, k, j, i = image.shape
        slices = image.transpose(1, 2).reshape(b * k, 1, j, i).expand(-1, 3, -1, -1)
        with torch.no_grad():
            maps = self.stem(slices)
        return maps.reshape(b, k, *maps.shape[1:]).transpose(1, 2)


class Be3Net(_Stemmed):
    """2Be3-Net.

    Parameters
    ----------
    classes : int
    size : sequence of int
        (k, j, i): slices, and their pixels.
    widths : sequence of int
        Channels of the 3D blocks: convolution 3x3x3, batch norm, ReLU, pooling by 2.
    hidden : int
        Features of the fully connected layer before the last.
    """

    def __init__(
        self,
        classes: int = 1,
        *,
        size: Sequence[int] = _SIZE,
        widths: Sequence[int] = _WIDTHS,
        hidden: int = _HIDDEN,
    ) -> None:
        super().__init__(classes, size)
        self.blocks = _blocks3d(ResNetStem.out_channels, widths)
        places = _after_pooling((size[0], -(-size[1] // 4), -(-size[2] // 4)), len(widths))
        self._end(widths[-1] * places, hidden, classes)

    def heat_layer(self) -> nn.Module:
        """Give the first 3D block before its pooling: the last has 2x2 places a slice."""
        return _before_pooling(self.blocks[0])

    def above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give the last block's maps, (b, c, k', j', i')."""
        found: torch.Tensor = self.blocks(stemmed)
        return found


class ResNetConv2D(_Stemmed):
    """The rival that sees slices only: 2D blocks in place of the 3D ones, then all slices' maps fully connected."""

    def __init__(
        self,
        classes: int = 1,
        *,
        size: Sequence[int] = _SIZE,
        widths: Sequence[int] = _WIDTHS,
        hidden: int = _HIDDEN,
    ) -> None:
        super().__init__(classes, size)
        channels = (ResNetStem.out_channels, *widths)
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))
                for a, b in pairwise(channels)
            )
        )
        places = size[0] * _after_pooling((-(-size[1] // 4), -(-size[2] // 4)), len(widths))
        self._end(widths[-1] * places, hidden, classes)

    def heat_layer(self) -> nn.Module:
        """Give the first block before its pooling; its maps are a slice each."""
        return _before_pooling(self.blocks[0])

    def above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give the last block's maps of every slice, (b, c, k, j', i')."""
        b, c, k, j, i = stemmed.shape
        maps = self.blocks(stemmed.transpose(1, 2).reshape(b * k, c, j, i))
        found: torch.Tensor = maps.reshape(b, k, *maps.shape[1:]).transpose(1, 2)
        return found


class Cnn3D(_Dense):
    """The rival without a stem: four 3D blocks, two fully connected layers, all of it learned."""

    def __init__(
        self,
        classes: int = 1,
        *,
        in_channels: int = 1,
        size: Sequence[int] = _SIZE,
        widths: Sequence[int] = (32, *_WIDTHS),
        hidden: int = _HIDDEN,
    ) -> None:
        super().__init__(in_channels, classes, size)
        self.blocks = _blocks3d(in_channels, widths)
        self._end(widths[-1] * _after_pooling(size, len(widths)), hidden, classes)

    def heat_layer(self) -> nn.Module:
        """Give the second block before its pooling."""
        return _before_pooling(self.blocks[1])

    def above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give the last block's maps, (b, c, k', j', i')."""
        found: torch.Tensor = self.blocks(stemmed)
        return found


def _blocks3d(in_channels: int, widths: Sequence[int]) -> nn.Sequential:
    channels = (in_channels, *widths)
    return nn.Sequential(
        *(
            nn.Sequential(nn.Conv3d(a, b, 3, padding=1), nn.BatchNorm3d(b), nn.ReLU(), nn.MaxPool3d(2))
            for a, b in pairwise(channels)
        )
    )


def _before_pooling(block: nn.Module) -> nn.Module:
    return list(block.children())[-2]


def _after_pooling(size: Sequence[int], times: int) -> int:
    """Give the number of places that are left after halving each axis so often."""
    count = 1
    for edge in size:
        count *= max(edge >> times, 1)
    return count
