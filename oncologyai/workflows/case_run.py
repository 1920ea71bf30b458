"""One function over many cases: each result kept as it is done, each failure a reason, the others go on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import oncologyai
from oncologyai._atomic import atomic_folder
from oncologyai.errors import CancelledError, InputError, OutputError
from oncologyai.progress import Part, Progress, Silent, check_cancelled
from oncologyai.types import Table

__all__ = ["CaseOutcome", "CaseRunner", "CaseTask", "link_files", "run_cases"]

# What a damaged or unfit file may raise while it is worked on; anything else is a fault of ours and ends the run.
_UNFIT = (InputError, OSError, ValueError, RuntimeError, LookupError, MemoryError)
_ABOUT = "case.json"
_ABOUT_RESULTS = (_ABOUT, "result.json")  # here and in a batch
_FORM = 1  # of the kept results; another number makes them be computed again


@dataclass(frozen=True)
class CaseTask:
    """What is to be done with one case.

    Attributes
    ----------
    case : str
        What people call it; different in each task of a run.
    function : str
        ``module:name`` of a function ``(folder, *, progress, **arguments) -> Table | None``, which puts files into
        its empty ``folder`` and returns rows.
    arguments : mapping
        A ``Path``, or a sequence of them, is an input, whose content counts; everything else is plain data.
    """

    case: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseOutcome:
    """How it went: the folder of its files and its rows, or the reason of its failure; ``kept`` from an earlier run."""

    case: str
    folder: Path | None = None
    table: Table | None = None
    reason: str = ""
    kept: bool = False


class CaseRunner(Protocol):
    """Whatever runs tasks: this process, or a batch on many."""

    def __call__(self, tasks: Sequence[CaseTask], store: Path, progress: Progress) -> Sequence[CaseOutcome]:
        """Run the tasks, keeping results below ``store``; an outcome a task, in their order."""


def run_cases(tasks: Sequence[CaseTask], store: Path, progress: Progress | None = None) -> tuple[CaseOutcome, ...]:
    """Run tasks one after the other in this process.

    Parameters
    ----------
    tasks : sequence of CaseTask
    store : Path
        Folder of the kept results. A case is done again where its function, arguments, files or the version of the
        library have changed, or where it had failed.
    progress : Progress, optional

    Returns
    -------
    tuple of CaseOutcome
        In the order of the tasks.

    Raises
    ------
    CancelledError
        If cancelled; the cases done are kept.
    OutputError
        If the store cannot be written.
    """
    watch = progress or Silent()
    done = []
    for number, task in enumerate(tasks):
        check_cancelled(watch)
        part = Part(watch, number / len(tasks), (number + 1) / len(tasks))
        part.stage(f"case {number + 1} of {len(tasks)}", 0.0)
        done.append(_load(task, store) or _run(task, store, part))
    return tuple(done)


def link_files(source: Path, target: Path) -> None:
    """Put every file below a case's folder at the same place below ``target``: linked, or copied where links fail.

    Raises
    ------
    OutputError
        If the target cannot be written.
    """
    for file in sorted(p for p in source.rglob("*") if p.is_file() and p.name not in _ABOUT_RESULTS):
        place = target / file.relative_to(source)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}.draft")
            draft.unlink(missing_ok=True)
            try:
                os.link(file, draft)
            except OSError:
                shutil.copyfile(file, draft)
            if os.name == "nt" and place.exists():
                place.chmod(0o666)  # there a read-only file cannot be replaced
            os.replace(draft, place)
        except OSError as error:
            raise OutputError(str(place), expected="a place that can be written", got=str(error)) from error


def _run(task: CaseTask, store: Path, progress: Progress) -> CaseOutcome:
    module, _, name = task.function.partition(":")
    place, key = _place(task, store)
    try:
        with atomic_folder(place) as draft:
            table = getattr(import_module(module), name)(draft, progress=progress, **task.arguments)
            rows = None if table is None else {"name": table.name, "columns": table.columns, "rows": table.rows}
            (draft / _ABOUT).write_text(json.dumps({"key": key, "table": rows}), encoding="utf-8")
    except (CancelledError, OutputError):
        raise
    except _UNFIT as error:
        return CaseOutcome(task.case, reason=" ".join(str(error).split()) or type(error).__name__)
    return CaseOutcome(task.case, place, table)


def _load(task: CaseTask, store: Path) -> CaseOutcome | None:
    """Give the kept result of a task, None where there is none of its key."""
    place, key = _place(task, store)
    try:
        about = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(about, dict) or about.get("key") != key:
        return None
    held = about["table"]
    table = held and Table(held["name"], tuple(held["columns"]), tuple(tuple(row) for row in held["rows"]))
    return CaseOutcome(task.case, place, table or None, kept=True)


def _place(task: CaseTask, store: Path) -> tuple[Path, str]:
    """Give the folder of a task's result, and the key of everything that it depends on."""
    facts = {
        "form": _FORM,
        "version": oncologyai.__version__,
        "function": task.function,
        "arguments": {name: _fact(value) for name, value in task.arguments.items()},
    }
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    name = hashlib.sha256(f"{task.function} {task.case}".encode()).hexdigest()[:16]
    return store / name, key


def _fact(value: Any) -> Any:
    """Give plain data, each path as what changes when its file does."""
    if isinstance(value, Path):
        facts = value.stat() if value.is_file() else None
        return [str(value), facts and facts.st_size, facts and facts.st_mtime_ns]
    if isinstance(value, Mapping):
        return {str(name): _fact(inner) for name, inner in value.items()}
    return [_fact(inner) for inner in value] if isinstance(value, list | tuple) else value
