"""A residual-encoder U-Net in nnU-Net's manner: the default for new models in 3D.

Source: Isensee et al. 2021 (nnU-Net: strides and kernels planned from spacing and patch, instance norm, leaky ReLU,
deep supervision) and Isensee et al. 2024 ('nnU-Net revisited': the residual encoder, its size M). Neither is one of
the papers reproduced here; ``docs/adr/0005-networks.md`` says what is taken and what is not.

Shapes, with widths n0, n1 .. and strides s0 = (1, 1, 1), s1 .. a stage::

    image         (b, c, k, j, i)
    stem          (b, n0, k/s0, j/s0, i/s0)           one convolution
    stage t       (b, nt, k/S, j/S, i/S)              S the product of the strides so far; residual blocks
    up t          (b, nt, ..)                         transposed convolution with the stage's stride as kernel
    merge t       (b, nt, ..)                         skip and up concatenated, convolutions
    logits        (b, m, k, j, i)                     1x1x1; where s0 is not 1, transposed with s0 as kernel

A first stride of 2 spares the layers at full size, where most of the time goes and few channels are held: an eighth of
the voxels for the whole network, each of which answers for eight (ours, not nnU-Net's).

A convolution is convolution, instance norm, leaky ReLU; weights begin as He's, biases at 0. A residual block
is two of them with the sum before the last activation; where it shrinks or widens, its shortcut is average pooling
and a 1x1x1 convolution with norm.
With ``deep_supervision`` the module gives, in training mode, a tuple: the full-size logits, then those of each further
decoder stage but the deepest, each at its own size. In evaluation mode it always gives the full-size logits alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import torch
from monai.networks.blocks.convolutions import Convolution
from torch import nn

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.networks.network import SegmentationNetwork

__all__ = ["ResEncUNet", "plan_stages"]

_Size = tuple[int, int, int]
_WIDTHS = (32, 64, 128, 256, 320, 320)  # Isensee 2021: doubled from 32, at most 320 in 3D
_BLOCKS = (1, 3, 4, 6, 6, 6)  # Isensee 2024, residual encoder
_SAME: _Size = (1, 1, 1)
_STRIDES: tuple[_Size, ...] = (_SAME, *[(2, 2, 2)] * 5)
_SMALLEST = 4  # voxels of the deepest stage's edge: Isensee 2021


def plan_stages(
    spacing_mm: Sequence[float], patch: Sequence[int], *, most: int = len(_WIDTHS)
) -> tuple[tuple[_Size, ...], tuple[_Size, ...]]:
    """Choose strides and kernels a stage from the voxel's shape and the patch.

    An axis is halved where the halved patch keeps 4 voxels and its spacing is below twice the finest of the axes that
    could be halved, so that thick slices wait until the plane has caught up. An axis takes kernels of 3 from the stage
    on at which its spacing is below twice the finest of all.

    Parameters
    ----------
    spacing_mm : sequence of 3 float, > 0
        In the order (k, j, i).
    patch : sequence of 3 int, >= 1
        In the order (k, j, i).
    most : int
        At most so many stages, the first included.

    Returns
    -------
    strides, kernels : tuple of (int, int, int)
        One a stage; the first stride is (1, 1, 1).

    Raises
    ------
    InputError
        If a number is missing or not above 0.
    """
    if len(spacing_mm) != 3 or len(patch) != 3:
        raise InputError("spacing_mm", expected="three numbers, as in patch", got=f"{len(spacing_mm)}, {len(patch)}")
    for name, values, unit in (("spacing_mm", spacing_mm, "mm"), ("patch", patch, "voxels")):
        for value in values:
            check_positive(value, name, unit)
    spacing, size = [float(v) for v in spacing_mm], [int(v) for v in patch]
    strides: list[_Size] = [(1, 1, 1)]
    kernels: list[_Size] = [_kernel(spacing, (1, 1, 1))]
    while len(strides) < most:
        large = [axis for axis in range(3) if size[axis] >= 2 * _SMALLEST]
        finest = min((spacing[axis] for axis in large), default=0.0)
        halved = [axis for axis in large if spacing[axis] < 2 * finest]
        if not halved:
            break
        stride = tuple(2 if axis in halved else 1 for axis in range(3))
        spacing = [length * step for length, step in zip(spacing, stride, strict=True)]
        size = [-(-count // step) for count, step in zip(size, stride, strict=True)]
        strides.append((stride[0], stride[1], stride[2]))
        kernels.append(_kernel(spacing, kernels[-1]))
    return tuple(strides), tuple(kernels)


def _kernel(spacing: Sequence[float], before: _Size) -> _Size:
    fine = [3 if length < 2 * min(spacing) else 1 for length in spacing]
    k, j, i = (max(new, old) for new, old in zip(fine, before, strict=True))
    return (k, j, i)


def _convolution(inputs: int, outputs: int, kernel: _Size, stride: _Size = (1, 1, 1), *, act: bool = True) -> nn.Module:
    return Convolution(
        3,
        inputs,
        outputs,
        strides=stride,
        kernel_size=kernel,
        norm=("instance", {"affine": True}),
        act=("leakyrelu", {"negative_slope": 0.01, "inplace": True}) if act else None,  # Isensee 2021
        adn_ordering="NA",
    )


class _ResidualBlock(nn.Module):
    """(b, n, k, j, i) to (b, m, k/s, j/s, i/s)."""

    def __init__(self, inputs: int, outputs: int, kernel: _Size, stride: _Size) -> None:
        super().__init__()
        self.first = _convolution(inputs, outputs, kernel, stride)
        self.second = _convolution(outputs, outputs, kernel, act=False)
        shortcut: list[nn.Module] = [nn.AvgPool3d(stride)] if max(stride) > 1 else []
        if inputs != outputs:
            shortcut.append(_convolution(inputs, outputs, (1, 1, 1), act=False))
        self.shortcut = nn.Sequential(*shortcut)
        self.activate = nn.LeakyReLU(0.01, inplace=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.activate(self.second(self.first(features)) + self.shortcut(features))


class ResEncUNet(SegmentationNetwork):
    """A 3D U-Net with a residual encoder and a plain decoder.

    Parameters
    ----------
    in_channels, out_channels : int
        Of the image and the logits.
    widths : sequence of int
        Channels a stage.
    blocks : sequence of int
        Residual blocks a stage, as many as ``widths``.
    strides, kernels : sequence of (int, int, int), optional
        One a stage; see :func:`plan_stages`, whose first stride is (1, 1, 1). None: strides of 2 after the first, and
        kernels of 3. With fewer entries than ``widths`` the network has fewer stages.
    decoder_convolutions : int, >= 1
        Convolutions a decoder stage.
    deep_supervision : bool
        Whether training mode gives the decoder's lower stages too.

    Raises
    ------
    InputError
        If lengths do not agree or a number is out of range.
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 1,
        *,
        widths: Sequence[int] = _WIDTHS,
        blocks: Sequence[int] = _BLOCKS,
        strides: Sequence[Sequence[int]] | None = None,
        kernels: Sequence[Sequence[int]] | None = None,
        decoder_convolutions: int = 1,
        deep_supervision: bool = False,
    ) -> None:
        steps = _sizes(strides if strides is not None else _STRIDES[: len(widths)], "strides")
        shapes = _sizes(kernels if kernels is not None else [(3, 3, 3)] * len(steps), "kernels")
        _check(widths, blocks, steps, shapes, decoder_convolutions)
        k, j, i = (prod(step[axis] for step in steps) for axis in range(3))
        super().__init__(3, in_channels, out_channels, (k, j, i))
        self.deep_supervision = deep_supervision
        widths = list(widths)[: len(steps)]
        self.stem = _convolution(in_channels, widths[0], shapes[0], steps[0])
        inputs = [widths[0], *widths[:-1]]
        self.stages = nn.ModuleList(
            _stage(n, m, count, shape, step)
            for n, m, count, shape, step in zip(inputs, widths, blocks, shapes, [_SAME, *steps[1:]], strict=False)
        )
        ways = list(zip(pairwise(widths), steps[1:], shapes[:-1], strict=True))[::-1]
        self.up = nn.ModuleList(nn.ConvTranspose3d(many, few, step, stride=step) for (few, many), step, _ in ways)
        self.merge = nn.ModuleList(_decoder(few, shape, decoder_convolutions) for (few, _), _, shape in ways)
        heads = widths[:-1][::-1]
        heads = heads[1:] if deep_supervision and len(heads) > 1 else heads[-1:]
        self.heads = nn.ModuleList(nn.Conv3d(few, out_channels, 1) for few in heads)
        if steps[0] != _SAME:
            self.heads[-1] = nn.ConvTranspose3d(heads[-1], out_channels, steps[0], stride=steps[0])
        self.apply(_initialise)

    def logits(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """(b, in_channels, k, j, i) to (b, out_channels, k, j, i), sizes multiples of ``multiple``."""
        skips: list[torch.Tensor] = []
        features = self.stem(image)
        for stage in self.stages:
            features = stage(features)
            skips.append(features)
        decoded = []
        for up, merge, skip in zip(self.up, self.merge, reversed(skips[:-1]), strict=True):
            features = merge(torch.cat((skip, up(features)), dim=1))
            decoded.append(features)
        if not (self.deep_supervision and self.training):
            return self.heads[-1](features)
        lower = decoded[-len(self.heads) :]
        results = [head(stage) for head, stage in zip(self.heads, lower, strict=True)]
        return tuple(reversed(results))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv3d | nn.ConvTranspose3d):
        nn.init.kaiming_normal_(module.weight, a=0.01)  # He, for leaky ReLU: Isensee 2021
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _stage(inputs: int, outputs: int, count: int, kernel: _Size, stride: _Size) -> nn.Sequential:
    blocks = [_ResidualBlock(inputs, outputs, kernel, stride)]
    blocks += [_ResidualBlock(outputs, outputs, kernel, (1, 1, 1)) for _ in range(count - 1)]
    return nn.Sequential(*blocks)


