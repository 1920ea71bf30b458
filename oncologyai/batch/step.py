"""A step: a use case that a batch may run on a case, its arguments read from the function that does it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.types import Table

__all__ = ["Parameter", "Step", "StepFunction", "check_argument", "checked_arguments", "parameters_of"]

StepFunction = Callable[..., Table | None]
_OURS = "progress"  # the argument that every step's function takes beside those of the recipe


@dataclass(frozen=True)
class Step:
    """A use case under the name that recipes call it by.

    Attributes
    ----------
    name : str
        Such as ``features``.
    function : str
        ``module:name`` of a function ``(folder, *, progress, **arguments) -> Table | None``. It computes one case:
        files go into ``folder``, which is empty and its own; rows that are to be gathered are returned. An argument
        of type ``Path`` is an input, whose content counts; every other one is a setting. Errors are raised.
    outputs : mapping of str to str
        Files that it makes in the folder, by the name that later steps refer to them by.
    version : int
        Raised when the function gives other results for the same arguments within one version of the library.
    depends : str
        ``module:name`` of a function of the arguments that gives what else a result depends on, as JSON values, such
        as the digest of a model that an argument names.
    """

    name: str
    function: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    depends: str = ""

    def load(self) -> StepFunction:
        """Import the function."""
        function: StepFunction = _imported(self.function)
        return function

    def dependencies(self, arguments: Mapping[str, Any]) -> Any:
        """Give what else a result depends on, as JSON values."""
        return _imported(self.depends)(**arguments) if self.depends else None


@dataclass(frozen=True)
class Parameter:
    """An argument of a step: its type, and its value where nothing is said; ``required`` has none."""

    type: Any
    required: bool
    default: Any = None

    @property
    def is_list(self) -> bool:
        """Whether several values are meant: text is then parted at semicolons."""
        kinds = get_args(self.type) if get_origin(self.type) in (Union, UnionType) else (self.type,)
        return any(get_origin(kind) in (tuple, list) for kind in kinds)

    @property
    def is_path(self) -> bool:
        """Whether files are meant: text is then a path, relative to the table or recipe that it stands in."""
        return Path in _leaves(self.type)


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _leaves(kind: Any) -> set[Any]:
    inner = [a for a in get_args(kind) if a not in (NoneType, Ellipsis)]
    return set().union(*map(_leaves, inner)) if inner else {kind}


@cache
def _parameters(function: StepFunction) -> tuple[tuple[str, Parameter], ...]:
    hints = get_type_hints(function, include_extras=True)
    found = []
    for name, given in inspect.signature(function).parameters.items():
        if given.kind is inspect.Parameter.KEYWORD_ONLY and name != _OURS:
            required = given.default is inspect.Parameter.empty
            found.append((name, Parameter(hints[name], required, None if required else given.default)))
    return tuple(found)


def parameters_of(step: Step) -> dict[str, Parameter]:
    """Give the arguments of a step by name."""
    return dict(_parameters(step.load()))


def check_argument(step: Step, name: str, value: Any) -> Any:
    """Give one argument's value in its type; text is read as a number, a path or a list (a;b) where one is meant.

    Raises
    ------
    InputError
        If the step has no such argument, or the value does not fit.
    """
    known = parameters_of(step)
    check_choice(name, known, f"argument of {step.name}")
    if isinstance(value, str) and known[name].is_list:
        value = [part.strip() for part in value.split(";") if part.strip()]
    try:
        return TypeAdapter(known[name].type).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        expected = first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
        raise InputError(f"{step.name}.{name}", expected=expected, got=repr(first.get("input", value))) from error


def checked_arguments(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give all of a step's arguments in their types; None and empty text stand for what is not said.

    Raises
    ------
    InputError
        If an argument is missing or unknown, or a value does not fit.
    """
    said = {name: value for name, value in given.items() if value is not None and value != ""}
    known = parameters_of(step)
    for name, parameter in known.items():
        if parameter.required and name not in said:
            raise InputError(
                f"{step.name}.{name}", expected="a value", got="an empty cell" if name in given else "none"
            )
    defaults = {name: parameter.default for name, parameter in known.items()}
    return {**defaults, **{name: check_argument(step, name, value) for name, value in said.items()}}
