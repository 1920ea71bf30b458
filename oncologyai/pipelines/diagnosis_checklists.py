"""CLAIM and STARD of a diagnostic study, filled from its answers, its key and the card of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import oncologyai
from oncologyai.models import BoneScanCard, Figure
from oncologyai.pipelines.checklists import Checklist, check_items, fill_checklist
from oncologyai.studies import DiagnosisResult, Judge

__all__ = ["DIAGNOSIS_CHECKLISTS", "check_diagnosis_answers", "diagnosis_checklists"]

DIAGNOSIS_CHECKLISTS = ("claim", "stard")


def check_diagnosis_answers(answers: Mapping[str, str]) -> None:
    """Raise InputError if an item that was answered is on neither list."""
    check_items(DIAGNOSIS_CHECKLISTS, answers, "claim-14 or stard-10b")


def diagnosis_checklists(
    result: DiagnosisResult, *, card: BoneScanCard | None = None, answers: Mapping[str, str] | None = None
) -> tuple[Checklist, ...]:
    """Give both lists with what is known.

    Parameters
    ----------
    result : DiagnosisResult
        Of the readers, with or without a model.
    card : BoneScanCard, optional
        Of the model, which tells how it was made.
    answers : mapping of str to str, optional
        By item (``claim-14``), what the authors say; it goes before.

    Raises
    ------
    InputError
        If an answer is to no item.
    """
    answers = answers or {}
    check_diagnosis_answers(answers)
    facts = {**_of_study(result), **_of_results(result), **(_of_card(card) if card else {})}
    return tuple(fill_checklist(name, facts, answers) for name in DIAGNOSIS_CHECKLISTS)


def _of_study(result: DiagnosisResult) -> dict[str, str]:
    """Give what the making of the study says; a table collected elsewhere says little."""
    study, readers, models = result.study, _readers(result), _models(result)
    beside = f" and {_listed(models)}" if models else ""
    said = {
        "kind": f"artificial intelligence ({_listed(models)}) beside readers" if models else "",
        "kind_stard": f"accuracy of {len(readers)} readers{beside} by AUC, sensitivity and specificity",
        "objective": f"how well {len(readers)} readers{beside} tell cases with the disease from those without",
        "goal": f"comparison of {_listed(models)} with readers" if models else "",
        "measures": "AUC, sensitivity, specificity, F1; seconds a case; Fleiss' and Cohen's kappa",
        "software": f"OncologyAI {oncologyai.__version__}, Apache-2.0",
    }
    if study.seed is None:
        return said
    sampled = (
        f"{len(study.truth)} of {study.offered} cases drawn at random, {study.positives} with the disease; seed kept "
        "in the study's key"
    )
    return said | {
        "design": "cases were chosen by a truth that was known, then read: retrospective images, prospective reading",
        "selection": sampled,
        "series": sampled,
        "deidentified": "readers got values, geometry and numbers given at random; no name, date or header",
        "preparation": "readers saw the views in inverted grey up to a level set by the body, which they could change",
        "test": f"the views; yes or no and {study.steps} steps of confidence; how each was shown is kept",
        "definitions": f"the disease is there or not; confidence from 1 to {study.steps}",
        "blinding": "no clinical facts, other images or truth were shown; orders were each reader's own",
        "indeterminate": "none: readers had to say yes or no",
    }


def _of_results(result: DiagnosisResult) -> dict[str, str]:
    draws, study = result.draws, result.study
    interval = f"{100 * draws.level:g} %"
    together = (
        "; models with all readers by Obuchowski and Rockette's analysis (DeLong's covariances) and Dorfman, Berbaum "
        "and Metz' (jackknife) with Hillis' degrees of freedom, readers and cases random or fixed"
        if result.multireader.rows
        else ""
    )
    counted = "; ".join(f"{judge.name} {len(judge.cases)}" for judge in result.judges)
    return {
        "missing": "; ".join(result.notes) or "every case has every answer",
        "flow": f"{study.offered} cases ({study.offered_positive} with the disease) offered, {len(study.truth)} "
        f"({study.positives}) in the study; judged: {counted}",
        "uncertainty": f"{interval} intervals: AUC and F1 by {draws.resamples} bootstrap draws of cases (seed "
        f"{draws.seed}) and by DeLong, shares by Clopper and Pearson; pairs by DeLong and McNemar{together}",
        "agreement": _agreement(result),
        "variability": _agreement(result),
        "cutoffs": "the readers' own yes; models from a threshold on that was given to the analysis",
        "crosstable": "; ".join(_counts(row) for row in _rows(result)),
        "accuracy": "; ".join(_accuracy(row) for row in _rows(result)),
        "failures": _failures(result),
    }


def _of_card(card: BoneScanCard) -> dict[str, str]:
    """Give what the model's card says; what it leaves out stays open."""
    picture, training, scans = card.full.picture, card.training, card.full.calibration.scans
    plain = {
        name: value
        for name, value in card.recipe.items()
        if name not in ("name", "source") and isinstance(value, (bool, int, float, str)) and value != ""
    }
    base = card.recipe.get("base")
    members = len(card.full.members)
    return {
        "source": f"of the model: {training.description}" + ("; a demonstration" if card.demonstration else ""),
        "partitions": f"{training.patients} scans to train on, {scans} held out" if training.patients else "",
        "network": f"{card.network.name}: two classes; views of {picture.height}x{picture.width}, side by side, scale "
        f"{picture.scale}",
        "initialised": str(base.get("what", "")) if isinstance(base, dict) else "",
        "training": ", ".join(f"{name}: {value}" for name, value in plain.items()),
        "choice": f"calibration and thresholds from {scans} scans held out of the training",
        "ensemble": f"the mean logits of {members} networks" if members > 1 else "one network",
        "external": "; ".join(map(_figure, card.figures)),
        "model_performance": "; ".join(map(_figure, (*card.full.figures, *card.figures))),
    }


