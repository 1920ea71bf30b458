"""Features left out one group after another, those of the least gain to boosted trees first (ch. 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.metrics import roc_auc
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Split, folds
from oncologyai.outcome.draws import draw_seed, run_draws
from oncologyai.outcome.forest import importances
from oncologyai.outcome.forest_importance import Ranked
from oncologyai.outcome.predictors import BoostedTrees

__all__ = ["Eliminated", "RecursiveElimination"]


@dataclass(frozen=True, eq=False)
class Eliminated(Ranked):
    """Features that were left; ``curve``: the mean area in inner folds, by the number of features."""

    curve: Mapping[int, float]

    def told(self) -> Mapping[str, Any]:
        """Say which stayed, what each is worth, and how the number was found."""
        return {**super().told(), "auc_by_features": {str(size): auc for size, auc in self.curve.items()}}


@dataclass(frozen=True)
class RecursiveElimination:
    """Recursive elimination with xgboost; how many features stay is what does best in folds within the patients.

    The chapter drops and adds features, and does not print how; here they are only dropped.

    Parameters
    ----------
    rounds, depth, rate : int, int, float
        Of the boosted trees.
    share : float
        Of the features that are left, how many go at once; at least one.
    most : int
        At most so many stay (ch. 4: 20 in its largest model).
    count : int
        Inner folds, by patients.
    workers : int
        Threads; the numbers do not depend on them.
    """

    rounds: int = 60
    depth: int = 3
    rate: float = 0.1
    share: float = 0.2
    most: int = 20
    count: int = 3
    workers: int = 1
    name: str = "recursive elimination"

    def __post_init__(self) -> None:
        check_range(self.share, 0.01, 0.9, "share")
        check_range(self.most, 1, 1_000_000, "most")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Eliminated:
        """Learn how many features stay, and which; InputError where a class has fewer patients than folds."""
        data.require_classes()
        given, seed, last = len(data.names), draw_seed(rng), draw_seed(rng)
        inner = folds(data, self.count, rng)
        sizes = self._sizes(given)
        paths = run_draws(
            lambda n, draw: self._areas(data, inner[n], sizes, draw), len(inner), seed=seed, workers=self.workers
        )
        means = np.mean(paths, axis=0)
        allowed = [n for n, size in enumerate(sizes) if size <= self.most]
        best = max(allowed, key=lambda n: (round(float(means[n]), 12), -sizes[n]))
        kept, worth = self._path(data, sizes[: best + 1], np.random.default_rng(last))[-1]
        order = np.argsort(kept)
        curve = {size: float(mean) for size, mean in zip(sizes, means, strict=True)}
        names = tuple(data.names[int(kept[n])] for n in order)
        return Eliminated(names, given, tuple(float(worth[n]) for n in order), curve)

    def _sizes(self, given: int) -> list[int]:
        """Give the numbers of features, falling to 1; ``most`` is among them where it is reached."""
        sizes = [given]
        while sizes[-1] > 1:
            after = sizes[-1] - max(1, int(sizes[-1] * self.share))
            sizes.append(self.most if after < self.most < sizes[-1] else after)
        return sizes

    def _path(
        self, data: OutcomeData, sizes: list[int], draw: np.random.Generator
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Give the features of each size, by index, and what each gains."""
        left, made = np.arange(len(data.names)), []
        for n in range(len(sizes)):
            gains = importances(self._trees.fit(data.columns(left), draw).booster, len(left))
            made.append((left, gains))
            if n + 1 < len(sizes):
                left = np.sort(left[np.argsort(-gains, kind="stable")[: sizes[n + 1]]])
        return made

    def _areas(self, data: OutcomeData, split: Split, sizes: list[int], draw: np.random.Generator) -> list[float]:
        learned, judged = data.rows(split.train), data.rows(split.test)
        areas = []
        for left, _ in self._path(learned, sizes, draw):
            chance = self._trees.fit(learned.columns(left), draw).predict(judged.columns(left))
            areas.append(roc_auc(judged.labels.astype(bool).tolist(), chance.tolist()))
        return areas

    @property
    def _trees(self) -> BoostedTrees:
        return BoostedTrees(self.rounds, self.depth, self.rate)
