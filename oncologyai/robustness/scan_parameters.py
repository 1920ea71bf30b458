"""Sets of scanning parameters told apart by their values, numbers however they are written."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from oncologyai.errors import InputError

__all__ = ["combination_names"]


def combination_names(
    parameters: Mapping[str, Sequence[str | None]], edges: Mapping[str, Sequence[float]] | None = None
) -> tuple[str, ...]:
    """Name the combination of parameters of each row.

    Parameters
    ----------
    parameters : mapping of str to sequence of str
        A cell a row, None where there is none. ``3``, ``3.0`` and ``3.00`` are one value.
    edges : mapping of str to sequence of float, optional
        Rising borders of a parameter that has many values, such as exposure: rows between two borders are alike, and
        a border belongs to what is below it.

    Returns
    -------
    tuple of str
        Such as ``kvp 120, kernel B30f, exposure 100-200``; ``kernel none`` where a cell is empty.

    Raises
    ------
    InputError
        If there is no parameter, lengths differ, or a value of a parameter with borders is no number.

    Examples
    --------
    >>> combination_names({"kvp": ["120", "120.0"], "mAs": ["80", "300"]}, {"mAs": [100, 200]})
    ('kvp 120, mAs up to 100', 'kvp 120, mAs above 200')
    """
    if not parameters:
        raise InputError("parameters", expected="at least one column", got="none")
    sizes = {name: len(cells) for name, cells in parameters.items()}
    if len(set(sizes.values())) > 1:
        raise InputError("parameters", expected="columns of one length", got=f"{sizes}")
    unknown = sorted(set(edges or {}) - set(parameters))
    if unknown:
        raise InputError("edges", expected="one of " + ", ".join(parameters), got=unknown[0])
    columns = [
        [f"{name} {_value(name, cell, (edges or {}).get(name))}" for cell in cells]
        for name, cells in parameters.items()
    ]
    return tuple(", ".join(row) for row in zip(*columns, strict=True))


def _value(name: str, cell: str | None, borders: Sequence[float] | None) -> str:
    if cell is None:
        return "none"
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if borders is None:
        return f"{number:g}" if math.isfinite(number) else cell.strip()
    if not math.isfinite(number):
        raise InputError(name, expected="a number, to be put between the borders", got=repr(cell))
    place = bisect_left(borders, number)
    if place == 0:
        return f"up to {borders[0]:g}"
    return f"above {borders[-1]:g}" if place == len(borders) else f"{borders[place - 1]:g}-{borders[place]:g}"
