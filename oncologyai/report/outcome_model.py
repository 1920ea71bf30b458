"""A model's part of the page of a study: every figure, groups of risk, calibration, decisions, what it learned."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from oncologyai.metrics import Interval
from oncologyai.outcome import ClassPerformance, Concordance, SurvivalPerformance
from oncologyai.pipelines import ModelJudged, StudyResult, model_words, nomogram_of, step_names
from oncologyai.report.cohort_tables import Shown, shown_number
from oncologyai.report.html import Picture
from oncologyai.report.nomogram_plot import draw_nomogram
from oncologyai.report.outcome_figures import draw_calibration, draw_decisions, draw_learned, draw_risk_strata
from oncologyai.report.plots import draw_roc
from oncologyai.report.sections import Section

__all__ = ["interval_text", "model_section"]

_LEARNED = 60  # features listed; folds.json has all


def model_section(result: StudyResult, model: ModelJudged, figures: Path) -> Section:
    """Give the part of one model; its pictures are drawn into ``figures``."""
    stem = re.sub(r"[^A-Za-z0-9.-]+", "-", model.name).strip("-").lower()
    tables = [_performance(model), *_horizons(model), *_confusion(model), *_of_patients(model)]
    tables += [_by_split(result, model), *_learned(result, model)]
    pictures = [*_survival(model, figures, stem), *_classes(model, figures, stem)]
    if model.learned:
        path = figures / f"{stem}-features.png"
        draw_learned(model.learned, result.stability, path)
        pictures.append(Picture(path, f"{model.name}: features chosen over the splits{_colours(result)}"))
    return Section(f"Model: {model.name}", _text(model), tuple(tables), tuple(pictures))


def interval_text(found: Interval | Concordance | None) -> str:
    """Give a figure with its interval in brackets."""
    if found is None or math.isnan(found.value):
        return "–"
    if math.isnan(found.low):
        return shown_number(found.value)
    return f"{shown_number(found.value)} ({shown_number(found.low)} to {shown_number(found.high)})"


def _text(model: ModelJudged) -> str:
    steps = step_names(model)
    text = f"{model_words(model.model)}{'; before it ' + ', '.join(steps) if steps else ''}."
    if model.published:
        text += "\n\nThis form leaks: it learned from the patients that it is judged on. Its figures are no estimate."
    return text[0].upper() + text[1:]


def _performance(model: ModelJudged) -> Shown:
    rows = []
    if model.survival is not None:
        rows = _survival_rows(model.survival)
    elif model.classes is not None:
        rows = _class_rows(model.classes)
    return Shown("Performance on patients not seen", ("Figure", "Value"), tuple(rows), (False, True))


def _survival_rows(found: SurvivalPerformance) -> list[tuple[str, str]]:
    counts = f"{found.n}, {found.events} with the event" + (f", {found.competing} competing" if found.competing else "")
    rows = [
        ("Patients judged", counts),
        ("Harrell's C (95 % interval)", interval_text(found.harrell)),
        ("Uno's C", interval_text(found.uno)),
    ]
    if found.brier is not None:
        score = (
            f"{shown_number(found.brier.integrated)}, of everybody's own curve {shown_number(found.integrated_null)}"
        )
        rows.append(("Integrated Brier score (less is better)", score))
    if found.calibration is not None:
        slope = found.calibration
        rows.append(
            ("Calibration slope (1: effects carry over)", f"{_plus(slope.slope, slope.error)}, p {_p(slope.p)}")
        )
    if found.misspecification is not None:
        test = found.misspecification
        said = f"chi square {shown_number(test.chi_square)}, {test.degrees} degrees, p {_p(test.p)}"
        rows.append(("Mis-specification: features given the linear predictor", said))
    if found.not_judged:
        rows.append(("Horizons beyond the follow-up", ", ".join(f"{days:g} days" for days in found.not_judged)))
    return rows


def _class_rows(found: ClassPerformance) -> list[tuple[str, str]]:
    slope = found.calibration
    cuts = found.thresholds
    span = shown_number(cuts[0]) if len(cuts) == 1 else f"{shown_number(min(cuts))} to {shown_number(max(cuts))}"
    return [
        ("Patients judged", f"{found.patients}, predictions {found.rows}, of class 1 {found.positives}"),
        ("AUC (95 % bootstrap interval)", interval_text(found.auc)),
        ("AUC with DeLong's interval", interval_text(found.delong) if not math.isnan(found.delong.low) else "–"),
        ("Balanced accuracy", interval_text(found.balanced_accuracy)),
        ("Precision", interval_text(found.precision)),
        ("Recall (sensitivity)", interval_text(found.recall)),
        ("Specificity", interval_text(found.specificity)),
        ("F1", interval_text(found.f1)),
        ("Thresholds of training", span),
        ("Calibration slope and intercept", f"{shown_number(slope.slope)}, {shown_number(slope.intercept)}"),
        ("Calibration at large", shown_number(slope.at_large)),
        ("Brier score", shown_number(slope.brier)),
    ]


def _horizons(model: ModelJudged) -> list[Shown]:
    if model.survival is None or not model.survival.horizons:
        return []
    heads = ("Days", "AUC", "C of events before", "Brier", "null", "Mean predicted", "Observed")
    rows = tuple(
        (
            f"{at.horizon:g}", interval_text(at.auc), interval_text(at.c), shown_number(at.brier),
            shown_number(at.null), shown_number(at.predicted),
            interval_text(Interval(at.observed, at.low, at.high)),
        )
        for at in model.survival.horizons
    )  # fmt: skip
    return [Shown("At the horizons", heads, rows, (True,) * len(heads))]


def _confusion(model: ModelJudged) -> list[Shown]:
    if model.classes is None:
        return []
    found = model.classes.confusion
    rows = (("called class 1", str(found.tp), str(found.fp)), ("called class 0", str(found.fn), str(found.tn)))
    return [Shown("Confusion matrix", ("", "is class 1", "is class 0"), rows, (False, True, True))]


def _of_patients(model: ModelJudged) -> list[Shown]:
    """Give the figures of patients where rows are lesions."""
    if model.patients is None:
        return []
    rows = tuple(_class_rows(model.patients))
    return [
        Shown("Performance by patient: the greatest chance of his lesions", ("Figure", "Value"), rows, (False, True))
    ]


def _by_split(result: StudyResult, model: ModelJudged) -> Shown:
    strata = result.cohort.data.strata
    heads = ("Split", "Learned from", "with the event", "Judged", "with the event", "Score", "Features", "Seconds")
    rows = []
    for split, said, value in zip(result.splits, model.splits, model.judged.values, strict=True):
        kept = said.told.get("kept")
        rows.append(
            (
                split.name, str(len(split.train)), str(int(strata[split.train].sum())), str(len(split.test)),
                str(int(strata[split.test].sum())), "–" if math.isnan(value) else shown_number(value),
                str(len(kept)) if isinstance(kept, list) else "–", f"{said.seconds:.1f}",
            )
        )  # fmt: skip
    numeric = (False, *[True] * (len(heads) - 1))
    return Shown(
        "The split" if len(rows) == 1 else f"Each of the {len(rows)} splits",
        heads,
        tuple(rows),
        numeric,
        folded=len(rows) > 3,
    )


def _learned(result: StudyResult, model: ModelJudged) -> list[Shown]:
    if not model.learned:
        return []
    data = result.cohort.data
    source = dict(zip(data.names, data.sources, strict=True))
    volume = result.relations.volume if result.relations else {}
    heads = ["Feature", "Source", "Chosen in", "Median weight", "Least", "Greatest"]
    heads += (["ρ with volume"] if volume else []) + (["Stability"] if result.stability else [])
    rows = []
    for one in model.learned[:_LEARNED]:
        numbers = ["–" if math.isnan(v) else shown_number(v) for v in (one.weight, one.low, one.high)]
        cells = [one.feature, source.get(one.feature, "") or "–", f"{one.chosen} of {one.splits}", *numbers]
        cells += [shown_number(volume[one.feature]) if one.feature in volume else "–"] if volume else []
        cells += [result.stability.get(one.feature, "not known")] if result.stability else []
        rows.append(tuple(cells))
    more = f", the first {_LEARNED} of {len(model.learned)}" if len(model.learned) > _LEARNED else ""
    caption = f"Features over the splits{more} (weights as the model has them, of scaled features where it scales)"
    numeric = (False, False, *[True] * (4 + bool(volume)), *[False] * bool(result.stability))
    return [Shown(caption, tuple(heads), tuple(rows), numeric, folded=len(rows) > 12)]


def _survival(model: ModelJudged, figures: Path, stem: str) -> list[Picture]:
    found = model.survival
    if found is None:
        return []
    pictures = []
    if found.strata:
        draw_risk_strata(found.strata, figures / f"{stem}-groups.png")
        said = "groups of risk, observed with interval and (dashed) predicted, numbers at risk below"
        pictures.append(Picture(figures / f"{stem}-groups.png", f"{model.name}: {said}"))
    if found.horizons:
        panels = {f"by {at.horizon:g} days": at.groups for at in found.horizons}
        draw_calibration(panels, figures / f"{stem}-calibration.png")
        pictures.append(Picture(figures / f"{stem}-calibration.png", f"{model.name}: calibration"))
        decisions = {f"by {at.horizon:g} days": {model.name: at.decision} for at in found.horizons}
        draw_decisions(decisions, figures / f"{stem}-decision.png")
        pictures.append(Picture(figures / f"{stem}-decision.png", f"{model.name}: decision curve"))
    made = nomogram_of(model.splits[0]) if len(model.splits) == 1 else None
    if made is not None:
        draw_nomogram(made, figures / f"{stem}-nomogram.png")
        said = "nomogram, from the patients learned from: points of each value, their sum, the chance"
        pictures.append(Picture(figures / f"{stem}-nomogram.png", f"{model.name}: {said}"))
    return pictures


def _classes(model: ModelJudged, figures: Path, stem: str) -> list[Picture]:
    if model.curves is None or model.classes is None:
        return []
    curves: Mapping[str, Path] = {name: figures / f"{stem}-{name}.png" for name in ("roc", "calibration", "decision")}
    roc = model.curves.roc
    name = f"{model.name}, AUC {model.classes.auc.value:.2f}"
    draw_roc({name: (roc.false_rate, roc.true_rate)}, curves["roc"])
    draw_calibration({"groups of like prediction": model.curves.groups}, curves["calibration"])
    draw_decisions({"": {model.name: model.curves.decision}}, curves["decision"])
    said = {
        "roc": "ROC curve over all predictions; the area is of pairs of one split's model",
        "calibration": "calibration",
        "decision": "decision curve",
    }
    return [Picture(path, f"{model.name}: {said[key]}") for key, path in curves.items()]


def _colours(result: StudyResult) -> str:
    return "; green stable, orange harmonisable, red rejected, blue not known" if result.stability else ""


def _plus(value: float, error: float) -> str:
    return f"{shown_number(value)} (error {shown_number(error)})"


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"
