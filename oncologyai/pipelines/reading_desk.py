"""A reader of bone scans at work, for a panel, a page or a keyboard to drive: no window and no Qt.

::

    desk = ReadingDesk(folder, "Dr A")
    while not desk.finished:
        draw(desk.pictures())            # or the volumes in desk.views
        desk.present()                   # from here on time counts
        desk.set_grey("faint", 80.0)     # as often as the reader likes
        desk.answer("yes", confidence=4, comment="L4")

Every answer is on the disk when ``answer`` returns. A desk opened after a kill stands at the first scan without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.scintigraphy import GREY_REFERENCES, GreyReference, upper_level
from oncologyai.studies import DIAGNOSIS, Answer, Session, read_diagnosis_item, read_study
from oncologyai.types import Volume

__all__ = ["ReadingDesk", "readers_of"]

_WHITE = 255
_PERCENT = (5.0, 400.0)  # of the reference level: beyond, all is black or all white


class ReadingDesk:
    """One reader's session of a study of bone scans.

    Parameters
    ----------
    folder : Path
        The readers' folder of a diagnostic study.
    reader : str
        The reader's name.
    clock : callable
        Seconds for the time a scan takes.
    now : callable
        The time of day, for the table.

    Attributes
    ----------
    reference, percent
        The grey scale: see ``scintigraphy.upper_level``. Each scan begins with 'usual' at 100 %.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the folder holds no study, or a table is damaged; the message names the line.
    InputError
        If the study is of another kind or has no such reader.
    """

    def __init__(
        self,
        folder: Path,
        reader: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        study = read_study(folder)
        study.require_kind(DIAGNOSIS)
        self._session = Session(study, reader, clock=clock, now=now)
        self.reader = self._session.reader.name
        self.question, self.choices, self.confidences = study.question, study.choices, study.confidences
        self.reference: GreyReference
        self._views: dict[str, Volume] = {}
        self._levels: dict[tuple[str, str], float] = {}
        self._begin()

    @property
    def total(self) -> int:
        """Number of scans to be read."""
        return self._session.total

    @property
    def done(self) -> int:
        """Number of scans that have an answer."""
        return self._session.done

    @property
    def finished(self) -> bool:
        """Whether all have one."""
        return self._session.item is None

    @property
    def paused(self) -> bool:
        """Whether time stands still: before ``present``, after ``pause`` and at the end."""
        return not self._running

    @property
    def picture_place(self) -> Path:
        """Give where a picture of the scan may lie: beside the reader's own tables."""
        return self._session.study.items_path(self._session.reader).with_name("now.png")

    @property
    def views(self) -> Mapping[str, Volume]:
        """The scan to be read, by view, anterior first; empty when all are read.

        Raises
        ------
        MissingFileError, UnreadableFileError
            If a file of the study is gone or damaged.
        """
        if not self._views and self._session.item is not None:
            self._views = dict(sorted(read_diagnosis_item(self._session.item).items()))
        return self._views

    def present(self) -> None:
        """Count time from here on: the scan is on the screen. Also after a pause."""
        if not self.finished:
            self._session.show()
            self._running = True

    def pause(self) -> None:
        """Stop counting; who draws should take the scan from the screen."""
        self._session.pause()
        self._running = False

    def set_grey(self, reference: GreyReference | None = None, percent: float | None = None) -> None:
        """Change the grey scale of both views.

        Parameters
        ----------
        reference : {'usual', 'faint', 'maximum'}, optional
            Without, as it is; given alone, the percentage goes back to 100.
        percent : float, 5 to 400, optional
            Of the reference level: less makes faint uptake darker.

        Raises
        ------
        InputError
            If a value is none of these.
        """
        if reference is not None:
            check_choice(reference, GREY_REFERENCES, "reference")
            self.reference, self.percent = reference, 100.0
        if percent is not None:
            check_range(percent, *_PERCENT, "percent")
            self.percent = float(percent)

    def levels(self) -> dict[str, float]:
        """Give, by view, the value that is shown black; 0 is white."""
        for view, volume in self.views.items():
            if (view, self.reference) not in self._levels:
                self._levels[view, self.reference] = upper_level(volume, self.reference)
        return {view: self._levels[view, self.reference] * self.percent / 100.0 for view in self.views}

    def pictures(self) -> dict[str, np.ndarray]:
        """Give, by view, what is to be drawn: uint8 (j, i), much uptake black, as the camera of that view saw it.

        The patient's right is on the left in an anterior view and on the right in a posterior one.
        """
        found = {}
        for view, level in self.levels().items():
            volume = self.views[view]
            share = np.clip(np.asarray(volume.array[0], dtype=np.float32) / np.float32(level), 0.0, 1.0)
            grey = np.rint(_WHITE * (1.0 - share)).astype(np.uint8)
            towards_left = volume.ijk_to_ras[0, 0] < 0.0  # RAS x falls as columns run to the patient's left
            found[view] = grey if towards_left == (view == "anterior") else np.ascontiguousarray(grey[:, ::-1])
        return found

    def answer(self, choice: str, *, confidence: int, comment: str = "") -> Answer:
        """Keep the answer to the scan that is presented; the next one is then to be drawn and presented.

        Parameters
        ----------
        choice : str
            One of ``choices``.
        confidence : int
            From 1, the least sure, to the number of ``confidences``.
        comment : str
            Free text.

        Raises
        ------
        InputError
            If the scan is not presented, or choice or confidence is none of the possible ones.
        OutputError, DiskFullError
            If the answer cannot be written; it is then not counted.
        """
        level = next(iter(self.levels().values()), None)
        given = self._session.answer(
            choice,
            confidence=confidence,
            window=level,
            level=None if level is None else level / 2.0,
            shown=f"{self.reference} {self.percent:g} %",
            comment=comment,
        )
        self._begin()
        return given

    def undo(self) -> None:
        """Take the last answer back; its scan is then to be drawn and presented again.

        Raises
        ------
        InputError
            If there is no answer.
        """
        self._session.undo()
        self._begin()

    def _begin(self) -> None:
        self._views, self._levels = {}, {}
        self.reference, self.percent = "usual", 100.0
        self._running = False


def readers_of(folder: Path) -> tuple[str, ...]:
    """Give the names of the readers of a study of bone scans, in the order in which they were added.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the folder holds no study, or a damaged one.
    InputError
        If the study is of another kind.
    """
    study = read_study(folder)
    study.require_kind(DIAGNOSIS)
    return tuple(reader.name for reader in study.readers)
