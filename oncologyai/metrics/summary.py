"""What a column of numbers looks like: median and quartiles, mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["Summary", "summarise"]


class Summary(NamedTuple):
    """``n`` counts numbers, ``infinite`` those of them that are infinite; see ``summarise`` for the rest."""

    n: int
    infinite: int
    mean: float
    sd: float
    q1: float
    median: float
    q3: float
    iqr: float
    minimum: float
    maximum: float


def summarise(values: Sequence[float]) -> Summary:
    """Summarise numbers; NaN are missing and left out.

    Quartiles are interpolated linearly between order statistics (numpy's default). An infinite value, such as the
    distance to an empty mask, counts as the largest of all in median and quartiles, so that a missed lesion is not
    forgotten; mean and standard deviation (n - 1 in the denominator) are of the finite values alone. What is not
    defined, such as the deviation of a single value, is NaN; no value at all gives ``n`` 0 and NaN.
    """
    numbers = np.asarray(values, dtype=np.float64)
    ordered = np.sort(numbers[~np.isnan(numbers)])
    finite = ordered[np.isfinite(ordered)]
    q1, median, q3 = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    return Summary(
        n=len(ordered),
        infinite=len(ordered) - len(finite),
        mean=float(finite.mean()) if len(finite) else math.nan,
        sd=float(finite.std(ddof=1)) if len(finite) > 1 else math.nan,
        q1=q1,
        median=median,
        q3=q3,
        iqr=q3 - q1 if math.isfinite(q1) else math.nan,
        minimum=float(ordered[0]) if len(ordered) else math.nan,
        maximum=float(ordered[-1]) if len(ordered) else math.nan,
    )


def _quantile(ordered: np.ndarray, share: float) -> float:
    """Interpolate as numpy does, also where a neighbour is infinite."""
    if not len(ordered):
        return math.nan
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    if place == low or ordered[low] == ordered[low + 1]:
        return float(ordered[low])
    return float(ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low))
