"""Voxel-wise first-order features by torch, for a graphics card, in double precision, defined as in ``firstorder``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oncologyai.features.firstorder import ORDER
from oncologyai.features.torch_windows import flat_tensor, in_batches, weight_alike, windows_around
from oncologyai.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["torch_firstorder_map"]

_EPSILON = float(np.spacing(1.0))  # as in ``firstorder``: keeps logarithms finite


def torch_firstorder_map(
    codes: np.ndarray,
    places: np.ndarray,
    reach: np.ndarray,
    image: np.ndarray,
    *,
    shift: float,
    voxel_mm3: float,
    place: str,
    progress: Progress,
) -> np.ndarray:
    """Give the first-order features of the values around each place, shape (n, 19).

    Parameters
    ----------
    codes, places, reach, image
        As ``firstorder_map`` takes them.
    shift, voxel_mm3 : float
    place : str
        Where torch computes, by its name.
    progress : Progress
        Asked between batches whether to go on.
    """
    windows = windows_around(codes, places, reach, place)
    values = flat_tensor(image, place)
    size, levels = len(windows.offsets), int(codes.max()) + 1

    def of(part: slice) -> Tensor:
        around = windows.read(part, windows.codes)
        alike = weight_alike(around, (around > 0).to(values.dtype), levels)
        return _firstorder(around > 0, windows.read(part, values), alike, shift=shift, voxel_mm3=voxel_mm3)

    return in_batches(len(places), 8 * size + min(levels, size**2), len(ORDER), of, progress)


def _firstorder(inside: Tensor, values: Tensor, alike: Tensor, *, shift: float, voxel_mm3: float) -> Tensor:
    """Give the features of each window, in the order of ``ORDER``, shape (windows, 19).

    ``alike`` is the number of voxels of the window that have each voxel's level.
    """
    import torch

    number = inside.sum(-1, keepdim=True)
    ordered = torch.where(inside, values, torch.inf).sort(-1).values
    here = torch.arange(ordered.shape[-1], device=ordered.device) < number
    ordered = torch.where(here, ordered, 0.0)

    def mean(of: Tensor, among: Tensor = here) -> Tensor:
        return torch.where(among, of, 0.0).sum(-1, keepdim=True) / among.sum(-1, keepdim=True)

    p10, p25, median, p75, p90 = (_percentile(ordered, number, share) for share in (0.1, 0.25, 0.5, 0.75, 0.9))
    least, most = ordered[:, :1], ordered.gather(-1, number - 1)
    average = mean(ordered)
    away = ordered - average
    variance = mean(away**2)
    flat = most <= least
    between = here & (ordered >= p10) & (ordered <= p90)
    energy = mean((ordered + shift) ** 2) * number
    share = alike / number
    found = {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": -mean((share + _EPSILON).log2(), inside),
        "InterquartileRange": p75 - p25,
        "Kurtosis": torch.where(flat, 0.0, mean(away**4) / variance**2),
        "Maximum": most,
        "MeanAbsoluteDeviation": mean(away.abs()),
        "Mean": average,
        "Median": median,
        "Minimum": least,
        "Range": most - least,
        "RobustMeanAbsoluteDeviation": mean((ordered - mean(ordered, between)).abs(), between),
        "RootMeanSquared": (energy / number).sqrt(),
        "Skewness": torch.where(flat, 0.0, mean(away**3) / variance**1.5),
        "StandardDeviation": variance.sqrt(),
        "TotalEnergy": energy * voxel_mm3,
        "Uniformity": mean(share, inside),
        "Variance": variance,
    }
    return torch.cat([found[name] for name in ORDER], -1)


def _percentile(ordered: Tensor, number: Tensor, share: float) -> Tensor:
    """Give a percentile of the first ``number`` values, which ascend, between two of them by proportion."""
    import torch

    spot = share * (number - 1).to(ordered.dtype)
    below = spot.floor().long()
    above = (below + 1).minimum(number - 1)
    low, high = ordered.gather(-1, below), ordered.gather(-1, above)
    rest = spot - below
    return torch.where(rest < 0.5, low + (high - low) * rest, high - (high - low) * (1.0 - rest))
