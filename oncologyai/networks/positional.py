"""Sine position codes: what a flattened feature map forgets, where each voxel was."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from oncologyai.errors import InputError

__all__ = ["check_position_channels", "sine_position_code"]

_BASE = 10_000.0  # Vaswani et al. 2017, section 3.5; Co-ReTr, the text after equation 3


def sine_position_code(size: Sequence[int], channels: int, *, device: torch.device | str = "cpu") -> torch.Tensor:
    """Give every voxel of a feature map a code of its place.

    Parameters
    ----------
    size : (k, j, i)
        Voxels of the map; an axis of none gives an empty code.
    channels : int
        Of the map, a multiple of 6: a third for each axis, in pairs.
    device : torch.device or str
        Where the code is made.

    Returns
    -------
    Tensor, shape (k * j * i, channels), float32
        Channels in the order of the axes k, j, i. Within an axis's third, of C/3 channels,
        channel 2m is sin(pos v) and channel 2m + 1 is cos(pos v), with v = 10000^(-2m / (C/3)) and pos the voxel's
        index on that axis, from 0.

    Raises
    ------
    InputError
        If the channels cannot be shared out among three axes in pairs.

    References
    ----------
    .. [1] Kunkyab et al., J Appl Clin Med Phys 25:e14297 (2024), equations 2 and 3.
    .. [2] Xie et al., CoTr, MICCAI 2021.
    """
    check_position_channels(channels)
    k, j, i = (_axis_code(length, channels // 3, device) for length in size)
    spread = (k[:, None, None], j[None, :, None], i[None, None, :])
    return torch.cat([code.expand(*size, -1) for code in spread], dim=-1).flatten(0, 2)


def check_position_channels(channels: int) -> None:
    """Raise InputError unless ``channels`` is a positive multiple of 6."""
    if channels < 6 or channels % 6:
        raise InputError("channels", expected="a multiple of 6 (sine and cosine on three axes)", got=str(channels))


def _axis_code(length: int, channels: int, device: torch.device | str) -> torch.Tensor:
    """Code of the indices 0 to length - 1 on one axis: (length, channels), float32."""
    position = torch.arange(length, device=device, dtype=torch.float32)
    even = torch.arange(0, channels, 2, device=device, dtype=torch.float32)
    angle = position[:, None] * torch.exp(even * (-math.log(_BASE) / channels))
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)