def _figure(figure: Figure) -> str:
    interval = f" ({figure.interval[0]:g} to {figure.interval[1]:g})" if figure.interval else ""
    return f"{figure.metric} {figure.value:g}{interval} on {figure.test_set}"


def _agreement(result: DiagnosisResult) -> str:
    parts = []
    for row in result.agreement.rows:
        cells = dict(zip(result.agreement.columns, row, strict=True))
        if isinstance(cells["kappa"], float):
            parts.append(f"{cells['group']}: Fleiss' kappa {cells['kappa']:.2f} of {cells['readers']} readers")
    for row in result.repeats.rows:
        cells = dict(zip(result.repeats.columns, row, strict=True))
        parts.append(f"{cells['reader']} said the same of {cells['same']} of {cells['repeats']} repeats")
    return "; ".join(parts)


def _failures(result: DiagnosisResult) -> str:
    rows = [dict(zip(result.cases.columns, row, strict=True)) for row in result.cases.rows]
    missed = [row for row in rows if row["right"] == 0]
    return f"{len(missed)} of {len(rows)} cases were judged wrongly by all who judged them; listed case by case"


def _counts(row: Mapping[str, str | float | int | None]) -> str:
    return f"{row['reader']}: tp {row['tp']}, fn {row['fn']}, fp {row['fp']}, tn {row['tn']}"


def _accuracy(row: Mapping[str, str | float | int | None]) -> str:
    parts = []
    for name in ("auc", "sensitivity", "specificity", "f1"):
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        if row[name] is not None and low is not None and high is not None:
            parts.append(f"{name} {row[name]:.2f} ({low:.2f} to {high:.2f})")
    return f"{row['reader']}: {', '.join(parts)}"


def _rows(result: DiagnosisResult) -> list[dict[str, str | float | int | None]]:
    return [dict(zip(result.accuracy.columns, row, strict=True)) for row in result.accuracy.rows]


def _readers(result: DiagnosisResult) -> list[Judge]:
    return [judge for judge in result.judges if not judge.is_model]


def _models(result: DiagnosisResult) -> list[Judge]:
    return [judge for judge in result.judges if judge.is_model]


def _listed(judges: Sequence[Judge]) -> str:
    return ", ".join(judge.name for judge in judges)
