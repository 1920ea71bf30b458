"""How sure Cox's model is of survival at a time: its baseline and its coefficients together."""

from __future__ import annotations

import math

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.outcome.cox import CoxModel
from oncologyai.outcome.subjects import FollowUp

__all__ = ["hazard_covariance"]


def hazard_covariance(
    model: CoxModel, covariates: np.ndarray, follow_up: FollowUp, horizon: float
) -> tuple[float, np.ndarray]:
    """Give the log of the cumulative baseline hazard at a time, and its covariance with the coefficients.

    With z a patient's covariates less the model's means, ``log(-log S)`` is the first number plus ``z @ coefficients``
    and its variance is ``[1, z] @ covariance @ [1, z]``: Tsiatis' estimate with Efron's ties, as ``survfit`` of R's
    survival gives the standard error of the cumulative hazard (Therneau and Grambsch, 2000, 10.2).

    Parameters
    ----------
    model : CoxModel
    covariates : ndarray (n, p)
        Of the patients that the model was fitted on.
    follow_up : FollowUp
    horizon : float, > 0
        Days; at least one event has happened by then.

    Returns
    -------
    log_hazard : float
    covariance : ndarray, shape (p + 1, p + 1)
        Of the log hazard, then the coefficients.

    Raises
    ------
    InputError
        If nobody had the event by then, or the horizon is after the last time.
    """
    check_positive(horizon, "horizon_days", "days")
    if horizon > follow_up.times.max():
        got = f"{horizon:g} days"
        raise InputError("horizon_days", expected=f"at most {follow_up.times.max():g}, the longest follow-up", got=got)
    z = np.asarray(covariates, dtype=np.float64) - model.means
    weight = np.exp(z @ model.coefficients)
    hazard, variance, pull = 0.0, 0.0, np.zeros(z.shape[1])
    happened = follow_up.happened
    for time in np.unique(follow_up.times[happened & (follow_up.times <= horizon)]):
        risk = follow_up.times >= time
        tied = happened & (follow_up.times == time)
        total, total_tied = weight[risk].sum(), weight[tied].sum()
        sums, sums_tied = weight[risk] @ z[risk], weight[tied] @ z[tied]
        count = int(tied.sum())
        for done in range(count):
            share = done / count
            left = total - share * total_tied
            hazard += 1.0 / left
            variance += 1.0 / left**2
            pull += (sums - share * sums_tied) / left**2
    if not hazard:
        raise InputError("horizon_days", expected="a time by which the event has happened", got=f"{horizon:g} days")
    pull = pull / hazard
    across = -model.covariance @ pull
    first = variance / hazard**2 + float(pull @ model.covariance @ pull)
    return math.log(hazard), np.block([[np.array([[first]]), across[None]], [across[:, None], model.covariance]])
