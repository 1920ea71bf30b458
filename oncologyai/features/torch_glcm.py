"""Voxel-wise co-occurrence features by torch, for a graphics card, in double precision.

Features are means over the pairs of neighbours in a window, of which each knows the share of pairs that are like it: of
the same levels, sum, difference, row or column. Counts are whole numbers until they are divided, so that a window of
one level gives what the loops of the processor give. Definitions are those of ``glcm``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from oncologyai.features.glcm import ORDER
from oncologyai.features.torch_windows import flat_tensor, in_batches, weight_alike, windows_around
from oncologyai.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["torch_glcm_map"]

_EPSILON = float(np.spacing(1.0))  # as in ``glcm``: keeps logarithms finite
_LEAST = 1e-300  # in place of a sum of 0, whose quotients are not used
_SQUARINGS = 26  # m = 2**26 leaves at most (rows - 1) / (e m) of the value, for singular values 1 / m apart


def torch_glcm_map(
    codes: np.ndarray,
    places: np.ndarray,
    reach: np.ndarray,
    values: np.ndarray,
    *,
    highest: int,
    angles: np.ndarray,
    weights: np.ndarray,
    symmetrical: bool,
    with_mcc: bool,
    place: str,
    progress: Progress,
) -> np.ndarray:
    """Give the co-occurrence features of the voxels around each place, shape (n, 24).

    Parameters
    ----------
    codes, places, reach, values, highest, angles, weights, symmetrical, with_mcc
        As ``glcm_map`` takes them.
    place : str
        Where torch computes, by its name.
    progress : Progress
        Asked between batches whether to go on.
    """
    import torch

    windows = windows_around(codes, places, reach, place)
    pairs = torch.from_numpy(_pairs(windows.steps, angles)).to(place)
    levels = flat_tensor(np.concatenate([[0.0], values]), place)
    weighting = flat_tensor(weights, place)[:, None] if weights.size else None
    most = min(values.size, len(windows.steps))  # levels in a window
    cost = len(angles) * (8 * pairs.shape[2] + max(most**2, min(2 * highest + 1, (2 * pairs.shape[2]) ** 2)))

    def of(part: slice) -> Tensor:
        around = torch.nn.functional.pad(windows.read(part, windows.codes), (0, 1))
        found = _Pairs.of(around, levels, pairs, weighting, symmetrical=symmetrical)
        features = _glcm(found, highest)
        if with_mcc:
            column = _mcc(found) if values.size > 1 else torch.ones_like(found.total)
            features[..., ORDER.index("MCC")] = column
        used = (found.total > 0).to(torch.float64)
        return (features * used[..., None]).nan_to_num(0.0).sum(1) / used.sum(1)[:, None]

    return in_batches(len(places), cost, len(ORDER), of, progress)


def _pairs(steps: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Give the voxels of a window that lie in each direction of another, shape (2, directions, pairs).

    Directions with fewer pairs are filled up with a place behind the window's last, where nothing is.
    """
    rows = {tuple(step): row for row, step in enumerate(steps.tolist())}
    listed = []
    for angle in angles.tolist():
        ends = [rows.get(tuple(a + b for a, b in zip(step, angle, strict=True))) for step in rows]
        listed.append([(row, end) for row, end in enumerate(ends) if end is not None])
    found = np.full((2, len(listed), max(1, *map(len, listed))), len(steps), dtype=np.int64)
    for row, pairs in enumerate(listed):
        for column, pair in enumerate(pairs):
            found[:, row, column] = pair
    return found