def _decoder(width: int, kernel: _Size, count: int) -> nn.Sequential:
    inputs = [2 * width] + [width] * (count - 1)
    return nn.Sequential(*(_convolution(n, width, kernel) for n in inputs))


def _sizes(values: Sequence[Sequence[int]], argument: str) -> tuple[_Size, ...]:
    for value in values:
        if len(value) != 3 or min(value) < 1:
            raise InputError(argument, expected="three numbers of 1 or more a stage", got=str(tuple(value)))
    return tuple((int(k), int(j), int(i)) for k, j, i in values)


def _check(
    widths: Sequence[int],
    blocks: Sequence[int],
    strides: Sequence[_Size],
    kernels: Sequence[_Size],
    decoder_convolutions: int,
) -> None:
    if len(strides) < 2:
        raise InputError("strides", expected="two stages or more", got=str(tuple(strides)))
    if len(kernels) != len(strides) or any(size % 2 == 0 for kernel in kernels for size in kernel):
        raise InputError("kernels", expected=f"{len(strides)} odd kernels, one a stride", got=str(tuple(kernels)))
    for name, values in (("widths", widths), ("blocks", blocks)):
        if len(values) < len(strides) or min(values) < 1:
            raise InputError(name, expected=f"{len(strides)} numbers of 1 or more, one a stage", got=str(tuple(values)))
    if decoder_convolutions < 1:
        raise InputError("decoder_convolutions", expected="1 or more", got=str(decoder_convolutions))
