"""Settings of the seeded segmentation."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from oncologyai.errors import InputError
from oncologyai.segmenters import METHODS, SeedConfig
from oncologyai.segmenters.config import MethodName


def test_every_method_that_may_be_named_is_registered() -> None:
    assert set(get_args(MethodName)) == set(METHODS)


def test_rejects_an_unknown_method() -> None:
    with pytest.raises(InputError, match="method: expected one of growing, walker, got 'magic'"):
        SeedConfig(method="magic")  # type: ignore[arg-type]


@pytest.mark.parametrize("distance", [0.0, -5.0, float("nan"), float("inf")])
def test_rejects_a_distance_that_is_none(distance: float) -> None:
    with pytest.raises(InputError, match="max_distance_mm: expected a number above 0 mm"):
        SeedConfig(max_distance_mm=distance)


def test_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        SeedConfig().label = "other"  # type: ignore[misc]
