"""What a diagnostic study says: accuracy by reader and group, times, models beside readers, agreement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.metrics import summarise
from oncologyai.studies.diagnosis_accuracy import Judge, accuracy_table, groups_table, judges_of, times_table
from oncologyai.studies.diagnosis_answers import DiagnosisAnswers
from oncologyai.studies.diagnosis_comparison import comparison_table, multireader_table, ways_table
from oncologyai.studies.model_scores import ModelScores
from oncologyai.studies.preference_agreement import agreement_table, pairs_table
from oncologyai.studies.resampling import Resampling
from oncologyai.types import Table

__all__ = ["DiagnosisResult", "analyse_diagnosis"]


@dataclass(frozen=True, eq=False)
class DiagnosisResult:
    """Tables of a diagnostic study; shares and areas are from 0 to 1.

    Attributes
    ----------
    study : DiagnosisAnswers
        What was analysed.
    draws : Resampling
        How intervals came about.
    judges : tuple of Judge
        Readers, then models, with all that plots need.
    accuracy, groups, comparisons, multireader, ways, times, agreement, pairs, repeats, cases, answers : Table
        See ``accuracy_table`` and its neighbours; ``ways`` has rows where there is another study to compare with;
        ``repeats``: how often a reader said the same again; ``cases``: how many readers called the disease in each
        case; ``answers``: every answer.
    notes : tuple of str
        What is missing.
    """

    study: DiagnosisAnswers
    draws: Resampling
    judges: tuple[Judge, ...]
    accuracy: Table
    groups: Table
    comparisons: Table
    multireader: Table
    ways: Table
    times: Table
    agreement: Table
    pairs: Table
    repeats: Table
    cases: Table
    answers: Table
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return (
            self.accuracy, self.groups, self.multireader, self.ways, self.comparisons, self.times, self.agreement,
            self.pairs, self.repeats, self.cases, self.answers,
        )  # fmt: skip


def analyse_diagnosis(
    answers: DiagnosisAnswers,
    models: Sequence[ModelScores] = (),
    draws: Resampling | None = None,
    *,
    against: DiagnosisAnswers | None = None,
) -> DiagnosisResult:
    """Analyse the answers of a diagnostic study.

    Parameters
    ----------
    answers : DiagnosisAnswers
        Repeats count for consistency only. A reader who has not answered all is judged on what was answered.
    models : sequence of ModelScores
        Set beside the readers.
    draws : Resampling, optional
        For the bootstrap over cases; its level is that of all intervals.
    against : DiagnosisAnswers, optional
        The same readers on the same cases another way, such as without the model's answer: compared in ``ways``.

    Raises
    ------
    EmptyStudyError
        If there is no answer.
    InputError
        If a model has a reader's name or two models have one, or the other study has no reader or case of this one.
    """
    frame = answers.frame
    first = frame[~frame["repeat"]]
    if first.empty:
        raise EmptyStudyError("answers", expected="at least one answer", got="none", remedy="let readers answer first")
    names = [*first["reader"].unique(), *(model.name for model in models)]
    if len(set(names)) < len(names):
        raise InputError("models", expected="a name of its own for each model", got=", ".join(map(str, names)))
    draws = draws or Resampling()
    judges = judges_of(first, dict(answers.truth), models, draws)
    ways = Table("ways", (), ())
    if against is not None:
        other = against.frame[~against.frame["repeat"]]
        ways = ways_table(judges, judges_of(other, dict(against.truth), (), draws), draws.level)
    said = first.assign(preferred=np.where(first["choice"], "yes", "no"))
    groups = [(str(name), part) for name, part in said.groupby("group", sort=False)]
    named = groups if len(groups) == 1 else [*groups, ("all readers", said)]
    return DiagnosisResult(
        study=answers,
        draws=draws,
        judges=judges,
        accuracy=accuracy_table(judges, draws.level),
        groups=groups_table(judges),
        comparisons=comparison_table(judges, draws.level),
        multireader=multireader_table(judges, draws.level),
        ways=ways,
        times=times_table(judges),
        agreement=agreement_table(named, ("yes", "no"), draws),
        pairs=pairs_table(said),
        repeats=_repeats(frame),
        cases=_cases(first, answers.truth, models),
        answers=_answers(frame),
        notes=(*answers.notes, *(note for model in models for note in model.notes)),
    )


def _repeats(frame: pd.DataFrame) -> Table:
    rows = []
    for reader, part in frame.groupby("reader", sort=False):
        pairs = part[~part["repeat"]].merge(part[part["repeat"]], on="case", suffixes=("", "_again"))
        if len(pairs):
            same = int((pairs["choice"] == pairs["choice_again"]).sum())
            apart = (pairs["score"] - pairs["score_again"]).abs()
            rows.append((str(reader), len(pairs), same, same / len(pairs), float(apart.mean())))
    return Table("repeats", ("reader", "repeats", "same", "share", "score_apart_mean"), tuple(rows))


def _cases(first: pd.DataFrame, truth: Mapping[str, bool], models: Sequence[ModelScores]) -> Table:
    rows = []
    for case, part in first.groupby("case", sort=True):
        right = part["choice"] == truth[str(case)]
        said = (int(truth[str(case)]), len(part), int(part["choice"].sum()), int(right.sum()))
        seconds = summarise(part["seconds"].to_list()).median
        scores = [model.scores.get(str(case)) for model in models]
        rows.append((str(case), *said, _cell(seconds), *scores))
    columns = ("case", "truth", "readers", "said_yes", "right", "seconds_median", *(model.name for model in models))
    return Table("cases", columns, tuple(rows))


def _answers(frame: pd.DataFrame) -> Table:
    columns = tuple(map(str, frame.columns))
    return Table(
        "answers", columns, tuple(tuple(_cell(value) for value in row) for row in frame.itertuples(index=False))
    )


def _cell(value: object) -> str | float | int | None:
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return None if value is None else str(value)
