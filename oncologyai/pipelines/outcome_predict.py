"""Apply a signature to the patients of a table: predictions, contributions, curves and cautions as tables."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

import oncologyai
from oncologyai.outcome import Applied, Caution, Given, Signature, apply_signature, frame_of, patient_survival
from oncologyai.progress import Progress, Provenance, Stages
from oncologyai.types import Table

__all__ = ["PredictResult", "predict_outcome"]

_NOTICE = "Research software, not for clinical use"


@dataclass(frozen=True, eq=False)
class PredictResult:
    """What a signature says of patients.

    Attributes
    ----------
    applied : Applied
    prediction : Table
        ``Prediction``, a row a patient.
    contributions : Table
        ``Contributions``, a row a patient and feature: what each adds to the predictor.
    curves : Table
        ``Curves``: of survival, the cohort's by risk group and each patient's, over days; of classes, which share of
        the training patients lies at or below a predictor, and where each patient is. Without rows for an index.
    cautions : Table
        ``Cautions``; an empty patient means all.
    provenance : Provenance
    """

    applied: Applied
    prediction: Table
    contributions: Table
    curves: Table
    cautions: Table
    provenance: Provenance

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in the order of the attributes."""
        return self.prediction, self.contributions, self.curves, self.cautions


def predict_outcome(
    card: Signature, table: Table, given: Given | None = None, *, model: bytes = b"", progress: Progress | None = None
) -> PredictResult:
    """Apply a signature to a table; arguments and errors are those of ``apply_signature``.

    Raises
    ------
    CancelledError
        If the user cancelled.
    """
    stages = Stages(progress)
    with stages("apply", share=0.0):
        applied = apply_signature(card, frame_of(table), given, model=model)
    provenance = Provenance(
        pipeline="outcome apply",
        versions={"oncologyai": oncologyai.__version__},
        settings={"signature": card.id, "version": card.version, "digest": card.digest, "notice": _NOTICE},
        seconds={name: round(seconds, 3) for name, seconds in stages.seconds.items()},
        warnings=tuple(_said(caution) for caution in applied.cautions),
    )
    return PredictResult(
        applied, _prediction(applied), _contributions(applied), _curves(applied), _cautions(applied), provenance
    )


def _prediction(applied: Applied) -> Table:
    card, rows = applied.card, []
    columns = (
        "patient", "endpoint", "horizon_days", "value", "low", "high", "group", "range_check", "distance",
        "nearer_share", "predictor", "rank", "signature",
    )  # fmt: skip
    for n, patient in enumerate(applied.patients):
        numbers = (applied.value[n], applied.low[n], applied.high[n])
        rows.append(
            (
                patient, card.endpoint.name, card.endpoint.horizon_days, *map(_cell, numbers), applied.group[n] or None,
                _range_check(applied, patient), _cell(applied.distance[n]), _cell(applied.nearer[n]),
                _cell(applied.predictor[n]), _cell(applied.rank[n]), f"{card.id} {card.version}",
            )
        )  # fmt: skip
    return Table("Prediction", columns, tuple(rows))


def _range_check(applied: Applied, patient: str) -> str:
    own = [caution for caution in applied.cautions if caution.patient == patient]
    return "; ".join(_said(caution, patient=False) for caution in own) or "within the training ranges"


def _contributions(applied: Applied) -> Table:
    rows = []
    for n, patient in enumerate(applied.patients):
        for place, feature in enumerate(applied.card.features):
            low, high = feature.range or (None, None)
            part = float(applied.contributions.parts[n, place])
            value = float(applied.x[n, place])
            rows.append((patient, feature.name, feature.source or None, value, feature.unit or None, part, low, high))
    columns = ("patient", "feature", "source", "value", "unit", "contribution", "training_low", "training_high")
    return Table("Contributions", columns, tuple(rows))


def _curves(applied: Applied) -> Table:
    card = applied.card
    if card.baseline is not None and card.gives_chance:
        return _survival_curves(applied)
    if applied.is_index or not card.predictors:
        return Table("Curves", ("predictor",), ())
    shares = np.linspace(0.0, 1.0, len(card.predictors))
    blank = (None,) * len(applied.patients)
    rows: list[tuple[float | None, ...]] = [
        (float(value), float(share), *blank) for value, share in zip(card.predictors, shares, strict=True)
    ]
    for n in range(len(applied.patients)):
        own = [float(applied.rank[n]) if other == n else None for other in range(len(applied.patients))]
        rows.append((float(applied.predictor[n]), None, *own))
    return Table("Curves", ("predictor", "cohort", *_named(applied, ("predictor", "cohort"))), tuple(rows))


def _survival_curves(applied: Applied) -> Table:
    baseline, curves = applied.card.baseline, applied.card.curves
    times = np.array(baseline.times if baseline is not None else ())
    columns = [tuple(float(t) for t in times)]
    for curve in curves:
        place = np.searchsorted(curve.times, times, side="right") - 1
        read = np.array(curve.survival)[place]
        columns.append(tuple(float(s) if t <= curve.times[-1] else None for t, s in zip(times, read, strict=True)))  # type: ignore[misc]
    columns += [tuple(patient_survival(applied, n).tolist()) for n in range(len(applied.patients))]
    names = ("time_days", *(f"cohort {curve.name}" for curve in curves))
    return Table("Curves", (*names, *_named(applied, names)), tuple(zip(*columns, strict=True)))


def _named(applied: Applied, taken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"patient {name}" if name in taken else name for name in applied.patients)


def _cautions(applied: Applied) -> Table:
    rows = tuple((c.patient or None, c.feature or None, c.text) for c in applied.cautions)
    return Table("Cautions", ("patient", "feature", "caution"), rows)


def _said(caution: Caution, *, patient: bool = True) -> str:
    parts = (caution.patient if patient else "", caution.feature, caution.text)
    return ": ".join(part for part in parts if part)


def _cell(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
