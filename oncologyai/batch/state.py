"""The state of batches in one SQLite file: tasks, attempts, and hashes of files. One process writes it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, get_args

from oncologyai.batch.fingerprint import KnownFile
from oncologyai.batch.plan import Plan, PlannedTask
from oncologyai.batch.references import OutputReference
from oncologyai.batch.step import Step
from oncologyai.batch.task import Outcome
from oncologyai.errors import InputError, MissingFileError, OutputError

__all__ = ["STATE_FILE", "State", "TaskRow", "TaskState"]

STATE_FILE = "batch.sqlite"
TaskState = Literal["waiting", "running", "done", "failed", "cancelled"]

_FORM = 1
_PATIENCE_S = 30.0  # with another program that looks into the file
_TABLES = """
create table batches (
    name text primary key, steps text not null, shown text not null, gather text not null,
    made real not null, beat real, worker text
);
create table tasks (
    id integer primary key, batch text not null references batches on delete cascade, position integer not null,
    case_name text not null, step text not null, planned text not null,
    state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    attempts integer not null default 0, started real, ended real, seconds real, worker text,
    key text not null default '', reused integer not null default 0, failure text not null default '',
    reason text not null default '', trace text not null default '', unique (batch, case_name, step)
);
create table attempts (
    task integer not null references tasks on delete cascade, number integer not null, started real not null,
    ended real, worker text, failure text, reason text, primary key (task, number)
);
create table files (path text primary key, size integer not null, mtime_ns integer not null, sha256 text not null);
"""
_FIELDS = (
    "id, case_name, step, planned, state, attempts, started, ended, seconds, worker, key, reused, failure, reason, "
    "trace"
)


@dataclass(frozen=True)
class TaskRow:
    """A task as it stands. Times are seconds since 1970."""

    id: int
    case: str
    step: str
    arguments: Mapping[str, Any]
    outputs: Mapping[str, OutputReference]
    state: TaskState
    attempts: int
    started: float | None = None
    ended: float | None = None
    seconds: float | None = None
    worker: str | None = None
    key: str = ""
    reused: bool = False
    failure: str = ""
    reason: str = ""
    trace: str = field(default="", repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps of the case that must be done before."""
        return tuple(dict.fromkeys(reference.step for reference in self.outputs.values()))


