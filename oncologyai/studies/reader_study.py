"""What readers get of a study: its question, its readers, and for each reader what is shown and what was answered.

::

    STUDY/
    ├── study.json             kind, question, choices, readers: nothing of methods or of the truth
    ├── cases/c001/            images, and what is judged on them, under names that say nothing
    └── readers/01/
        ├── items.csv          what the reader sees, in this order
        └── answers.csv        what the reader said; only grows
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError

__all__ = [
    "ANSWER_COLUMNS",
    "STUDY_FILE",
    "Item",
    "Reader",
    "ReaderStudy",
    "read_items",
    "read_study",
    "write_items",
    "write_study",
]

STUDY_FILE = "study.json"
ANSWER_COLUMNS = ("action", "item", "choice", "seconds", "window", "level", "comment", "at")
_RATED_COLUMNS = (
    "action", "item", "choice", "confidence", "seconds", "shown", "window", "level", "comment", "at",
)  # fmt: skip
_NO_GROUP = "readers"


@dataclass(frozen=True)
class Reader:
    """Who judges: name, group (radiologist, radiation oncologist, ...), folder in ``readers/``."""

    name: str
    group: str
    folder: str


@dataclass(frozen=True)
class Item:
    """One showing: its number from 1, the case as the reader knows it, its files by role (image, left, anterior)."""

    number: int
    case: str
    files: Mapping[str, Path]


@dataclass(frozen=True)
class ReaderStudy:
    """A study as its readers see it.

    Parameters
    ----------
    folder : Path
        Where it lies.
    identity : str
        The same here and in the key; it follows from the cases' voxels alone.
    kind : str
        What is asked: ``preference`` is the choice between two contours, ``diagnosis`` whether a disease is there.
    question : str
        What every item asks.
    choices : tuple of str
        What may be answered.
    window, level : float or None
        How images are shown first; None leaves it to the modality.
    readers : tuple of Reader
        In the order in which they were added.
    confidences : tuple of str
        What the steps of confidence mean, the least sure first; without, none is asked for.
    """

    folder: Path
    identity: str
    kind: str
    question: str
    choices: tuple[str, ...]
    window: float | None = None
    level: float | None = None
    readers: tuple[Reader, ...] = ()
    confidences: tuple[str, ...] = ()

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """Columns of the tables of answers."""
        return _RATED_COLUMNS if self.confidences else ANSWER_COLUMNS

    def require_kind(self, kind: str) -> None:
        """Raise InputError unless the study is of this kind."""
        if self.kind != kind:
            raise InputError(str(self.folder), expected=f"a study of the kind {kind!r}", got=f"one of {self.kind!r}")

    def reader(self, name: str) -> Reader:
        """Give a reader by name; capitals do not matter.

        Raises
        ------
        InputError
            If there is none of this name.
        """
        for reader in self.readers:
            if reader.name.casefold() == " ".join(name.split()).casefold():
                return reader
        listed = ", ".join(reader.name for reader in self.readers) or "a reader; the study has none yet"
        raise InputError("reader", expected=f"one of {listed}", got=repr(name), remedy="add the reader to the study")

    def with_reader(self, name: str, group: str = "") -> ReaderStudy:
        """Give the study with one more reader; without ``group`` the reader belongs to the group ``readers``.

        Raises
        ------
        InputError
            If the name is empty or taken.
        """
        name, group = " ".join(name.split()), " ".join(group.split()) or _NO_GROUP
        if not name:
            raise InputError("reader", expected="a name", got="none")
        if name.casefold() in {reader.name.casefold() for reader in self.readers}:
            raise InputError("reader", expected="a name that no reader has", got=repr(name))
        return replace(self, readers=(*self.readers, Reader(name, group, f"{len(self.readers) + 1:02d}")))

    def items_path(self, reader: Reader) -> Path:
        """Give the table of what a reader sees."""
        return self.folder / "readers" / reader.folder / "items.csv"

    def answers_path(self, reader: Reader) -> Path:
        """Give the table of what a reader answered."""
        return self.folder / "readers" / reader.folder / "answers.csv"


def read_study(folder: Path) -> ReaderStudy:
    """Read ``study.json`` of a folder.

    Raises
    ------
    MissingFileError
        If the folder holds no study.
    UnreadableFileError
        If the file is damaged.
    """
    path = folder / STUDY_FILE
    if not path.is_file():
        raise MissingFileError(str(folder), expected=f"the folder of a study ({STUDY_FILE})", got="none there")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        readers = tuple(Reader(**reader) for reader in content.pop("readers"))
        for name in ("choices", "confidences"):
            content[name] = tuple(content.get(name, ()))
        return ReaderStudy(folder=folder, readers=readers, **content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFileError(str(path), expected="what `study create` wrote", got=f"{error}") from error


def write_study(study: ReaderStudy, folder: Path | None = None) -> None:
    """Write ``study.json`` into the study's folder, or into another."""
    content = asdict(study)
    del content["folder"]
    with atomic_file((folder or study.folder) / STUDY_FILE) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_items(items: Sequence[Item], folder: Path, path: Path) -> None:
    """Write what a reader sees; files are named relative to the study's ``folder``, an empty cell for none."""
    roles = tuple(dict.fromkeys(role for item in items for role in item.files))
    with atomic_file(path) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("number", "case", *roles))
        for item in items:
            places = [item.files[role].relative_to(folder).as_posix() if role in item.files else "" for role in roles]
            writer.writerow((item.number, item.case, *places))


def read_items(study: ReaderStudy, reader: Reader) -> tuple[Item, ...]:
    """Read what a reader sees.

    Raises
    ------
    MissingFileError
        If the table is not there.
    UnreadableFileError
        If a line is not what was written; the message names it.
    """
    path = study.items_path(reader)
    if not path.is_file():
        raise MissingFileError(str(path), expected="the list of what a reader sees", got="no such file")
    with path.open(encoding="utf-8", newline="") as stream:
        (header, *lines) = [*csv.reader(stream)] or [[]]
    items = []
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header) or line[0] != str(number):
            raise UnreadableFileError(f"{path} line {number + 1}", expected=f"item {number}", got=repr(line[:2]))
        named = zip(header[2:], line[2:], strict=True)
        files = {role: study.folder / place for role, place in named if place}
        items.append(Item(number, line[1], files))
    return tuple(items)
