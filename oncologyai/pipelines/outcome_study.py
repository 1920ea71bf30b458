"""A study of outcome judged: what its models said in every split becomes figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome import (
    PUBLISHED,
    Concordance,
    Difference,
    Finding,
    ModelPart,
    OutcomeData,
    Split,
    StudyConfig,
    StudyData,
    compare_concordance,
    discrimination,
)
from oncologyai.pipelines.outcome_split import SplitJudged
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Provenance, Stages

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
    rows : ndarray of int (m,)
        The patient of each prediction, as his place in the data.
    split : ndarray of int (m,)
        Which split each prediction is of.
    risk : ndarray (m,)
    score : Concordance
        Of pairs that one model judged.
    values : tuple of float
        The score of each split; NaN where it has no pair.
    """

    name: str
    model: ModelPart
    published: bool
    splits: tuple[SplitJudged, ...]
    rows: np.ndarray
    split: np.ndarray
    risk: np.ndarray
    score: Concordance
    values: tuple[float, ...]


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
    stages: Stages | None = None,
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
    stages : Stages, optional
        Takes progress and seconds.

    Raises
    ------
    InputError
        If a model has no pair of patients to compare.
    """
    failed, stages = dict(failed or {}), stages or Stages()
    with stages("figures", share=0.0):
        models = tuple(_model(cohort.data, one) for one in told)
        known = {model.name: model for model in models}
        flattered = [(model.name + PUBLISHED, model.name) for model in study.models if model.leaking]
        pairs = tuple(
            Pair(first, second, compare_concordance(known[first].score, known[second].score))
            for first, second in dict.fromkeys([*study.compare, *flattered])
            if first in known and second in known
        )
    notes = (*cohort.notes, *(f"{name} was not judged: {reason}" for name, reason in failed.items()))
    settings = {"study": study.to_dict(), "tables_sha256": dict(tables_sha256 or {})}
    provenance = make_provenance("outcome", inputs={}, settings=settings, stages=stages, packages=_PACKAGES)
    return StudyResult(study, cohort, tuple(findings), tuple(splits), models, failed, pairs, notes, provenance)


def _model(data: OutcomeData, told: ModelTold) -> ModelJudged:
    splits = told.splits
    place = {patient: n for n, patient in enumerate(data.patients)}
    rows = np.array([place[one] for split in splits for one in split.judged], dtype=np.int64)
    at = np.repeat(np.arange(len(splits)), [len(split.judged) for split in splits])
    risk = np.array([value for split in splits for value in split.risk])
    score = discrimination(_taken(data, rows), risk, strata=at)
    values = tuple(_value(data.rows(rows[at == n]), risk[at == n]) for n in range(len(splits)))
    return ModelJudged(told.name, told.model, told.published, splits, rows, at, risk, score, values)


def _taken(data: OutcomeData, rows: np.ndarray) -> OutcomeData:
    """Give patients, those who stand in several splits each time under a name of its own."""
    if len(set(rows.tolist())) == len(rows):
        return data.rows(rows)
    names = tuple(f"{data.patients[row]} #{n}" for n, row in enumerate(rows))
    outcome: Any = data.follow_up.of(rows) if data.is_survival else data.labels[rows]
    return OutcomeData(names, data.names, data.x[rows], outcome)


def _value(data: OutcomeData, risk: np.ndarray) -> float:
    try:
        return discrimination(data, risk).value
    except InputError:
        return float("nan")
