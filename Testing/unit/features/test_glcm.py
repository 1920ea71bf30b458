import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.glcm import glcm_features


def _features(levels, **how) -> dict[str, float]:
    array = np.atleast_3d(np.asarray(levels, dtype=np.float64))
    settings = FeatureSettings(bin_width=1.0, **how)
    return glcm_features(discretise(array > 0, array[array > 0], (1.0, 1.0, 1.0), settings), settings)


def test_values_by_hand_in_one_direction() -> None:
    # pairs along the line: (1,1), (1,2), (2,4) both ways: shares 1/3, 1/6, 1/6, 1/6, 1/6
    found = _features([[[1, 1, 2, 4]]])
    assert found["JointEnergy"] == pytest.approx(1 / 9 + 4 / 36)
    assert found["JointEntropy"] == pytest.approx(np.log2(3) / 3 + 4 * np.log2(6) / 6)
    assert found["Contrast"] == pytest.approx((1 + 1 + 4 + 4) / 6)
    assert found["JointAverage"] == pytest.approx((3 * 1 + 2 * 2 + 4) / 6)
    assert found["SumAverage"] == pytest.approx(2 * found["JointAverage"])
    assert found["MaximumProbability"] == pytest.approx(1 / 3)
    assert found["Id"] == pytest.approx(1 / 3 + 1 / 6 + 1 / 9)
    assert found["InverseVariance"] == pytest.approx(1 / 3 + 1 / 12)


def test_directions_without_a_pair_do_not_count() -> None:
    assert _features([[[1, 2, 1, 2]]])["Contrast"] == pytest.approx(1.0)


def test_one_way_pairs_where_asked() -> None:
    found = _features([[[1, 2, 4]]], symmetrical_glcm=False)
    assert found["Autocorrelation"] == pytest.approx((2 + 8) / 2)
    assert found["JointAverage"] == pytest.approx(1.5)


def test_mcc_is_the_second_singular_value() -> None:
    # levels 1 and 2 alternate: complete dependence, though the correlation is negative
    found = _features([[[1, 2, 1, 2, 1]]])
    assert found["Correlation"] == pytest.approx(-1.0)
    assert found["MCC"] == pytest.approx(1.0)


def test_one_level_is_wholly_dependent() -> None:
    found = _features(np.ones((2, 3, 3)))
    assert (found["Correlation"], found["MCC"], found["Imc1"], found["Imc2"]) == (1.0, 1.0, 0.0, 0.0)


def test_without_neighbours_nothing_is_defined() -> None:
    assert np.isnan(list(_features([[[1, 0, 2]]]).values())).all()


def test_more_levels_than_memory_holds_are_refused() -> None:
    with pytest.raises(InputError, match="bin_width: expected at most 4096 grey levels in a region for GLCM, got 4097"):
        _features(np.arange(1, 4098).reshape(1, 1, -1))
