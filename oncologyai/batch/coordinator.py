"""The process that runs a batch: hands tasks to workers, notes what becomes of them, tells how far it is."""

from __future__ import annotations

import os
import socket
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from oncologyai.batch.lock import try_lock
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.plan import Plan
from oncologyai.batch.pool import Pool
from oncologyai.batch.state import State, TaskRow
from oncologyai.batch.store import Store
from oncologyai.batch.task import Outcome, Task
from oncologyai.batch.workers import open_pool
from oncologyai.errors import CancelledError, InputError
from oncologyai.progress import Progress, check_cancelled

__all__ = ["run_plan"]

_POLL_S = 0.1
_BEAT_S = 1.0
_RATE_OVER = 50  # tasks that ended last
_WORTH_ANOTHER_TRY = ("crash", "resources")  # the rest would end alike


def run_plan(plan: Plan, folder: Path, options: BatchOptions, progress: Progress, *, again: bool = False) -> str:
    """Do what of a plan is not done yet; give what the workers were.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Of the state and the results.
    options : BatchOptions
    progress : Progress
    again : bool
        Whether failed tasks are tried anew although nothing has changed.

    Raises
    ------
    InputError
        If another process runs a batch in this folder, or no scheduler answers.
    MissingDependencyError
        If several workers are wanted and Dask is not installed.
    CancelledError
        If cancelled; what is done stays done.
    """
    folder = folder.absolute()
    mine = f"{socket.gethostname()}:{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    lock = try_lock(folder / "batch.lock", mine)
    if lock is None:
        raise InputError(
            str(folder), expected="a folder in which no batch runs", got="one that another process works on",
            remedy=f"wait for it (oncology-ai batch status {folder}), or use another folder",
        )  # fmt: skip
    store = Store(folder)
    try:
        with State(folder) as state:
            store.sweep()
            if again and plan.name in state.batches():
                state.forget_failures(plan.name)
            state.plan(plan)
            state.beat(plan.name, mine)
            return _work(plan, state, store, folder, options, progress)
    finally:
        store.sweep()
        lock.release()


def _work(plan: Plan, state: State, store: Store, folder: Path, options: BatchOptions, progress: Progress) -> str:
    """Open the workers, run, close them whatever happens."""
    progress.stage("start", 0.0)
    pool: Pool | None = None
    try:
        check_cancelled(progress)
        pool = open_pool(options, len(plan.tasks), log=folder / "worker.log")
        _Run(plan, state, store, pool, options, progress).run()
        return pool.description
    except CancelledError:
        if pool is not None:
            pool.stop()
        state.cancel(plan.name)
        raise
    finally:
        if pool is not None:
            pool.stop()


class _Run:
    """One run of a plan's tasks."""

    def __init__(
        self, plan: Plan, state: State, store: Store, pool: Pool, options: BatchOptions, progress: Progress
    ) -> None:
        self._plan, self._state, self._store, self._pool = plan, state, store, pool
        self._options, self._progress = options, progress
        self._tasks = {task.id: task for task in state.tasks(plan.name)}
        self._ids = {(task.case, task.step): task.id for task in self._tasks.values()}
        self._followers: dict[int, list[int]] = defaultdict(list)
        self._missing: dict[int, int] = {}
        for task in self._tasks.values():
            self._missing[task.id] = len(task.needs)
            for step in task.needs:
                self._followers[self._ids[task.case, step]].append(task.id)
        self._ready = deque(number for number, missing in self._missing.items() if not missing)
        self._running: dict[int, float] = {}
        self._keys: dict[int, str] = {}
        self._ended = self._failed = 0
        self._moments: deque[float] = deque([time.monotonic()], maxlen=_RATE_OVER)
        self._beat = 0.0

    def run(self) -> None:
        """Work until nothing waits or runs."""
        while self._ready or self._running:
            check_cancelled(self._progress)
            while self._ready and self._pool.free() > 0:
                self._submit(self._ready.popleft())
                check_cancelled(self._progress)
            for outcome in self._pool.finished(_POLL_S):
                self._take(outcome)
            self._end_late()
            self._tell()

    def _submit(self, number: int) -> None:
        row = self._tasks[number]
        arguments = {**row.arguments, **self._outputs(row)}
        known = {file for place in _paths(arguments) for file in self._state.known_files(place)}
        failed = (row.key, row.reason) if row.failure == "input" else ("", "")
        step = self._plan.steps[row.step]
        task = Task(number, step, arguments, str(self._store.folder), tuple(known), *failed)
        self._state.start(number)
        self._tasks[number] = replace(row, attempts=row.attempts + 1)
        self._running[number] = time.monotonic()
        self._pool.submit(task)

    def _outputs(self, row: TaskRow) -> dict[str, str]:
        """Give the files of earlier steps."""
        found = {}
        for argument, reference in row.outputs.items():
            place = self._store.place(self._keys[self._ids[row.case, reference.step]])
            name = self._plan.steps[reference.step].outputs.get(reference.output, "")
            found[argument] = str(place / name) + reference.rest
        return found

    def _take(self, outcome: Outcome) -> None:
        if self._running.pop(outcome.task, None) is None:
            return
        row = self._tasks[outcome.task]
        if outcome.failure in _WORTH_ANOTHER_TRY and row.attempts <= self._options.retries:
            self._state.release(outcome)
            self._ready.append(outcome.task)
            return
        if outcome.failure in _WORTH_ANOTHER_TRY and row.attempts > 1:
            outcome = replace(outcome, reason=f"{outcome.reason}; {row.attempts} attempts")
        self._finish(outcome)

    def _finish(self, outcome: Outcome) -> None:
        self._state.finish(outcome)
        self._moments.append(time.monotonic())
        self._ended += 1
        self._failed += bool(outcome.failure)
        self._keys[outcome.task] = outcome.key
        row = self._tasks[outcome.task]
        for follower in self._followers[outcome.task]:
            self._missing[follower] -= 1
            if outcome.failure and follower in self._missing:
                del self._missing[follower]
                self._finish(Outcome(task=follower, failure="earlier", reason=f"step {row.step} failed"))
            elif self._missing.get(follower) == 0:
                self._ready.append(follower)

    def _end_late(self) -> None:
        limit = self._options.time_limit_s
        for number, start in self._running.items() if limit else ():
            if limit and 0 < start < time.monotonic() - limit:
                self._running[number] = 0.0  # asked once
                self._pool.end(number, f"it took longer than {limit:g} s")

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._beat >= _BEAT_S:
            self._beat = now
            self._state.beat(self._plan.name, f"{socket.gethostname()}:{os.getpid()}")
        total = len(self._tasks)
        words = [f"{self._ended} of {total}"]
        if self._failed:
            words.append(f"{self._failed} failed")
        span = now - self._moments[0]
        if len(self._moments) > 1 and span > 0:
            rate = (len(self._moments) - 1) / span
            words += [_rate(rate), f"{_duration((total - self._ended) / rate)} left"]
        self._progress.stage(", ".join(words), self._ended / total)


def _paths(arguments: Mapping[str, Any]) -> set[str]:
    """Give every text among JSON values that may be a path."""
    found: set[str] = set()
    waiting: list[Any] = list(arguments.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and Path(value).is_absolute():
            found.add(value)
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return found


def _rate(per_s: float) -> str:
    return f"{per_s:.1f} a second" if per_s >= 1 else f"{per_s * 60:.1f} a minute"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
