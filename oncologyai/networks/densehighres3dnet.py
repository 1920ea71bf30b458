"""DenseHighRes3DNet, versions 1 and 2, and the ensemble of the paper.

Source: 'Learning volumetric segmentation for lung tumor', section 3.2 (dense sampling, gridding effect, skip
connection, group normalisation); which layers stand where is in its figure 3 only, which our copy lacks. Docs:
``docs/adr/0005-networks.md``.

Dense down-sampling (DDC) moves blocks of r x r x r voxels into channels, so that the volume shrinks and nothing is
lost; dense up-sampling (DUC) is the way back. DUC of DDC is the identity. Beside each stands a learned convolution.

Shapes of version 1, with n first filters and the widths (n, 2n, 4n)::

    image       (b, 1, k, j, i)
    first       (b, n, k, j, i)              3x3x3, group norm, activation
    DDC         (b, 8n, k/2, j/2, i/2)
    lateral     (b, n, k/2, j/2, i/2)        1x1x1, group norm, activation
    group 1     (b, n, k/2, j/2, i/2)        3 residual blocks of 3x3x3 convolutions with the dilations 1, 1
    group 2     (b, 2n, k/2, j/2, i/2)       dilations 1, 3
    group 3     (b, 4n, k/2, j/2, i/2)       dilations 1, 3, 5
    dense       (b, 8n, k/2, j/2, i/2)       lateral and the three groups, concatenated
    head        (b, 8n, k/2, j/2, i/2)       1x1x1, group norm, activation
    DUC         (b, 1, k, j, i)              1x1x1 to 8 channels, then depth to space

Version 2 takes the third group to a quarter of the resolution by a second DDC, and comes back by two DUCs::

    group 2     (b, 2n, k/2, j/2, i/2)
    DDC         (b, 2n, k/4, j/4, i/4)       depth (16n channels), then 1x1x1, group norm, activation
    group 3     (b, 4n, k/4, j/4, i/4)       dilations 1, 3, 5
    DUC         (b, 4n, k/2, j/2, i/2)       1x1x1 to 32n channels, then depth to space
    dense, head, DUC as in version 1
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

import torch
from monai.networks.blocks.acti_norm import ADN
from monai.networks.blocks.convolutions import Convolution
from monai.networks.layers.simplelayers import ChannelPad
from monai.networks.utils import pixelshuffle, pixelunshuffle
from torch import nn
from torch.nn import functional

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.dilation import check_no_gridding
from oncologyai.networks.highres3dnet import HighRes3DNet, norm_of
from oncologyai.networks.network import SegmentationNetwork

__all__ = [
    "DenseDown",
    "DenseHighRes3DNet",
    "DenseUp",
    "Ensemble",
    "HybridBlock",
    "depth_to_space",
    "highres3dnet_ensemble",
    "space_to_depth",
]

_DILATIONS = ((1, 1), (1, 3), (1, 3, 5))


def space_to_depth(features: torch.Tensor, factor: int) -> torch.Tensor:
    """(b, c, k, j, i) to (b, c r^3, k/r, j/r, i/r): each block of r x r x r voxels becomes channels (section 3.2)."""
    return pixelunshuffle(features, 3, factor)


def depth_to_space(features: torch.Tensor, factor: int) -> torch.Tensor:
    """(b, c, k, j, i) to (b, c / r^3, k r, j r, i r): the inverse of :func:`space_to_depth` (section 3.2)."""
    return pixelshuffle(features, 3, factor)


class DenseDown(nn.Module):
    """DDC: (b, n, k, j, i) to (b, m, k/r, j/r, i/r), space to depth and a learned 1x1x1 convolution."""

    def __init__(self, inputs: int, outputs: int, factor: int, *, norm: str, activation: str) -> None:
        super().__init__()
        self.factor = factor
        self.convolution = _convolution(inputs * factor**3, outputs, 1, norm, activation)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Shrink by ``factor``."""
        return self.convolution(space_to_depth(features, self.factor))


