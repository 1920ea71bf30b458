"""A cohort's table as the panel sees it: columns, what they hold, and their values where they are few."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

from .SignatureChoice import numberOf

_MOST_VALUES = 12  # of a column that is taken for a code
_LARGEST = 100_000_000  # bytes of a file that the panel reads


@dataclass(frozen=True)
class TrainingTable:
    """A table of patients, from a file or a node.

    Attributes
    ----------
    source : str
        The file, or the node's name.
    columns : tuple of str
    values : dict of str to tuple of str
        The different values of columns that have few.
    numbers : frozenset of str
        Columns of numbers.
    content : Table, optional
        What a node holds.
    problem : str
        Why it cannot be used.
    """

    source: str
    columns: tuple[str, ...] = ()
    values: dict = field(default_factory=dict, compare=False)
    numbers: frozenset = frozenset()
    content: Any = field(default=None, compare=False)
    problem: str = ""

    @property
    def usable(self):
        """Give the columns that a model may use: numbers, and codes."""
        return tuple(name for name in self.columns if name in self.numbers or name in self.values)


def tableOf(node, path):
    """Read the columns of a table node, or of a file where it is None."""
    if node is not None:
        from oncologyai.scene import table_from_node

        table = table_from_node(node)
        return _described(node.GetName(), table, content=table)
    if not path:
        return TrainingTable("", problem=_("Choose a table of patients: a table node or a file."))
    file = Path(path)
    if not file.is_file():
        return TrainingTable(path, problem=_("The table of patients is not there: {path}").format(path=path))
    if file.stat().st_size > _LARGEST:
        return TrainingTable(path, problem=_("The table is too large for the panel; use oncology-ai outcome train."))
    return _read(path, file.stat().st_mtime_ns)  # read again when it was changed


@functools.lru_cache(maxsize=4)
def _read(path, _changed):
    try:
        from oncologyai.bundle import read_text_table

        table = read_text_table(Path(path))
    except ImportError:
        return TrainingTable(path, problem=_("Tables are read once the packages are installed (Apply)."))
    except OncologyAIError as error:
        return TrainingTable(path, problem=str(error))
    return _described(path, table)


def _described(source, table, content=None):
    from oncologyai.outcome import MISSING

    values, numbers = {}, set()
    for place, name in enumerate(table.columns):
        cells = [_text(row[place]) for row in table.rows]
        known = [cell for cell in cells if cell.lower() not in MISSING]
        if known and all(numberOf(cell) is not None for cell in known):
            numbers.add(name)
        different = sorted(set(known), key=lambda text: (numberOf(text) is None, numberOf(text) or 0.0, text))
        if 1 <= len(different) <= _MOST_VALUES:
            values[name] = tuple(different)
    problem = "" if table.rows else _("The table '{name}' has no rows.").format(name=source)
    return TrainingTable(source, tuple(table.columns), values, frozenset(numbers), content, problem)


def _text(cell):
    if cell is None:
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()
