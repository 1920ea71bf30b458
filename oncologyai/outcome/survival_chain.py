"""The chain of ch. 3 from features to a prognostic index."""

from __future__ import annotations

from oncologyai.outcome.chain import Chain, Step
from oncologyai.outcome.event_allowance import EventAllowance
from oncologyai.outcome.predictors import CoxRegression
from oncologyai.outcome.steps import Correlation, Impute, Screen, Standardise, Variance

__all__ = ["survival_chain"]

_RIDGE = 0.01  # times the events: where the likelihood has no maximum


def survival_chain(
    *,
    screen: float | None = 0.2,
    correlation: float | None = 0.85,
    alpha: float | None = 0.2,
    events_per_feature: float | None = 5.0,
) -> Chain:
    """Give the chain: univariate screen, z-score, Spearman filter, Cox's model with fast backward elimination.

    Ch. 3 prints p up to 0.2 for the screen, 0.85 for the filter and 0.2 for the elimination. It does not say how 95
    patients carry a Cox model of all radiomics features that are left before the elimination; here the strongest
    go in, one for so many events, and a weak ridge is used (and told) where the likelihood has no maximum.

    Parameters
    ----------
    screen, correlation, alpha : float, optional
        None leaves the part out.
    events_per_feature : float, optional
        Training events for each feature that enters Cox's model; None lets all in.
    """
    steps: list[Step] = [Impute(), Variance()]
    steps += [] if screen is None else [Screen(screen)]
    steps += [Standardise()]
    steps += [] if correlation is None else [Correlation(correlation)]
    steps += [] if events_per_feature is None else [EventAllowance(events_per_feature)]
    return Chain("survival chain", tuple(steps), CoxRegression(alpha=alpha, fallback=_RIDGE))
