"""How well a risk parts who has the event by a time from who has not, where other events may come first.

Without competing events these are Uno's C and Hung and Chiang's area (``concordance``, ``prediction_error``).
"""

from __future__ import annotations

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.outcome.censoring import censoring_survival
from oncologyai.outcome.concordance import Concordance, weighted_concordance
from oncologyai.outcome.subjects import FollowUp

__all__ = ["competing_auc", "competing_c"]


def competing_c(
    risk: np.ndarray,
    follow_up: FollowUp,
    horizon: float,
    *,
    strata: np.ndarray | None = None,
    level: float = 0.95,
) -> Concordance:
    """Give the C of an event with others competing (Wolbers et al., Biostatistics 2014;15:526).

    Of the pairs of a patient who has the event before the horizon and one who has not had it by then: because he is
    followed longer, or because another event came first, which makes this one impossible. Pairs are weighted by the
    inverse of the chance of not being censored, estimated from these patients; the interval takes it as known.

    Parameters
    ----------
    risk : ndarray (n,), finite
        Greater values mean that the event is likelier or earlier.
    follow_up : FollowUp
        1 the event, 2 and more the others.
    horizon : float, > 0
        Days.
    strata : ndarray (n,), optional
        Only pairs of one stratum are compared.
    level : float
        Of the interval.

    Raises
    ------
    InputError
        If a risk is missing or there is no pair.
    """
    check_positive(horizon, "horizon", "days")
    t, event = follow_up.times, follow_up.happened
    cases = np.flatnonzero(event & (t < horizon))
    inverse = _inverse(follow_up)
    later = (t[None] > t[cases, None]) | ((t[None] == t[cases, None]) & (follow_up.events == 0)[None])
    gone = (follow_up.events > 1)[None] & (t[None] <= t[cases, None])
    weight = np.where(gone, inverse[None], np.where(later, inverse[cases, None], 0.0)) * inverse[cases, None]
    return weighted_concordance(risk, cases, weight, strata=strata, level=level)


def competing_auc(
    risk: np.ndarray,
    follow_up: FollowUp,
    horizon: float,
    *,
    strata: np.ndarray | None = None,
    level: float = 0.95,
) -> Concordance:
    """Give the area under the ROC curve of 'the event by the horizon' against all others, with its interval.

    Who had another event by then is a control (the second definition of Blanche et al., Stat Med 2013;32:5381). Weights
    as in ``competing_c``.

    Parameters
    ----------
    risk, follow_up, horizon, strata, level
        As in ``competing_c``.

    Raises
    ------
    InputError
        As ``competing_c``; also if nobody is followed beyond the horizon.
    """
    check_positive(horizon, "horizon", "days")
    t, event = follow_up.times, follow_up.happened
    if not (t > horizon).any():
        raise InputError("horizon", expected=f"days before {t.max(initial=0.0):g}, the last seen", got=f"{horizon:g}")
    cases = np.flatnonzero(event & (t <= horizon))
    inverse = _inverse(follow_up)
    beyond = 1.0 / max(float(censoring_survival(follow_up).at(np.array([horizon]))[0]), 1e-12)
    other = (follow_up.events > 1) & (t <= horizon)
    control = np.where(other, inverse, np.where(t > horizon, beyond, 0.0))
    return weighted_concordance(risk, cases, inverse[cases, None] * control[None], strata=strata, level=level)


def _inverse(follow_up: FollowUp) -> np.ndarray:
    """Give the inverse of the chance of not being censored by each patient's time; 0 where it is 0."""
    chance = censoring_survival(follow_up).at(follow_up.times)
    return np.where(chance > 0, 1.0 / np.where(chance > 0, chance, 1.0), 0.0)
