"""Low and high risk by a cut of training: what was predicted of each group beside what happened to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.competing import Incidence, cumulative_incidence
from oncologyai.outcome.cox import fit_cox
from oncologyai.outcome.subjects import FollowUp
from oncologyai.outcome.survival import LogRank, SurvivalCurve, kaplan_meier, log_rank

__all__ = ["RiskGroup", "RiskStrata", "risk_strata"]

_Z = 1.959964


@dataclass(frozen=True, eq=False)
class RiskGroup:
    """One group.

    Attributes
    ----------
    n, events, competing : int
    predicted : ndarray (m,)
        Mean of its patients' predicted chances of the event by each time: their curves averaged, as ch. 3 does.
    observed : SurvivalCurve
        Kaplan and Meier's, other events ending the follow-up.
    incidence : Incidence, optional
        Aalen and Johansen's, where other events compete and the event happened.
    """

    n: int
    events: int
    competing: int
    predicted: np.ndarray
    observed: SurvivalCurve
    incidence: Incidence | None


@dataclass(frozen=True, eq=False)
class RiskStrata:
    """Both groups, and how far they part: log-rank test and Cox's hazard ratio of the event, others ending follow-up.

    NaN where a group is empty, or the event happened in one of them alone (hazard ratio).
    """

    rule: str
    times: np.ndarray
    low: RiskGroup
    high: RiskGroup
    log_rank: LogRank
    hazard_ratio: float
    ratio_low: float
    ratio_high: float


def risk_strata(
    rule: str, high: np.ndarray, follow_up: FollowUp, times: np.ndarray, incidence: np.ndarray
) -> RiskStrata:
    """Compare the groups.

    Parameters
    ----------
    rule : str
        How the cut was made.
    high : ndarray of bool (n,)
    follow_up : FollowUp
        Of patients who had no part in the cut.
    times : ndarray (m,)
    incidence : ndarray (n, m)
        Predicted chances of the event.

    Raises
    ------
    InputError
        If shapes differ.
    MissingDependencyError
        If lifelines is not installed.
    """
    if high.shape != (len(follow_up),) or incidence.shape != (len(follow_up), len(times)):
        raise InputError("high", expected=f"{len(follow_up)} patients, as the follow-up", got=str(high.shape))
    groups = [_group(members, follow_up, incidence) for members in (~high, high)]
    ratio = (math.nan, math.nan, math.nan)
    if all(group.events for group in groups):
        model = fit_cox(high[:, None].astype(np.float64), follow_up, names=["high risk"])
        effect, error = float(model.coefficients[0]), float(model.errors[0])
        ratio = (math.exp(effect), math.exp(effect - _Z * error), math.exp(effect + _Z * error))
    test = log_rank(follow_up.times.tolist(), follow_up.happened.tolist(), high.tolist())
    return RiskStrata(rule, times, groups[0], groups[1], test, *ratio)


def _group(members: np.ndarray, follow_up: FollowUp, incidence: np.ndarray) -> RiskGroup:
    chosen = follow_up.of(members)
    events, competing = int(chosen.happened.sum()), int((chosen.events > 1).sum())
    predicted = incidence[members].mean(axis=0) if members.any() else np.full(incidence.shape[1], math.nan)
    curve = kaplan_meier(chosen.times.tolist(), chosen.happened.tolist())
    found = cumulative_incidence(chosen) if competing and events else None
    return RiskGroup(len(chosen), events, competing, predicted, curve, found)