@dataclass(frozen=True, eq=False)
class _Pairs:
    """The pairs of neighbours in windows, a row a matrix, shape (windows, matrices, pairs).

    Parameters
    ----------
    i, j : Tensor
        Levels of both voxels.
    row, column : Tensor, int64
        The same counted from 0 in each window.
    size : int
        Rows of the largest matrix, at least 2.
    weight : Tensor
        0 where there is no such pair.
    total : Tensor, shape (windows, matrices)
    """

    i: Tensor
    j: Tensor
    row: Tensor
    column: Tensor
    size: int
    weight: Tensor
    total: Tensor

    @classmethod
    def of(
        cls, around: Tensor, levels: Tensor, pairs: Tensor, weighting: Tensor | None, *, symmetrical: bool
    ) -> _Pairs:
        """List the pairs of each direction, or of all together where directions have weights."""
        import torch

        at, to = pairs
        if symmetrical:
            at, to = torch.cat((at, to), -1), torch.cat((to, at), -1)
        here, there = around[:, at], around[:, to]
        weight = ((here > 0) & (there > 0)).to(torch.float64)
        ranks = _ranks(around)
        parts = [levels[here], levels[there], ranks[:, at], ranks[:, to], weight]
        if weighting is not None:
            parts = [part.flatten(1)[:, None] for part in (*parts[:4], weight * weighting)]
        size = max(2, int(ranks.max()) + 1)
        return cls(parts[0], parts[1], parts[2], parts[3], size, parts[4], parts[4].sum(-1))

    def mean(self, of: Tensor) -> Tensor:
        """Average over pairs; the sum is divided, not the parts, so that a mean of equal whole numbers is exact."""
        return (self.weight * of).sum(-1) / self.total.clamp(min=_LEAST)

    def count(self, key: Tensor, size: int) -> Tensor:
        """Give the weight of the pairs of each key below ``size``, shape (windows, matrices, size)."""
        return self.weight.new_zeros((*self.total.shape, size)).scatter_add_(-1, key, self.weight)

    def alike(self, key: Tensor, size: int) -> Tensor:
        """Give for each pair the share of pairs with the same key, a whole number below ``size``."""
        return weight_alike(key, self.weight, size) / self.total.clamp(min=_LEAST)[..., None]


def _ranks(around: Tensor) -> Tensor:
    """Number the levels of each window from 0 on; places where nothing is share the number of the lowest."""
    ordered, at = around.sort(-1)
    new = (ordered[:, 1:] != ordered[:, :-1]) & (ordered[:, :-1] > 0)
    ranks = around.new_zeros(around.shape)
    ranks[:, 1:] = new.cumsum(-1)
    return around.new_zeros(around.shape).scatter_(-1, at, ranks)


def _glcm(pairs: _Pairs, highest: int) -> Tensor:
    """Give the features of each matrix, in the order of ``ORDER``, shape (windows, matrices, 24); MCC stays 0."""
    import torch

    gap, both = (pairs.i - pairs.j).abs(), pairs.i + pairs.j
    mean_i, mean_j = pairs.mean(pairs.i), pairs.mean(pairs.j)
    away_i, away_j = pairs.i - mean_i[..., None], pairs.j - mean_j[..., None]
    spread_i, width = pairs.mean(away_i**2), (pairs.mean(away_i**2) * pairs.mean(away_j**2)).sqrt()
    flat_i, flat_j = _is_flat(pairs.i, pairs.weight), _is_flat(pairs.j, pairs.weight)
    difference = pairs.mean(gap)
    joint = pairs.alike(pairs.row * pairs.size + pairs.column, pairs.size**2)
    entropy = _entropy(pairs, joint)
    first, second = _information(pairs, entropy)
    values = {
        "Autocorrelation": pairs.mean(pairs.i * pairs.j),
        "JointAverage": mean_i,
        "ClusterProminence": pairs.mean((away_i + away_j) ** 4),
        "ClusterShade": pairs.mean((away_i + away_j) ** 3),
        "ClusterTendency": pairs.mean((away_i + away_j) ** 2),
        "Contrast": pairs.mean(gap**2),
        "Correlation": torch.where(flat_i | flat_j, 1.0, pairs.mean(away_i * away_j) / (width + _EPSILON)),
        "DifferenceAverage": difference,
        "DifferenceEntropy": _entropy(pairs, pairs.alike(gap.long(), highest + 1)),
        "DifferenceVariance": pairs.mean((gap - difference[..., None]) ** 2),
        "JointEnergy": pairs.mean(joint),
        "JointEntropy": entropy,
        "Imc1": torch.where(flat_i & flat_j, 0.0, first),
        "Imc2": torch.where(flat_i & flat_j, 0.0, second),
        "Idm": pairs.mean(1.0 / (1.0 + gap**2)),
        "Idmn": pairs.mean(1.0 / (1.0 + gap**2 / float(highest) ** 2)),
        "Id": pairs.mean(1.0 / (1.0 + gap)),
        "Idn": pairs.mean(1.0 / (1.0 + gap / float(highest))),
        "InverseVariance": pairs.mean(torch.where(gap > 0, gap.clamp(min=1.0) ** -2, 0.0)),
        "MaximumProbability": torch.where(pairs.weight > 0, joint, 0.0).amax(-1),
        "SumAverage": pairs.mean(both),
        "SumEntropy": _entropy(pairs, pairs.alike(both.long(), 2 * highest + 1)),
        "SumSquares": spread_i,
    }
    return torch.stack([values.get(name, torch.zeros_like(entropy)) for name in ORDER], -1)


