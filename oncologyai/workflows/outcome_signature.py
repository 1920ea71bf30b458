"""The signature of a study: a model of its own, fitted on all its patients, as a card that anybody can apply."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings, comparable_settings, settings_digest
from oncologyai.models import Figure, Licence
from oncologyai.outcome import (
    MISSING,
    Endpoint,
    FittedChain,
    ImageSettings,
    OutcomeData,
    Signature,
    SignatureAbout,
    StudyConfig,
    TrainingCohort,
    is_image_feature,
    learner,
    model_features,
    signature_of,
    write_signature,
)
from oncologyai.pipelines import ModelJudged, StudyResult
from oncologyai.workflows.outcome_apply import settings_beside
from oncologyai.workflows.outcome_tables import read_study_tables

__all__ = ["SignatureForm", "signature_form", "study_signature", "write_study_signature"]

_FOLDER = "signatures"
_LEARNERS = ("boosted-classes", "boosted-survival", "cox", "logistic")
_WARNING = "Research software, not for clinical use."


@dataclass(frozen=True)
class SignatureForm:
    """The section ``signature`` of a study file.

    Parameters
    ----------
    model : str
        Which of the study's models.
    id, title, description, licence, time_zero : str
        Of the card; the study's name and title if empty.
    demonstration : bool
        Whether the card shows how this works and nothing more.
    """

    model: str
    id: str = ""
    title: str = ""
    description: str = ""
    licence: str = "not given"
    time_zero: str = ""
    demonstration: bool = True


def signature_form(study: StudyConfig) -> SignatureForm | None:
    """Read a study's section ``signature``; None where it has none.

    Raises
    ------
    InputError
        If a field is unknown or missing, the model is none of the study's, a card cannot hold what it learns, or the
        outcome is survival without a horizon.
    """
    if not study.signature:
        return None
    content: Mapping[str, Any] = study.signature
    known = {field.name: field.type for field in fields(SignatureForm)}
    if strange := sorted(set(content) - set(known)):
        raise InputError("signature", expected="some of " + ", ".join(known), got=strange[0])
    for name, value in content.items():
        if not isinstance(value, bool if known[name] == "bool" else str):
            raise InputError(f"signature: {name}", expected=f"a {known[name]}", got=repr(value))
    model = str(content.get("model", ""))
    models = {one.name: one for one in study.models}
    check_choice(model, models, "signature: model")
    check_choice(models[model].learner, _LEARNERS, f"signature: learner of {model}")
    if study.is_survival and not study.horizons_days:
        raise InputError("horizons_days", expected="days by which a signature tells the risk", got="none")
    return SignatureForm(**content)


def write_study_signature(result: StudyResult, folder: Path) -> Path | None:
    """Write a study's signature to ``signatures/ID.json`` and give the file; None where it asks for none.

    Raises
    ------
    InputError
        As ``study_signature``.
    """
    form = signature_form(result.study)
    if form is None:
        return None
    card, model = study_signature(result, form)
    path = folder / _FOLDER / f"{card.id}.json"
    write_signature(card, path, model=model)
    return path


def study_signature(result: StudyResult, form: SignatureForm) -> tuple[Signature, bytes]:
    """Fit a model of a study on its patients and make a card of it; what it is worth is what the study found.

    With an external design it learns from the groups that the study learned from, else from all patients.

    Returns
    -------
    card : Signature
    model : bytes
        The model's file; empty for a linear one.

    Raises
    ------
    InputError
        If the model was not judged, or as ``signature_of``: logistic regression must not weigh classes.
    """
    study = result.study
    part = next(one for one in study.models if one.name == form.model)
    judged = next((one for one in result.models if one.name == form.model and not one.published), None)
    if judged is None:
        raise InputError("signature: model", expected="a model that was judged", got=form.model)
    data = model_features(result.cohort.data, part)
    if study.design.kind == "external":
        data = data.rows(result.splits[0].train)  # so that what was found is of this very model
    chosen = learner(part.learner, inner_folds=study.design.inner_folds, **part.options)
    fitted = chosen.fit(data, np.random.default_rng([study.seed, len(result.splits)]))
    if not isinstance(fitted, FittedChain):
        raise InputError(
            f"signature: {part.learner}", expected="a chain of steps and a model", got=type(fitted).__name__
        )
    settings, unit = _image_settings(study)
    pictured = [name for name in data.names if is_image_feature(name)]
    image = None
    if pictured:
        image = ImageSettings(
            unit="" if unit == "arbitrary" else unit,
            settings=comparable_settings(settings, pictured) if settings is not None else {},
            sha256=settings_digest(settings, pictured) if settings is not None else None,
            described="" if settings is not None else "not known: no provenance lay beside the table",
        )
    about = SignatureAbout(
        id=form.id or study.name,
        title=form.title or study.title or study.name,
        description=" ".join(text for text in (form.description, _WARNING) if text),
        demonstration=form.demonstration,
        endpoint=_endpoint(study, form),
        cohort=TrainingCohort(description=study.source or study.name, patients=1, inclusion=_inclusion(study)),
        licence=Licence(name=form.licence or "not given", commercial=False),
        origin="oncology-ai outcome train",
        image=image,
        features=_about_features(study, data),
        performance=tuple(_figures(result, judged)),
        example=_typical(study, data),
    )
    return signature_of(fitted, data, about)


def _endpoint(study: StudyConfig, form: SignatureForm) -> Endpoint:
    if study.is_survival:
        name = study.endpoint or study.roles.event
        return Endpoint(name=name, kind="survival", time_zero=form.time_zero, horizon_days=study.horizons_days[0])
    return Endpoint(name=study.endpoint or study.roles.label, kind="class", positive=study.roles.positive)


def _inclusion(study: StudyConfig) -> tuple[str, ...]:
    return tuple(f"{column}: {' or '.join(values)}" for column, values in study.where.items())


def _image_settings(study: StudyConfig) -> tuple[FeatureSettings | None, str]:
    """Give what the features of the study's tables were computed with, where it lies beside one."""
    for table in study.tables:
        settings, unit = settings_beside(Path(table.path))
        if settings is not None:
            return settings, unit
    return None, ""


