"""The five networks that Co-ReTr was compared with (Kunkyab et al. 2024, section 2.2.5, table 2).

The paper cites them and gives no widths. Four are MONAI's, in its default widths; CoTr is built here from its paper
(Xie et al., MICCAI 2021, section 2) on the deformable transformer that Co-ReTr shares with it. All take the Co-ReTr
patch, (1, 96, 96, 96).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks.convolutions import Convolution, ResidualUnit
from monai.networks.nets.attentionunet import AttentionUnet
from monai.networks.nets.basic_unet import BasicUNet, UpCat
from monai.networks.nets.dynunet import DynUNet
from monai.networks.nets.unetr import UNETR
from torch import nn
from torch.jit import is_tracing  # type: ignore[attr-defined]

from oncologyai.errors import InputError
from oncologyai.networks.deformable import DeformableTransformer
from oncologyai.networks.network import SegmentationNetwork

__all__ = ["CoTr", "MonaiNetwork", "attention_unet3d", "resnet_unet3d", "unet3d", "unetr"]

_NORM = ("INSTANCE", {"affine": True})
_LEAKY = ("LEAKYRELU", {"negative_slope": 0.01, "inplace": True})


class MonaiNetwork(SegmentationNetwork):
    """A 3D network of MONAI's under this library's contract: sizes padded and cropped, input checked.

    Parameters
    ----------
    body : Module
        (b, in_channels, k, j, i) to logits (b, out_channels, k, j, i) for sizes that are multiples of ``multiple``.
    in_channels, out_channels : int
        Of the body.
    multiple : int
        Of every axis.
    only_size : sequence of 3 int, optional
        The single (k, j, i) that the body takes, where it takes but one.
    """

    def __init__(
        self,
        body: nn.Module,
        in_channels: int,
        out_channels: int,
        *,
        multiple: int,
        only_size: Sequence[int] | None = None,
    ) -> None:
        super().__init__(3, in_channels, out_channels, (multiple,) * 3)
        self.body = body
        self.only_size = None if only_size is None else tuple(only_size)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i)."""
        if self.only_size is not None and not is_tracing() and tuple(image.shape[2:]) != self.only_size:
            expected = f"(k, j, i) {self.only_size}, for which the network was built"
            raise InputError("image", expected=expected, got=str(tuple(image.shape[2:])))
        return self.body(image)


def unet3d(
    in_channels: int = 1, out_channels: int = 1, *, features: Sequence[int] = (32, 32, 64, 128, 256, 32)
) -> MonaiNetwork:
    """Build a 3D U-Net: MONAI's BasicUNet, five levels and the width of the last one up, instance norm.

    forward: (b, c, k, j, i) to (b, m, k, j, i), padded to multiples of 16; two 3x3x3 convolutions a level, max
    pooling down, transposed convolutions up.
    """
    body = BasicUNet(3, in_channels, out_channels, features=tuple(features), norm=_NORM, bias=False)
    for part in body.modules():
        if isinstance(part, UpCat):
            part.is_pad = False  # sizes fit already, and the check would tie an export to one size
    return MonaiNetwork(body, in_channels, out_channels, multiple=16)


def attention_unet3d(
    in_channels: int = 1, out_channels: int = 1, *, channels: Sequence[int] = (32, 64, 128, 256, 512)
) -> MonaiNetwork:
    """Build an attention U-Net (Oktay et al. 2018): MONAI's AttentionUnet, a gate on each skip, batch norm.

    forward: (b, c, k, j, i) to (b, m, k, j, i), padded to multiples of 2**(levels - 1).
    """
    strides = (2,) * (len(channels) - 1)
    body = AttentionUnet(3, in_channels, out_channels, channels=tuple(channels), strides=strides)
    return MonaiNetwork(body, in_channels, out_channels, multiple=2 ** len(strides))


def resnet_unet3d(
    in_channels: int = 1, out_channels: int = 1, *, filters: Sequence[int] = (32, 64, 128, 256, 320)
) -> MonaiNetwork:
    """Build a U-Net of residual blocks: MONAI's DynUNet with ``res_block``, instance norm, strided convolutions.

    forward: (b, c, k, j, i) to (b, m, k, j, i), padded to multiples of 2**(levels - 1).
    """
    levels = len(filters)
    body = DynUNet(
        3,
        in_channels,
        out_channels,
        kernel_size=[3] * levels,
        strides=[1, *[2] * (levels - 1)],
        upsample_kernel_size=[2] * (levels - 1),
        filters=list(filters),
        norm_name=_NORM,
        act_name=_LEAKY,
        res_block=True,
    )
    layers = nn.Sequential(body.skip_layers, body.output_block)  # DynUNet also holds each of them under a second name
    return MonaiNetwork(layers, in_channels, out_channels, multiple=2 ** (levels - 1))


