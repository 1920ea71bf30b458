"""Readers and models on the same cases compared: each with each by DeLong, and models with all readers at once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from oncologyai.errors import InputError
from oncologyai.metrics import (
    MultireaderTests,
    compare_modalities,
    compare_standalone,
    estimate_aucs,
    sign_flip_test,
)
from oncologyai.metrics.multireader import CovarianceMethod
from oncologyai.studies.diagnosis_accuracy import Judge
from oncologyai.types import Table

__all__ = ["comparison_table", "multireader_table", "ways_table"]

Row = tuple[str | float | int | None, ...]

_METHODS: tuple[tuple[CovarianceMethod, str], ...] = (
    ("delong", "Obuchowski-Rockette, DeLong's covariances"),
    ("jackknife", "Dorfman-Berbaum-Metz, jackknife"),
)
_FORMS = (
    ("random_both", "a sample", "a sample"),
    ("fixed_readers", "these alone", "a sample"),
    ("fixed_cases", "a sample", "these alone"),
)
_LEAST = 2  # cases of a class


def comparison_table(judges: Sequence[Judge], level: float) -> Table:
    """Compare each two by DeLong's paired test, on the cases that both judged.

    Parameters
    ----------
    judges : sequence of Judge
        Where there is a model, it is compared with every reader and models with each other; else readers are.
    level : float
        Of the interval.

    Returns
    -------
    Table
        first, second, cases, first_auc, second_auc, difference, low, high, z, auc_p, and the exact McNemar tests of
        sensitivity and specificity, sensitivity_p and specificity_p. None where a class has fewer than two cases.
    """
    models = [judge for judge in judges if judge.is_model]
    readers = [judge for judge in judges if not judge.is_model]
    pairs = [(model, reader) for model in models for reader in readers]
    pairs += list(itertools.combinations(models if models else readers, 2))
    columns = (
        "first", "second", "cases", "first_auc", "second_auc", "difference", "low", "high", "z", "auc_p",
        "sensitivity_p", "specificity_p",
    )  # fmt: skip
    return Table("comparisons", columns, tuple(_compared(first, second, level) for first, second in pairs))


def multireader_table(judges: Sequence[Judge], level: float) -> Table:
    """Compare each model with all readers at once, by group and over all, readers and cases both being a sample.

    Parameters
    ----------
    judges : sequence of Judge
        At least one model and two readers of a group; else there is no row.
    level : float
        Of the intervals.

    Returns
    -------
    Table
        model, group, readers, cases (that all judged), model_auc, readers_auc (mean), difference (model less readers),
        low, high, statistic, df, p, readers_are, cases_are (``a sample`` of others like them, or ``these alone``) and
        method. df is None where the law is normal.
    """
    readers = [judge for judge in judges if not judge.is_model]
    groups = list(dict.fromkeys(judge.group for judge in readers))
    parts = [(group, [judge for judge in readers if judge.group == group]) for group in groups]
    if len(groups) > 1:
        parts.append(("all readers", readers))
    rows = []
    for model in (judge for judge in judges if judge.is_model):
        for group, part in parts:
            rows += _together(model, group, part, level) if len(part) > 1 else []
    columns = (
        "model", "group", "readers", "cases", "model_auc", "readers_auc", "difference", "low", "high", "statistic",
        "df", "p", "readers_are", "cases_are", "method",
    )  # fmt: skip
    return Table("multireader", columns, tuple(rows))


def ways_table(first: Sequence[Judge], second: Sequence[Judge], level: float) -> Table:
    """Compare two ways of reading, such as without and with a model: the same readers, the same cases.

    Parameters
    ----------
    first, second : sequence of Judge
        Readers of one way and of the other; those of the same name, capitals aside, are taken.
    level : float
        Of the intervals.

    Returns
    -------
    Table
        readers, cases (that all judged both ways), first_auc, second_auc (means), difference (first less second), low,
        high, statistic, df, p, readers_are, cases_are, method, as in ``multireader_table``.

    Raises
    ------
    InputError
        If no reader, or fewer than two cases of a class, are in both.
    """
    named = {judge.name.casefold(): judge for judge in second if not judge.is_model}
    pairs = [(one, named[one.name.casefold()]) for one in first if one.name.casefold() in named and not one.is_model]
    if not pairs:
        raise InputError("against", expected="readers of the same names", got=", ".join(j.name for j in second))
    cases, truth, scores, _ = _shared([one for one, _ in pairs] + [other for _, other in pairs])
    if min(truth.sum(), (~truth).sum()) < _LEAST:
        raise InputError("against", expected="two cases of either class that all judged both ways", got=f"{len(cases)}")
    rows: list[Row] = []
    for method, title in _METHODS:
        found = estimate_aucs(truth, scores, method=method)
        means = (float(found.areas[: len(pairs)].mean()), float(found.areas[len(pairs) :].mean()))
        tests = compare_modalities(found, level=level)
        rows += [(len(pairs), len(cases), *means, *figures, title) for figures in _figures(tests)]
    columns = (
        "readers", "cases", "first_auc", "second_auc", "difference", "low", "high", "statistic", "df", "p",
        "readers_are", "cases_are", "method",
    )  # fmt: skip
    return Table("ways", columns, tuple(rows))


def _compared(first: Judge, second: Judge, level: float) -> Row:
    cases, truth, scores, called = _shared((first, second))
    named = (first.name, second.name, len(cases))
    sensitivity, specificity = (_mcnemar(called[:, side]) for side in (truth, ~truth))
    if min(truth.sum(), (~truth).sum()) < _LEAST:
        return (*named, *([None] * 7), sensitivity, specificity)
    found = estimate_aucs(truth, scores)
    test = compare_standalone(found, level=level).fixed_readers
    return (
        *named, float(found.areas[0]), float(found.areas[1]), test.value, test.low, test.high, test.statistic, test.p,
        sensitivity, specificity,
    )  # fmt: skip


def _together(model: Judge, group: str, readers: Sequence[Judge], level: float) -> list[Row]:
    cases, truth, scores, _ = _shared((model, *readers))
    if min(truth.sum(), (~truth).sum()) < _LEAST:
        return []
    rows: list[Row] = []
    for method, title in _METHODS:
        found = estimate_aucs(truth, scores, method=method)
        areas = (float(found.areas[0]), float(found.areas[1:].mean()))
        named = (model.name, group, len(readers), len(cases), *areas)
        rows += [(*named, *figures, title) for figures in _figures(compare_standalone(found, level=level))]
    return rows


def _figures(tests: MultireaderTests) -> list[Row]:
    """Give, by form, difference, low, high, statistic, df, p and what readers and cases are; None where undefined."""
    rows: list[Row] = []
    for form, readers_are, cases_are in _FORMS:
        test = getattr(tests, form)
        figures = (test.value, test.low, test.high, test.statistic, test.df, test.p)
        rows.append((*(value if math.isfinite(value) else None for value in figures), readers_are, cases_are))
    return rows


def _shared(judges: Sequence[Judge]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Give the cases that all judged, their truth, and by judge what was said of them."""
    there = set.intersection(*(set(judge.cases) for judge in judges))
    cases = [case for case in judges[0].cases if case in there]
    places = [{case: n for n, case in enumerate(judge.cases)} for judge in judges]
    order = [[place[case] for case in cases] for place in places]
    scores, called = (
        np.stack([values[chosen] for values, chosen in zip(columns, order, strict=True)])
        for columns in ([judge.scores for judge in judges], [judge.called for judge in judges])
    )
    return cases, judges[0].truth[order[0]], scores, called


def _mcnemar(called: np.ndarray) -> float | None:
    """Give the exact two-sided test that two call the disease equally often; None without a case."""
    if not called.shape[1]:
        return None
    return sign_flip_test((called[0].astype(int) - called[1].astype(int)).tolist())
