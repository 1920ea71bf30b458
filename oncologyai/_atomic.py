"""Outputs appear whole or not at all: written beside their place, then renamed.

The folders of what is unfinished are known, so that a process which is ended from outside can take them along.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oncologyai._interrupts import held
from oncologyai.errors import OutputError

__all__ = [
    "atomic_file",
    "atomic_folder",
    "make_unfinished",
    "remove_all_unfinished",
    "remove_unfinished",
    "temporary_folder",
]

_unfinished: dict[Path, int] = {}  # and the process that made it: a forked one knows them, but they are not its own


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path beside ``path`` with the same name endings; rename it onto ``path`` if the block ends well.

    Parent folders are made.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    target = Path(path)
    folder = _make_beside(target)
    try:
        draft = folder / target.name
        yield draft
        os.replace(draft, target)
    finally:
        remove_unfinished(folder)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield an empty folder beside ``path``; if the block ends well its files are moved into ``path``.

    Files of the same name in ``path`` are replaced, others stay. If the block raises, ``path`` is as it was.

    Raises
    ------
    OutputError
        If the place cannot be written or ``path`` is a file.
    """
    target = Path(path)
    if target.exists() and not target.is_dir():
        raise OutputError(str(target), expected="a folder", got="a file", remedy="give another output folder")
    folder = _make_beside(target)
    try:
        yield folder
        with held():
            _move_into(target, folder)
    finally:
        remove_unfinished(folder)


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Yield an empty folder in the system's place for temporary files; it goes with the block."""
    folder = make_unfinished(prefix)
    try:
        yield folder
    finally:
        remove_unfinished(folder)


def make_unfinished(prefix: str, parent: Path | None = None) -> Path:
    """Make an empty folder that ``remove_all_unfinished`` takes away; its maker calls ``remove_unfinished``.

    Parameters
    ----------
    prefix : str
        How its name starts.
    parent : Path, optional
        Where it lies; without it, in the system's place for temporary files.
    """
    with held():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent)).absolute()  # whoever ends may stand elsewhere
        _unfinished[folder] = os.getpid()
    return folder


def remove_unfinished(folder: Path) -> None:
    """Take such a folder away with all in it; without effect where it has gone."""
    with held():
        shutil.rmtree(folder, ignore_errors=True)
        _unfinished.pop(folder, None)


def remove_all_unfinished() -> None:
    """Take away what this process has not finished: it is about to end."""
    for folder, owner in list(_unfinished.items()):
        if owner == os.getpid():
            remove_unfinished(folder)


def _make_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return make_unfinished(f".{target.name}.", target.parent)
    except OSError as error:
        raise OutputError(
            str(target),
            expected="a place that can be written",
            got=error.strerror or str(error),
            remedy="choose another output folder or change its permissions",
        ) from error


def _move_into(target: Path, folder: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for draft in sorted(folder.iterdir()):
        place = target / draft.name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        os.replace(draft, place)