def unetr(
    in_channels: int = 1,
    out_channels: int = 1,
    *,
    size: Sequence[int] = (96, 96, 96),
    features: int = 16,
    hidden: int = 768,
    hidden_mlp: int = 3072,
    heads: int = 12,
) -> MonaiNetwork:
    """Build UNETR (Hatamizadeh et al. 2022) for one patch size: MONAI's.

    forward: (b, c, *size) to (b, m, *size); ``size`` is (k, j, i), multiples of 16. A smaller image is padded if
    that makes it ``size``; any other is refused.

    Raises
    ------
    InputError
        If a side of ``size`` is not a multiple of 16.
    """
    if len(size) != 3 or any(side < 16 or side % 16 for side in size):
        raise InputError("size", expected="three multiples of 16", got=str(tuple(size)))
    body = UNETR(
        in_channels,
        out_channels,
        img_size=tuple(size),
        feature_size=features,
        hidden_size=hidden,
        mlp_dim=hidden_mlp,
        num_heads=heads,
    )
    for block in body.vit.blocks:
        block.norm_cross_attn = nn.Identity()  # unused without cross-attention, and would get no gradient
    return MonaiNetwork(body, in_channels, out_channels, multiple=16, only_size=size)


class CoTr(SegmentationNetwork):
    """CoTr: a residual CNN, a deformable transformer over its three deeper levels, a convolutional decoder.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image and of the logits.
    widths : sequence of 4 int
        Channels of the stem and of the three residual stages.
    hidden, layers, heads, points : int
        Of the transformer; ``hidden`` is a multiple of 6 and of ``heads``. Paper: 384, 6, 6, 4.
    dropout : float
        In the transformer.
    stem_stride : (k, j, i)
        Of the stem; as published for patches of 48x192x192.

    Notes
    -----
    Shapes, with S the stem's stride::

        image        (b, c, k, j, i)            padded to multiples of 8 S
        stem         (b, w0, k/S, ..)           7x7x7 convolution, instance norm, leaky ReLU
        stages       (b, w1, k/2S, ..), (b, w2, k/4S, ..), (b, w3, k/8S, ..)     3, 3 and 2 residual blocks
        transformer  (b, hidden, ..) at the three sizes, after 1x1x1 convolutions
        decoder      (b, hidden, k/4S, ..), (b, hidden, k/2S, ..), (b, w0, k/S, ..), (b, w0 / 2, k, j, i)
        logits       (b, m, k, j, i)

    Without its deep supervision: Co-ReTr's comparison does not mention it.

    Raises
    ------
    InputError
        If ``widths`` are not four, or ``hidden`` does not divide.
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 1,
        *,
        widths: Sequence[int] = (64, 192, 384, 384),
        hidden: int = 384,
        layers: int = 6,
        heads: int = 6,
        points: int = 4,
        dropout: float = 0.1,
        stem_stride: tuple[int, int, int] = (1, 2, 2),
    ) -> None:
        if len(widths) != 4:
            raise InputError("widths", expected="4 numbers: the stem and three stages", got=str(tuple(widths)))
        super().__init__(3, in_channels, out_channels, [8 * step for step in stem_stride])
        self.stem = Convolution(
            3,
            in_channels,
            widths[0],
            strides=stem_stride,
            kernel_size=7,
            adn_ordering="NA",
            act=_LEAKY,
            norm=_NORM,
            bias=False,
        )
        self.stages = nn.ModuleList(
            nn.Sequential(*(_residual(few if n == 0 else many, many, stride=2 if n == 0 else 1) for n in range(blocks)))
            for few, many, blocks in zip(widths[:-1], widths[1:], (3, 3, 2), strict=True)  # Xie 2021, section 2.1
        )
        self.project = nn.ModuleList(nn.Conv3d(width, hidden, 1) for width in widths[1:])
        self.transformer = DeformableTransformer(
            hidden, levels=3, layers=layers, heads=heads, points=points, hidden=4 * hidden, dropout=dropout
        )
        outputs = (hidden, hidden, widths[0], widths[0] // 2)
        strides = ((2, 2, 2), (2, 2, 2), (2, 2, 2), stem_stride)
        self.ups = nn.ModuleList(
            nn.ConvTranspose3d(many, few, kernel_size=step, stride=step, bias=False)
            for many, few, step in zip((hidden, *outputs[:-1]), outputs, strides, strict=True)
        )
        self.refine = nn.ModuleList(_residual(width, width) for width in outputs)
        self.head = nn.Conv3d(outputs[-1], out_channels, 1)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i), sizes multiples of ``multiple``."""
        stem = self.stem(image)
        features, maps = stem, []
        for stage, project in zip(self.stages, self.project, strict=True):
            features = stage(features)
            maps.append(project(features))
        context = self.transformer(maps)
        current = context[-1]
        for up, refine, skip in zip(self.ups, self.refine, (context[1], context[0], stem, None), strict=True):
            current = up(current)
            current = refine(current if skip is None else current + skip)
        return self.head(current)


def _residual(before: int, after: int, *, stride: int = 1) -> nn.Module:
    """One 3x3x3 convolution, instance norm and leaky ReLU, and the sum (docs/adr/0006-coretr.md)."""
    return ResidualUnit(
        3, before, after, strides=stride, subunits=1, adn_ordering="NA", act=_LEAKY, norm=_NORM, bias=False
    )
