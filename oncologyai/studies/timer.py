"""How long a contour takes: a timer that a crash robs of the running stretch at most, and its table of sessions."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.studies.journal import Journal, create_journal, read_journal
from oncologyai.studies.stopwatch import Stopwatch

__all__ = ["ContourTimer", "TimedSession", "read_sessions"]

_COLUMNS = ("session", "event", "reader", "case", "method", "active_s", "total_s", "at")
_EVENTS = ("start", "pause", "resume", "keep", "stop", "discard")


@dataclass(frozen=True)
class TimedSession:
    """One contour: who, what, how; seconds at work, and with pauses; how many pauses; ``state`` of the last event.

    ``state`` is open (the program that timed it may have died), done or discarded. The time between a crash and going
    on is in neither figure.
    """

    number: int
    reader: str
    case: str
    method: str
    active_s: float
    total_s: float
    pauses: int
    state: str
    started_at: str
    ended_at: str


class ContourTimer:
    """Times one contour of one reader.

    Parameters
    ----------
    path : Path
        Table of all sessions; made where it is not there.
    reader, case : str
        Who contours what; a case is an image or a lesion, as the user counts.
    method : str
        How: manual, corrected, automatic, ...
    clock : callable
        Seconds that never run backwards.
    now : callable
        The time of day, for the table.

    Notes
    -----
    Where the table holds an open session of the same reader, case and method, the timer takes it up, paused, with the
    seconds that were kept: ``recovered`` is then True. Each event is on the disk when its call returns. Whether a user
    is idle is for the caller to see: ``pause(idle_s=...)`` takes the idle seconds back.

    Raises
    ------
    InputError
        If a name is empty.
    UnreadableFileError
        If the table is damaged; the message names the line.
    OutputError
        If the table cannot be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        reader: str,
        case: str,
        method: str = "manual",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        names = {"reader": reader, "case": case, "method": method}
        self._names = {name: " ".join(text.split()) for name, text in names.items()}
        for name, text in self._names.items():
            if not text:
                raise InputError(name, expected="a name", got="none")
        if not path.exists():
            create_journal(path, _COLUMNS)
        self._journal = Journal(path, _COLUMNS)
        self._watch, self._now = Stopwatch(clock), now
        self._kept_active = self._kept_total = 0.0
        sessions = _sessions(self._journal.rows, path)
        mine = [s for s in sessions if s.state == "open" and self._is_mine(s)]
        self.recovered = bool(mine)
        self._number = mine[0].number if mine else 1 + max((s.number for s in sessions), default=0)
        self._state = "paused" if mine else "ready"
        if mine:
            self._kept_active, self._kept_total = mine[0].active_s, mine[0].total_s

    @property
    def state(self) -> str:
        """``ready``, ``running``, ``paused``, ``done`` or ``discarded``."""
        return self._state

    @property
    def active_s(self) -> float:
        """Seconds at work."""
        return self._kept_active + self._watch.active_s

    @property
    def total_s(self) -> float:
        """Seconds since the start, with pauses; none after the end."""
        return self._kept_total + self._watch.total_s

    def start(self) -> None:
        """Begin a new session.

        Raises
        ------
        InputError
            If it has begun already (also for the other steps: if they do not fit the state).
        """
        self._step("start", ("ready",), "running")
        self._watch.start()

    def pause(self, *, idle_s: float = 0.0) -> None:
        """Stop counting; the last ``idle_s`` seconds, at most those since ``resume``, do not count either."""
        self._require("pause", ("running",))
        self._watch.pause(idle_s)
        self._step("pause", ("running",), "paused")

    def resume(self) -> None:
        """Count again."""
        self._step("resume", ("paused",), "running")
        self._watch.start()

    def keep(self) -> None:
        """Write down what was counted so far; called now and then, a crash loses less."""
        self._step("keep", ("running", "paused"), self._state)

    def stop(self) -> TimedSession:
        """End the session: the contour is done."""
        return self._end("stop", "done")

    def discard(self) -> TimedSession:
        """End the session without a contour; it is left out of every analysis."""
        return self._end("discard", "discarded")

    def _end(self, event: str, state: str) -> TimedSession:
        self._require(event, ("running", "paused"))
        self._watch.pause()
        self._step(event, ("running", "paused"), state)
        ended = next(s for s in _sessions(self._journal.rows, self._journal.path) if s.number == self._number)
        self._kept_active, self._kept_total = ended.active_s, ended.total_s
        self._watch.reset()
        return ended

    def _require(self, event: str, states: tuple[str, ...]) -> None:
        if self._state not in states:
            expected = "a timer that is " + " or ".join(states)
            raise InputError(event, expected=expected, got=f"one that is {self._state}")

    def _step(self, event: str, states: tuple[str, ...], state: str) -> None:
        self._require(event, states)
        self._journal.append(
            session=str(self._number), event=event, **self._names, active_s=f"{self.active_s:.3f}",
            total_s=f"{self.total_s:.3f}", at=self._now().isoformat(timespec="seconds"),
        )  # fmt: skip
        self._state = state

    def _is_mine(self, session: TimedSession) -> bool:
        return all(getattr(session, name) == text for name, text in self._names.items())


def read_sessions(path: Path) -> tuple[TimedSession, ...]:
    """Read the sessions of a timer's table, in the order in which they began.

    Raises
    ------
    MissingFileError
        If there is no table.
    UnreadableFileError
        If a line is damaged or cannot follow those before it; the message names it.
    """
    return _sessions(read_journal(path, _COLUMNS).rows, path)


def _sessions(rows: tuple[dict[str, str], ...], path: Path) -> tuple[TimedSession, ...]:
    found: dict[int, TimedSession] = {}
    for line, row in enumerate(rows, start=2):
        where = f"{path} line {line}"
        number, active, total = (_number(row[name], where) for name in ("session", "active_s", "total_s"))
        before = found.get(int(number))
        if row["event"] not in _EVENTS or (before is None) != (row["event"] == "start"):
            raise UnreadableFileError(where, expected="an event that can follow", got=repr(row["event"]))
        if before is not None and before.state != "open":
            raise UnreadableFileError(where, expected="an open session", got=f"one that is {before.state}")
        state = {"stop": "done", "discard": "discarded"}.get(row["event"], "open")
        found[int(number)] = TimedSession(
            int(number), row["reader"], row["case"], row["method"], active, total,
            (before.pauses if before else 0) + (row["event"] == "pause"), state,
            before.started_at if before else row["at"], "" if state == "open" else row["at"],
        )  # fmt: skip
    return tuple(found.values())


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise UnreadableFileError(where, expected="a number from 0", got=repr(text))
    return value
