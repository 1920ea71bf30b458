import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.features.region import Region
from oncologyai.features.shape2d import shape2d_features


def _features(plane, sampling=(1.0, 1.0, 1.0), axis=0) -> dict[str, float]:
    inside = np.expand_dims(np.asarray(plane, dtype=bool), axis)
    region = Region(np.pad(inside, 1), np.zeros(np.count_nonzero(inside)), sampling)
    return shape2d_features(region, FeatureSettings(force_2d=True, force_2d_dimension=axis))


def test_a_rectangle_loses_its_corners() -> None:
    found = _features(np.ones((3, 4)), (9.0, 2.0, 1.0))
    assert found["PixelSurface"] == 24.0
    assert found["MeshSurface"] == pytest.approx(24.0 - 4 * 2.0 / 8)
    assert found["Perimeter"] == pytest.approx(2 * 3 + 2 * 2 * 2 + 4 * math.hypot(1.0, 0.5))
    assert found["MaximumDiameter"] == pytest.approx(math.hypot(6.0, 3.0))


def test_a_disc_is_nearly_round() -> None:
    j, i = np.indices((65, 65)) - 32
    found = _features(j**2 + i**2 <= 30**2)
    assert found["Sphericity"] == pytest.approx(0.95, abs=0.05)
    assert found["Elongation"] == pytest.approx(1.0)
    assert found["MajorAxisLength"] == pytest.approx(60.0, rel=0.01)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_plane_may_lie_across_any_axis(axis) -> None:
    sampling = tuple(np.insert([2.0, 3.0], axis, 5.0))
    assert _features(np.ones((3, 4)), sampling, axis) == _features(np.ones((3, 4)), (5.0, 2.0, 3.0))


def test_more_than_one_plane_is_refused() -> None:
    region = Region(np.pad(np.ones((2, 3, 3), dtype=bool), 1), np.zeros(18), (1.0, 1.0, 1.0))
    with pytest.raises(InputError, match="shape2D: expected force2D true and a mask in a single plane, got a mask of"):
        shape2d_features(region, FeatureSettings(force_2d=True))
    with pytest.raises(InputError, match="got force2D false"):
        shape2d_features(region, FeatureSettings())
