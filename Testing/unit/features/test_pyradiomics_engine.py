"""Both engines on small synthetic images: the same table from the same settings."""

import warnings

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import InputError, SmallMaskError
from oncologyai.features import FeatureSettings, extract_features, load_settings
from oncologyai.types import Mask, Volume

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("radiomics", reason="pyradiomics is not installed: only one engine to compare")

pytestmark = pytest.mark.filterwarnings("ignore")

_TEXTURES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
_CHANGES = {
    "defaults": {},
    "bin count": {"bin_count": 24},
    "one-way pairs": {"symmetrical_glcm": False},
    "weighted": {"weighting_norm": "euclidean"},
    "weighted by infinity": {"weighting_norm": "infinity"},
    "weighted by manhattan": {"weighting_norm": "manhattan"},
    "unweighted": {"weighting_norm": "no_weighting"},
    "planes": {"force_2d": True},
    "sagittal planes": {"force_2d": True, "force_2d_dimension": 2},
    "distances": {"distances": (1, 2)},
    "dependence": {"gldm_a": 1},
    "normalised": {"normalize": True, "normalize_scale": 100, "remove_outliers": 2.5, "voxel_array_shift": 300},
    "resampled": {"resampled_spacing_mm": (1.0, 1.0, 1.0)},
    "resampled in the plane": {"resampled_spacing_mm": (1.5, 1.5, 0), "interpolator": "sitkLinear"},
    "the same spacing": {"resampled_spacing_mm": (0.9, 1.1, 2.5)},
    "resegmented": {"resegment_range": (-60.0, 80.0), "resegment_shape": True},
    "resegmented by sigma": {"resegment_range": (-1.5, 1.5), "resegment_mode": "sigma", "families": _TEXTURES},
    "resegmented by maximum": {"resegment_range": (0.1,), "resegment_mode": "relative", "families": _TEXTURES},
    "filtered": {"images": {"LoG": {"sigma": [2.0, 3.0]}, "Wavelet": {}}},
    "filtered in a crop": {"images": {"LoG": {"sigma": [2.0]}, "Wavelet": {"binWidth": 10}}, "pre_crop": True},
    "pointwise": {"images": {"Square": {}, "SquareRoot": {}, "Logarithm": {}, "Exponential": {}, "Gradient": {}}},
}


@pytest.fixture(scope="module")
def a_case() -> tuple[Volume, Mask]:
    array = ndimage.gaussian_filter(np.random.default_rng(3).normal(0, 60, (16, 26, 24)), 1.0) * 6
    k, j, i = np.indices(array.shape)
    inside = ((k - 8) / 5) ** 2 + ((j - 13) / 9) ** 2 + ((i - 11) / 8) ** 2 < 1
    inside[7, 12, 11] = False
    volume = Volume(array, np.diag([-0.9, -1.1, 2.5, 1.0]), "CT", "HU")
    return volume, Mask.on(volume, inside)


def _check(volume: Volume, mask: Mask, settings: FeatureSettings) -> None:
    own, other = (extract_features(volume, [mask], settings, engine=e) for e in ("oncologyai", "pyradiomics"))
    assert own.columns == other.columns
    for name, ours, theirs in zip(own.columns, own.rows[0], other.rows[0], strict=True):
        if isinstance(ours, float) and isinstance(theirs, float):
            assert ours == pytest.approx(theirs, rel=1e-6, abs=_rounding(name)), name
        else:
            assert ours == theirs, name


def _rounding(name: str) -> float:
    """What pyradiomics' own rounding may come to: of LoG in single precision, and of the root of an eigenvalue at 0."""
    if name.startswith("log"):
        return 1e-5
    return 1e-7 if name.endswith("MCC") else 1e-9


@pytest.mark.parametrize("change", _CHANGES)
def test_engines_agree(a_case, change) -> None:
    _check(*a_case, FeatureSettings(**_CHANGES[change]))


@pytest.mark.parametrize("preset", ["default", "brain-metastases", "glioblastoma"])
def test_engines_agree_on_presets(a_case, preset) -> None:
    _check(*a_case, load_settings(preset))


def test_engines_agree_on_the_shape_of_a_plane(a_case) -> None:
    volume, mask = a_case
    inside = np.zeros_like(mask.array)
    inside[8] = mask.array[8]
    _check(volume, Mask.on(volume, inside), FeatureSettings(("shape2D", "firstorder"), force_2d=True))


_ODD = {
    "a line": np.s_[3, 5, 2:12],
    "a slice": np.s_[3, 4:15, 2:12],
    "at the corner": np.s_[:4, :5, :6],
    "two parts": np.s_[2:10:5, 4:9, 3:9],
    "two voxels": np.s_[3, 4:6, 7],
    "three borders": np.s_[:, :, 1:],
}


@pytest.mark.parametrize("odd", _ODD)
def test_engines_agree_on_odd_masks(a_case, odd) -> None:
    volume, mask = a_case
    inside = np.zeros_like(mask.array)
    inside[_ODD[odd]] = True
    _check(volume, Mask.on(volume, inside), FeatureSettings(minimum_roi_dimensions=1))


def test_engines_agree_on_a_constant_image(a_case) -> None:
    volume, mask = a_case
    _check(volume.with_array(np.full(volume.shape, 50.0)), mask, FeatureSettings())


def test_both_refuse_a_single_voxel(a_case) -> None:
    volume, mask = a_case
    inside = np.zeros_like(mask.array)
    inside[3, 4, 5] = True
    for engine in ("oncologyai", "pyradiomics"):
        with pytest.raises(SmallMaskError, match="got a single voxel"):
            extract_features(volume, [Mask.on(volume, inside)], engine=engine)


def test_both_refuse_what_resegmentation_leaves_empty(a_case) -> None:
    for engine in ("oncologyai", "pyradiomics"):
        with pytest.raises(InputError, match="mask GTV-1"):
            extract_features(*a_case[:1], a_case[1:], FeatureSettings(resegment_range=(1e6, 2e6)), engine=engine)
