"""Intervals by drawing cases, and readers, again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError

__all__ = ["Resampling", "crossed_mean_interval", "interval_over_cases"]

_LEAST = 100


@dataclass(frozen=True)
class Resampling:
    """How intervals come about: ``resamples`` (>= 100) draws, ``level`` (0.5 to 0.9999) of the interval, ``seed``."""

    resamples: int = 2000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if self.resamples < _LEAST:
            raise InputError("resamples", expected=f"a whole number from {_LEAST}", got=str(self.resamples))
        check_range(self.level, 0.5, 0.9999, "level")
        if self.seed < 0:
            raise InputError("seed", expected="a whole number from 0", got=str(self.seed))


def crossed_mean_interval(values: np.ndarray, draws: Resampling | None = None) -> tuple[float, float]:
    """Give the percentile interval of a mean over readers and cases, both drawn again with replacement.

    Parameters
    ----------
    values : ndarray, shape (readers, cases)
        NaN where a reader has no answer. Without an answer both ends are NaN.
    draws : Resampling, optional
        A single reader, or a single case, is kept and only the other drawn.

    References
    ----------
    .. [1] Owen, The pigeonhole bootstrap, Annals of Applied Statistics 1, 386-411, 2007.
    """
    draws = draws or Resampling()
    there = np.isfinite(values)
    if not there.any():
        return float("nan"), float("nan")
    filled = np.where(there, values, 0.0)
    generator = np.random.default_rng(draws.seed)
    readers, cases = (_weights(count, draws.resamples, generator) for count in values.shape)
    sums = np.einsum("br,rc,bc->b", readers, filled, cases, optimize=True)
    counts = np.einsum("br,rc,bc->b", readers, there.astype(np.float64), cases, optimize=True)
    with np.errstate(invalid="ignore"):
        return _percentiles(sums / counts, draws.level)


def interval_over_cases(
    statistic: Callable[[np.ndarray], float], cases: int, draws: Resampling | None = None
) -> tuple[float, float]:
    """Give the percentile interval of a statistic of case indices, drawn again with replacement.

    Draws that leave the statistic undefined (NaN) are left out; without a case, or where all are, both ends are NaN.
    """
    draws = draws or Resampling()
    if cases < 1:
        return float("nan"), float("nan")
    generator = np.random.default_rng(draws.seed)
    drawn = [statistic(generator.integers(cases, size=cases)) for _ in range(draws.resamples)]
    return _percentiles(np.array(drawn), draws.level)


def _weights(count: int, resamples: int, generator: np.random.Generator) -> np.ndarray:
    if count == 1:
        return np.ones((resamples, 1))
    return generator.multinomial(count, np.full(count, 1.0 / count), size=resamples).astype(np.float64)


def _percentiles(drawn: np.ndarray, level: float) -> tuple[float, float]:
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
