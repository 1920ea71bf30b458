"""Fast backward elimination from a fitted Cox model."""

from __future__ import annotations

import numpy as np
from scipy import stats

from oncologyai._checks import check_range
from oncologyai.outcome.cox import CoxModel

__all__ = ["backward_elimination"]


def backward_elimination(model: CoxModel, *, alpha: float = 0.2) -> tuple[int, ...]:
    """Give the covariates that stay, by their index.

    One at a time the covariate of the greatest p is left out until all have a p below ``alpha``. The model is not
    fitted again at each step: the others' coefficients move as the full model's covariance says (Lawless and Singhal,
    Biometrics 1978;34:318, the method of ``fastbw`` in R's rms).

    Raises
    ------
    InputError
        If ``alpha`` is not from 0 to 1.
    """
    check_range(alpha, 0.0, 1.0, "alpha")
    kept = list(range(len(model.coefficients)))
    beta, covariance = model.coefficients.copy(), model.covariance.copy()
    while kept:
        wald = beta**2 / np.diag(covariance)
        weakest = int(np.argmin(wald))
        if stats.chi2.sf(wald[weakest], 1) < alpha:
            break
        others = [n for n in range(len(kept)) if n != weakest]
        column = covariance[others, weakest]
        variance = covariance[weakest, weakest]
        beta = beta[others] - column * (beta[weakest] / variance)
        covariance = covariance[np.ix_(others, others)] - np.outer(column, column) / variance
        del kept[weakest]
    return tuple(kept)
