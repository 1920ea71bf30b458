"""The chain of ch. 4: variance, correlation, recursive elimination, boosted trees; of lesions or of patients.

Keek, Beuque et al., Frontiers in Oncology 2022;12:920393, section 2.4. Which features go in, radiomics, those of a
network or clinical ones, is what the model is given (``sources``). Rows that are lesions stay with their patients in
every fold; ``patient_maximum`` brings what was judged to patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.outcome.chain import Chain, FittedChain, Step
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import leaking_chain
from oncologyai.outcome.miss_forest import MissForest
from oncologyai.outcome.recursive_elimination import RecursiveElimination
from oncologyai.outcome.steps import Correlation, Standardise, Variance
from oncologyai.outcome.tuned_trees import TunedTrees

__all__ = ["RadiationEffectsChain"]


@dataclass(frozen=True)
class RadiationEffectsChain:
    """What ch. 4 does with tables, everything inside the training patients.

    Missing values by MissForest; features of a variance below ``variance`` go, before scaling; of two features whose
    Spearman correlation exceeds ``correlation`` the one that is more correlated with all others goes; recursive
    elimination leaves at most ``features``; boosted trees, classes weighted, tuned on a grid.

    Parameters
    ----------
    variance, correlation : float
    features : int
    rounds : int
        Trees of the elimination's models.
    inner_folds : int
        Of elimination and tuning.
    workers : int
        Threads; the numbers do not depend on them.
    """

    variance: float = 0.01
    correlation: float = 0.85
    features: int = 20
    rounds: int = 60
    inner_folds: int = 3
    workers: int = 1
    name: str = "radiation-effects"

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedChain:
        """Learn all of it from these patients and no others; raises as the parts do."""
        steps: tuple[Step, ...] = (MissForest(), Variance(self.variance), Standardise(), *self._after())
        return Chain(self.name, steps, self._trees).fit(data, rng)

    def as_published(self, data: OutcomeData, rng: np.random.Generator) -> tuple[Chain, OutcomeData]:
        """Give the chain in the chapter's order, with all it chooses learned from everybody, and the data it changed.

        Scaling comes before the variance, which makes that filter void. The chapter confines only the z-scores to
        training, in words, and picks by the area on its test set; this form takes both at their worst, so its figure
        is the most that such a leak can flatter: filters, elimination and settings have seen who is judged.
        """
        steps: tuple[Step, ...] = (MissForest(), Standardise(), Variance(self.variance), *self._after())
        chain, changed = leaking_chain(Chain(self.name, steps, self._trees), data, rng)
        found = self._trees.find(changed, rng)
        return Chain(f"{self.name} (leaking: as published)", chain.steps, found.model), changed

    def _after(self) -> tuple[Step, ...]:
        elimination = RecursiveElimination(
            self.rounds, most=self.features, count=self.inner_folds, workers=self.workers
        )
        return Correlation(self.correlation, keep="apart"), elimination

    @property
    def _trees(self) -> TunedTrees:
        return TunedTrees(count=self.inner_folds, workers=self.workers)
