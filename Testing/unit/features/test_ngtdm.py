import numpy as np
import pytest

from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.ngtdm import ngtdm_features


def _features(levels, **how) -> dict[str, float]:
    array = np.asarray(levels, dtype=np.float64)
    settings = FeatureSettings(bin_width=1.0, **how)
    return ngtdm_features(discretise(array > 0, array[array > 0], (1.0, 1.0, 1.0), settings), settings)


def test_values_by_hand() -> None:
    # 1 beside 3: 2; 3 between 1 and 2: 1.5; 2 beside 3: 1. Shares 1/3 each, levels 1, 2, 3 with gaps 2, 1, 1.5
    found = _features([[[1, 3, 2]]])
    assert found["Coarseness"] == pytest.approx(1 / 1.5)
    assert found["Contrast"] == pytest.approx((2 / 9 * (1 + 4 + 1)) / 6 * 4.5 / 3)
    assert found["Busyness"] == pytest.approx(1.5 / (2 / 3 * (1 + 2 + 1)))
    assert found["Strength"] == pytest.approx(2 * 2 / 3 * (1 + 4 + 1) / 4.5)
    assert found["Complexity"] == pytest.approx(2 * (1 * 3 / 2 + 2 * 3.5 / 2 + 1 * 2.5 / 2) / 3)


def test_what_does_not_differ_is_coarsest() -> None:
    found = _features(np.ones((2, 3, 4)))
    assert found == {"Busyness": 0.0, "Coarseness": 1e6, "Complexity": 0.0, "Contrast": 0.0, "Strength": 0.0}


def test_a_voxel_alone_counts_without_a_gap() -> None:
    assert _features([[[1, 0, 3, 0, 0]]])["Coarseness"] == 1e6
