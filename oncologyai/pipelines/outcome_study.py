"""A study of outcome judged: what its models said in every split becomes figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.outcome import (
    PUBLISHED,
    Difference,
    Finding,
    Judged,
    ModelPart,
    OutcomeData,
    Split,
    StudyConfig,
    StudyData,
    compare_concordance,
    judged_from,
)
from oncologyai.pipelines.outcome_split import SplitJudged
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Stages

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
    """

    name: str
    model: ModelPart
    published: bool
    splits: tuple[SplitJudged, ...]
    judged: Judged


@dataclass(frozen=True)
class Pair:
    """Two models of the same patients: the first's score less the second's."""

    first: str
    second: str
    difference: Difference


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


def judge_study(
    study: StudyConfig,
    cohort: StudyData,
    splits: Sequence[Split],
    told: Sequence[ModelTold],
    *,
    findings: Sequence[Finding] = (),
    failed: Mapping[str, str] | None = None,
    tables_sha256: Mapping[str, str] | None = None,
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
        models = tuple(_model(cohort.data, splits, one) for one in told)
        known = {model.name: model for model in models}
        flattered = [(model.name + PUBLISHED, model.name) for model in study.models if model.leaking]
        pairs = tuple(
            Pair(first, second, compare_concordance(known[first].judged.score, known[second].judged.score))
            for first, second in dict.fromkeys([*study.compare, *flattered])
            if first in known and second in known
        )
    notes = (*cohort.notes, *(f"{name} was not judged: {reason}" for name, reason in failed.items()))
    settings = {"study": study.to_dict(), "tables_sha256": dict(tables_sha256 or {})}
    provenance = make_provenance("outcome", inputs={}, settings=settings, stages=stages, packages=_PACKAGES)
    return StudyResult(study, cohort, tuple(findings), tuple(splits), models, failed, pairs, notes, provenance)


def _model(data: OutcomeData, splits: Sequence[Split], told: ModelTold) -> ModelJudged:
    judged = judged_from(
        told.name, data, splits, [np.array(one.risk) for one in told.splits], [one.told for one in told.splits],
        [np.array(one.training_risk) for one in told.splits],
    )  # fmt: skip
    return ModelJudged(told.name, told.model, told.published, told.splits, judged)