def _about_features(study: StudyConfig, data: OutcomeData) -> dict[str, dict[str, Any]]:
    """Say which features are values of a category, and which are of an image."""
    said: dict[str, dict[str, Any]] = {}
    known = _category_values(study)
    for name in data.names:
        column, level = _level(study, name)
        if level:
            said[name] = {"column": column, "level": level, "categories": dict.fromkeys(known[column], "")}
        said.setdefault(name, {})["source"] = "radiomics" if is_image_feature(name) else "clinical"
    return said


def _level(study: StudyConfig, name: str) -> tuple[str, str]:
    """Give the column and the value that a feature of 0 and 1 stands for; no value where it is a number of its own."""
    column, _, level = name.partition("=")
    return (column, _text(level)) if level and column in study.roles.categories else (name, "")


def _category_values(study: StudyConfig) -> dict[str, list[str]]:
    """Give the values of each category, the reference among them, which has no feature of its own."""
    if not study.roles.categories:
        return {}
    table = read_study_tables(study).joined.frame
    texts = {name: {_text(str(cell).strip()) for cell in table[name].dropna()} for name in study.roles.categories}
    return {name: sorted(text for text in found if text.lower() not in MISSING) for name, found in texts.items()}


def _text(value: str) -> str:
    """Give a value as a card has it: whole numbers without a point."""
    try:
        return f"{float(value):.15g}"
    except ValueError:
        return value


def _figures(result: StudyResult, judged: ModelJudged) -> Iterator[Figure]:
    """Give the score, and what calibration and the horizons add; a figure without an interval has none there."""
    design = result.study.design
    where = {
        "external": f"patients of {', '.join(design.test)}, who were not learned from",
        "repeated": "patients left out of repeated splits of the same study",
    }
    test_set = where.get(design.kind, "patients left out of cross-validation of the same study")
    cases = len({int(row) for split in result.splits for row in split.test})

    def figure(metric: str, value: float, low: float = math.nan, high: float = math.nan) -> Iterator[Figure]:
        if math.isfinite(value):
            interval = (low, high) if math.isfinite(low) and math.isfinite(high) else None
            yield Figure(metric=metric, value=value, interval=interval, test_set=test_set, cases=cases)

    score = judged.judged.score
    yield from figure("Harrell's C" if result.study.is_survival else "AUC", score.value, score.low, score.high)
    if judged.survival is not None:
        for one in judged.survival.horizons:
            if one.auc is not None:
                yield from figure(f"AUC at {one.horizon:g} days", one.auc.value, one.auc.low, one.auc.high)
            yield from figure(f"Brier score at {one.horizon:g} days", one.brier)
            yield from figure(f"Brier score at {one.horizon:g} days of everybody's own curve", one.null)
        if (slope := judged.survival.calibration) is not None:
            half = 1.96 * slope.error
            yield from figure("calibration slope", slope.slope, slope.slope - half, slope.slope + half)
    if judged.classes is not None:
        yield from figure("calibration slope", judged.classes.calibration.slope)
        yield from figure("Brier score", judged.classes.calibration.brier)


def _typical(study: StudyConfig, data: OutcomeData) -> dict[str, float | str]:
    """Make up a patient: the median of every number, the most frequent value of every category."""
    made: dict[str, float | str] = {}
    counts: dict[str, float] = {}
    for place, name in enumerate(data.names):
        column, level = _level(study, name)
        values = data.x[:, place]
        if level:
            share = float(np.nanmean(values))
            if share > counts.get(column, -1.0):
                made[column], counts[column] = level, share
        else:
            made[name] = float(np.nanmedian(values))
    return made
