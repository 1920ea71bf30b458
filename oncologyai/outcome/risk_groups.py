"""Groups of risk: cut at a quantile of training, or at the cut that parts best, which has to pay for its choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.subjects import FollowUp

__all__ = ["BestCut", "best_cut", "quantile_cut"]


@dataclass(frozen=True)
class BestCut:
    """The cut of the greatest statistic of log-rank scores, whose variance is that of permutations.

    Attributes
    ----------
    cut : float
        Greater values are at high risk.
    chi_square : float
    p : float
        As if the cut had been given: too small.
    p_corrected : float
        By permutation of the outcomes, the cut sought anew each time: what may be reported.
    """

    cut: float
    chi_square: float
    p: float
    p_corrected: float


def quantile_cut(training_risk: np.ndarray, quantile: float = 0.5) -> float:
    """Give the training patients' quantile: 0.5 the median, 0.75 as ch. 3 marks its high-risk group.

    Raises
    ------
    InputError
        If the quantile is not from 0 to 1 or there is no patient.
    """
    check_range(quantile, 0.0, 1.0, "quantile")
    risk = np.asarray(training_risk, dtype=np.float64)
    if not risk.size:
        raise InputError("training_risk", expected="at least one patient", got="none")
    return float(np.quantile(risk, quantile))


def best_cut(
    risk: np.ndarray, follow_up: FollowUp, rng: np.random.Generator, *, least_share: float = 0.1, draws: int = 1000
) -> BestCut:
    """Seek the cut that parts survival best, between the patients' own values.

    Parameters
    ----------
    risk : ndarray (n,), finite
        Of training patients.
    follow_up : FollowUp
    rng : Generator
        Of the permutations.
    least_share : float
        Each group holds at least this share of the patients.
    draws : int
        Permutations.

    Raises
    ------
    InputError
        If no cut leaves both groups large enough, or nobody has the event.
    """
    from scipy import stats

    check_range(least_share, 0.0, 0.5, "least_share")
    check_range(draws, 19, 1_000_000, "draws")
    follow_up.require()
    x = np.asarray(risk, dtype=np.float64)
    values = np.unique(x)
    cuts = (values[:-1] + values[1:]) / 2.0
    high = x[None] > cuts[:, None]
    share = high.mean(axis=1)
    allowed = (share >= least_share) & (share <= 1 - least_share)
    if not allowed.any():
        raise InputError("risk", expected="values that part the patients into two groups", got="too few different ones")
    cuts, groups = cuts[allowed], high[allowed].astype(np.float64)
    scores = _log_rank_scores(follow_up)
    found = _chi_squares(groups, scores)
    best = int(np.argmax(found))
    beaten = sum(
        float(_chi_squares(groups, rng.permutation(scores)).max()) >= found[best] - 1e-12 for _ in range(draws)
    )
    p = float(stats.chi2.sf(found[best], 1))
    return BestCut(float(cuts[best]), float(found[best]), p, (beaten + 1) / (draws + 1))


def _log_rank_scores(follow_up: FollowUp) -> np.ndarray:
    """Give each patient's log-rank score: the event less the cumulative hazard until his end."""
    t, event = follow_up.times, follow_up.happened
    times = np.unique(t[event])
    jump = np.array([np.count_nonzero(event & (t == u)) / np.count_nonzero(t >= u) for u in times])
    hazard = np.concatenate([[0.0], np.cumsum(jump)])[np.searchsorted(times, t, side="right")]
    return np.asarray(event.astype(np.float64) - hazard)


def _chi_squares(groups: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Give the permutation form of the log-rank statistic of every grouping, (m,)."""
    n = len(scores)
    size = groups.sum(axis=1)
    variance = scores.var() * size * (n - size) / (n - 1)
    return np.asarray((groups @ scores - size * scores.mean()) ** 2 / variance)
