import numpy as np
import pytest

from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.gldm import gldm_features


def _features(levels, **how) -> dict[str, float]:
    array = np.asarray(levels, dtype=np.float64)
    settings = FeatureSettings(bin_width=1.0, **how)
    return gldm_features(discretise(array > 0, array[array > 0], (1.0, 1.0, 1.0), settings), settings)


def test_values_by_hand() -> None:
    found = _features([[[1, 1, 2, 4]]])  # dependences, each with itself: 2, 2, 1, 1
    assert found["SmallDependenceEmphasis"] == pytest.approx((1 / 4 + 1 / 4 + 1 + 1) / 4)
    assert found["LargeDependenceEmphasis"] == pytest.approx((4 + 4 + 1 + 1) / 4)
    assert found["DependenceNonUniformity"] == pytest.approx((4 + 4) / 4)
    assert found["HighGrayLevelEmphasis"] == pytest.approx((1 + 1 + 4 + 16) / 4)
    assert found["DependenceEntropy"] == pytest.approx(0.5 + 0.25 * 2 * 2)


def test_levels_within_the_tolerance_depend() -> None:
    assert _features([[[1, 1, 2, 4]]], gldm_a=1)["LargeDependenceEmphasis"] == pytest.approx((4 + 9 + 4 + 1) / 4)
    assert _features([[[1, 1, 2, 4]]], gldm_a=2)["LargeDependenceEmphasis"] == pytest.approx((4 + 9 + 9 + 4) / 4)


def test_neighbours_at_every_distance_count() -> None:
    assert _features(np.ones((1, 1, 5)), distances=(1, 2))["LargeDependenceEmphasis"] == pytest.approx(
        (9 + 16 + 25 + 16 + 9) / 5
    )
