"""The answers of a preference study, unblinded: from its folder and key, or from a table already collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.studies.preference_key import PreferenceKey, read_key
from oncologyai.studies.preference_study import NO_PREFERENCE
from oncologyai.studies.reader_study import Item, Reader, ReaderStudy, read_items, read_study
from oncologyai.studies.session import Answer, read_answers
from oncologyai.studies.tables import cell_number, table_cells
from oncologyai.types import Table

__all__ = ["AnswerColumns", "PreferenceAnswers", "answers_from_study", "answers_from_table"]

_COLUMNS = (
    "reader", "group", "case", "repeat", "preferred", "side", "seconds", "window", "level", "comment", "at",
)  # fmt: skip
_YES, _NO = ("1", "yes", "true", "y", "x", "repeat"), ("", "0", "no", "false", "n")


@dataclass(frozen=True, eq=False)
class PreferenceAnswers:
    """Answers with the methods' names.

    Attributes
    ----------
    frame : DataFrame
        A row an answer: reader, group, case, repeat (bool), preferred (``method``, ``reference`` or "none"), side
        (left, right or "" where it is not known or nothing was preferred), seconds, window, level (NaN where not
        known), comment, at. Each reader's first showing of a case stands before its repeat.
    method, reference : str
        Names of the contours.
    notes : tuple of str
        What is missing.
    """

    frame: pd.DataFrame
    method: str
    reference: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerColumns:
    """Names of the columns of a collected table; "" for what it does not have."""

    reader: str = "reader"
    case: str = "case"
    preferred: str = "preferred"
    group: str = ""
    repeat: str = ""
    seconds: str = ""


def answers_from_study(folder: Path, key_folder: Path) -> PreferenceAnswers:
    """Read all readers' answers and say which method each one means.

    Parameters
    ----------
    folder : Path
        The readers' folder.
    key_folder : Path
        The key's.

    Returns
    -------
    PreferenceAnswers
        Answers taken back are left out; an answer that a kill cut short does not count.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file is missing or damaged; the message names the line.
    InputError
        If the key belongs to another study, or the study is of another kind.
    """
    study = read_study(folder)
    study.require_kind("preference")
    key = read_key(key_folder, study.identity)
    rows: list[tuple[object, ...]] = []
    notes = []
    for reader in study.readers:
        items = read_items(study, reader)
        answers = read_answers(study, reader)
        rows += _unblinded(study, key, reader, items, answers)
        if len(answers) < len(items):
            notes.append(f"{reader.name} has answered {len(answers)} of {len(items)} items")
    return PreferenceAnswers(pd.DataFrame(rows, columns=list(_COLUMNS)), key.method, key.reference, tuple(notes))


def answers_from_table(
    table: Table,
    name: str,
    columns: AnswerColumns | None = None,
    *,
    method: str = "automatic",
    reference: str = "manual",
) -> PreferenceAnswers:
    """Take answers that were collected elsewhere.

    Parameters
    ----------
    table : Table
        A row an answer, row n in line n + 2; the column of the choice holds ``method``, ``reference`` or "none",
        capitals aside.
    name : str
        What messages call the table.
    columns : AnswerColumns, optional
        What the columns are called. Without a column of groups every reader belongs to ``readers``.
    method, reference : str
        What the contours are called there.

    Returns
    -------
    PreferenceAnswers
        In the table's order.

    Raises
    ------
    InputError
        If a column is missing, a cell is not what it should be, a reader has two groups, or answers for a case twice
        without a column that marks repeats; the message names the line.
    """
    columns = columns or AnswerColumns()
    wanted = (columns.reader, columns.case, columns.preferred, columns.group, columns.repeat, columns.seconds)
    rows: list[tuple[object, ...]] = []
    places: list[str] = []
    known = {choice.casefold(): choice for choice in (method, reference, NO_PREFERENCE)}
    for where, cells in table_cells(table, name, wanted):
        preferred = known.get(cells[columns.preferred].casefold())
        if preferred is None:
            expected = "one of " + ", ".join(known.values())
            raise InputError(where, expected=expected, got=repr(cells[columns.preferred]), remedy="name the methods")
        if not cells[columns.reader] or not cells[columns.case]:
            raise InputError(where, expected="a reader and a case", got="an empty cell")
        seconds = cell_number(cells.get(columns.seconds, ""), where, least=0.0)
        repeat = _flag(cells.get(columns.repeat, ""), where)
        group = cells.get(columns.group, "") or "readers"
        places.append(where)
        rows.append(
            (cells[columns.reader], group, cells[columns.case], repeat, preferred, "", seconds, None, None, "", "")
        )
    answers = pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"window": float, "level": float, "seconds": float})
    _check_answers(answers, places)
    return PreferenceAnswers(answers, method, reference)


def _unblinded(
    study: ReaderStudy, key: PreferenceKey, reader: Reader, items: tuple[Item, ...], answers: tuple[Answer, ...]
) -> list[tuple[object, ...]]:
    cases = {case.case: case for case in key.cases}
    seen: set[str] = set()
    rows: list[tuple[object, ...]] = []
    for item, answer in zip(items, answers, strict=False):
        if item.case not in cases:
            where = f"{study.items_path(reader)} line {item.number + 1}"
            raise UnreadableFileError(where, expected="a case of the key", got=repr(item.case))
        case, side = cases[item.case], "" if answer.choice == NO_PREFERENCE else answer.choice
        preferred = key.method_of(case, item.files[side].name) if side else NO_PREFERENCE
        rows.append(
            (reader.name, reader.group, case.name, item.case in seen, preferred, side, answer.seconds,
             answer.window, answer.level, answer.comment, answer.at)
        )  # fmt: skip
        seen.add(item.case)
    return rows


def _flag(text: str, where: str) -> bool:
    if text.casefold() not in (*_YES, *_NO):
        raise InputError(where, expected="yes or no for a repeat", got=repr(text))
    return text.casefold() in _YES


def _check_answers(answers: pd.DataFrame, places: Sequence[str]) -> None:
    groups: dict[str, str] = {}
    first: dict[tuple[str, str, bool], str] = {}
    for where, reader, group, case, repeat in zip(
        places, answers["reader"], answers["group"], answers["case"], answers["repeat"], strict=True
    ):
        if groups.setdefault(reader, group) != group:
            raise InputError(where, expected=f"{reader} in group {groups[reader]!r}", got=repr(group))
        if (reader, case, repeat) in first:
            before = first[reader, case, repeat].rpartition(" ")[2]
            raise InputError(
                where, expected=f"one answer of {reader} for case {case}", got=f"another one, after line {before}",
                remedy="mark repeats in a column of their own",
            )  # fmt: skip
        if repeat and (reader, case, False) not in first:
            raise InputError(where, expected=f"a first answer for case {case} above", got="a repeat")
        first[reader, case, repeat] = where
