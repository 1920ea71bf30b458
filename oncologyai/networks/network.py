"""What every network of the library is: a module from an image to logits of the same spatial size.

Shapes: (batch, channel, j, i) for slices, (batch, channel, k, j, i) for volumes; k, j, i as in ``Volume.array``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.jit import is_tracing  # type: ignore[attr-defined]
from torch.nn import functional

from oncologyai.errors import InputError

__all__ = ["SegmentationNetwork", "pad_to_multiple"]


def pad_to_multiple(image: torch.Tensor, multiple: Sequence[int]) -> torch.Tensor:
    """Pad each spatial axis at its end, by repeating the last voxel, to a multiple of ``multiple``.

    Parameters
    ----------
    image : Tensor, shape (batch, channel, [k,] j, i)
        Any floating type; returned itself where nothing is missing.
    multiple : sequence of int, >= 1
        One number a spatial axis, in the order of the axes.

    Returns
    -------
    Tensor, shape (batch, channel, [k',] j', i')
        The border is repeated, not filled with zeros, since zero is no air in most normalisations.
    """
    missing = [-size % step for size, step in zip(image.shape[2:], multiple, strict=True)]
    if not any(missing):
        return image
    pads = [pad for end in reversed(missing) for pad in (0, end)]
    return functional.pad(image, pads, mode="replicate")


class SegmentationNetwork(nn.Module):
    """Base of all networks: checks the input, pads odd sizes, crops the logits back.

    A family implements :meth:`logits` for sizes that are multiples of ``multiple``; its users call the module.
    Probabilities are ``sigmoid(logits)`` for one output channel and ``softmax(logits, dim=1)`` for several.
    A traced or scripted copy (ONNX, OpenVINO) neither checks nor pads: whoever feeds it pads to ``multiple``.

    Parameters
    ----------
    dims : int
        2 for slices, 3 for volumes.
    in_channels, out_channels : int, >= 1
        Channels of the image and of the logits.
    multiple : sequence of int
        The sizes that :meth:`logits` takes, one number a spatial axis.
    """

    def __init__(self, dims: int, in_channels: int, out_channels: int, multiple: Sequence[int]) -> None:
        super().__init__()
        for name, count in (("in_channels", in_channels), ("out_channels", out_channels)):
            if count < 1:
                raise InputError(name, expected="1 or more", got=str(count))
        self.dims, self.in_channels, self.out_channels = dims, in_channels, out_channels
        self.multiple = tuple(multiple)

    def logits(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Give the logits of an image whose sizes are multiples of ``multiple``.

        A tuple holds further logits for deep supervision after the full-size ones, in training only.
        """
        raise NotImplementedError

    def forward(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Give logits.

        Parameters
        ----------
        image : Tensor, shape (batch, in_channels, [k,] j, i)
            Normalised as the model's card says.

        Returns
        -------
        Tensor, shape (batch, out_channels, [k,] j, i)
            Of the image's spatial size. A network with deep supervision gives a tuple in training mode, whose first
            entry this is.

        Raises
        ------
        InputError
            If the number of axes or channels is not the network's.
        """
        if is_tracing():
            return self.logits(image)
        if image.ndim != self.dims + 2 or image.shape[1] != self.in_channels:
            axes = "batch, channel, k, j, i" if self.dims == 3 else "batch, channel, j, i"
            expected = f"({axes}) with {self.in_channels} channels"
            raise InputError("image", expected=expected, got=f"shape {tuple(image.shape)}")
        result = self.logits(pad_to_multiple(image, self.multiple))
        if isinstance(result, tuple):
            return (_crop(result[0], image.shape), *result[1:])
        return _crop(result, image.shape)


def _crop(logits: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    for axis, size in enumerate(shape[2:], start=2):
        logits = logits.narrow(axis, 0, size)
    return logits
