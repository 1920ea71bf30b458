"""A model sought at random among three algorithms, within the training patients (ch. 3).

Its own figures of the search are of patients that the steps before have seen: they choose, and are never a result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.metrics import roc_auc
from oncologyai.outcome.chain import FittedPredictor, Predictor
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Split, repeated_splits
from oncologyai.outcome.draws import draw_seed, run_draws
from oncologyai.outcome.forest import RandomForest
from oncologyai.outcome.predictors import BoostedTrees, LogisticRegression

__all__ = ["Found", "FittedSearch", "RandomSearch", "describe_models"]


@dataclass(frozen=True, eq=False)
class Found:
    """The model that a search ended with, and what it was chosen by.

    Attributes
    ----------
    model : Predictor
        Not fitted.
    scores : tuple of float
        Mean area over the last splits, of each of the models that came that far; the first one's is the greatest.
    candidates : tuple of str
        What these models are, in words.
    """

    model: Predictor
    scores: tuple[float, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedSearch:
    """The model that was found, fitted; ``model`` is what it is without the search."""

    model: FittedPredictor
    found: Found

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give the chance of class 1, (n,)."""
        return self.model.predict(data)

    def told(self) -> Mapping[str, Any]:
        """Say what was found, and what the best of the search were."""
        best = [{"model": name, "search_auc": score} for name, score in zip(self.found.candidates, self.found.scores, strict=True)]  # fmt: skip  # noqa: E501
        return {**self.model.told(), "search": best}


@dataclass(frozen=True)
class RandomSearch:
    """Boosted trees, random forests and logistic regressions with settings drawn at random.

    All are fitted on 70 % of the training patients and ordered by their area on the others; the ``best`` of them are
    then fitted and judged on ``splits`` further ones, and the greatest mean wins and is fitted on all. The chapter's
    table of ranges is not at hand, so the ranges are ours: see ``_boosted``, ``_forest``, ``_logistic``.

    Parameters
    ----------
    draws : int
        Models of each algorithm.
    best : int
        That go into the second round.
    splits : int
        Of the second round.
    test_share : float
    workers : int
        Threads; the numbers do not depend on them.
    """

    draws: int = 1000
    best: int = 5
    splits: int = 10
    test_share: float = 0.3
    workers: int = 1
    name: str = "random search"

    def __post_init__(self) -> None:
        check_range(self.draws, 1, 1_000_000, "draws")
        check_range(self.best, 1, 3 * self.draws, "best")
        check_range(self.splits, 1, 10_000, "splits")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedSearch:
        """Search and fit; InputError where a class has too few patients for splits."""
        found = self.find(data, rng)
        return FittedSearch(found.model.fit(data, rng), found)

    def find(self, data: OutcomeData, rng: np.random.Generator) -> Found:
        """Search among these patients.

        Raises
        ------
        InputError
            If a class has too few patients for splits.
        """
        data.require_classes()
        (first,) = repeated_splits(data, 1, rng, test_share=self.test_share)
        return self.find_in(data, first, rng)

    def find_in(self, data: OutcomeData, first: Split, rng: np.random.Generator) -> Found:
        """Search with a first split that is given; else as ``find``."""
        seed, last_seed = draw_seed(rng), draw_seed(rng)
        later = repeated_splits(data, self.splits, rng, test_share=self.test_share)
        learned, judged = data.rows(first.train), data.rows(first.test)

        def candidate(number: int, draw: np.random.Generator) -> tuple[Predictor, float]:
            model = _ALGORITHMS[number % len(_ALGORITHMS)](draw)
            return model, _area(model, learned, judged, draw)

        tried = run_draws(candidate, self.draws * len(_ALGORITHMS), seed=seed, workers=self.workers)
        order = np.argsort([-score for _, score in tried], kind="stable")[: self.best]
        models = [tried[int(n)][0] for n in order]
        parts = [(data.rows(split.train), data.rows(split.test)) for split in later]

        def again(number: int, draw: np.random.Generator) -> float:
            return _area(models[number // len(parts)], *parts[number % len(parts)], draw)

        areas = run_draws(again, len(models) * len(parts), seed=last_seed, workers=self.workers)
        means = np.asarray(areas).reshape(len(models), len(parts)).mean(axis=1)
        ranking = [int(n) for n in np.argsort(-means, kind="stable")]
        scores = tuple(float(means[n]) for n in ranking)
        return Found(models[ranking[0]], scores, describe_models([models[n] for n in ranking]))


def _area(model: Predictor, learned: OutcomeData, judged: OutcomeData, draw: np.random.Generator) -> float:
    chance = model.fit(learned, draw).predict(judged)
    return roc_auc(judged.labels.astype(bool).tolist(), chance.tolist())


def _log(draw: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(draw.uniform(np.log(low), np.log(high))))


def _boosted(draw: np.random.Generator) -> BoostedTrees:
    return BoostedTrees(
        rounds=int(draw.integers(20, 200, endpoint=True)),
        depth=int(draw.integers(1, 4, endpoint=True)),
        rate=_log(draw, 0.01, 0.3),
        subsample=float(draw.uniform(0.5, 1.0)),
        columns=float(draw.uniform(0.3, 1.0)),
        least=_log(draw, 0.5, 8.0),
    )


def _forest(draw: np.random.Generator) -> RandomForest:
    trees, depth = int(draw.integers(20, 300, endpoint=True)), int(draw.integers(2, 6, endpoint=True))
    return RandomForest(trees, depth, _log(draw, 1.0, 8.0))


def _logistic(draw: np.random.Generator) -> LogisticRegression:
    return LogisticRegression(_log(draw, 1e-3, 1e2), balanced=bool(draw.random() < 0.5))


_ALGORITHMS: tuple[Callable[[np.random.Generator], Predictor], ...] = (_boosted, _forest, _logistic)


def describe_models(models: Sequence[Any]) -> tuple[str, ...]:
    """Say what models are, by their settings."""
    said = []
    for model in models:
        settings = {k: v for k, v in asdict(model).items() if k not in ("name", "survival")}
        listed = ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in settings.items())
        said.append(f"{model.name}: {listed}")
    return tuple(said)
