"""How far two ways of measuring one thing agree (Bland and Altman)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from oncologyai.errors import InputError
from oncologyai.metrics.intervals import Interval

__all__ = ["BlandAltman", "bland_altman"]


@dataclass(frozen=True, eq=False)
class BlandAltman:
    """``bias`` and both limits with their intervals; ``means`` and ``differences``, float64 (n,), for the plot."""

    n: int
    bias: Interval
    sd: float
    lower: Interval
    upper: Interval
    means: np.ndarray
    differences: np.ndarray


def bland_altman(reference: Sequence[float], measured: Sequence[float], *, level: float = 0.95) -> BlandAltman:
    """Give bias and limits of agreement of ``measured`` minus ``reference``.

    Parameters
    ----------
    reference, measured : sequence of float
        As many of each; pairs with a NaN or infinite value are left out.
    level : float
        Of the limits and of the intervals.

    Returns
    -------
    BlandAltman
        Limits are bias ± 1.96 standard deviations (at 0.95). The interval of the bias has the standard error
        s / sqrt(n), that of a limit s sqrt(1/n + 1.96² / (2 (n - 1))), both with Student's t of n - 1 degrees.
        What one pair or none cannot give is NaN.

    Raises
    ------
    InputError
        If there are not as many of each.

    References
    ----------
    .. [1] Bland JM, Altman DG. Measuring agreement in method comparison studies. Stat Methods Med Res
       1999;8:135-160, section 2.
    """
    a, b = np.asarray(reference, dtype=np.float64), np.asarray(measured, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise InputError("measured", expected=f"{a.size} numbers, one a reference", got=str(b.size))
    kept = np.isfinite(a) & np.isfinite(b)
    a, b = a[kept], b[kept]
    n, differences = len(a), b - a
    bias = float(differences.mean()) if n else math.nan
    if n < 2:
        one, none = Interval(bias, math.nan, math.nan), Interval(math.nan, math.nan, math.nan)
        return BlandAltman(n, one, math.nan, none, none, (a + b) / 2, differences)
    sd, z, half = float(differences.std(ddof=1)), float(norm.ppf((1 + level) / 2)), float(t.ppf((1 + level) / 2, n - 1))
    of_bias, of_limit = half * sd / math.sqrt(n), half * sd * math.sqrt(1 / n + z**2 / (2 * (n - 1)))
    lower, upper = bias - z * sd, bias + z * sd
    return BlandAltman(
        n,
        Interval(bias, bias - of_bias, bias + of_bias),
        sd,
        Interval(lower, lower - of_limit, lower + of_limit),
        Interval(upper, upper - of_limit, upper + of_limit),
        (a + b) / 2,
        differences,
    )
