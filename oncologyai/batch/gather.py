"""What came out of a batch, as tables: the rows of every case below each other, the failures beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from oncologyai._checks import check_choice
from oncologyai.batch.state import State, TaskRow
from oncologyai.batch.store import Result, Store
from oncologyai.errors import InputError
from oncologyai.types import Table

__all__ = ["BatchReport", "Failure", "chosen_batch", "gather"]


@dataclass(frozen=True)
class Failure:
    """A case that failed: at which step, why in one line, and of what kind (``FailureKind``)."""

    case: str
    step: str
    reason: str
    kind: str


@dataclass(frozen=True)
class BatchReport:
    """What a batch has made so far.

    Attributes
    ----------
    name : str
        Of the batch.
    cases : tuple of str
        All of them, in the table's order.
    tables : mapping of str to Table
        By step, of those that give rows: ``patient`` and other shown columns, ``case``, then the step's own. A column
        that a case does not have is empty in its rows.
    main : str
        The step whose table is the result; empty where none gives rows.
    failures : tuple of Failure
        One a step that failed; steps that could not run because of it are not named.
    folders : mapping of (case, step) to Path
        Where the files of each done task lie, read-only.
    computed, reused : int
        Tasks whose result was computed in the last run, and that were there before.
    unfinished : int
        Tasks that wait, run, or were cancelled.
    workers : str
        What did it.
    """

    name: str
    cases: tuple[str, ...]
    tables: Mapping[str, Table]
    main: str
    failures: tuple[Failure, ...]
    folders: Mapping[tuple[str, str], Path]
    computed: int
    reused: int
    unfinished: int
    workers: str = ""

    @property
    def table(self) -> Table:
        """The main table; one without rows where there is none."""
        return self.tables.get(self.main) or Table("results", ("case",), ())

    @property
    def failures_table(self) -> Table:
        """The failures as a table."""
        rows = tuple((f.case, f.step, f.kind, f.reason) for f in self.failures)
        return Table("failures", ("case", "step", "kind", "reason"), rows)


def chosen_batch(state: State, name: str = "") -> str:
    """Give the batch of a name, or the one that ran last.

    Raises
    ------
    InputError
        If there is none.
    """
    there = state.batches()
    if not there:
        raise InputError("folder", expected="one in which a batch has run", got="one without any")
    if name:
        check_choice(name, there, "--batch")
    return name or there[-1]


def gather(folder: Path, name: str = "", *, workers: str = "") -> BatchReport:
    """Gather a batch's results; the state is read as it stands, also while the batch runs.

    Raises
    ------
    MissingFileError, InputError
        If there is no such batch in the folder.
    """
    with State(folder, must_exist=True) as state:
        name = chosen_batch(state, name)
        about, tasks = state.about(name), state.tasks(name)
    store = Store(folder.absolute())
    found = {(task.case, task.step): store.find(task.key) for task in tasks if task.state == "done"}
    there = {at: result for at, result in found.items() if result is not None}
    tables = {}
    for step in about["steps"]:
        rows = [(case, result) for (case, made), result in there.items() if made == step]
        if (table := _joined(step, rows, about["shown"])) is not None:
            tables[step] = table
    main = about["gather"] or next(reversed(tables), "")
    done = [task for task in tasks if task.state == "done"]
    return BatchReport(
        name,
        tuple(dict.fromkeys(task.case for task in tasks)),
        tables,
        main,
        tuple(_failures(tasks)),
        {at: result.folder for at, result in there.items()},
        sum(not task.reused for task in done),
        sum(task.reused for task in done),
        sum(task.state not in ("done", "failed") for task in tasks),
        workers,
    )


def _failures(tasks: Iterable[TaskRow]) -> Iterable[Failure]:
    for task in tasks:
        if task.state == "failed" and task.failure != "earlier":
            yield Failure(task.case, task.step, task.reason, task.failure)


def _joined(step: str, rows: Iterable[tuple[str, Result]], shown: Mapping[str, Mapping[str, str]]) -> Table | None:
    """Put the rows of all cases below each other; None where no case has a table."""
    parts = [(case, result.table) for case, result in rows if result.table is not None]
    if not parts:
        return None
    before = list(dict.fromkeys(name for case, _ in parts for name in shown.get(case, {})))
    own = list(dict.fromkeys(name for _, table in parts for name in table.columns))
    columns = list(dict.fromkeys([*before, "case", *own]))
    lines = []
    for case, table in parts:
        for row in table.rows:
            cells = {**dict(zip(table.columns, row, strict=True)), **shown.get(case, {}), "case": case}
            lines.append(tuple(cells.get(name) for name in columns))
    return Table(step, tuple(columns), tuple(lines))
