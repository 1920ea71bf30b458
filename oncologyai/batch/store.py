"""Results by the content of what they were made from: a folder each, there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oncologyai._atomic import make_unfinished, remove_unfinished
from oncologyai.batch.lock import held_lock, try_lock
from oncologyai.types import Table

__all__ = ["ABOUT", "Result", "Store"]

ABOUT = "result.json"
"""File in a result's folder that says how it was made, lists its files and holds its rows."""


@dataclass(frozen=True)
class Result:
    """A result that is there: its folder, its rows where it has any, and the seconds it took."""

    folder: Path
    table: Table | None
    seconds: float


class Store:
    """The results below a folder. Several processes, also on several machines, may use one at a time.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drafts, self._locks, self._begun = folder / "drafts", folder / "locks", folder / "begun"

    def place(self, key: str) -> Path:
        """Give the folder of a result, whether it is there or not."""
        return self.folder / "results" / key[:2] / key

    def find(self, key: str) -> Result | None:
        """Give a result; None where there is none, or where a file of it is missing or has another size."""
        place = self.place(key)
        try:
            about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
            whole = all((place / name).stat().st_size == size for name, size in about["files"].items())
        except (OSError, ValueError, KeyError):
            return None
        if not whole:
            return None
        held = about["table"]
        table = held and Table(held["name"], tuple(held["columns"]), tuple(tuple(row) for row in held["rows"]))
        return Result(place, table or None, float(about["seconds"]))

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Be the only one who works on a result; waits for another who does, unless he dies."""
        with held_lock(self._locks / key):
            yield

    @contextmanager
    def begun(self, task: int) -> Iterator[None]:
        """Leave a mark that a task is at work, which stays if its worker dies."""
        self._begun.mkdir(parents=True, exist_ok=True)
        mark = self._begun / str(task)
        mark.touch()
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)

    def take_mark(self, task: int) -> bool:
        """Tell whether a task whose worker has died was at work there; the mark goes."""
        mark = self._begun / str(task)
        was = mark.exists()
        mark.unlink(missing_ok=True)
        return was

    def make(self, key: str) -> Path:
        """Give an empty folder to work in; who has claimed the key is alone with it, so older drafts are taken away."""
        self._drafts.mkdir(parents=True, exist_ok=True)
        for old in self._drafts.glob(f"*{key}.*"):
            shutil.rmtree(old, ignore_errors=True)
        return make_unfinished(f"{key}.", self._drafts)

    def put(self, key: str, draft: Path, table: Table | None, facts: Mapping[str, Any], seconds: float) -> Result:
        """Turn a draft into the result of a claimed key. Files become read-only."""
        files = {p.relative_to(draft).as_posix(): p.stat().st_size for p in sorted(draft.rglob("*")) if p.is_file()}
        rows = None
        if table is not None:
            rows = {"name": table.name, "columns": table.columns, "rows": table.rows}
        about = {"key": key, **facts, "made": time.time(), "seconds": round(seconds, 3), "files": files, "table": rows}
        for name in files:
            (draft / name).chmod(0o444)
        (draft / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        place = self.place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():  # a damaged one: ``find`` did not take it
            shutil.rmtree(place)
        os.replace(draft, place)
        remove_unfinished(draft)
        return Result(place, table, seconds)

    def sweep(self) -> None:
        """Take away drafts whose makers have died, and all marks."""
        shutil.rmtree(self._begun, ignore_errors=True)
        for draft in self._drafts.glob("*") if self._drafts.is_dir() else ():
            lock = try_lock(self._locks / draft.name.lstrip(".").partition(".")[0])
            if lock is not None:
                shutil.rmtree(draft, ignore_errors=True)
                lock.release()
