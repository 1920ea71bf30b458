import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from oncologyai.features import FeatureSettings
from oncologyai.features.region import region_of
from oncologyai.features.shape import shape_features
from oncologyai.types import Mask, Volume


def _features(array: np.ndarray, spacing=(1.0, 1.0, 1.0)) -> dict[str, float]:
    volume = Volume(np.zeros(array.shape, dtype=np.float32), np.diag([*spacing, 1.0]))
    return shape_features(region_of(volume, Mask.on(volume, np.asarray(array, dtype=bool))), FeatureSettings())


def test_a_ball_is_nearly_a_sphere() -> None:
    k, j, i = np.indices((33, 33, 33)) - 16
    found = _features(k**2 + j**2 + i**2 <= 15**2, (2.0, 2.0, 2.0))
    assert found["Sphericity"] == pytest.approx(0.92, abs=0.03)  # the staircase has more surface
    assert found["Elongation"] == found["Flatness"] == pytest.approx(1.0)
    assert found["Maximum3DDiameter"] == pytest.approx(62.0)
    assert found["MajorAxisLength"] == pytest.approx(4 * 30.0 / math.sqrt(5), rel=0.02)


def test_planes_are_named_by_the_axis_they_lie_across() -> None:
    found = _features(np.ones((2, 3, 9)), (1.0, 2.0, 5.0))  # 9 long along i, 6 along j, 10 along k
    assert found["Maximum2DDiameterSlice"] == pytest.approx(math.hypot(8.0, 6.0))
    assert found["Maximum2DDiameterColumn"] == pytest.approx(max(math.hypot(8.0, 10.0), math.hypot(9.0, 5.0)))
    assert found["Maximum2DDiameterRow"] == pytest.approx(max(math.hypot(4.0, 10.0), math.hypot(6.0, 5.0)))


def test_a_flat_mask_has_no_least_axis() -> None:
    found = _features(np.ones((1, 6, 6)))
    assert found["LeastAxisLength"] == 0.0
    assert found["Flatness"] == 0.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.floats(0.4, 4.0)] * 3))
def test_diameters_equal_a_search_over_all_vertices(seed, spacing) -> None:
    mask = np.pad(np.random.default_rng(seed).random((3, 4, 5)) < 0.35, 1)
    if not mask.any():
        return
    vertices = []
    for place in np.argwhere(mask):
        for axis in range(3):
            for step in (-1, 1):
                beside = place.copy()
                beside[axis] += step
                if not mask[tuple(beside)]:
                    vertices.append((place + beside) / 2 * np.array(spacing[::-1]))
    vertices = np.array(vertices)
    found = _features(mask, spacing)
    assert found["Maximum3DDiameter"] == pytest.approx(pdist(vertices).max())
    for axis, name in enumerate(("Slice", "Column", "Row")):
        planes = [vertices[np.isclose(vertices[:, axis], v)] for v in np.unique(vertices[:, axis])]
        longest = max(pdist(plane).max() for plane in planes if len(plane) > 1)
        assert found[f"Maximum2DDiameter{name}"] == pytest.approx(longest)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ratios_stay_within_their_bounds(seed) -> None:
    mask = np.random.default_rng(seed).random((4, 4, 4)) < 0.5
    if np.count_nonzero(mask) < 2:
        return
    found = _features(mask)
    assert 0.0 < found["Sphericity"] <= 1.0
    assert 0.0 <= found["Flatness"] <= found["Elongation"] <= 1.0
    assert found["Compactness2"] == pytest.approx(found["Sphericity"] ** 3)
    assert found["SphericalDisproportion"] == pytest.approx(1.0 / found["Sphericity"])
