"""A prediction as plots: the cohort with this patient in it, and what each feature adds."""

from __future__ import annotations

import numpy as np

from oncologyai.bundle import Chart, ChartSeries
from oncologyai.outcome import Applied, IndexModel, LinearModel, Signature, TreesModel, patient_survival
from oncologyai.types import Table

__all__ = ["contributions_table", "prediction_charts"]

_DAYS_IN_YEAR = 365.25
_PATIENT_RGB = (0.84, 0.15, 0.16)
_COHORT_RGB = ((0.12, 0.47, 0.71), (0.99, 0.55, 0.1), (0.55, 0.35, 0.65), (0.35, 0.35, 0.35))
_BASE = "(base)"
_MOST_BARS = 10


def prediction_charts(applied: Applied, patient: int = 0) -> tuple[Chart, ...]:
    """Give the charts of one patient: survival, or the place among the cohort's predictions; contributions.

    Parameters
    ----------
    applied : Applied
    patient : int
        Its row.

    Returns
    -------
    tuple of Chart
        ``Survival`` where the card has curves or a baseline, ``Cohort`` where it has the predictors of its training
        patients, ``Contributions`` always.
    """
    charts = [_survival(applied, patient), _place(applied, patient), _bars(applied, patient)]
    return tuple(chart for chart in charts if chart is not None)


def contributions_table(applied: Applied, patient: int = 0) -> Table:
    """Give what each feature adds to a patient's predictor, the largest first, and the base: they sum to it.

    The base is what a patient at the cohort's mean has; where it is 0, as in Cox's model, it has no row.
    """
    parts = applied.contributions.parts[patient]
    order = np.argsort(-np.abs(parts), kind="stable")
    rows: list[tuple[str | float | int | None, ...]] = []
    for place in order:
        feature = applied.card.features[place]
        low, high = feature.range if feature.range is not None else (None, None)
        value = float(applied.x[patient, place])
        rows.append((feature.name, value, feature.unit or None, low, high, float(parts[place])))
    if base := float(applied.contributions.base):
        rows.append((_BASE, None, None, None, None, base))
    return Table(
        "Contributions", ("feature", "value", "unit", "training low", "training high", "contribution"), tuple(rows)
    )


def _survival(applied: Applied, patient: int) -> Chart | None:
    card = applied.card
    series = []
    for number, curve in enumerate(card.curves):
        name = f"{curve.name} (observed, n = {curve.patients})"
        rgb = _COHORT_RGB[number % len(_COHORT_RGB)]
        series.append(_line(name, f"Cohort curve {number + 1}", curve.times, curve.survival, rgb))
    if card.baseline is not None and card.gives_chance:
        survival = patient_survival(applied, patient)
        series.append(
            _line("This patient (predicted)", "Patient curve", card.baseline.times, survival, _PATIENT_RGB, dashed=True)
        )
        series += _interval(applied, patient)
    if not series:
        return None
    title = f"{card.endpoint.name}: {card.id}"
    axis = "Years" + (f" (time zero: {card.endpoint.time_zero})" if card.endpoint.time_zero else "")
    return Chart("Survival", title, axis, "Survival", tuple(series))


def _interval(applied: Applied, patient: int) -> list[ChartSeries]:
    """Give the interval at the horizon as an upright line."""
    horizon = applied.card.endpoint.horizon_days
    low, high = float(applied.low[patient]), float(applied.high[patient])
    if horizon is None or not np.isfinite([low, high]).all():
        return []
    ends = (1.0 - high, 1.0 - low)
    return [_line("95% interval", "Patient interval", (horizon, horizon), ends, _PATIENT_RGB)]


def _place(applied: Applied, patient: int) -> Chart | None:
    """Give the share of training patients below each prediction, with this patient on the curve."""
    card = applied.card
    if not card.predictors or card.curves:
        return None
    shares = np.linspace(0.0, 1.0, len(card.predictors))
    chances = _chance(card, np.array(card.predictors))
    own = _chance(card, applied.predictor[patient : patient + 1])
    columns = ("prediction", "share below")
    cohort = _table("Cohort place", columns, zip(chances, shares, strict=True))
    here = _table("Patient place", columns, [(own[0], applied.rank[patient])])
    axis = f"Chance of {card.endpoint.name}: {card.endpoint.positive}" if card.gives_chance else "Predictor"
    lines = (
        ChartSeries("Training patients", cohort, columns[0], columns[1], kind="line", rgb=_COHORT_RGB[0]),
        ChartSeries("This patient", here, columns[0], columns[1], kind="scatter", rgb=_PATIENT_RGB),
    )
    return Chart("Cohort", f"{card.endpoint.name}: {card.id}", axis, "Share of training patients below", lines)


def _bars(applied: Applied, patient: int) -> Chart:
    table = contributions_table(applied, patient)
    rows = [(row[0], row[5]) for row in table.rows if row[0] != _BASE]
    if others := rows[_MOST_BARS:]:  # those that add least
        rows = [*rows[:_MOST_BARS], (f"{len(others)} others", float(sum(float(row[1] or 0.0) for row in others)))]
    held = Table("Contribution bars", ("feature", "contribution"), tuple(rows))
    bars = ChartSeries("Contribution", held, "", "contribution", "bar", _COHORT_RGB[0], labels="feature")
    return Chart("Contributions", f"What each feature adds: {applied.card.id}", "", "Added to the predictor", (bars,))


def _chance(card: Signature, predictor: np.ndarray) -> np.ndarray:
    """Give the chance that belongs to a predictor; the predictor itself where the card gives none."""
    model = card.model
    if not card.gives_chance or isinstance(model, IndexModel):
        return predictor
    if isinstance(model, TreesModel) and model.recalibration is not None:
        predictor = model.recalibration.intercept + model.recalibration.slope * predictor
    elif isinstance(model, LinearModel) and model.link == "cox":
        predictor = predictor + model.intercept
    return 1.0 / (1.0 + np.exp(-predictor)) if model.link == "logistic" else -np.expm1(-np.exp(predictor))


def _line(
    name: str, table: str, days: object, survival: object, rgb: tuple[float, float, float], *, dashed: bool = False
) -> ChartSeries:
    years = np.asarray(days, dtype=np.float64) / _DAYS_IN_YEAR
    held = _table(table, ("years", "survival"), zip(years, np.asarray(survival, dtype=np.float64), strict=True))
    return ChartSeries(name, held, "years", "survival", "line", rgb, dashed=dashed)


def _table(name: str, columns: tuple[str, ...], rows: object) -> Table:
    return Table(name, columns, tuple(tuple(float(cell) for cell in row) for row in rows))  # type: ignore[attr-defined]
