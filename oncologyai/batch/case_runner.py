"""Tasks of a workflow run as a batch: in parallel, resumable, also on other machines."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from oncologyai.batch.cases import Case
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.run import run_cases
from oncologyai.batch.step import Step
from oncologyai.batch.store import ABOUT
from oncologyai.errors import InputError
from oncologyai.progress import Progress
from oncologyai.types import Table

if TYPE_CHECKING:
    from oncologyai.workflows import CaseOutcome, CaseTask

__all__ = ["BatchRunner"]


@dataclass(frozen=True)
class BatchRunner:
    """A ``workflows.CaseRunner`` whose tasks are those of a batch; state and results lie in the run's store.

    A task that failed by its input is not tried again while the input stays; one that a fault of ours ended is listed
    like any other.
    """

    options: BatchOptions = field(default_factory=BatchOptions)

    def __call__(self, tasks: Sequence[CaseTask], store: Path, progress: Progress) -> tuple[CaseOutcome, ...]:
        """Run tasks of one function; an outcome a task, in their order.

        Raises
        ------
        InputError
            If the tasks are of several functions, or another process works in the store.
        MissingDependencyError
            If several workers are asked for and Dask is not installed.
        CancelledError
            If cancelled, within a second; cases that are done are kept.
        """
        from oncologyai.workflows import CaseOutcome

        functions = {task.function for task in tasks}
        if not functions:
            return ()
        if len(functions) > 1:
            raise InputError("tasks", expected="tasks of one function", got=", ".join(sorted(functions)))
        function = functions.pop()
        options = self.options
        if len(tasks) == 1 and options.workers is None and not options.scheduler:
            options = replace(options, workers=1)
        step = Step(function.rpartition(":")[2], function)
        start = time.time()
        cases = [Case(task.case, task.arguments) for task in tasks]
        report = run_cases(step, cases, store, options=options, progress=progress)
        reasons = {failure.case: failure.reason for failure in report.failures}
        found = []
        for task in tasks:
            folder = report.folders.get((task.case, step.name))
            if folder is None:
                found.append(CaseOutcome(task.case, reason=reasons.get(task.case, "not finished")))
                continue
            table, made = _about(folder)
            found.append(CaseOutcome(task.case, folder, table, kept=made < start))
        return tuple(found)


def _about(folder: Path) -> tuple[Table | None, float]:
    """Give the rows of a result and when it was made."""
    content = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    held = content["table"]
    table = held and Table(held["name"], tuple(held["columns"]), tuple(tuple(row) for row in held["rows"]))
    return table or None, float(content["made"])
