"""Co-ReTr: two convolutional extractors at two resolutions, a deformable transformer, a convolutional decoder.

Kunkyab et al., J Appl Clin Med Phys 25:e14297 (2024), section 2.2. The paper gives no widths and no strides, and
contradicts itself on which image is rescaled: docs/adr/0006-coretr.md says what was chosen and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from monai.networks.blocks.convolutions import Convolution, ResidualUnit
from torch import nn
from torch.jit import is_tracing  # type: ignore[attr-defined]
from torch.nn import functional

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.deformable import DeformableTransformer
from oncologyai.networks.network import SegmentationNetwork

__all__ = ["CoReTr", "FeatureExtractor", "FeaturePyramid", "PyramidDecoder"]

_SHALLOW_BLOCKS = (0, 1, 1, 2, 2)  # six residual blocks, section 2.2.1; their places are not told
_DEEP_BLOCKS = (0, 2, 2, 2, 3)  # nine, section 2.2.1
_STAGES = 5  # Conv-IN-ReLU stages, section 2.2.1
_LOWEST = 3  # first stage that the pyramid and the transformer take
_DIVISOR = 32  # of the input to the coarsest map, which must have more than one voxel for instance norm

_Resolution = Literal["up", "down", "single"]
_NORM = ("INSTANCE", {"affine": True})
_ACT = ("RELU", {"inplace": True})


class FeatureExtractor(nn.Module):
    """Five Conv-IN-ReLU stages with residual blocks and a path from the first to the last.

    Parameters
    ----------
    in_channels : int
        Channels of the image.
    widths : sequence of 5 int
        Channels of the stages.
    blocks : sequence of 5 int
        Residual blocks after each stage.
    first_stride : int
        Stride of the first stage; the others halve the image.

    Notes
    -----
    (batch, in_channels, k, j, i) to 5 maps, the n-th (batch, widths[n], k / f, ...) with f = first_stride * 2^n.
    Residual blocks hold two Conv-IN-ReLU units of 5x5x5. The path takes the first stage's map through 1x1x1 and
    3x3x3 convolutions and adds it to the last stage's; it is averaged down before, not after, the 1x1x1 convolution,
    which gives the same numbers for a fraction of the memory.
    """

    def __init__(self, in_channels: int, widths: Sequence[int], blocks: Sequence[int], *, first_stride: int) -> None:
        super().__init__()
        inputs = (in_channels, *widths[:-1])
        strides = (first_stride, 2, 2, 2, 2)
        self.convolutions = nn.ModuleList(
            _conv_norm_act(before, after, stride=stride)
            for before, after, stride in zip(inputs, widths, strides, strict=True)
        )
        self.residuals = nn.ModuleList(
            nn.Sequential(*(_residual(width, kernel=5) for _ in range(count)))
            for width, count in zip(widths, blocks, strict=True)
        )
        self.path = nn.Sequential(
            nn.Conv3d(widths[0], widths[-1], kernel_size=1, bias=False), _conv_norm_act(widths[-1], widths[-1])
        )

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        """Give the five maps, from fine to coarse."""
        maps: list[torch.Tensor] = []
        for stage, (convolution, residual) in enumerate(zip(self.convolutions, self.residuals, strict=True)):
            image = convolution(image)
            if stage == _STAGES - 1:
                image = image + self.path(_mean_of_blocks(maps[0], 2 ** (_STAGES - 1)))
            image = residual(image)
            maps.append(image)
        return maps


class FeaturePyramid(nn.Module):
    """F'(i, j) = conv1x1x1(F(i, j)) + up(F'(i + 1, j)), and from the coarser scale j + 1 to the finer in the same way.

    Takes the maps of both extractors, fine to coarse, as many as ``widths``; gives the finer scale's maps, each with
    ``channels`` channels (Co-ReTr, equation 1).
    """

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        self.fine = nn.ModuleList(nn.Conv3d(width, channels, kernel_size=1) for width in widths)
        self.coarse = nn.ModuleList(nn.Conv3d(width, channels, kernel_size=1) for width in widths)

    def forward(self, fine: Sequence[torch.Tensor], coarse: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Sum downwards through the levels of the coarse scale, then of the fine one with the coarse beside it."""
        low = self._descend(self.coarse, coarse, None)
        return self._descend(self.fine, fine, low)

    @staticmethod
    def _descend(
        laterals: nn.ModuleList, maps: Sequence[torch.Tensor], beside: Sequence[torch.Tensor] | None
    ) -> list[torch.Tensor]:
        results: list[torch.Tensor] = []
        for level in reversed(range(len(maps))):
            summed = laterals[level](maps[level])
            if results:
                summed = summed + _enlarge_to(results[0], summed)
            if beside is not None:
                summed = summed + _enlarge_to(beside[level], summed)
            results.insert(0, summed)
        return results