def _entropy(pairs: _Pairs, share: Tensor) -> Tensor:
    return -pairs.mean((share + _EPSILON).log2())


def _is_flat(level: Tensor, weight: Tensor) -> Tensor:
    """Tell where all pairs have one level."""
    import torch

    least = torch.where(weight > 0, level, torch.inf).amin(-1)
    return least >= torch.where(weight > 0, level, -torch.inf).amax(-1)


def _information(pairs: _Pairs, entropy: Tensor) -> tuple[Tensor, Tensor]:
    """Give both measures of information; where nothing is shared the sum over all cells is one over rows and columns.

    The epsilon in each of its logarithms adds, to first order, epsilon / ln 2 a cell.
    """
    rows, columns = pairs.alike(pairs.row, pairs.size), pairs.alike(pairs.column, pairs.size)
    width = _entropy(pairs, rows).maximum(_entropy(pairs, columns))
    crossed = _entropy(pairs, rows * columns)
    cells = pairs.mean(1.0 / rows.clamp(min=_LEAST)) * pairs.mean(1.0 / columns.clamp(min=_LEAST))
    expected = -pairs.mean((rows * columns).clamp(min=_LEAST).log2()) - cells * (_EPSILON / math.log(2.0))
    gained = (expected - entropy).clamp(min=0.0)
    return (entropy - crossed) / width, (1.0 - (-2.0 * gained).exp()).sqrt()


def _mcc(pairs: _Pairs) -> Tensor:
    """Give the second singular value of the shares over the roots of both margins, as ``glcm`` has it.

    The first is 1, and its vectors are the roots of the margins: they are taken away, and the largest is left. A power
    of its square, by squaring, weighs the directions in which to measure it. Batched eigenvalues would do too, but not
    on every card and version alike.
    """
    counts = pairs.count(pairs.row * pairs.size + pairs.column, pairs.size**2).unflatten(-1, (pairs.size, pairs.size))
    roots = (counts.sum(-1)[..., :, None] * counts.sum(-2)[..., None, :]).sqrt()
    rest = counts / roots.clamp(min=_LEAST) - roots / pairs.total.clamp(min=_LEAST)[..., None, None]
    square = rest @ rest.mT
    power = _of_trace_one(square)
    for _ in range(_SQUARINGS):
        power = _of_trace_one(power @ power)
    return (square * power).sum((-1, -2)).clamp(min=0.0).sqrt()


def _of_trace_one(matrices: Tensor) -> Tensor:
    return matrices / matrices.diagonal(dim1=-2, dim2=-1).sum(-1).clamp(min=_LEAST)[..., None, None]
