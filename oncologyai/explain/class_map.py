"""Class maps of networks that end in pooling, global average and two layers: from the last maps alone, without torch.

The head's gradient is known in closed form, so one pass of an exported network gives probabilities and maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError

__all__ = ["CamMethod", "PooledHead", "class_map"]

CamMethod = Literal["grad-cam", "grad-cam++", "hirescam"]


@dataclass(frozen=True, eq=False)
class PooledHead:
    """What follows the last maps: pooling 2x2 by the largest, global average, a layer with ReLU, a layer of logits.

    Parameters
    ----------
    hidden_weight, hidden_bias : ndarray, shapes (h, c) and (h,)
    last_weight, last_bias : ndarray, shapes (classes, h) and (classes,)
    """

    hidden_weight: np.ndarray
    hidden_bias: np.ndarray
    last_weight: np.ndarray
    last_bias: np.ndarray

    def __post_init__(self) -> None:
        h, classes = self.hidden_weight.shape[:1], self.last_weight.shape[:1]
        if self.hidden_bias.shape != h or self.last_bias.shape != classes or self.last_weight.shape[1:] != h:
            shapes = [v.shape for v in vars(self).values()]
            raise InputError("head", expected="(h, c), (h,), (classes, h), (classes,)", got=str(shapes))

    def logits(self, maps: np.ndarray) -> np.ndarray:
        """Give the logits (classes,) of last maps (c, j, i)."""
        found: np.ndarray = self.last_weight @ np.maximum(self._before_relu(maps), 0.0) + self.last_bias
        return found

    def probabilities(self, maps: np.ndarray) -> np.ndarray:
        """Give the softmax (classes,) of the logits."""
        logits = self.logits(maps).astype(np.float64)
        powers = np.exp(logits - logits.max())
        found: np.ndarray = powers / powers.sum()
        return found

    def channel_weights(self, maps: np.ndarray, target: int) -> np.ndarray:
        """Give the logit's gradient (c,) with respect to each map's global average."""
        open_units = self._before_relu(maps) > 0.0
        found: np.ndarray = (self.last_weight[target] * open_units) @ self.hidden_weight
        return found

    def _before_relu(self, maps: np.ndarray) -> np.ndarray:
        if maps.ndim != 3 or maps.shape[0] != self.hidden_weight.shape[1] or maps.shape[1] % 2 or maps.shape[2] % 2:
            expected = f"({self.hidden_weight.shape[1]}, j, i), j and i even"
            raise InputError("maps", expected=expected, got=f"shape {maps.shape}")
        average = _blocks(maps).max(axis=-1).mean(axis=(1, 2))
        found: np.ndarray = self.hidden_weight @ average + self.hidden_bias
        return found


def class_map(
    maps: np.ndarray, head: PooledHead, *, target: int, method: CamMethod = "grad-cam", rectified: bool = True
) -> np.ndarray:
    """Give where in the last maps a class comes from.

    Parameters
    ----------
    maps : ndarray, shape (c, j, i)
        The last convolution's maps after its ReLU, j and i even.
    head : PooledHead
        What follows them.
    target : int
        The class.
    method : {'grad-cam', 'grad-cam++', 'hirescam'}
        Selvaraju et al. 2017; Chattopadhay et al. 2018, of exp(logit), whose higher derivatives are powers of the first
        where the head is straight; Draelos and Carin 2020.
    rectified : bool
        Whether what speaks against the class is cut at 0, as published, or kept as negative values.

    Returns
    -------
    ndarray, shape (j, i), float32
        Not scaled; where rectified, 0 where nothing speaks for the class.

    Raises
    ------
    InputError
        If shapes do not fit, there is no such class, or the method is unknown.
    """
    check_choice(method, get_args(CamMethod), "method")
    if not 0 <= target < head.last_bias.size:
        raise InputError("target", expected=f"a class from 0 to {head.last_bias.size - 1}", got=str(target))
    weights = head.channel_weights(maps, target)
    places = maps[0].size // 4  # that the pooling leaves
    if method == "grad-cam":  # each place that the pooling takes has the gradient w / places, one of four has it
        summed = np.tensordot(weights / (4.0 * places), maps, axes=1)
    else:
        gradient = _routed(maps) * (weights / places)[:, None, None]
        if method == "hirescam":
            summed = (gradient * maps).sum(axis=0)
        else:
            summed = np.tensordot(_plus_weights(maps, gradient), maps, axes=1)
    return (np.maximum(summed, 0.0) if rectified else summed).astype(np.float32)


def _plus_weights(maps: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    squares, cubes = gradient**2, gradient**3
    below = 2.0 * squares + maps.sum(axis=(1, 2), keepdims=True) * cubes
    share = np.divide(squares, below, out=np.zeros_like(squares), where=np.abs(below) > 1e-30)
    found: np.ndarray = (share * np.maximum(gradient, 0.0)).sum(axis=(1, 2))
    return found


def _blocks(maps: np.ndarray) -> np.ndarray:
    """Give the values that each place of the pooling chooses from, (c, j / 2, i / 2, 4), row by row."""
    c, j, i = maps.shape
    return maps.reshape(c, j // 2, 2, i // 2, 2).transpose(0, 1, 3, 2, 4).reshape(c, j // 2, i // 2, 4)


def _routed(maps: np.ndarray) -> np.ndarray:
    """Give 1 where the pooling took its value from, the first of equal ones, else 0."""
    c, j, i = maps.shape
    chosen = np.eye(4)[_blocks(maps).argmax(axis=-1)]
    return chosen.reshape(c, j // 2, i // 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(c, j, i)
