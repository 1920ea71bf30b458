"""What a parameter's annotation may demand or say: the validators of ``slicer.parameterNodeWrapper``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "IsInstance",
    "Maximum",
    "Minimum",
    "NotNone",
    "SingleStep",
    "Validator",
    "WithinRange",
]


class Validator:
    """Base of checks; ``validate`` raises ValueError or TypeError."""

    def validate(self, value: Any) -> None:
        """Check a value."""
        raise NotImplementedError


class NotNone(Validator):
    """The value is not None."""

    def validate(self, value: Any) -> None:
        """Raise ValueError for None."""
        if value is None:
            raise ValueError("Value must not be None")


class IsInstance(Validator):
    """The value is of a class (or None)."""

    def __init__(self, classtype: type | tuple[type, ...]) -> None:
        self.classtype = classtype

    def validate(self, value: Any) -> None:
        """Raise TypeError for a value of another class."""
        if value is not None and not isinstance(value, self.classtype):
            raise TypeError(f"Value must be of type '{self.classtype}', is type '{type(value)}'")


class WithinRange(Validator):
    """The value lies in a closed range."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum

    def validate(self, value: Any) -> None:
        """Raise ValueError outside the range."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be within range [{self.minimum}, {self.maximum}], is {value}")


class Minimum(Validator):
    """The value is not below a bound."""

    def __init__(self, minimum: float) -> None:
        self.minimum = minimum

    def validate(self, value: Any) -> None:
        """Raise ValueError below the bound."""
        if value < self.minimum:
            raise ValueError(f"Value must be greater than or equal to {self.minimum}, is {value}")


class Maximum(Validator):
    """The value is not above a bound."""

    def __init__(self, maximum: float) -> None:
        self.maximum = maximum

    def validate(self, value: Any) -> None:
        """Raise ValueError above the bound."""
        if value > self.maximum:
            raise ValueError(f"Value must be less than or equal to {self.maximum}, is {value}")


class Choice(Validator):
    """The value is one of a list."""

    def __init__(self, choices: Iterable[Any]) -> None:
        self.choices = list(choices)

    def validate(self, value: Any) -> None:
        """Raise ValueError for a value that is not in the list."""
        if value not in self.choices:
            raise ValueError(f"Value must be one of {self.choices}, is {value!r}")


class Exclude(Validator):
    """The value is none of a list."""

    def __init__(self, excludedValues: Iterable[Any]) -> None:  # noqa: N803 - Slicer's name
        self.excluded = list(excludedValues)

    def validate(self, value: Any) -> None:
        """Raise ValueError for a value in the list."""
        if value in self.excluded:
            raise ValueError(f"Value must not be one of {self.excluded}, is {value!r}")


@dataclass(frozen=True)
class Default:
    """The value before it is first set."""

    value: Any


@dataclass(frozen=True)
class Decimals:
    """Decimals that a widget shows."""

    value: int


@dataclass(frozen=True)
class SingleStep:
    """The step of a widget."""

    value: float
