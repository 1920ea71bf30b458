"""What a model learned, split by split: which features it chose how often, and with which coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LearnedFeature", "learned_features"]

_WEIGHTS = ("coefficients", "importances")


@dataclass(frozen=True)
class LearnedFeature:
    """A feature over the splits of a model.

    Attributes
    ----------
    feature : str
    chosen, splits : int
        In how many of the splits it went into the model.
    weight, low, high : float
        Median, least and greatest coefficient (or importance) of those splits; NaN where the model has none.
    """

    feature: str
    chosen: int
    splits: int
    weight: float
    low: float
    high: float


def learned_features(told: Sequence[Mapping[str, Any]]) -> tuple[LearnedFeature, ...]:
    """Gather what every split's model says of its features, the most chosen first, then by the size of the weight.

    Parameters
    ----------
    told : sequence of mapping
        A split each, as ``FittedLearner.told`` gives it: wherever it names ``features``, with ``coefficients`` or
        ``importances`` beside them; what steps before the model say does not count.
    """
    weights: dict[str, list[float]] = {}
    for one in told:
        for name, weight in dict(_named(one)).items():
            weights.setdefault(name, []).append(weight)
    found = [_gathered(name, values, len(told)) for name, values in weights.items()]
    return tuple(sorted(found, key=lambda one: (-one.chosen, -abs(np.nan_to_num(one.weight)), one.feature)))


def _named(told: Any) -> Iterator[tuple[str, float]]:
    """Give features with their weights, wherever they stand below."""
    if isinstance(told, Mapping):
        features = told.get("features")
        if isinstance(features, list | tuple) and all(isinstance(name, str) for name in features):
            weights = next((told[key] for key in _WEIGHTS if len(told.get(key) or ()) == len(features)), None)
            yield from zip(features, weights or [float("nan")] * len(features), strict=True)
        for key, inner in told.items():
            if key not in ("steps", "features", *_WEIGHTS):
                yield from _named(inner)
    elif isinstance(told, list | tuple):
        for inner in told:
            if isinstance(inner, Mapping | list | tuple):
                yield from _named(inner)


def _gathered(name: str, values: list[float], splits: int) -> LearnedFeature:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return LearnedFeature(name, len(values), splits, float("nan"), float("nan"), float("nan"))
    return LearnedFeature(name, len(values), splits, float(np.median(known)), min(known), max(known))
