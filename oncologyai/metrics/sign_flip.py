"""An exact two-sided test of whole-number differences against none."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from oncologyai.errors import InputError

__all__ = ["sign_flip_test"]

_MOST = 1_000_000_000  # sum of sizes times number: the exact distribution then takes seconds


def sign_flip_test(differences: ArrayLike) -> float:
    """Give the exact probability of a sum as far from 0 as this one, were the sign of each difference a coin's toss.

    Parameters
    ----------
    differences : array_like of whole numbers, shape (n,)
        One a case: answers for one method less answers for the other. Differences of 0 say nothing and are left
        out; without others the probability is 1. For differences of 1 and -1 this is the two-sided binomial (sign)
        test.

    Raises
    ------
    InputError
        If a difference is not a whole number, or all are too large together (their sizes' sum times their number
        above 1e9).

    Notes
    -----
    The distribution is built by convolution, so nothing is drawn at random.

    References
    ----------
    .. [1] Fisher, The Design of Experiments, 1935, section 21 (the test); Pagano and Tritchler, Journal of the
       American Statistical Association 78, 435-440, 1983 (exact distributions in polynomial time).
    """
    values = np.asarray(differences, dtype=np.float64).ravel()
    if not np.array_equal(values, np.round(values)):
        raise InputError("differences", expected="whole numbers", got="others")
    sizes = np.abs(values[values != 0]).astype(np.int64)
    if sizes.size == 0:
        return 1.0
    total, seen = int(sizes.sum()), abs(int(values.sum()))
    work = total * sizes.size
    if work > _MOST:
        raise InputError("differences", expected=f"sum of sizes times number up to {_MOST}", got=str(work))
    share = np.zeros(total + 1)  # of sign patterns whose positive differences sum up to the index
    share[0] = 1.0
    for size in sizes:
        share[size:] = (share[size:] + share[:-size]) / 2
        share[:size] /= 2
    sums = 2 * np.arange(total + 1) - total
    return float(min(share[np.abs(sums) >= seen].sum(), 1.0))
