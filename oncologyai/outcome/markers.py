"""The marker chain of ch. 3: correlation filter, z-score, forest importance, random search; honest and as published.

Verduin, Primakov et al., Cancers 2021;13(4):722, section 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.outcome.chain import Chain, FittedChain, Step
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import repeated_splits
from oncologyai.outcome.forest_importance import ForestImportance
from oncologyai.outcome.miss_forest import MissForest
from oncologyai.outcome.random_search import RandomSearch
from oncologyai.outcome.steps import Correlation, Standardise, Variance

__all__ = ["MarkerChain"]


@dataclass(frozen=True)
class MarkerChain:
    """A marker foretold from features: what ch. 3 does, with everything inside the training patients.

    Missing values are filled, constant features go; of two features whose Spearman correlation exceeds ``correlation``
    the one with the smaller univariate area goes; z-scores; the ``features`` of the greatest importance over
    ``forests`` forests; a random search of ``searches`` models an algorithm.

    Parameters
    ----------
    correlation : float
    forests, features : int
        Forests, and features that stay.
    searches, best, splits : int
        As ``RandomSearch`` has them.
    workers : int
        Threads; the numbers do not depend on them.
    """

    correlation: float = 0.85
    forests: int = 1000
    features: int = 20
    searches: int = 1000
    best: int = 5
    splits: int = 10
    workers: int = 1
    name: str = "markers"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedChain:
        """Learn all of it from these patients and no others; raises as the parts do."""
        return Chain(self.name, (*self._before(), self._importance), self._search).fit(data, rng)

    def as_published(self, data: OutcomeData, rng: np.random.Generator) -> tuple[Chain, OutcomeData]:
        """Give the chain as the chapter has it, which leaks, and the data that it has changed.

        The correlation filter with its univariate areas, and the z-scores, are learned from everybody before the
        split. The forests see 70 % of the patients, the models of the search are fitted on these and the best five
        picked on the other 30 %, the test set. These five are then judged on ten more splits of the same patients,
        with the features that were chosen before; the best stays. Whoever judges the chain that is given, on splits
        such as these, repeats the chapter's last step.
        """
        for step in self._before():
            data = step.fit(data, rng).apply(data)
        (first,) = repeated_splits(data, 1, rng, test_share=self._search.test_share)
        data = self._importance.fit(data.rows(first.train), rng).apply(data)
        found = self._search.find_in(data, first, rng)
        return Chain(f"{self.name} (leaking: as published)", (), found.model), data

    def _before(self) -> tuple[Step, ...]:
        return MissForest(), Variance(), Correlation(self.correlation), Standardise()

    @property
    def _importance(self) -> ForestImportance:
        return ForestImportance(self.forests, self.features, workers=self.workers)

    @property
    def _search(self) -> RandomSearch:
        return RandomSearch(self.searches, self.best, self.splits, workers=self.workers)
