"""Features that say the same as the volume, or as another source."""

import math

import numpy as np
import pytest
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, OutcomeData, associations_between, volume_correlation


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 5))
    x[:, 1] = np.exp(x[:, 0])
    x[:, 3] = x[:, 2] > 0
    x[:, 4] = 1.0
    x[0, 2] = np.nan
    sources = ("radiomics",) * 3 + ("clinical",) * 2
    names = ("volume", "surface", "texture", "sex", "same")
    return OutcomeData(tuple(map(str, range(50))), names, x, FollowUp(np.ones(50), np.ones(50)), sources=sources)


def test_correlation_with_the_volume_is_of_ranks(data):
    found = volume_correlation(data, "volume")
    assert found[:2] == pytest.approx([1.0, 1.0]) and abs(found[2]) < 0.4 and math.isnan(found[4])
    np.testing.assert_array_equal(found, volume_correlation(data, data.x[:, 0]))


def test_sources_are_compared_pair_by_pair_strongest_first(data):
    found = associations_between(data, "radiomics", "clinical")
    assert len(found) == 6 and (found[0].first, found[0].second) == ("texture", "sex")
    kept = ~np.isnan(data.x[:, 2])
    expected = stats.pointbiserialr(data.x[kept, 3], data.x[kept, 2])
    assert (found[0].r, found[0].p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found[0].kind == "point-biserial" and found[0].n == 49
    assert math.isnan(found[-1].r)


def test_two_continuous_features_are_compared_by_ranks(data):
    (first, *_) = associations_between(data, "radiomics", "radiomics")
    assert first.kind == "spearman" and first.r == pytest.approx(1.0)


def test_refuses_unknown_names(data):
    with pytest.raises(InputError, match="a feature of the table"):
        volume_correlation(data, "size")
    with pytest.raises(InputError, match="one a patient"):
        volume_correlation(data, np.ones(3))
    with pytest.raises(InputError, match="a source with features"):
        associations_between(data, "radiomics", "vasari")
