import numpy as np
import pytest

from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.glrlm import glrlm_features


def _features(levels, **how) -> dict[str, float]:
    array = np.asarray(levels, dtype=np.float64)
    settings = FeatureSettings(bin_width=1.0, **how)
    return glrlm_features(discretise(array > 0, array[array > 0], (1.0, 1.0, 1.0), settings), settings)


def test_values_by_hand_along_a_line() -> None:
    found = _features([[[1, 1, 1, 2, 0, 2]]])  # runs of 3, 1 and, beyond the gap, 1
    assert found["ShortRunEmphasis"] == pytest.approx((1 / 9 + 1 + 1) / 3)
    assert found["LongRunEmphasis"] == pytest.approx((9 + 1 + 1) / 3)
    assert found["RunPercentage"] == pytest.approx(3 / 5)
    assert found["GrayLevelNonUniformity"] == pytest.approx((1 + 4) / 3)
    assert found["HighGrayLevelRunEmphasis"] == pytest.approx((1 + 4 + 4) / 3)
    assert found["RunEntropy"] == pytest.approx(np.log2(3) / 3 + 2 / 3 * np.log2(1.5))


def test_a_direction_counts_where_a_line_meets_two_voxels_whatever_lies_between() -> None:
    assert _features([[[1, 0, 1]]])["RunPercentage"] == 1.0
    assert np.isnan(list(_features([[[1, 0, 0], [0, 0, 1]]]).values())).all()


def test_joined_directions_are_one_matrix() -> None:
    square = [[[1, 1], [1, 1]]]  # 2 runs of 2 along each edge; along diagonals 1 of 2 and 2 of 1
    found = _features(square, weighting_norm="no_weighting")
    assert found["RunPercentage"] == pytest.approx(10 / 16)
    assert _features(square)["RunPercentage"] == pytest.approx((0.5 + 0.5 + 0.75 + 0.75) / 4)
