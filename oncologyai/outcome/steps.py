"""Steps of chains: imputation, scaling, filters. Each learns from training patients alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.metrics import spearman_matrix
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.univariate import univariate_cox

__all__ = [
    "Correlation",
    "Filled",
    "Impute",
    "Scaled",
    "Screen",
    "Selected",
    "Standardise",
    "Variance",
    "univariate_strength",
]


@dataclass(frozen=True, eq=False)
class Selected:
    """A step that keeps some features, by name."""

    kept: tuple[str, ...]
    given: int

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Keep them."""
        place = {name: n for n, name in enumerate(data.names)}
        return data.columns([place[name] for name in self.kept])

    def told(self) -> Mapping[str, Any]:
        """Say how many stayed, and which."""
        return {"given": self.given, "kept": list(self.kept)}


def _keep(data: OutcomeData, chosen: Sequence[int] | np.ndarray) -> Selected:
    return Selected(tuple(data.names[int(n)] for n in chosen), len(data.names))


@dataclass(frozen=True, eq=False)
class Filled:
    """What imputation learned: a value a feature."""

    values: np.ndarray
    missing: int

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Fill what is missing."""
        return data.with_x(np.where(np.isnan(data.x), self.values, data.x))

    def told(self) -> Mapping[str, Any]:
        """Say how much was missing in training."""
        return {"missing_in_training": self.missing}


@dataclass(frozen=True)
class Impute:
    """Missing values become the training patients' median; features that are missing for all of them are 0."""

    name: str = "imputation by the median"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Filled:
        """Learn the medians."""
        empty = np.isnan(data.x).all(axis=0)
        values = np.zeros(len(data.names))
        values[~empty] = np.nanmedian(data.x[:, ~empty], axis=0)
        return Filled(values, int(np.isnan(data.x).sum()))


@dataclass(frozen=True, eq=False)
class Scaled:
    """What scaling learned: a shift and a scale a feature."""

    shift: np.ndarray
    scale: np.ndarray
    names: tuple[str, ...]

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Scale."""
        return data.with_x((data.x - self.shift) / self.scale)

    def told(self) -> Mapping[str, Any]:
        """Say the means and deviations."""
        return {"mean": self.shift.tolist(), "sd": self.scale.tolist(), "features": list(self.names)}


@dataclass(frozen=True)
class Standardise:
    """Z-scores by the training patients' mean and deviation (n - 1); constant features are only shifted."""

    name: str = "z-score"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Scaled:
        """Learn means and deviations."""
        scale = data.x.std(axis=0, ddof=1) if len(data) > 1 else np.ones(len(data.names))
        return Scaled(data.x.mean(axis=0), np.where(scale > 0, scale, 1.0), data.names)


@dataclass(frozen=True)
class Variance:
    """Features whose variance is at most ``least`` in training go; meant before scaling, after it all have 1."""

    least: float = 0.0
    name: str = "variance filter"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Selected:
        """Learn which features vary."""
        return _keep(data, np.flatnonzero(data.x.var(axis=0) > self.least))


@dataclass(frozen=True)
class Correlation:
    """Of two features whose Spearman correlation exceeds ``limit`` one goes.

    Parameters
    ----------
    limit : float
        Of the absolute correlation.
    keep : {'strength', 'first', 'apart'}
        Which of the two stays: the one that says more of the outcome by itself (ch. 3), the one that stands first, or
        the one whose mean absolute correlation with all others is smaller (ch. 4).
    """

    limit: float = 0.85
    keep: str = "strength"
    name: str = "correlation filter"

    def __post_init__(self) -> None:
        check_range(self.limit, 0.0, 1.0, "limit")
        check_choice(self.keep, ("apart", "first", "strength"), "keep")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Selected:
        """Learn which features stand for others."""
        order = np.arange(len(data.names))
        if self.keep == "strength":
            order = np.argsort(-univariate_strength(data), kind="stable")
        matrix = np.abs(np.nan_to_num(spearman_matrix(data.x)))
        if self.keep == "apart":
            order = np.argsort(matrix.mean(axis=1), kind="stable")
        free = np.ones(len(order), dtype=bool)
        kept = []
        for n in order:
            if free[n]:
                kept.append(int(n))
                free &= matrix[n] <= self.limit
        return _keep(data, sorted(kept))


@dataclass(frozen=True)
class Screen:
    """Features stay whose own p is at most ``limit`` (likelihood ratio in Cox's model, or Mann-Whitney)."""

    limit: float = 0.2
    least: int = 1
    name: str = "univariate screen"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Selected:
        """Learn which features have something to say; ``least`` stay in any case, those of the smallest p."""
        p = _p_values(data)
        order = np.argsort(p, kind="stable")
        count = max(int((p <= self.limit).sum()), min(self.least, len(order)))
        return _keep(data, sorted(int(n) for n in order[:count]))


def univariate_strength(data: OutcomeData) -> np.ndarray:
    """Give how far each feature by itself parts the outcomes: C or AUC, its distance from 0.5, (p,).

    Raises
    ------
    InputError
        If values are missing.
    """
    if np.isnan(data.x).any():
        raise InputError("features", expected="no missing values here", got="some", remedy="impute before")
    return np.asarray(np.abs(_strength[data.is_survival](data) - 0.5))


def _auc_columns(data: OutcomeData) -> np.ndarray:
    from scipy import stats

    positive = data.labels == 1
    count, rest = int(positive.sum()), int((~positive).sum())
    if not count or not rest:
        raise InputError("outcome", expected="both classes in training", got="one")
    ranks = stats.rankdata(data.x, axis=0)[positive].sum(axis=0)
    return np.asarray((ranks - count * (count + 1) / 2) / (count * rest))


def _c_columns(data: OutcomeData) -> np.ndarray:
    """Give Harrell's C of every column, ties half."""
    follow_up, x = data.follow_up, data.x
    follow_up.require()
    agreed, pairs = np.zeros(x.shape[1]), 0
    for n in np.flatnonzero(follow_up.happened):
        later = (follow_up.times > follow_up.times[n]) | ((follow_up.times == follow_up.times[n]) & ~follow_up.happened)
        others = x[later]
        agreed += (others < x[n]).sum(axis=0) + 0.5 * (others == x[n]).sum(axis=0)
        pairs += int(later.sum())
    return agreed / max(pairs, 1)


_strength: dict[bool, Callable[[OutcomeData], np.ndarray]] = {True: _c_columns, False: _auc_columns}


def _p_values(data: OutcomeData) -> np.ndarray:
    if data.is_survival:
        return np.nan_to_num(univariate_cox(data.x, data.follow_up).p, nan=1.0)
    from scipy import stats

    positive = data.labels == 1
    varies = np.ptp(data.x, axis=0) > 0
    p = np.ones(len(data.names))
    if varies.any():
        p[varies] = stats.mannwhitneyu(data.x[positive][:, varies], data.x[~positive][:, varies], axis=0).pvalue
    return p
