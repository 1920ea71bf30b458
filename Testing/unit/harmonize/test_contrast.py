"""Histogram, frequency bands, noise, MR: the options that are off by default or for other modalities."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from skimage import exposure

from oncologyai.errors import EmptyMaskError, InputError, ModalityError
from oncologyai.harmonize import (
    Denoise,
    EqualiseHistogram,
    MatchHistogram,
    NormaliseFat,
    NormaliseFrequencyBands,
    NormalisePercentile,
    Preset,
    band_shares,
    fat_level,
    harmonize,
    quantiles_of,
)
from oncologyai.types import Volume


def _only(*steps):
    return Preset("steps", "", steps)


def _textured(seed, blur):
    noise = np.random.default_rng(seed).normal(0, 100, (3, 64, 64))
    smooth = ndimage.gaussian_filter(noise, (0, blur, blur)) + 0.2 * noise
    return Volume(smooth.astype(np.float32), np.diag([-1.0, -1.0, 3.0, 1.0]), "CT", "HU")


def test_equalised_values_equal_skimage(an_mr):
    values = np.random.default_rng(6).uniform(0, 1, an_mr.shape).astype(np.float32) ** 2
    result = harmonize(an_mr.with_array(values), _only(EqualiseHistogram())).volume.array
    theirs = values.min() + np.ptp(values) * exposure.equalize_hist(values, nbins=256)
    assert np.abs(result - theirs).max() < 0.08
    assert np.quantile(result, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.02)


def test_no_strength_changes_nothing(an_mr):
    assert harmonize(an_mr, _only(EqualiseHistogram(strength=0.0))).volume.array == pytest.approx(an_mr.array, abs=1e-2)


def test_constant_image_cannot_be_equalised(an_mr):
    flat = an_mr.with_array(np.full(an_mr.shape, 3.0, dtype=np.float32))
    assert (harmonize(flat, _only(EqualiseHistogram())).volume.array == 3.0).all()


def test_matched_image_has_the_references_quantiles(an_mr):
    reference = np.random.default_rng(9).gamma(2.0, 50.0, 5000)
    result = harmonize(an_mr, _only(MatchHistogram(quantiles_of(reference)))).volume.array
    for q in (0.1, 0.5, 0.9):
        assert np.quantile(result, q) == pytest.approx(np.quantile(reference, q), rel=0.02)


def test_band_shares_sum_to_one_and_follow_parseval():
    volume = _textured(0, 2.0)
    shares = band_shares(volume)
    assert sum(shares) == pytest.approx(1.0)
    low = ndimage.gaussian_filter(volume.array, (0, 6, 6))
    assert shares[0] > band_shares(replace(volume, array=volume.array - low))[0]


def test_a_single_wave_lies_in_its_band():
    x = np.cos(2 * np.pi * 0.125 * np.arange(64))
    volume = Volume(np.tile(x, (1, 64, 1)).astype(np.float32), np.diag([1.0, 1.0, 1.0, 1.0]))
    assert band_shares(volume) == pytest.approx((0, 0, 1, 0), abs=1e-6)


def test_bands_take_the_references_shares_and_keep_the_mean():
    sharp, soft = _textured(1, 1.0), _textured(2, 2.0)
    step = NormaliseFrequencyBands(band_shares(soft), largest_gain=10.0)
    result = harmonize(sharp, _only(step)).volume
    assert band_shares(result) == pytest.approx(band_shares(soft), abs=1e-4)
    assert result.array.mean(axis=(1, 2)) == pytest.approx(sharp.array.mean(axis=(1, 2)), abs=1e-3)


def test_own_shares_change_nothing_and_gain_is_limited():
    volume = _textured(3, 1.5)
    same = harmonize(volume, _only(NormaliseFrequencyBands(band_shares(volume)))).volume
    assert same.array == pytest.approx(volume.array, abs=1e-2)
    far = harmonize(volume, _only(NormaliseFrequencyBands((1e-6, 1.0, 1.0, 1.0), largest_gain=1.0))).volume
    assert far.array == pytest.approx(volume.array, abs=1e-2)


@pytest.mark.parametrize("method", ["median", "gaussian", "anisotropic"])
def test_noise_gets_less_and_the_type_stays(method):
    noisy = np.random.default_rng(4).normal(100, 30, (3, 40, 40)).astype(np.int16)
    volume = Volume(noisy, np.diag([1.0, 1.0, 3.0, 1.0]), "CT", "HU")
    result = harmonize(volume, _only(Denoise(method, 3.0))).volume.array
    assert result.std() < 0.7 * noisy.std()
    assert result.dtype == np.int16
    assert result.mean() == pytest.approx(100, abs=3)


def test_percentiles_of_the_patient_become_0_and_1(an_mr):
    result = harmonize(an_mr, "mr-percentile").volume.array
    inside = an_mr.array[:, 10:40, 10:40]
    low, high = np.percentile(inside, [1, 99])
    assert result[:, 10:40, 10:40] == pytest.approx(np.clip((inside - low) / (high - low), 0, 1), abs=0.01)


def test_fat_becomes_one(an_mr):
    assert fat_level(an_mr) == pytest.approx(800, rel=0.02)
    result = harmonize(an_mr, "mr-fat").volume.array
    assert np.median(result[:, 10:14, 10:40]) == pytest.approx(1.0, abs=0.02)


def test_a_gain_of_the_scanner_drops_out(an_mr):
    louder = an_mr.with_array(an_mr.array * np.float32(3.7))
    for preset in ("mr-fat", "mr-percentile"):
        mine, theirs = harmonize(an_mr, preset).volume.array, harmonize(louder, preset).volume.array
        assert mine == pytest.approx(theirs, abs=0.01)


def test_known_fat_is_taken_as_it_is(an_mr):
    result = harmonize(an_mr, _only(NormaliseFat(100.0, 400.0))).volume.array
    assert result == pytest.approx(an_mr.array / 4.0, rel=1e-5)


def test_fat_is_for_mr_with_a_patient(a_ct, an_mr):
    with pytest.raises(ModalityError, match="fat normalisation: expected an MR image"):
        harmonize(a_ct, _only(NormaliseFat()))
    with pytest.raises(EmptyMaskError, match="volume: expected an image with a patient in it"):
        fat_level(an_mr.with_array(np.zeros(an_mr.shape, dtype=np.float32)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EqualiseHistogram(levels=1), "levels: expected a number from 2"),
        (lambda: MatchHistogram((1.0,)), "reference: expected two or more ascending values"),
        (lambda: quantiles_of(np.arange(4), 1), "count: expected a number from 2"),
        (lambda: NormaliseFrequencyBands((1.0, 1.0)), "reference: expected 4 shares above 0"),
        (lambda: NormaliseFrequencyBands((1.0,), (0.1, 0.2)), "edges_per_mm: expected numbers ascending from 0"),
        (lambda: NormaliseFrequencyBands((1.0,) * 4, largest_gain=0.5), "largest_gain: expected a number of at least"),
        (lambda: Denoise("wiener"), "method: expected one of anisotropic, gaussian, median"),
        (lambda: Denoise("median", 0.0), "size: expected a number above 0"),
        (lambda: NormalisePercentile(50.0, 50.0), "reference: expected ascending percentiles"),
        (lambda: NormaliseFat(0.0), "target: expected a number above 0"),
    ],
)
def test_rejects_settings_that_make_no_sense(make, message):
    with pytest.raises(InputError, match=message):
        make()
