"""How covariates of ComBat become columns of numbers, the same for new rows as for those it was fitted on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError

__all__ = ["Covariate", "Covariates", "code_covariates", "covariate_columns"]

Covariates = Mapping[str, Sequence[str] | Sequence[float]]
"""By name, a value a row: texts are categories, numbers stay numbers."""


@dataclass(frozen=True)
class Covariate:
    """One covariate; ``categories`` of texts, the first of which has no column, are empty for numbers."""

    name: str
    categories: tuple[str, ...] = ()


def code_covariates(covariates: Covariates) -> tuple[Covariate, ...]:
    """Read off names and categories, these sorted.

    Raises
    ------
    InputError
        If texts and numbers are mixed.
    """
    found = []
    for name, values in covariates.items():
        texts = {isinstance(value, str) for value in values}
        if len(texts) > 1:
            raise InputError(f"covariate {name}", expected="texts or numbers", got="both")
        found.append(Covariate(name, tuple(sorted({str(value) for value in values})) if texts == {True} else ()))
    return tuple(found)


def covariate_columns(coded: Sequence[Covariate], covariates: Covariates, rows: int) -> np.ndarray:
    """Give the columns, shape (rows, p): a number each, and for a text one a category but the first.

    Raises
    ------
    InputError
        If a covariate is missing, too short or too long, not finite, or has a category that is not coded.
    """
    columns: list[np.ndarray] = []
    for one in coded:
        values = covariates.get(one.name)
        if values is None:
            raise InputError(f"covariate {one.name}", expected="a value for every row", got="none")
        if len(values) != rows:
            raise InputError(f"covariate {one.name}", expected=f"{rows} values, one a row", got=str(len(values)))
        columns += _categories(one, values) if one.categories else [_numbers(one, values)]
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def _categories(one: Covariate, values: Sequence[str] | Sequence[float]) -> list[np.ndarray]:
    new = sorted({str(value) for value in values} - set(one.categories))
    if new:
        raise InputError(
            f"covariate {one.name}", expected="one of " + ", ".join(one.categories), got=", ".join(new),
            remedy="its effect was not estimated: fit on data that hold it, or leave these rows out",
        )  # fmt: skip
    return [np.array([str(value) == category for value in values], float) for category in one.categories[1:]]


def _numbers(one: Covariate, values: Sequence[str] | Sequence[float]) -> np.ndarray:
    for value in values:
        if isinstance(value, str) or not math.isfinite(value):
            raise InputError(f"covariate {one.name}", expected="finite numbers", got=repr(value))
    return np.asarray(values, dtype=np.float64)
