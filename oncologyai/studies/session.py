"""A reader at work: the next item, an answer, one step back, how much is left. No window, no keyboard.

A panel or a page draws ``session.show()``, and calls ``answer`` with what was chosen. Every answer is on the disk when
``answer`` returns; a session opened after a kill goes on with the first item that has none.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.studies.journal import Journal, read_journal
from oncologyai.studies.reader_study import Item, Reader, ReaderStudy, read_items
from oncologyai.studies.stopwatch import Stopwatch

__all__ = ["Answer", "Session", "read_answers", "replay_answers"]


@dataclass(frozen=True)
class Answer:
    """What a reader said of an item: choice, active seconds, how the image was shown, a comment, when (ISO, UTC).

    ``confidence`` is a step from 1, None where the study asks for none; ``shown`` says in words how it was shown.
    """

    item: int
    choice: str
    seconds: float
    window: float | None
    level: float | None
    comment: str
    at: str
    confidence: int | None = None
    shown: str = ""


def replay_answers(rows: Sequence[Mapping[str, str]], count: int, study: ReaderStudy, path: Path) -> tuple[Answer, ...]:
    """Give the answers that hold after every answer and every step back of a table.

    Parameters
    ----------
    rows : sequence of mapping
        Cells by ``study.answer_columns``; row n is line n + 2 of ``path``.
    count : int
        Items of the reader.
    study : ReaderStudy
        Says what may be answered.
    path : Path
        Named in messages.

    Returns
    -------
    tuple of Answer
        Of items 1, 2, ... in order. No row gives none.

    Raises
    ------
    UnreadableFileError
        If an answer is doubled, missing or not a possible one; the message names the line.
    """
    held: list[Answer] = []
    for number, row in enumerate(rows, start=2):
        where = f"{path} line {number}"
        if row["action"] == "undo":
            if row["item"] != str(len(held)) or not held:
                raise UnreadableFileError(where, expected=f"a step back from item {len(held)}", got=row["item"])
            held.pop()
            continue
        if row["action"] != "answer" or row["item"] != str(len(held) + 1) or len(held) == count:
            expected = f"the answer to item {len(held) + 1}" if len(held) < count else "no more answers"
            raise UnreadableFileError(where, expected=expected, got=f"{row['action']} {row['item']}")
        held.append(_answer(row, study, where))
    return tuple(held)


def read_answers(study: ReaderStudy, reader: Reader) -> tuple[Answer, ...]:
    """Read the answers of a reader that hold, without touching the table: the reader may be at work.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a table of the reader is missing or damaged; the message names the line.
    """
    path = study.answers_path(reader)
    rows = read_journal(path, study.answer_columns).rows
    return replay_answers(rows, len(read_items(study, reader)), study, path)


class Session:
    """One reader's session.

    Parameters
    ----------
    study : ReaderStudy
        See ``read_study``.
    reader : str
        The reader's name.
    clock : callable
        Seconds for the time an item takes.
    now : callable
        The time of day, for the table.

    Raises
    ------
    InputError
        If the study has no such reader.
    UnreadableFileError
        If the reader's tables are damaged; the message names the line.
    """

    def __init__(
        self,
        study: ReaderStudy,
        reader: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.study, self.reader = study, study.reader(reader)
        self._items = read_items(study, self.reader)
        self._journal = Journal(study.answers_path(self.reader), study.answer_columns)
        self._answers = list(replay_answers(self._journal.rows, self.total, study, self._journal.path))
        self._watch, self._now = Stopwatch(clock), now

    @property
    def total(self) -> int:
        """Number of items."""
        return len(self._items)

    @property
    def done(self) -> int:
        """Number of items answered."""
        return len(self._answers)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers that hold, by item."""
        return tuple(self._answers)

    @property
    def item(self) -> Item | None:
        """The item to be answered next, None when all are."""
        return self._items[self.done] if self.done < self.total else None

    def show(self) -> Item | None:
        """Give the item to be answered next, and begin to count its time where it is not counted yet."""
        if self.item is not None:
            self._watch.start()
        return self.item

    def pause(self) -> None:
        """Stop counting time, until ``show`` is called again."""
        self._watch.pause()

    def answer(
        self,
        choice: str,
        *,
        confidence: int | None = None,
        window: float | None = None,
        level: float | None = None,
        shown: str = "",
        comment: str = "",
    ) -> Answer:
        """Keep the answer to the item that is shown; the next one is then to be shown.

        Parameters
        ----------
        choice : str
            One of ``study.choices``.
        confidence : int, optional
            From 1 to the number of ``study.confidences``; needed where the study has them.
        window, level : float, optional
            How the image was shown.
        shown : str
            The same in words, where the study keeps them: one that asks for confidence.
        comment : str
            Free text; line breaks become spaces.

        Raises
        ------
        InputError
            If nothing is shown, choice or confidence is none of the possible ones, or window or level is not finite.
        OutputError, DiskFullError
            If the answer cannot be written; it is then not counted.
        """
        item = self.item
        if item is None or not self._watch.started:
            got = "none left" if item is None else "none shown"
            raise InputError("answer", expected="an item that is shown", got=got, remedy="call show first")
        if choice not in self.study.choices:
            raise InputError("choice", expected="one of " + ", ".join(self.study.choices), got=repr(choice))
        _check_confidence(confidence, self.study)
        for value, name in ((window, "window"), (level, "level")):
            if value is not None and not math.isfinite(value):
                raise InputError(name, expected="a finite number", got=str(value))
        seconds = round(self._watch.active_s, 3)
        at = self._now().isoformat(timespec="seconds")
        words, said = (" ".join(text.split()) for text in (shown, comment))
        found = Answer(item.number, choice, seconds, window, level, said, at, confidence, words)
        self._append("answer", _row(found))
        self._answers.append(found)
        self._watch.reset()
        return found

    def undo(self) -> Item:
        """Take the last answer back and give its item, which is then the one to be answered.

        Raises
        ------
        InputError
            If there is no answer.
        """
        if not self._answers:
            raise InputError("undo", expected="an answer to take back", got="none")
        last = self._answers[-1]
        at = self._now().isoformat(timespec="seconds")
        self._append("undo", {"item": str(last.item), "at": at})
        self._answers.pop()
        self._watch.reset()
        return self._items[self.done]

    def _append(self, action: str, cells: Mapping[str, str]) -> None:
        row = {"action": action, **cells}
        self._journal.append(**{name: row.get(name, "") for name in self.study.answer_columns})


