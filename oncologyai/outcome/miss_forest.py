"""Missing values foretold by forests from the other features, learned from training patients.

MissForest: Stekhoven DJ, Bühlmann P. MissForest: non-parametric missing value imputation for mixed-type data.
Bioinformatics 2012;28:112-118. What is ours: the forests of the last round are kept, so that new patients are filled
by them and by nothing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from oncologyai._checks import check_range
from oncologyai._optional import import_optional
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.draws import draw_seed

__all__ = ["FilledByForests", "MissForest"]

_INSTALL = "pip install 'oncologyai[stats]'"


class _Forest(NamedTuple):
    """A forest that foretells one feature from some of the others; ``learner`` is scikit-learn's."""

    feature: int
    others: np.ndarray
    learner: Any

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self.learner.predict(x[:, self.others]), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class FilledByForests:
    """What MissForest learned.

    Attributes
    ----------
    start : ndarray (p,)
        The training patients' mean, or the most frequent code; what stays where there is no forest.
    forests : tuple of _Forest
        One for each feature that had gaps in training, those of fewest gaps first.
    rounds : int
        How often they were gone through.
    missing : mapping of str to int
        Gaps in training, by feature.
    """

    start: np.ndarray
    forests: tuple[_Forest, ...]
    rounds: int
    missing: Mapping[str, int]

    def apply(self, data: OutcomeData) -> OutcomeData:
        """Fill the gaps of patients; a feature that had none in training gets its mean or most frequent code."""
        gaps = np.isnan(data.x)
        x = np.where(gaps, self.start, data.x)
        needed = [forest for forest in self.forests if gaps[:, forest.feature].any()]
        for _ in range(self.rounds if needed else 0):
            for forest in needed:
                rows = gaps[:, forest.feature]
                x[rows, forest.feature] = forest.predict(x[rows])
        return data.with_x(x)

    def told(self) -> Mapping[str, Any]:
        """Say how many gaps there were, and how long it took."""
        return {"missing_in_training": dict(self.missing), "rounds": self.rounds}


@dataclass(frozen=True)
class MissForest:
    """Each feature with gaps is foretold by a forest from the others, round after round until nothing gets closer.

    Columns of at most ``codes`` different whole numbers are codes and get the most likely one, others a mean.

    Parameters
    ----------
    trees, rounds : int
        Of a forest, and at most.
    codes : int
    predictors : int
        A forest sees at most so many of the others, drawn at random: a thousand that tell the same make it slow.
    """

    trees: int = 50
    rounds: int = 5
    codes: int = 10
    predictors: int = 100
    name: str = "MissForest"

    def __post_init__(self) -> None:
        check_range(self.trees, 1, 10_000, "trees")
        check_range(self.rounds, 1, 1000, "rounds")
        check_range(self.predictors, 1, 1_000_000, "predictors")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FilledByForests:
        """Learn from training patients; a feature that is missing for all of them becomes 0."""
        gaps = np.isnan(data.x)
        counts = gaps.sum(axis=0)
        coded = np.array([_is_coded(data.x[~gaps[:, n], n], self.codes) for n in range(len(data.names))], dtype=bool)
        start = np.array([_usual(data.x[~gaps[:, n], n], coded[n]) for n in range(len(data.names))])
        missing = {data.names[n]: int(counts[n]) for n in np.flatnonzero(counts)}
        order = [int(n) for n in np.argsort(counts, kind="stable") if 0 < counts[n] < len(data)]
        others = [self._others(n, counts == len(data), rng) for n in order]
        order, others = [n for n, o in zip(order, others, strict=True) if len(o)], [o for o in others if len(o)]
        if not order:
            return FilledByForests(start, (), 0, missing)
        import_optional("sklearn", feature="MissForest", install=_INSTALL)
        seeds = [draw_seed(rng) for _ in order]
        x = np.where(gaps, start, data.x)
        kept: tuple[_Forest, ...] = ()
        change, rounds = (np.inf, np.inf), 0
        for _ in range(self.rounds):
            new = x.copy()
            forests = []
            for n, seen, seed in zip(order, others, seeds, strict=True):
                forest = self._grown(new, gaps, n, seen, coded[n], seed)
                new[gaps[:, n], n] = forest.predict(new[gaps[:, n]])
                forests.append(forest)
            moved = _change(new, x, gaps, coded, order)
            if rounds and all(a >= b for a, b in zip(moved, change, strict=True)):
                break  # the criterion of the paper: both kinds move farther than in the round before
            kept, x, change, rounds = tuple(forests), new, moved, rounds + 1
        return FilledByForests(start, kept, rounds, missing)

    def _others(self, feature: int, empty: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        usable = np.flatnonzero(~empty)
        usable = usable[usable != feature]
        if len(usable) > self.predictors:
            usable = np.sort(rng.choice(usable, self.predictors, replace=False))
        return usable

    def _grown(
        self, x: np.ndarray, gaps: np.ndarray, feature: int, others: np.ndarray, coded: bool, seed: int
    ) -> _Forest:
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        kind = RandomForestClassifier if coded else RandomForestRegressor
        rows = ~gaps[:, feature]
        learner = kind(self.trees, max_features="sqrt", random_state=seed, n_jobs=1)
        return _Forest(feature, others, learner.fit(x[rows][:, others], x[rows, feature]))


def _is_coded(values: np.ndarray, most: int) -> bool:
    different = np.unique(values)
    return bool(len(different) <= most and (different == np.round(different)).all())


def _usual(values: np.ndarray, coded: bool) -> float:
    if not len(values):
        return 0.0
    if not coded:
        return float(values.mean())
    different, counts = np.unique(values, return_counts=True)
    return float(different[counts.argmax()])


def _change(
    new: np.ndarray, old: np.ndarray, gaps: np.ndarray, coded: np.ndarray, filled: Sequence[int]
) -> tuple[float, float]:
    """Give how far a round moved: squared numbers relative to their size, and the share of codes; 0 without any."""
    numbers, codes = (np.zeros_like(gaps) for _ in range(2))
    for n in filled:
        (codes if coded[n] else numbers)[:, n] = gaps[:, n]
    size = float((new[numbers] ** 2).sum())
    moved = float(((new[numbers] - old[numbers]) ** 2).sum()) / size if size else 0.0
    return moved, float((new[codes] != old[codes]).mean()) if codes.any() else 0.0
