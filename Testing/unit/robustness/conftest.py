"""Batches of features for the tests of ComBat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from oncologyai.types import Mask, Volume


@dataclass(frozen=True)
class Batches:
    """Features of three scanners with a shift and a scale each; ``truth`` is what they would be without."""

    values: np.ndarray
    truth: np.ndarray
    batches: list[str]
    sex: list[str]
    age: list[float]
    features: list[str]


def unexplained(values: np.ndarray, truth: np.ndarray) -> float:
    """Share of the truth's variance that no straight line from the values explains, the median over features.

    ComBat brings scanners to their common mean and spread, not to a truth that none of them has.
    """
    r = [np.corrcoef(values[:, place], truth[:, place])[0, 1] for place in range(values.shape[1])]
    return float(np.median(1 - np.square(r)))


def _make_batches(seed: int, sizes: tuple[int, ...] = (12, 9, 15), features: int = 20) -> Batches:
    """Draw rows; scanners' shifts and scales depend on nothing but the feature and the scanner."""
    scanners, generator = np.random.default_rng(99), np.random.default_rng(seed)
    level, spread = scanners.uniform(5, 50, features), scanners.uniform(1, 4, features)
    shift, scale = scanners.normal(0, 1, (len(sizes), features)), scanners.uniform(0.6, 1.6, (len(sizes), features))
    place = np.repeat(np.arange(len(sizes)), sizes)
    sex = generator.integers(0, 2, len(place))
    age = generator.integers(40, 80, len(place)).astype(float)
    own = generator.normal(size=(len(place), features))
    effect = 0.8 * sex[:, np.newaxis] + 0.03 * (age[:, np.newaxis] - 60)
    truth = level + spread * (own + effect)
    values = level + spread * (scale[place] * own + effect + shift[place])
    names = [f"f{n}" for n in range(features)]
    return Batches(values, truth, [f"s{n}" for n in place], ["FM"[s] for s in sex], age.tolist(), names)


@pytest.fixture
def three_scanners() -> Batches:
    return _make_batches(1)


@pytest.fixture
def make_batches() -> Callable[..., Batches]:
    return _make_batches


@pytest.fixture(name="unexplained")
def unexplained_share() -> Callable[[np.ndarray, np.ndarray], float]:
    return unexplained


@pytest.fixture
def a_ball() -> tuple[Volume, Mask]:
    """A lesion of 12 mm radius and level 100 in a background of 20, voxels of 2 x 2 x 4 mm, noise of 3."""
    k, j, i = np.meshgrid(np.arange(20), np.arange(40), np.arange(42), indexing="ij")
    distance = np.sqrt(((k - 10) * 4.0) ** 2 + ((j - 20) * 2.0) ** 2 + ((i - 21) * 2.0) ** 2)
    ball = distance <= 12.0
    noise = np.random.default_rng(0).normal(0, 3, ball.shape)
    volume = Volume((20.0 + 80 * ball + noise).astype(np.float32), np.diag([2.0, 2.0, 4.0, 1.0]), "MR")
    return volume, Mask.on(volume, ball)
