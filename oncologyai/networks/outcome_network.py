"""What every network of an outcome is: a module from an image to one logit a class, and the features before it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from oncologyai.errors import InputError

__all__ = ["OutcomeNetwork"]


class OutcomeNetwork(nn.Module):
    """Base of the networks that predict something of a whole image.

    A family implements :meth:`above`, the last maps that still have places, and :meth:`embed`, the features that the
    last layer reads: what tables of deep features take.

    Parameters
    ----------
    in_channels, classes : int, >= 1
        Channels of the image, and logits (1: a chance by the sigmoid).
    size : sequence of int
        (k, j, i) that an image must have.
    """

    def __init__(self, in_channels: int, classes: int, size: Sequence[int]) -> None:
        super().__init__()
        for name, count in (("in_channels", in_channels), ("classes", classes)):
            if count < 1:
                raise InputError(name, expected="1 or more", got=str(count))
        self.in_channels, self.classes, self.size = in_channels, classes, tuple(size)
        self.last: nn.Module = nn.Identity()

    def maps(self, image: torch.Tensor) -> torch.Tensor:
        """Give the last maps with places, (b, c, [k',] j', i')."""
        return self.above(self.stemmed(image))

    def embed(self, maps: torch.Tensor) -> torch.Tensor:
        """Give the features that the last layer reads, (b, f)."""
        raise NotImplementedError

    def features(self, image: torch.Tensor) -> torch.Tensor:
        """Give the features of images, (b, f); raises as :meth:`forward`."""
        self._check(image)
        return self.embed(self.maps(image))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Give logits, (b, classes).

        Raises
        ------
        InputError
            If the image is not (batch, in_channels, k, j, i) of the network's size.
        """
        found: torch.Tensor = self.last(self.features(image))
        return found

    def stemmed(self, image: torch.Tensor) -> torch.Tensor:
        """Give what the frozen first layers make of an image: the image itself where there are none."""
        return image

    def above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give the last maps of what :meth:`stemmed` gave."""
        raise NotImplementedError

    def logits_above(self, stemmed: torch.Tensor) -> torch.Tensor:
        """Give logits of what :meth:`stemmed` gave, which may have been kept: the frozen layers need not run again."""
        found: torch.Tensor = self.last(self.embed(self.above(stemmed)))
        return found

    def heat_layer(self) -> nn.Module:
        """Give the layer that heat maps are made on: deep enough to mean something, its places still fine."""
        raise NotImplementedError

    def frozen(self) -> tuple[nn.Module, ...]:
        """Give the parts that do not learn; their norms keep the statistics they came with."""
        return ()

    def train(self, mode: bool = True) -> OutcomeNetwork:
        """Switch to training, but for the frozen parts."""
        super().train(mode)
        for part in self.frozen():
            part.eval()
        return self

    def _check(self, image: torch.Tensor) -> None:
        wanted = (self.in_channels, *self.size)
        if image.ndim != 5 or tuple(image.shape[1:]) != wanted:
            text = f"(batch, {', '.join(map(str, wanted))})"
            raise InputError("image", expected=text, got=f"shape {tuple(image.shape)}")
