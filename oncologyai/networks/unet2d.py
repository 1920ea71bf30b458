"""The 2D U-Net of chapter 6 and the one whose weights were published with it.

Source: ch. 6, 'Tumor detection and segmentation': a 2D U-Net on axial slices of 512x512 with ELU instead of ReLU and
dropout of 0.5 before the last two levels of the encoder. Its widths and its way up are not in the text: they are those
of the original U-Net (64 to 1024, transposed convolutions), with 'same' padding since the mask has the slice's size.

Shapes, with n filters at the first level::

    image      (b, 1, j, i)
    level 1    (b, n, j, i)                 two 3x3 convolutions a level, 2x2 max pooling between levels
    level 5    (b, 16n, j/16, i/16)
    up 4..1    (b, 8n, j/8, i/8) .. (b, n, j, i)    up, concatenation (skip first), two 3x3 convolutions
    logits     (b, 1, j, i)                 probability = sigmoid(logits)

The published weights' file differs from the text: ReLU, dropout after the fourth and fifth level, nearest up-sampling
followed by a 2x2 'same' convolution, and a 3x3 convolution to 2 filters (ReLU) before the 1x1 one. 'Same' padding of
the even kernel adds its row and column below and to the right, as Keras does.

New weights are drawn as in the original U-Net (He), since neither text nor file says how.

Weights by name: :func:`convolutions_in_keras_order` lists this module's convolutions in the order in which Keras makes
(and numbers) the layers ``conv2d, conv2d_1, ...`` of such a model. A Keras kernel has the axes (row, column, in, out):
``weight = kernel.transpose(3, 2, 0, 1)``; biases are the same. Keras' channels-last images are (b, j, i, 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from monai.networks.layers.factories import Act
from torch import nn
from torch.jit import is_tracing  # type: ignore[attr-defined]
from torch.nn import functional

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.networks.network import SegmentationNetwork

__all__ = ["UNet2D", "convolutions_in_keras_order", "published_unet2d"]

_FILTERS = (64, 128, 256, 512, 1024)  # Ronneberger 2015, fig. 1; also the published weights' file


class _TwoConvolutions(nn.Module):
    """(b, n, j, i) to (b, m, j, i): two 3x3 'same' convolutions with bias, each with its activation."""

    def __init__(self, inputs: int, outputs: int, activation: str) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.activate = Act[activation](inplace=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.activate(self.second(self.activate(self.first(features))))


class _NearestUp(nn.Module):
    """(b, n, j, i) to (b, m, 2j, 2i): nearest up-sampling, then a 2x2 convolution padded below and to the right.

    A traced copy (ONNX, OpenVINO) holds one transposed convolution in its place. Along an axis, with the kernel (a, b),
    output 2x is (a + b) f(x) and output 2x + 1 is a f(x) + b f(x + 1): a transposed convolution of stride 2 with the
    kernel (b, a + b, a), 9 products an input pixel instead of 16 and no up-sampled image.
    """

    def __init__(self, inputs: int, outputs: int, activation: str) -> None:
        super().__init__()
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.convolution = nn.Conv2d(inputs, outputs, 2)
        self.activate = Act[activation](inplace=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        if is_tracing():
            return self.activate(self._at_once(features))
        return self.activate(self.convolution(self.pad(self.up(features))))

    def _at_once(self, features: torch.Tensor) -> torch.Tensor:
        kernel = self.convolution.weight  # (out, in, 2, 2)
        for axis in (2, 3):
            a, b = kernel.unbind(axis)
            kernel = torch.stack((b, a + b, a), axis)
        kernel = kernel.transpose(0, 1)
        bias = self.convolution.bias
        return functional.conv_transpose2d(features, kernel, bias, stride=2, padding=1, output_padding=1)


class UNet2D(SegmentationNetwork):
    """A 2D U-Net with dropout at chosen levels of its encoder.

    Parameters
    ----------
    in_channels, out_channels : int
        1 and 1 as published.
    filters : sequence of int, >= 2 entries
        A level each; the image's sizes are padded to 2**(levels - 1).
    activation : {'elu', 'relu', 'leakyrelu', 'prelu'}
        ch. 6 names ELU.
    dropout : float
        Rate from 0 to 1; ch. 6 names 0.5.
    dropout_place : {'before', 'after'}
        Whether the last two levels' dropout stands before their convolutions (ch. 6) or after them (the published
        weights; the skip connection of the last but one then carries what was dropped).
    up : {'transposed', 'nearest'}
        Transposed 2x2 convolution, or nearest up-sampling and a 2x2 convolution.
    head_filters : int
        Filters of a 3x3 convolution with ReLU before the last one; 0 for none, 2 in the published weights.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 1,
        *,
        filters: Sequence[int] = _FILTERS,
        activation: str = "elu",
        dropout: float = 0.5,
        dropout_place: str = "before",
        up: str = "transposed",
        head_filters: int = 0,
    ) -> None:
        if len(filters) < 2:
            raise InputError("filters", expected="2 levels or more", got=str(len(filters)))
        check_range(dropout, 0, 1, "dropout")
        check_choice(dropout_place, {"before", "after"}, "dropout_place")
        check_choice(up, {"transposed", "nearest"}, "up")
        check_choice(activation, {"elu", "relu", "leakyrelu", "prelu"}, "activation")
        super().__init__(2, in_channels, out_channels, (2 ** (len(filters) - 1),) * 2)
        self.dropout_place = dropout_place
        widths = (in_channels, *filters)
        pairs = list(pairwise(widths))
        self.down = nn.ModuleList(_TwoConvolutions(few, many, activation) for few, many in pairs)
        rates = [0.0] * (len(filters) - 2) + [dropout] * 2
        self.drop = nn.ModuleList(nn.Dropout(rate) if rate else nn.Identity() for rate in rates)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(_up(up, many, few, activation) for few, many in reversed(pairs[1:]))
        self.merge = nn.ModuleList(_TwoConvolutions(2 * few, few, activation) for few, _ in reversed(pairs[1:]))
        self.head = nn.Conv2d(filters[0], head_filters, 3, padding=1) if head_filters else None
        self.last = nn.Conv2d(head_filters or filters[0], out_channels, 1)
        for layer in self.modules():  # without normalisation, torch's own smaller weights fade over 24 layers
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # Ronneberger 2015, section 3
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, j, i) to (b, out_channels, j, i), j and i multiples of ``multiple``."""
        skips: list[torch.Tensor] = []
        features = image
        for level, (convolve, drop) in enumerate(zip(self.down, self.drop, strict=True)):
            features = self.pool(features) if level else features
            features = convolve(drop(features)) if self.dropout_place == "before" else drop(convolve(features))
            skips.append(features)
        for up, merge, skip in zip(self.up, self.merge, reversed(skips[:-1]), strict=True):
            features = merge(torch.cat((skip, up(features)), dim=1))
        if self.head is not None:
            features = torch.relu(self.head(features))
        return self.last(features)


def _up(kind: str, inputs: int, outputs: int, activation: str) -> nn.Module:
    if kind == "transposed":
        return nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
    return _NearestUp(inputs, outputs, activation)


def published_unet2d(in_channels: int = 1, out_channels: int = 1, *, filters: Sequence[int] = _FILTERS) -> UNet2D:
    """Build the variant that the published weights have (from their model file, not from ch. 6).

    Published input: (b, 1, 512, 512); the mask is where the probability is above 0.99.
    """
    return UNet2D(
        in_channels,
        out_channels,
        filters=filters,
        activation="relu",
        dropout=0.5,
        dropout_place="after",
        up="nearest",
        head_filters=2,
    )


def convolutions_in_keras_order(network: UNet2D) -> tuple[str, ...]:
    """Name the convolutions of a U-Net with nearest up-sampling in the order of a Keras model's layers.

    Returns
    -------
    tuple of str
        24 names for five levels and a head; ``f"{name}.weight"`` and ``f"{name}.bias"`` are keys of ``state_dict()``.

    Raises
    ------
    InputError
        If the network goes up by transposed convolutions: no such Keras model was published.
    """
    if not isinstance(network.up[0], _NearestUp):
        raise InputError("network", expected="a U-Net with up='nearest'", got="up='transposed'")
    names = [f"down.{level}.{part}" for level in range(len(network.down)) for part in ("first", "second")]
    for level in range(len(network.up)):
        names += [f"up.{level}.convolution", f"merge.{level}.first", f"merge.{level}.second"]
    return (*names, *(["head"] if network.head is not None else []), "last")
