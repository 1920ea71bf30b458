"""What a sought cut of risk costs: its C, less what seeking it in the same patients added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.concordance import harrell_c
from oncologyai.outcome.risk_groups import best_cut
from oncologyai.outcome.subjects import FollowUp

__all__ = ["CutOptimism", "cut_optimism"]

_FEWEST_DRAWS = 19  # of permutations in each bootstrap, whose p is not used


@dataclass(frozen=True)
class CutOptimism:
    """A sought cut with its price.

    Attributes
    ----------
    cut : float
    c : float
        Of the two groups in the patients in whom the cut was sought, the worse one taken for the high risk: from 0.5.
    optimism : float
        Mean of C in each bootstrap sample by its own cut and direction, less that of the same in the patients.
    c_corrected : float
        What may be reported.
    p, p_corrected : float
        Of ``best_cut``: as if the cut had been given, and by permutation.
    draws : int
        Bootstrap samples in which a cut could be found.
    """

    cut: float
    c: float
    optimism: float
    c_corrected: float
    p: float
    p_corrected: float
    draws: int


def cut_optimism(
    risk: np.ndarray,
    follow_up: FollowUp,
    rng: np.random.Generator,
    *,
    least_share: float = 0.1,
    draws: int = 200,
    permutations: int = 1000,
) -> CutOptimism:
    """Seek the best cut, and again in bootstrap samples of the patients (Harrell, Lee and Mark, Stat Med 1996;15:361).

    Parameters
    ----------
    risk : ndarray (n,), finite
    follow_up : FollowUp
    rng : Generator
    least_share : float
        Each group holds at least this share of the patients.
    draws : int
        Bootstrap samples.
    permutations : int
        For the corrected p.

    Raises
    ------
    InputError
        As ``best_cut``, or if no sample allows a cut.
    """
    check_range(draws, 10, 100_000, "draws")
    x = np.asarray(risk, dtype=np.float64)
    found = best_cut(x, follow_up, rng, least_share=least_share, draws=permutations)
    apparent = _c(x > found.cut, follow_up)
    apparent = max(apparent, 1.0 - apparent)
    gained = []
    for _ in range(draws):
        sample = rng.integers(len(x), size=len(x))
        drawn = follow_up.of(sample)
        try:
            cut = best_cut(x[sample], drawn, rng, least_share=least_share, draws=_FEWEST_DRAWS).cut
            own, here = _c(x[sample] > cut, drawn), _c(x > cut, follow_up)
            gained.append(own - here if own >= 0.5 else here - own)
        except InputError:
            continue  # nobody with the event was drawn, or one risk alone
    if not gained:
        raise InputError("risk", expected="bootstrap samples that allow a cut", got="none")
    optimism = float(np.mean(gained))
    return CutOptimism(found.cut, apparent, optimism, apparent - optimism, found.p, found.p_corrected, len(gained))


def _c(high: np.ndarray, follow_up: FollowUp) -> float:
    return harrell_c(high.astype(np.float64), follow_up).value
