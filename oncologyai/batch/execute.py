"""One task, done in a worker: inputs hashed, a result that is there taken, else computed and put into the store."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import oncologyai
from oncologyai._atomic import remove_unfinished
from oncologyai.batch.fingerprint import Fingerprints
from oncologyai.batch.step import Step, checked_arguments
from oncologyai.batch.store import Store
from oncologyai.batch.task import FailureKind, Outcome, Task
from oncologyai.errors import InputError, InstallationError, ResourceError
from oncologyai.progress import Silent

__all__ = ["execute_task", "result_key"]

_FORM = 1  # of results; another number makes all be computed again


def execute_task(task: Task) -> Outcome:
    """Do a task; whatever the step raises becomes a failure with its reason."""
    start = time.monotonic()
    files = Fingerprints(task.known)
    key = ""
    ending: dict[str, Any]
    try:
        with Store(Path(task.store)).begun(task.id):
            arguments = checked_arguments(task.step, task.arguments)
            key, facts = result_key(task.step, arguments, files)
            if key == task.failed_key:
                ending = {"reused": True, "failure": "input", "reason": task.failed_reason}
            else:
                ending = {"reused": _make(task, key, arguments, facts)}
    except Exception as error:  # noqa: BLE001  the border of a case: whatever it raises, the others go on
        trace = "" if isinstance(error, InputError) else "".join(traceback.format_exception(error))
        ending = {"failure": _kind(error), "reason": _line(error), "trace": trace}
    worker = f"{socket.gethostname()}:{os.getpid()}"
    seconds = time.monotonic() - start
    return Outcome(task=task.id, key=key, worker=worker, seconds=seconds, files=tuple(files.new), **ending)


def result_key(step: Step, arguments: Mapping[str, Any], files: Fingerprints) -> tuple[str, dict[str, Any]]:
    """Give the SHA-256 of everything that a result depends on, and these facts.

    They are the step and its version, what it says that it depends on, the library's version, the settings, and the
    content of each input. A file's name does not count, only its ending, which readers go by.

    Raises
    ------
    MissingFileError
        If an input is not there.
    """
    facts = {
        "form": _FORM,
        "step": step.name,
        "step_version": step.version,
        "depends": step.dependencies(arguments),
        "library": oncologyai.__version__,
        "arguments": {name: _fact(value, f"{step.name}.{name}", files) for name, value in arguments.items()},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest(), facts


def _fact(value: Any, argument: str, files: Fingerprints) -> Any:
    """Give JSON values, each path as its content and ending."""
    if isinstance(value, Path):
        return {"sha256": files.of(value, argument), "ending": _ending(value)}
    if isinstance(value, Mapping):
        return {str(name): _fact(inner, argument, files) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fact(inner, argument, files) for inner in value]
    if value is None or isinstance(value, str | int | float):  # also enumerations of text
        return value
    return str(value)


def _ending(path: Path) -> str:
    """Give what readers go by: the ending of a file's name."""
    name = path.name.lower()
    double = next((ending for ending in (".nii.gz", ".seg.nrrd") if name.endswith(ending)), "")
    return double or ("" if path.is_dir() else path.suffix.lower())


def _make(task: Task, key: str, arguments: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Compute a result unless it is there; tell whether it was."""
    store = Store(Path(task.store))
    if store.find(key) is not None:
        return True
    with store.claimed(key):
        if store.find(key) is not None:  # another worker had the same to do
            return True
        start = time.monotonic()
        draft = store.make(key)
        try:
            table = task.step.load()(draft, progress=Silent(), **arguments)
            store.put(key, draft, table, facts, time.monotonic() - start)
        finally:
            remove_unfinished(draft)
    return False


def _kind(error: Exception) -> FailureKind:
    if isinstance(error, InputError):
        return "input"
    if isinstance(error, InstallationError | ImportError):
        return "installation"
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if isinstance(error, ResourceError | MemoryError) or is_full:
        return "resources"
    return "fault"


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, InputError) else f"{type(error).__name__}: {text}".removesuffix(": ")