class PyramidDecoder(nn.Module):
    """Transposed convolutions from the coarsest map up, each followed by the skip's addition and a residual block.

    Takes maps from fine to coarse, their channels ``widths``; gives the finest grid with ``widths[0]`` channels.
    Each map has half the size of the one before.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.ups = nn.ModuleList(
            nn.ConvTranspose3d(coarse, fine, kernel_size=2, stride=2, bias=False) for fine, coarse in pairwise(widths)
        )
        self.residuals = nn.ModuleList(_residual(width, kernel=3) for width in widths[:-1])

    def forward(self, maps: Sequence[torch.Tensor]) -> torch.Tensor:
        """Combine the maps into one on the grid of the first."""
        current = maps[-1]
        for level in reversed(range(len(self.ups))):
            current = self.residuals[level](self.ups[level](current) + maps[level])
        return current


class CoReTr(SegmentationNetwork):
    """Co-ReTr for 3D segmentation.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image and classes of the logits.
    widths : sequence of 5 int
        Channels of the extractors' stages (not in the paper).
    hidden : int
        Channels of the pyramid and the transformer; a multiple of 6 and of ``heads``.
    layers, heads, points : int
        Of the transformer; the defaults are CoTr's, whose transformer the paper follows.
    dropout : float
        In the transformer.
    resolution : 'up', 'down' or 'single'
        'up': the shallow extractor sees the image enlarged by 2, the deep one the image (section 2.2.4).
        'down': the shallow one sees the image, the deep one the image halved (section 2.2.1).
        'single': both see the image (the ablation without multi-resolution input).
    transformer : bool
        False takes the pyramid's maps straight to the decoder (the ablation).
    shallow_blocks, deep_blocks : sequence of 5 int
        Residual blocks after each stage: six and nine in the paper, their places chosen here.

    Notes
    -----
    Shapes, with widths w0 to w4 and ``hidden`` h, the published patch being (1, 96, 96, 96)::

        image              (b, c, k, j, i)              padded to multiples of 32, one side above 32
        shallow            (b, w0, k, j, i), (b, w1, k/2, ..), (b, w2, k/4, ..), (b, w3, k/8, ..), (b, w4, k/16, ..)
        deep               the same at half the size; at the same size where ``resolution`` is 'single'
        pyramid            (b, h, k/4, ..), (b, h, k/8, ..), (b, h, k/16, ..)
        transformer        the same
        decoder            (b, h, k/8, ..), (b, h, k/4, ..), (b, w1, k/2, ..), (b, w0, k, j, i)
        logits             (b, m, k, j, i)

    An export is made for one patch size, with any batch (docs/adr/0006-coretr.md).

    Raises
    ------
    InputError
        If ``resolution`` is unknown, ``widths`` or blocks are not five, ``hidden`` does not divide, or an image has no
        side above 32.
    """

    def __init__(  # noqa: PLR0913 - each argument a choice that the paper leaves open or ablates
        self,
        in_channels: int = 1,
        out_channels: int = 1,
        *,
        widths: Sequence[int] = (32, 48, 96, 128, 192),
        hidden: int = 192,
        layers: int = 6,
        heads: int = 6,
        points: int = 4,
        dropout: float = 0.1,
        resolution: _Resolution = "up",
        transformer: bool = True,
        shallow_blocks: Sequence[int] = _SHALLOW_BLOCKS,
        deep_blocks: Sequence[int] = _DEEP_BLOCKS,
    ) -> None:
        super().__init__(3, in_channels, out_channels, (_DIVISOR,) * 3)
        check_choice(resolution, ("up", "down", "single"), "resolution")
        each = {"widths": widths, "shallow_blocks": shallow_blocks, "deep_blocks": deep_blocks}
        for name, numbers in each.items():
            if len(numbers) != _STAGES:
                raise InputError(name, expected="5 numbers, one a stage", got=str(tuple(numbers)))
        self.resolution = resolution
        stride = 2 if resolution == "up" else 1
        self.shallow = FeatureExtractor(in_channels, widths, shallow_blocks, first_stride=stride)
        self.deep = FeatureExtractor(in_channels, widths, deep_blocks, first_stride=stride)
        skips = _LOWEST - 1
        self.pyramid = FeaturePyramid(widths[skips:], hidden)
        self.transformer = (
            DeformableTransformer(
                hidden,
                levels=_STAGES - skips,
                layers=layers,
                heads=heads,
                points=points,
                hidden=4 * hidden,
                dropout=dropout,
            )
            if transformer
            else None
        )
        decoder_widths = (*widths[:skips], *(hidden for _ in widths[skips:]))
        self.decoder = PyramidDecoder(decoder_widths)
        self.head = nn.Conv3d(widths[0], out_channels, kernel_size=1)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i), sides multiples of 32, one of them above it."""
        _check_size(image)
        fine = self.shallow(_rescale(image, 2.0) if self.resolution == "up" else image)
        coarse = self.deep(_rescale(image, 0.5) if self.resolution == "down" else image)
        skips = _LOWEST - 1
        context = self.pyramid(fine[skips:], coarse[skips:])
        if self.transformer is not None:
            context = self.transformer(context)
        return self.head(self.decoder([*fine[:skips], *context]))