def _check_confidence(confidence: int | None, study: ReaderStudy) -> None:
    steps = len(study.confidences)
    if not steps and confidence is not None:
        raise InputError("confidence", expected="none: this study does not ask for it", got=str(confidence))
    if steps and confidence not in range(1, steps + 1):
        raise InputError("confidence", expected=f"a whole number from 1 to {steps}", got=str(confidence))


def _row(answer: Answer) -> dict[str, str]:
    return {
        "item": str(answer.item),
        "choice": answer.choice,
        "confidence": "" if answer.confidence is None else str(answer.confidence),
        "shown": answer.shown,
        "seconds": f"{answer.seconds:.3f}",
        "window": "" if answer.window is None else str(float(answer.window)),
        "level": "" if answer.level is None else str(float(answer.level)),
        "comment": answer.comment,
        "at": answer.at,
    }


def _answer(row: Mapping[str, str], study: ReaderStudy, where: str) -> Answer:
    if row["choice"] not in study.choices:
        raise UnreadableFileError(where, expected="a choice of " + ", ".join(study.choices), got=repr(row["choice"]))
    seconds, window, level = (_number(row[name], where) for name in ("seconds", "window", "level"))
    if seconds is None or seconds < 0:
        raise UnreadableFileError(where, expected="seconds from 0", got=repr(row["seconds"]))
    steps = {str(number): number for number in range(1, len(study.confidences) + 1)}
    if study.confidences and row["confidence"] not in steps:
        raise UnreadableFileError(where, expected=f"a confidence of 1 to {len(steps)}", got=repr(row["confidence"]))
    return Answer(
        int(row["item"]), row["choice"], seconds, window, level, row["comment"], row["at"],
        steps.get(row.get("confidence", "")), row.get("shown", ""),
    )  # fmt: skip


def _number(text: str, where: str) -> float | None:
    if text == "":
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UnreadableFileError(where, expected="a finite number or nothing", got=repr(text))
    return value
