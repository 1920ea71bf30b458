"""Sine position codes: what a flattened feature map forgets, where each voxel was."""

from __future__ import annotations

import math

import torch

from oncologyai.errors import InputError

__all__ = ["sine_position_code"]

_BASE = 10_000.0  # Vaswani et al. 2017, section 3.5; Co-ReTr, the text after equation 3


def sine_position_code(features: torch.Tensor) -> torch.Tensor:
    """Give every voxel of a feature map a code of its place.

    Parameters
    ----------
    features : Tensor, shape (batch, channel, k, j, i)
        Only its size, device and dtype matter. ``channel`` is a multiple of 6: a third for each axis, in pairs.

    Returns
    -------
    Tensor, shape (k * j * i, channel), dtype of ``features``
        Channels in the order of the axes k, j, i. Within an axis's third, of C/3 channels,
        channel 2m is sin(pos v) and channel 2m + 1 is cos(pos v), with v = 10000^(-2m / (C/3)) and pos the voxel's
        index on that axis, from 0. An empty map gives an empty code.

    Raises
    ------
    InputError
        If the channels cannot be shared out among three axes in pairs.

    References
    ----------
    .. [1] Kunkyab et al., J Appl Clin Med Phys 25:e14297 (2024), equations 2 and 3.
    .. [2] Xie et al., CoTr, MICCAI 2021, section 2.2.
    """
    channels, size = features.shape[1], features.shape[2:]
    check_position_channels(int(channels))
    thirds = [_axis_code(length, int(channels) // 3, features) for length in size]
    spread = (
        thirds[0][:, None, None].expand(*size, -1),
        thirds[1][None, :, None].expand(*size, -1),
        thirds[2][None, None, :].expand(*size, -1),
    )
    return torch.cat(spread, dim=-1).flatten(0, 2).to(features.dtype)


def check_position_channels(channels: int) -> None:
    """Raise InputError unless ``channels`` is a positive multiple of 6."""
    if channels < 6 or channels % 6:
        raise InputError("channels", expected="a multiple of 6 (sine and cosine on three axes)", got=str(channels))


def _axis_code(length: int, channels: int, like: torch.Tensor) -> torch.Tensor:
    """Code of the indices 0 to length - 1 on one axis: (length, channels), float32."""
    position = torch.arange(length, device=like.device, dtype=torch.float32)
    even = torch.arange(0, channels, 2, device=like.device, dtype=torch.float32)
    angle = position[:, None] * torch.exp(even * (-math.log(_BASE) / channels))
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)
