"""Text of a recipe that stands for something of the case: ``{column}`` of the table, ``{step.output}`` of a step."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from oncologyai.errors import InputError

__all__ = ["OutputReference", "columns_in", "filled", "output_reference"]

_REFERENCE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


@dataclass(frozen=True)
class OutputReference:
    """A file that an earlier step makes: the step's name in the recipe, its output, and what follows (``/a.nrrd``)."""

    step: str
    output: str
    rest: str = ""


def columns_in(value: Any) -> tuple[str, ...]:
    """Give the names in braces that a value holds, also inside lists and mappings, in their order."""
    if isinstance(value, str):
        return tuple(found[1].strip() for found in _REFERENCE.finditer(value) if found[1] is not None)
    inner: Collection[Any] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    return tuple(name for one in inner for name in columns_in(one))


def output_reference(text: str, columns: Collection[str]) -> OutputReference | None:
    """Read text that begins with ``{step.output}``; None where it does not.

    Raises
    ------
    InputError
        If such a name stands elsewhere than at the beginning.
    """
    found = _REFERENCE.match(text)
    if found is not None and found[1] is not None and _is_output(found[1].strip(), columns):
        step, _, output = found[1].strip().partition(".")
        rest = text[found.end() :]
        if not any(_is_output(name, columns) for name in columns_in(rest)):
            return OutputReference(step, output, rest)
    elif not any(_is_output(name, columns) for name in columns_in(text)):
        return None
    raise InputError(text, expected="one {step.output}, at the beginning", got="one elsewhere, or several")


def filled(value: Any, cells: Mapping[str, str]) -> Any:
    """Give a value with the case's cells in place of the columns' names; doubled braces are braces.

    A missing cell is empty text.

    Raises
    ------
    InputError
        If there is no such column.
    """
    if isinstance(value, Mapping):
        return {name: filled(inner, cells) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, cells) for inner in value]
    if not isinstance(value, str):
        return value

    def cell(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        name = found[1].strip()
        if name not in cells:
            raise InputError(value, expected="a column of the table (" + ", ".join(cells) + ")", got=repr(name))
        return cells[name]

    return _REFERENCE.sub(cell, value)


def _is_output(name: str, columns: Collection[str]) -> bool:
    return "." in name and name not in columns
