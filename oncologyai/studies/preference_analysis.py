"""What a preference study says: scores by reader, group and case, agreement, consistency, time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oncologyai.errors import EmptyStudyError
from oncologyai.metrics import proportion_interval, sign_flip_test, summarise
from oncologyai.studies.preference_agreement import agreement_table, consistency_table, pairs_table
from oncologyai.studies.preference_answers import PreferenceAnswers
from oncologyai.studies.preference_study import NO_PREFERENCE
from oncologyai.studies.resampling import Resampling, crossed_mean_interval
from oncologyai.types import Table

__all__ = ["ALL_READERS", "PreferenceResult", "analyse_preference"]

ALL_READERS = "all readers"


@dataclass(frozen=True)
class PreferenceResult:
    """Tables of a preference study; scores, their intervals and shares are in per cent.

    Attributes
    ----------
    method, reference : str
        Names of the contours.
    readers, groups, cases : Table
        Preference score by reader, by group (and over all, where there are several), by case.
    agreement, pairs : Table
        Fleiss' kappa by group; Cohen's kappa of each two readers.
    consistency : Table
        By reader: the same method chosen again on a repeat, and how often the left side was chosen.
    times : Table
        Seconds an item, first showings only, by reader and group.
    answers : Table
        Every answer.
    notes : tuple of str
        What is missing.
    """

    method: str
    reference: str
    readers: Table
    groups: Table
    cases: Table
    agreement: Table
    pairs: Table
    consistency: Table
    times: Table
    answers: Table
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return (
            self.groups, self.readers, self.cases, self.agreement, self.pairs, self.consistency, self.times,
            self.answers,
        )  # fmt: skip


def analyse_preference(answers: PreferenceAnswers, draws: Resampling | None = None) -> PreferenceResult:
    """Analyse the answers of a preference study.

    Parameters
    ----------
    answers : PreferenceAnswers
        Repeats count for consistency only.
    draws : Resampling, optional
        For the bootstrap; its level is that of all intervals.

    Returns
    -------
    PreferenceResult
        The score is n_m / n_o x 100: preferred for the method, of all cases judged, those without a preference
        included [1]_ (equation 8). By reader, by case and for a group of one reader its interval is exact
        (Clopper-Pearson); for a group of several it comes from drawing readers and cases again. The test against 50 %
        leaves cases without a preference out: by reader it is the exact binomial test, by group the exact test of the
        sums of the cases under a change of sign, for answers to one case hang together.

    Raises
    ------
    EmptyStudyError
        If there is no answer.

    References
    ----------
    .. [1] Primakov et al., Nature Communications 13, 3423, 2022.
    """
    frame = answers.frame
    first = frame[~frame["repeat"].astype(bool)]
    if first.empty:
        raise EmptyStudyError("answers", expected="at least one answer", got="none", remedy="let readers answer first")
    draws = draws or Resampling()
    named = list(_groups(first).items())
    method = answers.method
    groups = [_group_row(name, part, answers, draws) for name, part in named]
    readers = [_reader_row(name, part, answers, draws.level) for name, part in first.groupby("reader", sort=False)]
    cases = [_case_row(name, part, answers, draws.level) for name, part in first.groupby("case", sort=True)]
    return PreferenceResult(
        method=method,
        reference=answers.reference,
        groups=_table("groups", groups),
        readers=_table("readers", readers),
        cases=_table("cases", cases),
        agreement=agreement_table(named, (method, answers.reference, NO_PREFERENCE), draws),
        pairs=pairs_table(first),
        consistency=consistency_table(frame, level=draws.level),
        times=_table("times", _time_rows(first, named)),
        answers=_table(
            "answers", [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
        ),
        notes=answers.notes,
    )


def _groups(first: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the answers by group, then all of them where there are several groups."""
    found = {str(name): part for name, part in first.groupby("group", sort=False)}
    return found if len(found) == 1 else {**found, ALL_READERS: first}


def _counts(part: pd.DataFrame, answers: PreferenceAnswers) -> dict[str, int]:
    return {
        "preferred": int((part["preferred"] == answers.method).sum()),
        "other": int((part["preferred"] == answers.reference).sum()),
        "none": int((part["preferred"] == NO_PREFERENCE).sum()),
    }


def _exact(preferred: int, count: int, level: float) -> dict[str, float]:
    found = proportion_interval(preferred, count, level=level)
    return {"score": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high}


def _reader_row(name: object, part: pd.DataFrame, answers: PreferenceAnswers, level: float) -> dict[str, object]:
    counts = _counts(part, answers)
    signs = [1] * counts["preferred"] + [-1] * counts["other"]
    score = _exact(counts["preferred"], len(part), level)
    group = part["group"].iloc[0]
    return {"reader": name, "group": group, "cases": len(part), **counts, **score, "p": sign_flip_test(signs)}


def _case_row(name: object, part: pd.DataFrame, answers: PreferenceAnswers, level: float) -> dict[str, object]:
    counts = _counts(part, answers)
    seconds = summarise(part["seconds"].to_list()).median
    score = _exact(counts["preferred"], len(part), level)
    return {"case": name, "readers": len(part), **counts, **score, "seconds_median": seconds}


def _group_row(name: str, part: pd.DataFrame, answers: PreferenceAnswers, draws: Resampling) -> dict[str, object]:
    counts = _counts(part, answers)
    chosen = (part["preferred"] == answers.method).astype(float)
    matrix = part.assign(chosen=chosen).pivot(index="reader", columns="case", values="chosen")
    if matrix.shape[0] == 1:
        alone = proportion_interval(counts["preferred"], len(part), level=draws.level)
        low, high = alone.low, alone.high
    else:
        low, high = crossed_mean_interval(matrix.to_numpy(), draws)
    signs = chosen - (part["preferred"] == answers.reference).astype(float)
    scores = 100 * chosen.groupby(part["reader"]).mean()
    spread = summarise(scores.to_list())
    return {
        "group": name,
        "readers": matrix.shape[0],
        "cases": matrix.shape[1],
        "answers": len(part),
        **counts,
        "score": 100 * float(chosen.mean()),
        "low": 100 * low,
        "high": 100 * high,
        "p": sign_flip_test(signs.groupby(part["case"]).sum()),
        "reader_mean": spread.mean,
        "reader_median": spread.median,
        "reader_q1": spread.q1,
        "reader_q3": spread.q3,
    }


def _time_rows(first: pd.DataFrame, named: Sequence[tuple[str, pd.DataFrame]]) -> list[dict[str, object]]:
    parts: list[tuple[str, object, pd.DataFrame]] = [
        ("reader", name, part) for name, part in first.groupby("reader", sort=False)
    ]
    parts += [("group", name, part) for name, part in named]
    rows: list[dict[str, object]] = []
    for kind, name, part in parts:
        found = summarise(part["seconds"].to_list())
        rows.append(
            {
                "of": kind,
                "name": name,
                "answers": found.n,
                "median_s": found.median,
                "q1_s": found.q1,
                "q3_s": found.q3,
                "mean_s": found.mean,
                "sd_s": found.sd,
            }
        )
    return rows


def _table(name: str, rows: Sequence[Mapping[str, object]]) -> Table:
    """Turn rows into a table: numbers are plain ones, an undefined one is None."""
    columns = tuple(rows[0]) if rows else ()
    return Table(name, columns, tuple(tuple(_cell(row[column]) for column in columns) for row in rows))


def _cell(value: object) -> str | float | int | None:
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return None if value is None else str(value)
