"""A study of outcome judged: what its models said in every split becomes figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oncologyai.outcome import (
    PUBLISHED,
    ClassPerformance,
    Difference,
    Finding,
    Judged,
    ModelAgreement,
    ModelPart,
    OutcomeData,
    Split,
    StudyConfig,
    StudyData,
    SurvivalPerformance,
    SurvivalPredictions,
    assess_classes,
    compare_concordance,
    evaluation_times,
    judged_from,
    model_agreement,
    patient_maximum,
    survival_performance,
    training_thresholds,
)
from oncologyai.pipelines.outcome_curves import ClassCurves, class_curves
from oncologyai.pipelines.outcome_learned import LearnedFeature, learned_features
from oncologyai.pipelines.outcome_relations import Relations, feature_relations
from oncologyai.pipelines.outcome_split import SplitJudged, survival_of
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Stages, check_cancelled

__all__ = ["ModelJudged", "ModelTold", "Pair", "StudyResult", "judge_study"]

_PACKAGES = ("pandas", "scikit-learn", "xgboost-cpu", "xgboost", "lifelines")


@dataclass(frozen=True)
class ModelTold:
    """What a model, or its published form, said in every split."""

    name: str
    model: ModelPart
    published: bool
    splits: tuple[SplitJudged, ...]


@dataclass(frozen=True, eq=False)
class ModelJudged:
    """A model over all splits.

    Attributes
    ----------
    name : str
    model : ModelPart
    published : bool
        Whether it is the leaking form.
    splits : tuple of SplitJudged
    judged : Judged
        Scores are of pairs of patients that one split's model judged.
    learned : tuple of LearnedFeature
    classes : ClassPerformance, optional
        Where the outcome is classes, and what is drawn of them.
    curves : ClassCurves, optional
    predictions : SurvivalPredictions, optional
        Where it is a follow-up, and what they are worth.
    survival : SurvivalPerformance, optional
    patients : ClassPerformance, optional
        Where rows are lesions: of patients, by the greatest of their lesions.
    """

    name: str
    model: ModelPart
    published: bool
    splits: tuple[SplitJudged, ...]
    judged: Judged
    learned: tuple[LearnedFeature, ...]
    classes: ClassPerformance | None = None
    curves: ClassCurves | None = None
    predictions: SurvivalPredictions | None = None
    survival: SurvivalPerformance | None = None
    patients: ClassPerformance | None = None


@dataclass(frozen=True)
class Pair:
    """Two models of the same patients: the first's score less the second's.

    ``agreement``, of classes: where both call patients the same, each at its training threshold, and how right they
    are there.
    """

    first: str
    second: str
    difference: Difference
    agreement: ModelAgreement | None = None


@dataclass(frozen=True, eq=False)
class StudyResult:
    """All of a study.

    Attributes
    ----------
    study : StudyConfig
    cohort : StudyData
    findings : tuple of Finding
    splits : tuple of Split
    models : tuple of ModelJudged
    failed : mapping of str to str
        Models that could not be judged, with the reason.
    pairs : tuple of Pair
    notes : tuple of str
    provenance : Provenance
    stability : mapping of str to str
        The class of features where it is known.
    relations : Relations, optional
        Chosen features beside the volume, and beside those of other sources.
    image_settings : str
        What features were computed with, where the study file says so.
    """

    study: StudyConfig
    cohort: StudyData
    findings: tuple[Finding, ...]
    splits: tuple[Split, ...]
    models: tuple[ModelJudged, ...]
    failed: Mapping[str, str]
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]
    provenance: Provenance
    stability: Mapping[str, str] = field(default_factory=dict)
    image_settings: str = ""
    relations: Relations | None = None


def judge_study(
    study: StudyConfig,
    cohort: StudyData,
    splits: Sequence[Split],
    told: Sequence[ModelTold],
    *,
    findings: Sequence[Finding] = (),
    failed: Mapping[str, str] | None = None,
    tables_sha256: Mapping[str, str] | None = None,
    stability: Mapping[str, str] | None = None,
    seconds: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> StudyResult:
    """Judge a study's models by what they said in its splits.

    Parameters
    ----------
    study : StudyConfig
    cohort : StudyData
    splits : sequence of Split
    told : sequence of ModelTold
        Each with as many splits, in their order.
    findings : sequence of Finding
        Of the tables.
    failed : mapping of str to str, optional
        Models that could not be fitted, with the reason.
    tables_sha256 : mapping of str to str, optional
    stability : mapping of str to str, optional
        Class by feature.
    seconds : mapping of str to float, optional
        What earlier stages took.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a model has no pair of patients to compare.
    CancelledError
        If cancelled.
    """
    failed, stages = dict(failed or {}), Stages(progress)
    stages.seconds.update(seconds or {})
    with stages("figures", share=0.0):
        models = []
        for n, one in enumerate(told):
            stages.progress.stage(one.name, n / len(told))
            check_cancelled(stages.progress)
            models.append(_model(study, cohort.data, splits, one))
        known = {model.name: model for model in models}
        flattered = [(model.name + PUBLISHED, model.name) for model in study.models if model.leaking]
        pairs = tuple(
            _pair(study, cohort.data, splits, known[first], known[second])
            for first, second in dict.fromkeys([*study.compare, *flattered])
            if first in known and second in known
        )
        honest = [model.learned for model in models if not model.published]
        relations = feature_relations(cohort.data, honest, study.volume)
    notes = (*cohort.notes, *(f"{name} was not judged: {reason}" for name, reason in failed.items()))
    settings = {"study": study.to_dict(), "tables_sha256": dict(tables_sha256 or {})}
    provenance = make_provenance("outcome", inputs={}, settings=settings, stages=stages, packages=_PACKAGES)
    return StudyResult(
        study, cohort, tuple(findings), tuple(splits), tuple(models), failed, pairs, notes, provenance,
        dict(stability or {}), "; ".join(table.settings for table in study.tables if table.settings),
        relations,
    )  # fmt: skip


def _pair(
    study: StudyConfig, data: OutcomeData, splits: Sequence[Split], first: ModelJudged, second: ModelJudged
) -> Pair:
    difference = compare_concordance(first.judged.score, second.judged.score)
    if data.is_survival:
        return Pair(first.name, second.name, difference)
    place = {name: n for n, name in enumerate(data.patients)}
    labels = data.labels[[place[name] for name in first.judged.patients]]
    cuts = [training_thresholds(one.judged, data, splits) for one in (first, second)]
    agreement = model_agreement(
        labels, first.judged.predictions, second.judged.predictions, thresholds=(cuts[0], cuts[1]),
        groups=first.judged.units, splits=first.judged.split, seed=study.seed,
    )  # fmt: skip
    return Pair(first.name, second.name, difference, agreement)


def _model(study: StudyConfig, data: OutcomeData, splits: Sequence[Split], told: ModelTold) -> ModelJudged:
    said = [one.told for one in told.splits]
    judged = judged_from(
        told.name, data, splits, [np.array(one.risk) for one in told.splits], said,
        [np.array(one.training_risk) for one in told.splits],
    )  # fmt: skip
    made = ModelJudged(told.name, told.model, told.published, told.splits, judged, learned_features(said))
    if not data.is_survival:
        figures = assess_classes(judged, data, splits, seed=study.seed)
        whole = assess_classes(*patient_maximum(judged, data, splits), seed=study.seed) if data.groups else None
        return replace(made, classes=figures, curves=class_curves(judged, data), patients=whole)
    times = evaluation_times(data.follow_up, study.horizons_days)
    predictions = survival_of(data, told.name, told.splits, times)
    return replace(made, predictions=predictions, survival=survival_performance(predictions, study.horizons_days))
