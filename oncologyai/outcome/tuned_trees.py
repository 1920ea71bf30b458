"""Boosted trees whose settings are sought on a grid, in folds within the training patients."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from oncologyai._checks import check_range
from oncologyai.metrics import roc_auc
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import folds
from oncologyai.outcome.draws import draw_seed, run_draws
from oncologyai.outcome.predictors import BoostedTrees
from oncologyai.outcome.random_search import FittedSearch, Found, describe_models

__all__ = ["TunedTrees"]


@dataclass(frozen=True)
class TunedTrees:
    """Boosted trees of the grid's best mean area in inner folds; the chapter's grid is not at hand, so it is ours.

    Parameters
    ----------
    rounds, depths, rates : tuple
        Every combination is tried.
    count : int
        Inner folds, by patients.
    workers : int
        Threads; the numbers do not depend on them.
    """

    rounds: tuple[int, ...] = (50, 150)
    depths: tuple[int, ...] = (2, 3, 4)
    rates: tuple[float, ...] = (0.03, 0.1)
    count: int = 3
    workers: int = 1
    name: str = "boosted trees, tuned"

    def __post_init__(self) -> None:
        check_range(len(self.rounds) * len(self.depths) * len(self.rates), 1, 10_000, "combinations")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedSearch:
        """Tune and fit; InputError where a class has fewer patients than folds."""
        found = self.find(data, rng)
        return FittedSearch(found.model.fit(data, rng), found)

    def find(self, data: OutcomeData, rng: np.random.Generator) -> Found:
        """Tune among these patients; raises as ``fit``."""
        data.require_classes()
        seed, inner = draw_seed(rng), folds(data, self.count, rng)
        models = [BoostedTrees(n, depth, rate) for n, depth, rate in product(self.rounds, self.depths, self.rates)]
        parts = [(data.rows(split.train), data.rows(split.test)) for split in inner]

        def area(number: int, draw: np.random.Generator) -> float:
            learned, judged = parts[number % len(parts)]
            chance = models[number // len(parts)].fit(learned, draw).predict(judged)
            return roc_auc(judged.labels.astype(bool).tolist(), chance.tolist())

        areas = run_draws(area, len(models) * len(parts), seed=seed, workers=self.workers)
        means = np.asarray(areas).reshape(len(models), len(parts)).mean(axis=1)
        ranking = [int(n) for n in np.argsort(-means, kind="stable")]
        scores = tuple(float(means[n]) for n in ranking)
        return Found(models[ranking[0]], scores, describe_models([models[n] for n in ranking]))
