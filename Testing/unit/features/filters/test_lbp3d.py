"""The sphere and the strengths of 3D local binary patterns, against their definition written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.special import lpmv
from scipy.stats import kurtosis

from oncologyai.features.filters import filtered_images
from oncologyai.features.filters.lbp3d import icosphere


@pytest.mark.parametrize("subdivisions", [0, 1, 2])
def test_icosphere_has_the_vertices_of_a_divided_icosahedron(subdivisions: int) -> None:
    vertices = icosphere(subdivisions)

    assert len(vertices) == 10 * 4**subdivisions + 2
    np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), 1.0)
    assert len(np.unique(vertices.round(9), axis=0)) == len(vertices)
    golden = (1 + np.sqrt(5)) / 2
    np.testing.assert_allclose(np.abs(vertices[0]), np.array([0, 1, golden]) / np.hypot(1, golden))


def _harmonic(m: int, n: int, azimuth: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    from math import factorial, pi

    size = np.sqrt((2 * n + 1) / (4 * pi) * factorial(n - abs(m)) / factorial(n + abs(m)))
    value = size * lpmv(abs(m), n, cosine) * np.exp(1j * abs(m) * azimuth)
    return value if m >= 0 else (-1) ** m * np.conj(value)


def test_equals_the_definition_written_out() -> None:
    image = np.random.default_rng(2).normal(0, 100, (5, 6, 7))
    vertices = icosphere(1)
    azimuth, polar = np.arccos(vertices[:, 2]), np.arctan2(vertices[:, 1], vertices[:, 0])

    found = dict(filtered_images(image, (2.0, 1.0, 1.0), "LBP3D", {"lbp3DLevels": 3}))

    for place in [(2, 3, 3), (1, 1, 1), (0, 5, 6)]:
        samples = map_coordinates(image, (np.array(place) + vertices).T, order=3)
        above = (samples >= image[place]).astype(float)
        for n in range(3):
            orders = [_harmonic(m, n, azimuth, np.cos(polar)) for m in range(-n, n + 1)]
            summed = sum((above @ y) * y for y in orders)
            expected = np.sqrt(np.sum(summed**2)).real
            assert found[f"lbp-3D-m{n + 1}"][place] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert found["lbp-3D-k"][place] == pytest.approx(kurtosis(samples), rel=1e-9)


def test_kurtosis_of_equal_samples_is_that_of_older_scipy() -> None:
    found = dict(filtered_images(np.zeros((9, 9, 9)), (1.0, 1.0, 1.0), "LBP3D", {}, (slice(4, 5),) * 3))

    assert found["lbp-3D-k"].item() == -3.0
