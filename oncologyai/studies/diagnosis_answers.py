"""The answers of a diagnostic study with the truth: from its folder and key, or from tables already collected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.studies.diagnosis_key import read_diagnosis_key
from oncologyai.studies.diagnosis_study import DIAGNOSIS
from oncologyai.studies.reader_study import read_items, read_study
from oncologyai.studies.session import read_answers
from oncologyai.studies.tables import cell_number, table_cells
from oncologyai.types import Table

__all__ = ["DiagnosisAnswers", "DiagnosisColumns", "diagnosis_from_study", "diagnosis_from_table", "truth_of_text"]

_COLUMNS = (
    "reader", "group", "case", "repeat", "truth", "choice", "confidence", "score", "seconds", "shown", "window",
    "level", "comment", "at",
)  # fmt: skip
_YES = ("1", "1.0", "yes", "true", "y", "positive", "with metastases")
_NO = ("0", "0.0", "no", "false", "n", "negative", "without metastases")


@dataclass(frozen=True, eq=False)
class DiagnosisAnswers:
    """Answers beside the truth.

    Attributes
    ----------
    frame : DataFrame
        A row an answer: reader, group, case (its name), repeat, truth, choice (bool: the disease is there), confidence
        (NaN where not asked), score (the larger, the surer that it is there), seconds, shown, window, level, comment,
        at. Each reader's first showing of a case stands before its repeat.
    sources : mapping of str to str
        By case of the study, where its files were; "" where that is not known.
    truth : mapping of str to bool
        By case of the study, whether it has the disease.
    offered, offered_positive : int
        Cases that the study was drawn from, and those of them with the disease.
    steps : int
        Steps of confidence, 0 where none was asked.
    seed : int, optional
        Of the study.
    notes : tuple of str
        What is missing.
    """

    frame: pd.DataFrame
    sources: Mapping[str, str]
    truth: Mapping[str, bool]
    offered: int
    offered_positive: int
    steps: int = 0
    seed: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def positives(self) -> int:
        """Count the cases with the disease."""
        return sum(self.truth.values())


@dataclass(frozen=True)
class DiagnosisColumns:
    """Names of the columns of a collected table; "" for what it does not have.

    ``score`` is any number that rises with the suspicion, such as 0 to 100; without it, the choice and, where it is
    there, the confidence give it.
    """

    reader: str = "reader"
    case: str = "case"
    truth: str = "truth"
    choice: str = "choice"
    confidence: str = ""
    score: str = ""
    group: str = ""
    seconds: str = ""


def truth_of_text(text: str, where: str) -> bool:
    """Read yes or no in one of its usual forms; ``where`` names the line in the error."""
    word = text.strip().casefold()
    if word not in (*_YES, *_NO):
        raise InputError(where, expected="1 or 0, yes or no", got=repr(text))
    return word in _YES


def diagnosis_from_study(folder: Path, key_folder: Path) -> DiagnosisAnswers:
    """Read all readers' answers and set them beside the truth.

    Parameters
    ----------
    folder : Path
        The readers' folder.
    key_folder : Path
        The key's.

    Returns
    -------
    DiagnosisAnswers
        Answers taken back are left out; an answer that a kill cut short does not count. The score is the confidence
        with the sign of the answer: from certainly not to certainly.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file is missing or damaged; the message names the line.
    InputError
        If the key belongs to another study, or the study is of another kind.
    """
    study = read_study(folder)
    study.require_kind(DIAGNOSIS)
    key = read_diagnosis_key(key_folder, study.identity)
    cases = {case.case: case for case in key.cases}
    rows: list[tuple[object, ...]] = []
    notes = []
    for reader in study.readers:
        items, answers = read_items(study, reader), read_answers(study, reader)
        seen: set[str] = set()
        for item, answer in zip(items, answers, strict=False):
            case = cases.get(item.case)
            if case is None:
                where = f"{study.items_path(reader)} line {item.number + 1}"
                raise UnreadableFileError(where, expected="a case of the key", got=repr(item.case))
            said = answer.choice == "yes"
            rows.append(
                (reader.name, reader.group, case.name, item.case in seen, case.positive, said, answer.confidence,
                 _score(said, answer.confidence), answer.seconds, answer.shown, answer.window, answer.level,
                 answer.comment, answer.at)
            )  # fmt: skip
            seen.add(item.case)
        if len(answers) < len(items):
            notes.append(f"{reader.name} has answered {len(answers)} of {len(items)} items")
    return DiagnosisAnswers(
        _frame(rows), {c.name: c.source for c in key.cases}, {c.name: c.positive for c in key.cases}, key.offered,
        key.offered_positive, len(study.confidences), key.seed, tuple(notes),
    )  # fmt: skip


def diagnosis_from_table(table: Table, name: str, columns: DiagnosisColumns | None = None) -> DiagnosisAnswers:
    """Take answers that were collected elsewhere.

    Parameters
    ----------
    table : Table
        A row an answer, row n in line n + 2.
    name : str
        What messages call the table.
    columns : DiagnosisColumns, optional
        What the columns are called.

    Raises
    ------
    InputError
        If a column is missing, a cell is not what it should be, a case has two truths, a reader two groups, or two
        answers for a case; the message names the line.
    """
    columns = columns or DiagnosisColumns()
    wanted = (
        columns.reader, columns.case, columns.truth, columns.choice, columns.confidence, columns.score, columns.group,
        columns.seconds,
    )  # fmt: skip
    rows: list[tuple[object, ...]] = []
    truth: dict[str, bool] = {}
    groups: dict[str, str] = {}
    seen: dict[tuple[str, str], str] = {}
    for where, cells in table_cells(table, name, wanted):
        reader, case = cells[columns.reader], cells[columns.case]
        if not reader or not case:
            raise InputError(where, expected="a reader and a case", got="an empty cell")
        positive = truth_of_text(cells[columns.truth], f"{where}, {columns.truth}")
        group = cells.get(columns.group, "") or "readers"
        if truth.setdefault(case, positive) != positive:
            raise InputError(where, expected=f"one truth of case {case}", got="another than above")
        if groups.setdefault(reader, group) != group:
            raise InputError(where, expected=f"{reader} in group {groups[reader]!r}", got=repr(group))
        if (reader, case) in seen:
            raise InputError(
                where, expected=f"one answer of {reader} for case {case}", got=f"another, {seen[reader, case]}"
            )
        seen[reader, case] = where.removeprefix(f"{name} ")
        said = truth_of_text(cells[columns.choice], f"{where}, {columns.choice}")
        confidence = cell_number(cells.get(columns.confidence, ""), where, least=0.0)
        score = cell_number(cells.get(columns.score, ""), where)
        score = _score(said, confidence) if math.isnan(score) else score
        seconds = cell_number(cells.get(columns.seconds, ""), where, least=0.0)
        rows.append((reader, group, case, False, positive, said, confidence, score, seconds, "", None, None, "", ""))
    steps = {row[6] for row in rows if not math.isnan(row[6])}  # type: ignore[arg-type]
    return DiagnosisAnswers(
        _frame(rows), dict.fromkeys(truth, ""), truth, len(truth), sum(truth.values()), len(steps)
    )  # fmt: skip


def _score(said: bool, confidence: float | None) -> float:
    size = 1.0 if confidence is None or math.isnan(confidence) else float(confidence)
    return size if said else -size


def _frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    numbers = dict.fromkeys(("confidence", "score", "seconds", "window", "level"), float)
    flags = dict.fromkeys(("truth", "choice", "repeat"), bool)
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({**numbers, **flags})
