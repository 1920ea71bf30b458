"""A study's splits, and the features of each of its models."""

from __future__ import annotations

import fnmatch

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Split, external_split, folds, repeated_splits
from oncologyai.outcome.study import DesignPart, ModelPart

__all__ = ["model_features", "study_splits"]


def study_splits(data: OutcomeData, design: DesignPart, *, seed: int = 0) -> tuple[Split, ...]:
    """Give the splits of a design; every repeat of folds has its own stream of random numbers.

    Raises
    ------
    InputError
        If a group is unknown or the only one, or there are too few patients of a kind; see ``design``.
    """
    if design.kind == "external":
        _require_groups(data)
        return external_split(data, design.train, design.test)
    if design.kind == "centres":
        names = _require_groups(data)
        return tuple(external_split(data, [n for n in names if n != one], [one])[0] for one in names)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(design.repeats)]
    if design.kind == "repeated":
        return repeated_splits(data, design.repeats, streams[0], test_share=design.test_share)
    made = []
    for number, stream in enumerate(streams, start=1):
        again = "" if design.repeats == 1 else f" of repeat {number}"
        made += [Split(f"{one.name}{again}", one.train, one.test) for one in folds(data, design.folds, stream)]
    return tuple(made)


def model_features(data: OutcomeData, model: ModelPart) -> OutcomeData:
    """Give the patients with the features of a model.

    Raises
    ------
    InputError
        If a source or a pattern names none, or none is left.
    """
    for source in model.sources:
        if source not in data.sources:
            known = ", ".join(sorted({one for one in data.sources if one})) or "none is named"
            raise InputError(f"model {model.name}: sources", expected=f"sources of features ({known})", got=source)
    for pattern in (*model.features, *model.exclude):
        if not any(_matches(name, pattern) for name in data.names):
            listed = ", ".join(data.names[:12]) + (", ..." if len(data.names) > 12 else "")
            raise InputError(f"model {model.name}: features", expected=f"features ({listed})", got=pattern)
    chosen = [
        n
        for n, (name, source) in enumerate(zip(data.names, data.sources, strict=True))
        if (not model.sources or source in model.sources)
        and any(_matches(name, pattern) for pattern in model.features)
        and not any(_matches(name, pattern) for pattern in model.exclude)
    ]
    if not chosen:
        raise InputError(f"model {model.name}: features", expected="at least one", got="none")
    return data.columns(chosen)


def _matches(feature: str, pattern: str) -> bool:
    """Tell whether a feature is meant: also every value of a category by the category's name."""
    return fnmatch.fnmatchcase(feature, pattern) or fnmatch.fnmatchcase(feature.partition("=")[0], pattern)


def _require_groups(data: OutcomeData) -> list[str]:
    names = sorted({str(value) for value in data.batch} if data.batch is not None else set())
    if len(names) < 2:
        raise InputError("group", expected="a column of at least two values", got=", ".join(names) or "none")
    return names
