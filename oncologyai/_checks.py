"""Guard clauses of public functions: one line each at the border, so that private code may trust its input."""

from __future__ import annotations

import math
from collections.abc import Collection

from oncologyai.errors import InputError

__all__ = ["check_choice", "check_positive", "check_range"]


def check_positive(value: float, argument: str, unit: str = "") -> None:
    """Raise InputError unless ``value`` is finite and above 0."""
    if not (math.isfinite(value) and value > 0):
        raise InputError(argument, expected=f"a number above 0{f' {unit}' if unit else ''}", got=f"{value}")


def check_range(value: float, low: float, high: float, argument: str) -> None:
    """Raise InputError unless ``low <= value <= high``."""
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(argument, expected=f"a number from {low:g} to {high:g}", got=f"{value}")


def check_choice(value: str, choices: Collection[str], argument: str) -> None:
    """Raise InputError unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise InputError(argument, expected="one of " + ", ".join(sorted(choices)), got=repr(value))
