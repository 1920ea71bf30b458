"""When harmonisation tells a test more than it should know: what to say about it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from scipy.stats import chi2_contingency, kruskal

from oncologyai.errors import InputError
from oncologyai.robustness.combat import CombatModel
from oncologyai.robustness.combat_fit import hash_row_name

__all__ = ["confounding_note", "covariate_note", "overlap_note"]

_LIKELY = 0.05


def overlap_note(model: CombatModel, row_names: Sequence[str]) -> str:
    """Say how many of the rows the estimates were fitted on; empty where none, or where it cannot be told."""
    if not model.fitted_on:
        return ""
    known = set(model.fitted_on)
    seen = sum(hash_row_name(name) in known for name in row_names)
    if not seen:
        return ""
    return (
        f"{seen} of {len(row_names)} rows are among those that ComBat was fitted on: they may train a model, but a "
        "test on them is not a test on new data"
    )


def covariate_note(covariates: Collection[str], outcomes: Collection[str]) -> str:
    """Say which covariates are outcomes: what is harmonised with the outcome's help carries it.

    Names are compared without case; empty where none is.
    """
    named = {name.casefold() for name in outcomes}
    shared = [name for name in covariates if name.casefold() in named]
    if not shared:
        return ""
    return (
        f"{', '.join(shared)} is an outcome and a covariate of ComBat: it is not known for a new patient, and a model "
        "trained on these features has seen it"
    )


def confounding_note(batches: Sequence[str], outcome: Sequence[str] | Sequence[float | None], name: str) -> str:
    """Say whether an outcome differs between batches, so that removing the batch removes a part of it.

    Parameters
    ----------
    batches : sequence of str
        One a row.
    outcome : sequence of str, or of float with None or NaN for missing
        Texts, and numbers of at most two values, are compared by chi square without correction, other numbers by
        Kruskal and Wallis.
    name : str
        Of the outcome.

    Returns
    -------
    str
        Empty where p is at least 0.05, or where there is nothing to compare.

    Raises
    ------
    InputError
        If there are not as many of each.
    """
    if len(batches) != len(outcome):
        raise InputError(name, expected=f"{len(batches)} values, one a row", got=str(len(outcome)))
    kept = [(b, v) for b, v in zip(batches, outcome, strict=True) if v is not None and not _is_nan(v)]
    labels, values = np.array([b for b, _ in kept], dtype=str), [v for _, v in kept]
    if len(set(labels)) < 2 or len(set(values)) < 2:
        return ""
    counted = any(isinstance(value, str) for value in values) or len(set(values)) == 2
    p = _of_counts(labels, values) if counted else _of_ranks(labels, values)
    if not p < _LIKELY:
        return ""
    return (
        f"{name} differs between batches (p = {p:.2g}): ComBat removes what differs between batches, so a part of "
        f"{name}'s signal may go with it; without a phantom the two cannot be told apart"
    )


def _of_counts(labels: np.ndarray, values: Sequence[object]) -> float:
    names, texts = np.unique(labels), np.array([str(value) for value in values])
    table = [[np.count_nonzero((labels == name) & (texts == text)) for text in np.unique(texts)] for name in names]
    return float(chi2_contingency(np.array(table), correction=False).pvalue)


def _of_ranks(labels: np.ndarray, values: Sequence[object]) -> float:
    numbers = np.array(values, dtype=np.float64)
    return float(kruskal(*(numbers[labels == name] for name in np.unique(labels))).pvalue)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