def _conv_norm_act(before: int, after: int, *, stride: int = 1) -> nn.Module:
    return Convolution(
        3, before, after, strides=stride, kernel_size=3, adn_ordering="NA", act=_ACT, norm=_NORM, bias=False
    )


def _residual(width: int, *, kernel: int) -> nn.Module:
    return ResidualUnit(
        3, width, width, kernel_size=kernel, subunits=2, adn_ordering="NA", act=_ACT, norm=_NORM, bias=False
    )


def _check_size(image: torch.Tensor) -> None:
    if not is_tracing() and max(image.shape[2:]) <= _DIVISOR:
        expected = f"a side above {_DIVISOR} voxels: instance norm needs more than one voxel in the coarsest map"
        raise InputError("image", expected=expected, got=str(tuple(image.shape)))


def _rescale(image: torch.Tensor, factor: float) -> torch.Tensor:
    return functional.interpolate(image, scale_factor=factor, mode="trilinear", align_corners=False)


def _enlarge_to(coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
    """Repeat voxels up to the size of ``fine``: its gradient, unlike that of interpolation, repeats exactly on GPUs."""
    return functional.interpolate(coarse, size=fine.shape[2:], mode="nearest")


def _mean_of_blocks(image: torch.Tensor, side: int) -> torch.Tensor:
    """Average over blocks of side^3 voxels, as sums in a fixed order (pooling's gradient differs between GPU runs)."""
    batch, channels, k, j, i = image.shape
    blocks = image.reshape(batch, channels, k // side, side, j // side, side, i // side, side)
    return blocks.mean(dim=(3, 5, 7))
