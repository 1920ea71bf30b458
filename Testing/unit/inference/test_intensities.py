import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.inference import normalise
from oncologyai.inference.intensities import is_pointwise
from oncologyai.models import Bins, Quantiles, ZScore


@pytest.fixture
def by(a_flat_model, make_card):
    """Normalise an array in a given way."""

    def run(array, **how):
        channel = {"name": "mr", "modality": "MR", "normalisation": how}
        return normalise(np.asarray(array), make_card(a_flat_model[0], channels=[channel]), "mr")

    return run


def test_window_and_bins_are_those_of_the_published_chain(by):
    hu = np.array([[[-2000, -1000, -976, -975, 0, 150, 3000]]], dtype=np.int16)
    assert by(hu, kind="bins", low=-1000, high=150, width=25).tolist() == [[[0, 0, 0, 1, 40, 45, 45]]]
    np.testing.assert_allclose(by(hu, kind="window", low=-1000, high=1000)[0, 0, [0, 4, 6]], [0, 0.5, 1])
    assert by(hu, kind="as-is").dtype == np.float32


@pytest.mark.parametrize("how", [{"kind": "quantiles"}, {"kind": "z-score", "foreground": True}])
def test_an_mr_scaled_by_three_is_the_same(by, how):
    mr = np.random.default_rng(0).gamma(2, 200, size=(6, 8, 8))
    mr[:2] = 0
    np.testing.assert_allclose(by(3 * mr, **how), by(mr, **how), atol=1e-5)


def test_only_values_that_need_no_others_are_normalised_in_part():
    assert is_pointwise(Bins(low=-1000, high=150, width=25)) and is_pointwise(ZScore(mean=0, deviation=1))
    assert not is_pointwise(Quantiles()) and not is_pointwise(ZScore(mean=0))


def test_quantiles_and_scores_are_numpy_s(by):
    mr = np.random.default_rng(0).normal(100, 10, size=(6, 8, 8))
    mr[0] = 0
    low, high = np.quantile(mr[mr != 0], [0.01, 0.99])
    np.testing.assert_allclose(by(mr, kind="quantiles"), np.clip((mr - low) / (high - low), 0, 1), atol=1e-4)
    np.testing.assert_allclose(by(mr, kind="z-score"), (mr - mr.mean()) / mr.std(), atol=1e-4)
    np.testing.assert_allclose(by(mr, kind="z-score", mean=100, deviation=10, clip=(90, 110)).max(), 1.0)


def test_constant_images_give_zeros_and_broken_ones_are_refused(by, a_flat_model):
    for kind in ("quantiles", "z-score"):
        assert not by(np.full((2, 2, 2), 7.0), kind=kind).any()
    with pytest.raises(InputError, match="mr: expected finite values"):
        by(np.full((1, 1, 1), np.nan), kind="as-is")
    with pytest.raises(InputError, match="channel: expected ct"):
        normalise(np.zeros((1, 1, 1)), a_flat_model[1], "pet")
