"""How good predictions of survival are: all that a report shows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.calibration import (
    CalibrationGroup,
    CoxCalibration,
    calibration_groups,
    cox_calibration,
    misspecification_test,
)
from oncologyai.outcome.competing import cumulative_incidence
from oncologyai.outcome.competing_discrimination import competing_auc, competing_c
from oncologyai.outcome.concordance import Concordance, by_patient, harrell_c, uno_c
from oncologyai.outcome.decision_curve import DecisionCurve, decision_curve
from oncologyai.outcome.prediction_error import BrierScores, brier_scores
from oncologyai.outcome.risk_strata import RiskStrata, risk_strata
from oncologyai.outcome.survival_predictions import SurvivalPredictions, once_each

__all__ = ["AtHorizon", "Misspecification", "SurvivalPerformance", "survival_performance"]

_THRESHOLDS = np.arange(0.02, 0.81, 0.02)
_T = TypeVar("_T")


class Misspecification(NamedTuple):
    """Joint test of the model's features given its linear predictor: small p where it does not carry over."""

    chi_square: float
    degrees: int
    p: float


@dataclass(frozen=True, eq=False)
class AtHorizon:
    """Performance at one time.

    Attributes
    ----------
    horizon : float
        Days.
    auc : Concordance, optional
        Of 'the event by then' against the others, who had a competing event among them.
    c : Concordance, optional
        Of events before the horizon: Uno's; with competing events Wolbers'.
    brier, null : float
        Of the predictions, and of everybody's own curve; NaN outside the follow-up.
    predicted : float
        Mean chance.
    observed, low, high : float
        Incidence by then (Aalen and Johansen; without competing events one less Kaplan and Meier's) and its interval.
    groups : tuple of CalibrationGroup
    decision : DecisionCurve
    """

    horizon: float
    auc: Concordance | None
    c: Concordance | None
    brier: float
    null: float
    predicted: float
    observed: float
    low: float
    high: float
    groups: tuple[CalibrationGroup, ...]
    decision: DecisionCurve


@dataclass(frozen=True, eq=False)
class SurvivalPerformance:
    """All figures of one learner.

    Attributes
    ----------
    name : str
    n, events, competing, splits : int
        Patients (each once), those with the event and with another one; models that judged them.
    harrell, uno : Concordance, optional
        Of pairs that one model judged; Uno's of events before the last horizon. Competing events end the follow-up in
        Harrell's, and leave Uno's out: ``AtHorizon.c`` is the one that counts them.
    horizons : tuple of AtHorizon
    not_judged : tuple of float
        Horizons beyond the follow-up.
    brier : BrierScores, optional
        Over the times within the follow-up; ``integrated`` is its mean over them.
    integrated_null : float
        The same of everybody's own curve.
    calibration : CoxCalibration, optional
        Slope of the linear predictor: 1 where effects carry over, less where they were overfitted.
    misspecification : Misspecification, optional
        Where one linear model judged all.
    strata : tuple of RiskStrata
        By each cut of training patients.
    scale : str
        Of the risk.
    """

    name: str
    n: int
    events: int
    competing: int
    splits: int
    harrell: Concordance | None
    uno: Concordance | None
    horizons: tuple[AtHorizon, ...]
    not_judged: tuple[float, ...]
    brier: BrierScores | None
    integrated_null: float
    calibration: CoxCalibration | None
    misspecification: Misspecification | None
    strata: tuple[RiskStrata, ...]
    scale: str


