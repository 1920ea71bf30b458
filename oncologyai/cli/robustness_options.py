"""Options that the commands of robustness share, and how their text is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.robustness import FeatureStability

__all__ = [
    "BoundOption",
    "EdgesOption",
    "LeaveOutOption",
    "LevelOption",
    "LimitOption",
    "OnlyOption",
    "OutFolder",
    "SheetOption",
    "named",
    "numbered",
    "numbers",
    "parameters",
    "summary",
]

OutFolder = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)]
LimitOption = Annotated[float, typer.Option(help="At or above it a feature agrees.")]
BoundOption = Annotated[str, typer.Option(help="What is compared: the value, or the low end of its interval.")]
LevelOption = Annotated[float, typer.Option(help="Of the intervals.")]
OnlyOption = Annotated[
    list[str], typer.Option("--feature", help="Only these, * for any text; several times.", metavar="PATTERN")
]
LeaveOutOption = Annotated[
    list[str], typer.Option("--leave-out", help="Columns that are no features; several times.", metavar="PATTERN")
]
EdgesOption = Annotated[
    list[str],
    typer.Option("--edges", help="Borders of a parameter with many values; several times.", metavar="NAME=A,B"),
]
SheetOption = Annotated[str, typer.Option("--sheet", help="Of a workbook.", show_default="the first")]


def named(texts: Sequence[str], option: str, *, bare: bool = False) -> dict[str, str]:
    """Read ``NAME=VALUE`` texts, each name once; a ``bare`` value has the name ''.

    Raises
    ------
    InputError
        If a text is not that, or a name comes twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = (part.strip() for part in text.partition("="))
        if not mark and bare:
            name, value = "", name
        elif not mark or not name or not value:
            raise InputError(option, expected="NAME=VALUE", got=repr(text))
        if name in found:
            raise InputError(option, expected="each name once", got=f"{name or 'a value'} twice")
        found[name] = value
    return found


def parameters(texts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Read scanning parameters: ``kvp``, or ``kvp=KVP`` or ``kvp=KVP,Voltage,kvp`` where tables call it otherwise.

    Raises
    ------
    InputError
        If a text is not that, or a name comes twice.
    """
    found = named([text if "=" in text else f"{text}={text}" for text in texts], "--parameter")
    return {name: tuple(part.strip() for part in columns.split(",")) for name, columns in found.items()}


def numbers(text: str, name: str) -> tuple[float, ...]:
    """Read rising numbers.

    Raises
    ------
    InputError
        If they are not that.
    """
    found = tuple(numbered(part, f"--edges {name}") for part in text.split(","))
    if list(found) != sorted(set(found)):
        raise InputError(f"--edges {name}", expected="rising numbers such as 100,200", got=repr(text))
    return found


def numbered(text: str, option: str) -> float:
    """Read a number.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return float(text)
    except ValueError as error:
        raise InputError(option, expected="a number", got=repr(text)) from error


def summary(stability: Iterable[FeatureStability]) -> dict[str, int]:
    """Count features by class."""
    from oncologyai.robustness import STABILITY_CLASSES

    listed = [one.stability for one in stability]
    return {name: listed.count(name) for name in STABILITY_CLASSES if name in listed or name != "harmonisable"}
