"""Boxes, margins and what lies beyond an image's border."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.features.filters.box import grown, neighbourhood, within


@pytest.mark.parametrize("mode", ["edge", "wrap", "symmetric", "reflect", "constant"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_neighbourhood_is_what_numpy_pads(mode: str, size: int) -> None:
    image = np.random.default_rng(0).normal(size=(size, 4, 3))
    box = (slice(0, size), slice(1, 3), slice(2, 3))

    found = neighbourhood(image, box, (7, 2, 5), mode)

    padded = np.pad(image, ((7, 7), (2, 2), (5, 5)), mode)
    np.testing.assert_array_equal(found, padded[:, 1:7, 2:13])


def test_margin_ends_at_the_border() -> None:
    outer = grown((slice(1, 3), slice(5, 6), slice(0, 9)), (2, 2, 2), (4, 9, 9))

    assert outer == (slice(0, 4), slice(3, 8), slice(0, 9))
    assert within((slice(1, 3), slice(5, 6), slice(0, 9)), outer) == (slice(1, 3), slice(2, 3), slice(0, 9))