class DenseUp(nn.Module):
    """DUC: (b, n, k, j, i) to (b, m, k r, j r, i r), a learned 1x1x1 convolution and depth to space."""

    def __init__(self, inputs: int, outputs: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        self.convolution = nn.Conv3d(inputs, outputs * factor**3, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Grow by ``factor``."""
        return depth_to_space(self.convolution(features), self.factor)


class HybridBlock(nn.Module):
    """(b, n, k, j, i) to (b, m, k, j, i): norm, activation, 3x3x3 convolution a dilation, around an identity.

    The identity is projected by a 1x1x1 convolution where the channels differ.
    """

    def __init__(self, inputs: int, outputs: int, dilations: Sequence[int], *, norm: str, activation: str) -> None:
        super().__init__()
        self.match = ChannelPad(3, inputs, outputs, mode="project")
        layers: list[nn.Module] = []
        for dilation in dilations:
            layers.append(ADN("NA", inputs, act=activation, norm=norm_of(norm), norm_dim=3))
            layers.append(nn.Conv3d(inputs, outputs, 3, padding=dilation, dilation=dilation, bias=False))
            inputs = outputs
        self.layers = nn.Sequential(*layers)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Add what the dilated convolutions find."""
        return self.match(features) + self.layers(features)


class DenseHighRes3DNet(SegmentationNetwork):
    """HighRes3DNet with dense sampling, hybrid dilation, dense lateral connections and group normalisation.

    Parameters
    ----------
    in_channels, out_channels : int
        1 and 1 as published.
    version : {1, 2}
        2 has a second DDC and DUC around its third group.
    widths : sequence of 3 int
        Channels of the three groups, each a multiple of 4.
    dilations : sequence of 3 sequences of int
        A residual block's dilations in each group; each must leave no hole on its own.
    blocks : int
        Residual blocks a group.
    factor : int, >= 2
        The r of DDC and DUC.
    norm : {'group', 'batch', 'instance'}
        The paper replaces batch normalisation by group normalisation; groups of 4.
    activation : {'prelu', 'relu', 'leakyrelu', 'elu'}
        Not in the text.

    Raises
    ------
    InputError
        If an argument is outside its range, or the dilations leave holes (gridding).
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 1,
        *,
        version: int = 1,
        widths: Sequence[int] = (8, 16, 32),
        dilations: Sequence[Sequence[int]] = _DILATIONS,
        blocks: int = 3,
        factor: int = 2,
        norm: str = "group",
        activation: str = "prelu",
    ) -> None:
        _check(version, widths, dilations, factor=factor, blocks=blocks, activation=activation)
        super().__init__(3, in_channels, out_channels, (factor**version,) * 3)
        style = {"norm": norm, "activation": activation}
        few, some, many = widths
        dense = few * factor**3
        self.factor = factor
        self.first = _convolution(in_channels, few, 3, **style)
        self.lateral = _convolution(dense, few, 1, **style)
        self.group1 = _group(dense, few, dilations[0], blocks, **style)
        self.group2 = _group(few, some, dilations[1], blocks, **style)
        self.group3 = _group(some, many, dilations[2], blocks, **style)
        self.down = DenseDown(some, some, factor, **style) if version == 2 else nn.Identity()
        self.up = DenseUp(many, many, factor) if version == 2 else nn.Identity()
        self.head = _convolution(2 * few + some + many, 2 * many, 1, **style)
        self.last = DenseUp(2 * many, out_channels, factor)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i), sizes multiples of ``multiple``."""
        dense = space_to_depth(self.first(image), self.factor)
        low = self.group1(dense)
        middle = self.group2(low)
        high = self.up(self.group3(self.down(middle)))
        return self.last(self.head(torch.cat((self.lateral(dense), low, middle, high), dim=1)))


def _check(
    version: int,
    widths: Sequence[int],
    dilations: Sequence[Sequence[int]],
    *,
    factor: int,
    blocks: int,
    activation: str,
) -> None:
    if version not in (1, 2):
        raise InputError("version", expected="1 or 2", got=str(version))
    if len(widths) != 3:
        raise InputError("widths", expected="three numbers", got=str(tuple(widths)))
    if any(width % 4 for width in widths):
        raise InputError("widths", expected="multiples of 4, for the norm's groups", got=str(tuple(widths)))
    if len(dilations) != 3:
        raise InputError("dilations", expected="three groups", got=str(len(dilations)))
    for rates in dilations:
        check_no_gridding(rates, "dilations")
    for name, value, least in (("factor", factor, 2), ("blocks", blocks, 1)):
        if value < least:
            raise InputError(name, expected=f"{least} or more", got=str(value))
    check_choice(activation, {"relu", "prelu", "leakyrelu", "elu"}, "activation")


def _convolution(inputs: int, outputs: int, kernel: int, norm: str, activation: str) -> Convolution:
    return Convolution(
        3,
        inputs,
        outputs,
        kernel_size=kernel,
        norm=norm_of(norm),
        act=activation,
        adn_ordering="NA",
        bias=False,
    )


def _group(
    inputs: int, outputs: int, dilations: Sequence[int], blocks: int, *, norm: str, activation: str
) -> nn.Sequential:
    widths = [inputs] + [outputs] * (blocks - 1)
    return nn.Sequential(*(HybridBlock(n, outputs, dilations, norm=norm, activation=activation) for n in widths))


class Ensemble(SegmentationNetwork):
    """The mean of several networks, as logits.

    (b, c, [k,] j, i) to (b, m, [k,] j, i). How the paper joins its three models is not in the text; the mean of their
    probabilities is the default, the mean of their logits the option.

    Parameters
    ----------
    members : sequence of SegmentationNetwork
        One or more, with equal dims and channels.
    mean : {'probability', 'logit'}
        ``sigmoid`` (``softmax`` with several channels) of the result is the mean of the members' probabilities, or
        their normalised geometric mean.

    Raises
    ------
    InputError
        If there is no member, or they differ in dims or channels.
    """

    def __init__(self, members: Sequence[SegmentationNetwork], *, mean: str = "probability") -> None:
        check_choice(mean, {"probability", "logit"}, "mean")
        shapes = {(member.dims, member.in_channels, member.out_channels) for member in members}
        if len(shapes) != 1:
            raise InputError("members", expected="networks of equal dims and channels", got=str(sorted(shapes)))
        dims, in_channels, out_channels = shapes.pop()
        multiples = zip(*(member.multiple for member in members), strict=True)
        super().__init__(dims, in_channels, out_channels, [lcm(*steps) for steps in multiples])
        self.mean = mean
        self.members = nn.ModuleList(members)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """Join the members' logits; sizes are multiples of every member's."""
        votes = torch.stack([_full(member(image)) for member in self.members])
        if self.mean == "logit":
            return votes.mean(dim=0)
        if self.out_channels > 1:
            return torch.logsumexp(functional.log_softmax(votes, dim=2), dim=0)
        inside = torch.logsumexp(functional.logsigmoid(votes), dim=0)
        return inside - torch.logsumexp(functional.logsigmoid(-votes), dim=0)


def _full(result: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    return result[0] if isinstance(result, tuple) else result


def highres3dnet_ensemble(
    in_channels: int = 1,
    out_channels: int = 1,
    *,
    widths: Sequence[int] = (8, 16, 32),
    head: int = 40,
    mean: str = "probability",
) -> Ensemble:
    """Build the paper's final model: baseline (30k iterations), version 1 (60k) and version 2 (30k) (section 4.3).

    The members' weights are trained apart; their keys begin with ``members.0.``, ``members.1.`` and ``members.2.``.
    """
    members: list[SegmentationNetwork] = [HighRes3DNet(in_channels, out_channels, widths=widths, head=head)]
    members += [DenseHighRes3DNet(in_channels, out_channels, version=v, widths=widths) for v in (1, 2)]
    return Ensemble(members, mean=mean)
