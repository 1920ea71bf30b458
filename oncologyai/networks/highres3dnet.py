"""HighRes3DNet, the baseline of the DenseHighRes3DNet paper.

Source: Li et al. 2017 (IPMI), and section 3.2 with footnote 1 of 'Learning volumetric segmentation for lung tumor':
NiftyNet's ``highres3dnet_small`` (a stride of 2 in the first convolution, undone by a transposed one near the end),
its widths changed to have nearly as many parameters as the DenseHighRes3DNets. The changed widths are not in the text;
half of NiftyNet's give 0.28 million against 0.30 and 0.31 of DenseHighRes3DNet v1 and v2.

Shapes, with the widths (n, 2n, 4n) and head 5n::

    image          (b, 1, k, j, i)
    first          (b, n, k/2, j/2, i/2)        3x3x3, stride 2 (1 without ``half_resolution``)
    group 1        (b, n, k/2, j/2, i/2)        3 residual blocks of two 3x3x3 convolutions, dilation 1
    group 2        (b, 2n, k/2, j/2, i/2)       the same, dilation 2
    group 3        (b, 4n, k/2, j/2, i/2)       the same, dilation 4
    head           (b, 5n, k/2, j/2, i/2)       3x3x3 (1x1x1 without ``half_resolution``)
    up             (b, 5n, k, j, i)             3x3x3 transposed, stride 2 (absent without ``half_resolution``)
    logits         (b, 1, k, j, i)              1x1x1

A residual block is norm, activation, convolution, twice, around an identity that is padded with zero channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from monai.networks.blocks.convolutions import Convolution
from monai.networks.nets.highresnet import HighResBlock
from torch import nn

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.network import SegmentationNetwork

__all__ = ["HighRes3DNet", "norm_of"]

_DILATIONS = (1, 2, 4)  # Li et al. 2017, fig. 1
_BLOCKS = 3  # residual blocks a group: Li et al. 2017, fig. 1


def norm_of(name: str, groups: int = 4) -> tuple[str, dict[str, object]]:
    """Give MONAI's description of a normalisation: 'batch', 'group' (of ``groups`` groups) or 'instance'.

    Raises
    ------
    InputError
        If the name is none of these.
    """
    check_choice(name, {"batch", "group", "instance"}, "norm")
    return (name, {"num_groups": groups} if name == "group" else {"affine": True})


class HighRes3DNet(SegmentationNetwork):
    """A compact 3D network of dilated residual groups at one resolution.

    Parameters
    ----------
    in_channels, out_channels : int
        1 and 1 as published.
    widths : sequence of 3 int
        Channels of the three groups, not decreasing; NiftyNet's are (16, 32, 64).
    head : int
        Channels after the groups; NiftyNet's are 80.
    norm : {'batch', 'group', 'instance'}
        The original network has batch normalisation.
    activation : {'relu', 'prelu', 'leakyrelu', 'elu'}
        ReLU as in NiftyNet's small network.
    half_resolution : bool
        Whether the groups work at half the resolution (``highres3dnet_small``) or at the full one (``highres3dnet``).

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
        widths: Sequence[int] = (8, 16, 32),
        head: int = 40,
        norm: str = "batch",
        activation: str = "relu",
        half_resolution: bool = True,
    ) -> None:
        if len(widths) != len(_DILATIONS) or list(widths) != sorted(widths):
            raise InputError("widths", expected="three numbers that do not decrease", got=str(tuple(widths)))
        check_choice(activation, {"relu", "prelu", "leakyrelu", "elu"}, "activation")
        stride = 2 if half_resolution else 1
        super().__init__(3, in_channels, out_channels, (stride,) * 3)
        normalise = norm_of(norm)
        layer = partial(Convolution, spatial_dims=3, norm=normalise, act=activation, adn_ordering="NA", bias=False)
        self.first = layer(in_channels=in_channels, out_channels=widths[0], kernel_size=3, strides=stride)
        blocks: list[nn.Module] = []
        inputs = widths[0]
        for width, dilation in zip(widths, _DILATIONS, strict=True):
            for _ in range(_BLOCKS):
                blocks.append(
                    HighResBlock(3, inputs, width, dilation=dilation, norm_type=normalise, acti_type=activation)
                )
                inputs = width
        self.groups = nn.Sequential(*blocks)
        kernel = 3 if half_resolution else 1
        self.head = layer(in_channels=inputs, out_channels=head, kernel_size=kernel)
        self.up: nn.Module = nn.Identity()
        if half_resolution:
            self.up = layer(in_channels=head, out_channels=head, kernel_size=3, strides=2, is_transposed=True)
        self.last = nn.Conv3d(head, out_channels, 1)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i), sizes multiples of ``multiple``."""
        return self.last(self.up(self.head(self.groups(self.first(image)))))