def survival_performance(
    predictions: SurvivalPredictions, horizons: Sequence[float] = (), *, level: float = 0.95
) -> SurvivalPerformance:
    """Judge predictions of patients whom their models have not seen.

    Pairs are of patients that one model judged. Who was judged by several splits' models counts once wherever a test or
    an interval counts patients: there his predictions are averaged, and his group is that of most of them. Chances of
    censoring are estimated from the patients judged. What cannot be estimated (nobody with the event, a predictor that
    is the same for all) is None.

    Parameters
    ----------
    predictions : SurvivalPredictions
    horizons : sequence of float
        Days; each must be among ``predictions.times``.
    level : float
        Of intervals.

    Raises
    ------
    InputError
        If a horizon is not among the times, or nobody is judged.
    MissingDependencyError
        If lifelines is not installed.
    """
    if not len(predictions.patients):
        raise InputError("predictions", expected="at least one patient", got="none")
    if strange := [at for at in horizons if at not in predictions.times]:
        raise InputError("horizons", expected="days among the predictions' times", got=f"{strange[0]:g}")
    follow_up, last = predictions.follow_up, float(predictions.follow_up.times.max())
    within = [float(at) for at in horizons if at < last]
    patients = once_each(predictions)
    codes = patients.follow_up.events
    brier = _attempt(lambda: _brier(predictions))
    until = max(within, default=last)
    uno = None if (codes > 1).any() else _index(predictions, lambda: _uno(predictions, until), level)
    return SurvivalPerformance(
        name=predictions.name,
        n=len(codes),
        events=int((codes == 1).sum()),
        competing=int((codes > 1).sum()),
        splits=len(np.unique(predictions.split)),
        harrell=_index(predictions, lambda: harrell_c(predictions.risk, follow_up, strata=predictions.split), level),
        uno=uno,
        horizons=tuple(_at(predictions, patients, at, level) for at in within),
        not_judged=tuple(float(at) for at in horizons if at >= last),
        brier=brier,
        integrated_null=_mean(brier.times, brier.null) if brier else float("nan"),
        calibration=_attempt(lambda: cox_calibration(patients.linear_predictor, patients.follow_up)),
        misspecification=_misspecification(predictions),
        strata=tuple(
            risk_strata(rule, high, patients.follow_up, patients.times, patients.incidence)
            for rule, high in patients.high.items()
        ),
        scale=predictions.scale,
    )


def _at(predictions: SurvivalPredictions, patients: SurvivalPredictions, horizon: float, level: float) -> AtHorizon:
    follow_up, risk, split = predictions.follow_up, predictions.risk, predictions.split
    place = int(np.searchsorted(predictions.times, horizon))
    told, chance = predictions.incidence[:, place], patients.incidence[:, place]
    scores = _attempt(lambda: brier_scores(1.0 - told[:, None], follow_up, [horizon]))
    seen = _attempt(lambda: cumulative_incidence(patients.follow_up, level=level))
    step = -1 if seen is None else int(np.searchsorted(seen.times, horizon, side="right")) - 1
    observed = (0.0, 0.0, float("nan"))
    if seen is not None and step >= 0:
        observed = (float(seen.values[step]), float(seen.low[step]), float(seen.high[step]))
    return AtHorizon(
        horizon,
        _index(predictions, lambda: competing_auc(risk, follow_up, horizon, strata=split), level),
        _index(predictions, lambda: competing_c(risk, follow_up, horizon, strata=split), level),
        float("nan") if scores is None else float(scores.values[0]),
        float("nan") if scores is None else float(scores.null[0]),
        float(chance.mean()),
        *observed,
        calibration_groups(chance, patients.follow_up, horizon, level=level),
        decision_curve(chance, patients.follow_up, _THRESHOLDS.tolist(), horizon=horizon),
    )


def _index(predictions: SurvivalPredictions, make: Callable[[], Concordance], level: float) -> Concordance | None:
    found = _attempt(make)
    return None if found is None else by_patient(found, predictions.patients, level=level)


def _uno(predictions: SurvivalPredictions, horizon: float) -> Concordance:
    return uno_c(predictions.risk, predictions.follow_up, horizon=horizon, strata=predictions.split)


def _brier(predictions: SurvivalPredictions) -> BrierScores:
    ends = predictions.follow_up.times
    within = (predictions.times >= ends.min()) & (predictions.times < ends.max())
    chance = predictions.incidence[:, within]
    return brier_scores(1.0 - chance, predictions.follow_up, predictions.times[within].tolist())


def _mean(times: np.ndarray, values: np.ndarray) -> float:
    return float(np.trapezoid(values, times) / (times[-1] - times[0])) if len(times) > 1 else float(values[0])


def _misspecification(predictions: SurvivalPredictions) -> Misspecification | None:
    if predictions.covariates is None or not predictions.covariates[0] or predictions.scale != "hazard":
        return None
    names, x = predictions.covariates
    offset = predictions.linear_predictor
    return _attempt(lambda: Misspecification(*misspecification_test(x, offset, predictions.follow_up, names=names)))


def _attempt(make: Callable[[], _T]) -> _T | None:
    """Give what can be estimated; None where these patients do not allow it."""
    try:
        return make()
    except InputError:
        return None
