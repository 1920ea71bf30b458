"""Turns by right angles, kernels brought to their centre, pooling."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features.filters.separable import centred, pooled, respond, turned


def test_kernels_turn_as_the_cube_does() -> None:
    kernels = tuple(np.array([n, 0.0, 1.0]) for n in (2.0, 3.0, 4.0))
    image = np.random.default_rng(0).normal(size=(7, 7, 7))
    box = (slice(0, 7),) * 3
    turns = list(turned((kernels[0], kernels[1], kernels[2])))

    responses = [respond(image, box, turn, "constant") for turn in turns]

    assert len(turns) == 24
    as_turned_images = []
    for axes in ((0, 1), (0, 2), (1, 2)):
        back = np.rot90(respond(np.rot90(image, 1, axes), box, turns[0], "constant"), -1, axes)
        as_turned_images.append(back)
    for expected in as_turned_images:
        assert min(np.abs(found - expected).max() for found in responses) < 1e-12


def test_kernels_of_a_plane_turn_four_times() -> None:
    kernel = np.array([1.0, 0.0, 2.0])

    turns = list(turned((None, kernel, kernel * 3)))

    assert len(turns) == 4
    assert all(turn[0] is None for turn in turns)


def test_centre_of_a_kernel_is_its_middle() -> None:
    np.testing.assert_array_equal(centred(np.array([1.0, 2.0, 3.0, 4.0]), 2), [1, 2, 3, 4, 0])
    np.testing.assert_array_equal(centred(np.array([1.0, 2.0]), 0), [0, 1, 2])


@pytest.mark.parametrize(("pooling", "expected"), [("average", 2.0), ("max", 4.0), ("min", 1.0)])
def test_pooling_joins_responses(pooling: str, expected: float) -> None:
    responses = [np.full((1, 1, 1), value) for value in (1.0, 4.0, 1.0)]

    assert pooled(iter(responses), pooling).item() == expected
    assert responses[0].item() == 1.0


def test_rejects_an_unknown_pooling() -> None:
    with pytest.raises(InputError, match="pooling"):
        pooled(iter([np.zeros((1, 1, 1))]), "median")
