import numpy as np
import pytest
from scipy import stats

from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import discretise
from oncologyai.features.firstorder import firstorder_features
from oncologyai.features.region import Region, region_of
from oncologyai.types import Mask, Volume


def _features(values: list[float] | np.ndarray, **settings: float) -> dict[str, float]:
    array = np.asarray(values, dtype=np.float32).reshape(1, 1, -1)
    volume = Volume(array, np.diag([2.0, 1.0, 1.5, 1.0]))
    return _of(region_of(volume, Mask.on(volume, np.ones(array.shape, dtype=bool))), FeatureSettings(**settings))


def _of(region: Region, settings: FeatureSettings) -> dict[str, float]:
    levels = discretise(region.inside, region.values, region.sampling_mm, settings)
    return firstorder_features(region, levels, settings)


def test_values_by_hand() -> None:
    found = _features([1.0, 2.0, 3.0, 6.0], bin_width=2.0)
    assert found["Energy"] == 50.0
    assert found["TotalEnergy"] == pytest.approx(150.0)
    assert found["RootMeanSquared"] == pytest.approx(np.sqrt(12.5))
    assert (found["Mean"], found["Median"], found["Range"]) == (3.0, 2.5, 5.0)
    assert found["Variance"] == pytest.approx(3.5)
    assert found["MeanAbsoluteDeviation"] == pytest.approx(1.5)
    # bins 0-2, 2-4 and 6-8 hold 1, 2 and 1 of 4 values
    assert found["Entropy"] == pytest.approx(1.5)
    assert found["Uniformity"] == pytest.approx(0.375)


def test_moments_equal_scipy() -> None:
    values = np.random.default_rng(2).gamma(2.0, 50.0, 500).astype(np.float32)
    found = _features(values)
    assert found["Skewness"] == pytest.approx(stats.skew(values.astype(float)))
    assert found["Kurtosis"] == pytest.approx(stats.kurtosis(values.astype(float), fisher=False))


def test_the_shift_enters_energies_alone() -> None:
    plain, shifted = _features([-3.0, 0.0, 1.0]), _features([-3.0, 0.0, 1.0], voxel_array_shift=10.0)
    changed = {name for name in plain if plain[name] != shifted[name]}
    assert changed == {"Energy", "TotalEnergy", "RootMeanSquared"}
    assert shifted["Energy"] == 49.0 + 100.0 + 121.0


def test_integer_images_do_not_overflow() -> None:
    array = np.full((2, 2, 2), 30000, dtype=np.int16)
    volume = Volume(array, np.eye(4))
    region = region_of(volume, Mask.on(volume, np.ones(array.shape, dtype=bool)))
    assert _of(region, FeatureSettings())["Energy"] == 8 * 9e8


def test_a_constant_region_has_no_entropy_and_no_moments() -> None:
    found = _features([4.0, 4.0, 4.0])
    assert found["Entropy"] == pytest.approx(0.0, abs=1e-12)
    assert (found["Uniformity"], found["Skewness"], found["Kurtosis"], found["Variance"]) == (1.0, 0.0, 0.0, 0.0)
