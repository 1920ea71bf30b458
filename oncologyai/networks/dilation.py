"""Hybrid dilation: which rates leave holes in what a voxel sees.

Source: Wang et al. 2018, 'Understanding convolution for semantic segmentation', section 3.2, which the
DenseHighRes3DNet paper follows (section 3.2, 'Gridding effect').
"""

from __future__ import annotations

from collections.abc import Sequence

from oncologyai.errors import InputError

__all__ = ["check_no_gridding", "reach"]


def reach(rates: Sequence[int], kernel: int = 3) -> tuple[int, ...]:
    """Give the offsets along one axis that a chain of dilated convolutions sees, in order.

    Parameters
    ----------
    rates : sequence of int, >= 1
        A dilation a convolution; their order does not matter. An empty chain sees the voxel itself.
    kernel : int
        Odd size of all kernels.

    Returns
    -------
    tuple of int
        From ``-(kernel // 2) * sum(rates)`` to its opposite; what is missing between is a hole (gridding).
    """
    seen = {0}
    for rate in rates:
        taps = range(-(kernel // 2) * rate, (kernel // 2) * rate + 1, rate)
        seen = {offset + tap for offset in seen for tap in taps}
    return tuple(sorted(seen))


def check_no_gridding(rates: Sequence[int], argument: str, kernel: int = 3) -> None:
    """Raise InputError unless the chain of ``rates`` sees every offset of its receptive field."""
    if not rates or min(rates) < 1:
        raise InputError(argument, expected="dilations of 1 or more", got=str(tuple(rates)))
    seen = reach(rates, kernel)
    holes = seen[-1] - seen[0] + 1 - len(seen)
    if holes:
        remedy = "begin with 1 and grow slowly, as 1, 2, 5 or 1, 3, 5"
        raise InputError(argument, expected="dilations without gridding", got=f"{tuple(rates)}", remedy=remedy)