class State:
    """The state's file, open; a context that closes it.

    Parameters
    ----------
    folder : Path
        Of the batch.
    must_exist : bool
        Whether a missing file is an error; else it is made.

    Raises
    ------
    MissingFileError
        If it must exist and does not.
    InputError
        If another version of the library made it in a form that this one does not read.
    OutputError
        If it cannot be made.
    """

    def __init__(self, folder: Path, *, must_exist: bool = False) -> None:
        path = folder / STATE_FILE
        if must_exist and not path.is_file():
            raise MissingFileError(str(folder), expected="the folder of a batch", got=f"one without {STATE_FILE}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
            for line in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
                self._base.execute(f"pragma {line}")
            form = self._base.execute("pragma user_version").fetchone()[0]
        except (OSError, sqlite3.Error) as error:
            raise OutputError(str(path), expected="a state that can be written", got=str(error)) from error
        if form == 0:
            with self._together():
                for statement in _TABLES.split(";"):
                    self._base.execute(statement)
                self._base.execute(f"pragma user_version = {_FORM}")
        elif form != _FORM:
            self._base.close()
            raise InputError(
                str(path), expected=f"a state of form {_FORM}", got=f"form {form}", remedy="use a new folder"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def batches(self) -> tuple[str, ...]:
        """Give the names of the batches, the one that ran last at the end."""
        rows = self._base.execute("select name from batches order by coalesce(beat, made)")
        return tuple(row[0] for row in rows)

    def plan(self, plan: Plan) -> None:
        """Take a plan over: tasks that are new wait, so do those that changed, were done before or not finished.

        A task that was done waits too: its worker finds the result, unless an input has changed. Cases that the plan
        does not have any more go.
        """
        steps = {name: asdict(step) for name, step in plan.steps.items()}
        with self._together():
            self._base.execute(
                "insert into batches (name, steps, shown, gather, made) values (?, ?, ?, ?, ?) "
                "on conflict (name) do update set steps = excluded.steps, shown = excluded.shown, "
                "gather = excluded.gather",
                (plan.name, json.dumps(steps), json.dumps(plan.cases), plan.gather, time.time()),
            )
            self._base.execute("update tasks set position = -1 where batch = ?", (plan.name,))
            self._base.executemany(
                "insert into tasks (batch, position, case_name, step, planned, state) "
                "values (?, ?, ?, ?, ?, 'waiting') "
                "on conflict (batch, case_name, step) do update set position = excluded.position, "
                "attempts = 0, state = 'waiting', planned = excluded.planned",
                [
                    (plan.name, position, task.case, task.step, json.dumps(task.to_json(), sort_keys=True))
                    for position, task in enumerate(plan.tasks)
                ],
            )
            self._base.execute("delete from tasks where batch = ? and position = -1", (plan.name,))

    def stored_plan(self, batch: str) -> Plan:
        """Give the plan that was taken over last."""
        about = self.about(batch)
        tasks = tuple(PlannedTask(t.case, t.step, t.arguments, t.outputs) for t in self.tasks(batch))
        steps = {name: Step(**content) for name, content in about["steps"].items()}
        return Plan(batch, steps, about["shown"], tasks, about["gather"])

    def tasks(self, batch: str, state: TaskState | None = None) -> tuple[TaskRow, ...]:
        """Give the tasks of a batch in the order of the table, all or those of one state."""
        found = self._base.execute(
            f"select {_FIELDS} from tasks where batch = ? and (? is null or state = ?) order by position",
            (batch, state, state),
        )
        return tuple(_row(*row) for row in found)

    def counts(self, batch: str) -> dict[TaskState, int]:
        """Give how many tasks are in each state."""
        found = dict(self._base.execute("select state, count(*) from tasks where batch = ? group by state", (batch,)))
        return {state: found.get(state, 0) for state in get_args(TaskState)}

    def about(self, batch: str) -> dict[str, Any]:
        """Give a batch's steps, shown cells by case, step to gather, last sign of life, and by whom."""
        row = self._base.execute("select steps, shown, gather, beat, worker from batches where name = ?", (batch,))
        steps, shown, gather, beat, worker = row.fetchone()
        return {"steps": json.loads(steps), "shown": json.loads(shown), "gather": gather, "beat": beat, "by": worker}

    def beat(self, batch: str, worker: str) -> None:
        """Leave a sign of life, of the process that runs the batch."""
        self._base.execute("update batches set beat = ?, worker = ? where name = ?", (time.time(), worker, batch))

    def start(self, task: int) -> None:
        """A task goes to a worker."""
        now = time.time()
        with self._together():
            self._base.execute(
                "update tasks set state = 'running', attempts = attempts + 1, started = ?, ended = null where id = ?",
                (now, task),
            )
            self._base.execute(
                "insert into attempts (task, number, started) "
                "select ?, coalesce(max(number), 0) + 1, ? from attempts where task = ?",
                (task, now, task),
            )

    def finish(self, outcome: Outcome) -> None:
        """A task is done, or has failed for good."""
        state = "failed" if outcome.failure else "done"
        now = time.time()
        with self._together():
            self._base.execute(
                "update tasks set state = ?, ended = ?, seconds = ?, worker = ?, key = ?, reused = ?, failure = ?, "
                "reason = ?, trace = ? where id = ?",
                (state, now, outcome.seconds, outcome.worker, outcome.key, outcome.reused, outcome.failure,
                 outcome.reason, outcome.trace, outcome.task),
            )  # fmt: skip
            self._end_attempt(outcome, now)
            self.remember(outcome.files)

    def release(self, outcome: Outcome) -> None:
        """An attempt failed; the task waits for the next."""
        with self._together():
            self._base.execute(
                "update tasks set state = 'waiting', reason = ? where id = ?", (outcome.reason, outcome.task)
            )
            self._end_attempt(outcome, time.time())
            self.remember(outcome.files)

    def cancel(self, batch: str) -> None:
        """What waits or runs is cancelled; the next run goes on with it."""
        self._base.execute(
            "update tasks set state = 'cancelled', ended = ? where batch = ? and state in ('waiting', 'running')",
            (time.time(), batch),
        )

    def forget_failures(self, batch: str) -> int:
        """Let failed tasks be tried anew, also where the same input failed before; give how many."""
        return self._base.execute(
            "update tasks set state = 'waiting', attempts = 0, key = '', failure = '', reason = '', trace = '' "
            "where batch = ? and state = 'failed'",
            (batch,),
        ).rowcount

    def attempts(self, batch: str) -> Iterator[tuple[str, str, int, str | None, str | None]]:
        """Give every attempt: case, step, number, how it failed (None while it runs), worker."""
        yield from self._base.execute(
            "select case_name, step, number, attempts.failure, attempts.worker from attempts "
            "join tasks on tasks.id = attempts.task where batch = ? order by position, number",
            (batch,),
        )

    def known_files(self, place: str) -> tuple[KnownFile, ...]:
        """Give the hashes of a file, or of all files of a folder."""
        found = self._base.execute(
            "select path, size, mtime_ns, sha256 from files where path = ? or (path > ? and path < ?)",
            (place, place + os.sep, place + chr(ord(os.sep) + 1)),  # up to the character that follows
        )
        return tuple(KnownFile(*row) for row in found)

    def remember(self, files: Iterable[KnownFile]) -> None:
        """Keep hashes of files."""
        self._base.executemany("insert or replace into files values (?, ?, ?, ?)", files)

    def _end_attempt(self, outcome: Outcome, now: float) -> None:
        self._base.execute(
            "update attempts set ended = ?, worker = ?, failure = ?, reason = ? "
            "where task = ? and number = (select max(number) from attempts where task = ?)",
            (now, outcome.worker, outcome.failure, outcome.reason, outcome.task, outcome.task),
        )

    @contextmanager
    def _together(self) -> Iterator[None]:
        """All statements of the block, or none."""
        with self._base:
            self._base.execute("begin immediate")
            yield


def _row(number: int, case: str, step: str, planned: str, *rest: Any) -> TaskRow:
    content = json.loads(planned)
    outputs = {name: OutputReference(**reference) for name, reference in content["outputs"].items()}
    return TaskRow(number, case, step, content["arguments"], outputs, *rest)
