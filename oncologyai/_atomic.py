"""Outputs appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oncologyai.errors import OutputError

__all__ = ["atomic_file", "atomic_folder"]


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
        shutil.rmtree(folder, ignore_errors=True)


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
        target.mkdir(parents=True, exist_ok=True)
        for draft in sorted(folder.iterdir()):
            place = target / draft.name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            os.replace(draft, place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise OutputError(
            str(target),
            expected="a place that can be written",
            got=error.strerror or str(error),
            remedy="choose another output folder or change its permissions",
        ) from error
