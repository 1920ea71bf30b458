"""The features that many random forests part by most (ch. 3: a thousand forests, sizes and depths drawn at random)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.draws import draw_seed, run_draws
from oncologyai.outcome.forest import grow_forest, importances
from oncologyai.outcome.steps import Selected

__all__ = ["ForestImportance", "Ranked"]


@dataclass(frozen=True, eq=False)
class Ranked(Selected):
    """Features that were kept, and what speaks for each: its rank's measure, in the order of ``kept``."""

    worth: tuple[float, ...]

    def told(self) -> Mapping[str, Any]:
        """Say which stayed and what each is worth."""
        return {**super().told(), "worth": list(self.worth)}


@dataclass(frozen=True)
class ForestImportance:
    """The features of the greatest importance, summed over forests, stay.

    Parameters
    ----------
    draws : int
        Forests.
    most : int
        Features that stay; where there are no more than these, all stay and no forest is grown.
    least_trees, most_trees, least_depth, most_depth : int
        Between which each forest's number of trees and levels are drawn (ch. 3: 20 to 300, 2 to 6).
    workers : int
        Threads; the numbers do not depend on them.
    """

    draws: int = 1000
    most: int = 20
    least_trees: int = 20
    most_trees: int = 300
    least_depth: int = 2
    most_depth: int = 6
    workers: int = 1
    name: str = "forest importance"

    def __post_init__(self) -> None:
        check_range(self.draws, 1, 1_000_000, "draws")
        check_range(self.most, 1, 1_000_000, "most")
        check_range(self.least_trees, 1, self.most_trees, "least_trees")
        check_range(self.least_depth, 1, self.most_depth, "least_depth")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Ranked:
        """Learn which features forests part these patients by; InputError where a class is missing."""
        data.require_classes()
        given, seed = len(data.names), draw_seed(rng)
        if given <= self.most:
            return Ranked(data.names, given, (0.0,) * given)
        x = np.asarray(data.x, dtype=np.float32)

        def forest(_: int, draw: np.random.Generator) -> np.ndarray:
            trees = int(draw.integers(self.least_trees, self.most_trees, endpoint=True))
            depth = int(draw.integers(self.least_depth, self.most_depth, endpoint=True))
            booster = grow_forest(x, data.labels, trees=trees, depth=depth, seed=draw_seed(draw))
            return importances(booster, given)

        total = np.mean(run_draws(forest, self.draws, seed=seed, workers=self.workers), axis=0)
        chosen = sorted(int(n) for n in np.argsort(-total, kind="stable")[: self.most])
        return Ranked(tuple(data.names[n] for n in chosen), given, tuple(float(total[n]) for n in chosen))
