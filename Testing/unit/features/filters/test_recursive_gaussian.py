"""Recursive filters of lines: a constant, a parabola and an impulse."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.features.filters.recursive_gaussian import filter_lines, recursive_gaussian


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sigma", [0.7, 2.0, 6.0])
def test_a_constant_stays_and_has_no_curvature(axis: int, sigma: float) -> None:
    smooth, curved = filter_lines(np.full((6, 7, 8), 5.0), None, axis, recursive_gaussian(sigma), slice(1, 4))

    assert smooth.shape[axis] == 3
    np.testing.assert_allclose(smooth, 5.0, rtol=1e-12)
    np.testing.assert_allclose(curved, 0.0, atol=1e-11)


def test_a_parabola_has_its_curvature_times_the_squared_sigma() -> None:
    line = (np.arange(400.0) - 200) ** 2

    _, curved = filter_lines(line[:, None, None], None, 0, recursive_gaussian(3.0), slice(150, 250))

    np.testing.assert_allclose(curved, 2.0 * 9.0, rtol=1e-6)


def test_an_impulse_becomes_a_gaussian() -> None:
    line = np.zeros((1, 1, 201))
    line[..., 100] = 1.0
    x = np.arange(-100.0, 101.0)
    gaussian = np.exp(-(x**2) / 50) / np.sqrt(50 * np.pi)

    smooth, curved = filter_lines(line, None, 2, recursive_gaussian(5.0), slice(0, 201))

    assert np.abs(smooth[0, 0] - gaussian).max() < 4e-3 * gaussian.max()
    assert np.abs(curved[0, 0] - (x**2 / 25 - 1) * gaussian).max() < 2e-2 * gaussian.max()


def test_what_earlier_axes_made_is_smoothed_and_added() -> None:
    generator = np.random.default_rng(1)
    g, d = generator.normal(size=(2, 9, 10, 11))
    filters = recursive_gaussian(1.5)

    _, both = filter_lines(g, d, 1, filters, slice(0, 10))

    _, of_g = filter_lines(g, None, 1, filters, slice(0, 10))
    of_d, _ = filter_lines(d, None, 1, filters, slice(0, 10))
    np.testing.assert_allclose(both, of_g + of_d, atol=1e-12)
