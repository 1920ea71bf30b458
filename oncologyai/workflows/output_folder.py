"""A folder of results that a later run writes into again: what may be replaced there, and what is out of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from oncologyai.errors import OutputError

__all__ = ["remove_stale", "require_replaceable"]


def require_replaceable(out: Path, marks: Mapping[str, str]) -> None:
    """Refuse, before any work, to replace a folder of the user's that happens to have the name of one of ours.

    Parameters
    ----------
    out : Path
        Folder of the results; it need not exist.
    marks : mapping of str to str
        By the name of a folder that the run makes in it, a file that shows, where it is there, that a run made it.

    Raises
    ------
    OutputError
        If such a folder is there without its mark.
    """
    for name, mark in marks.items():
        if (out / name).exists() and not (out / mark).is_file():
            raise OutputError(
                str(out / name), expected="nothing there, or what an earlier run made", got="something else",
                remedy="choose another output folder",
            )  # fmt: skip


def remove_stale(folder: Path, known: Sequence[str], made: Sequence[Path]) -> None:
    """Take away files that an earlier run into the same folder made and this one did not; folders stay.

    Parameters
    ----------
    folder : Path
    known : sequence of str
        Names of all that runs make there.
    made : sequence of Path
        What this run has made.
    """
    for name in known:
        place = folder / name
        if place not in made and place.is_file():
            place.unlink()
