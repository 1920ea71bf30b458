import numpy as np
import pytest
from scipy import ndimage

from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.glszm import glszm_features


def _features(levels, **how) -> dict[str, float]:
    array = np.asarray(levels, dtype=np.float64)
    settings = FeatureSettings(bin_width=1.0, **how)
    return glszm_features(discretise(array > 0, array[array > 0], (1.0, 1.0, 1.0), settings), settings)


def test_values_by_hand() -> None:
    # level 1: a zone of 3 (over a corner) and one of 1; level 2: one of 2
    found = _features([[[1, 0, 1], [0, 1, 0], [2, 2, 0], [0, 0, 1]]])
    assert found["ZonePercentage"] == pytest.approx(3 / 6)
    assert found["SmallAreaEmphasis"] == pytest.approx((1 / 9 + 1 + 1 / 4) / 3)
    assert found["LargeAreaEmphasis"] == pytest.approx((9 + 1 + 4) / 3)
    assert found["GrayLevelNonUniformity"] == pytest.approx((4 + 1) / 3)
    assert found["LargeAreaHighGrayLevelEmphasis"] == pytest.approx((9 + 1 + 4 * 4) / 3)


def test_zones_are_those_of_labelling_each_level() -> None:
    array = np.random.default_rng(4).integers(1, 4, (7, 8, 9)).astype(float)
    sizes = []
    for level in (1, 2, 3):
        labels, _ = ndimage.label(array == level, np.ones((3, 3, 3)))
        sizes += list(np.bincount(labels.ravel())[1:])
    found = _features(array)
    assert found["ZonePercentage"] == pytest.approx(len(sizes) / array.size)
    assert found["LargeAreaEmphasis"] == pytest.approx(np.mean(np.square(sizes)))
    assert found["ZoneVariance"] == pytest.approx(np.var(sizes))


def test_zones_stay_in_planes_where_asked() -> None:
    column = np.ones((4, 1, 2))
    assert _features(column)["ZonePercentage"] == pytest.approx(1 / 8)
    assert _features(column, force_2d=True)["ZonePercentage"] == pytest.approx(4 / 8)
