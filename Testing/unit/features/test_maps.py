"""Voxel-wise maps: of each voxel's neighbourhood, equal to pyradiomics' where that is installed."""

import warnings

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from oncologyai.errors import CancelledError, InputError
from oncologyai.features import FeatureSettings, extract_features
from oncologyai.features.maps import feature_maps
from oncologyai.progress import Silent
from oncologyai.types import Mask, Volume

pytestmark = pytest.mark.filterwarnings("ignore")
_TEXTURES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")


@pytest.fixture(scope="module")
def a_case() -> tuple[Volume, Mask]:
    array = ndimage.gaussian_filter(np.random.default_rng(7).normal(0, 60, (9, 14, 13)), 0.7) * 4
    k, j, i = np.indices(array.shape)
    inside = ((k - 4) / 2.5) ** 2 + ((j - 7) / 4) ** 2 + ((i - 3) / 4) ** 2 < 1  # cut by the image's border
    volume = Volume(array, np.diag([-0.9, -1.1, 2.5, 1.0]), "CT", "HU")
    return volume, Mask.on(volume, inside)


def test_a_voxel_has_the_features_of_the_mask_around_it(a_case) -> None:
    volume, mask = a_case
    settings = FeatureSettings({"firstorder": ("Mean", "Median"), "glszm": ("ZonePercentage",)})
    maps = feature_maps(volume, mask, settings)
    place = (4, 7, 3)
    box = tuple(slice(p - 1, p + 2) for p in place)
    around = Mask.on(volume, np.zeros(volume.shape, dtype=bool))
    around.array[box] = mask.array[box]
    assert maps["original_firstorder_Mean"].array[place] == pytest.approx(volume.array[around.array].mean(), rel=1e-6)
    assert maps["original_firstorder_Median"].array[place] == pytest.approx(
        np.median(volume.array[around.array]), rel=1e-6
    )
    expected = extract_features(volume, [around], settings)
    at = expected.columns.index("original_glszm_ZonePercentage")
    assert maps["original_glszm_ZonePercentage"].array[place] == pytest.approx(expected.rows[0][at], rel=1e-6)


def test_maps_lie_on_the_image_and_are_empty_outside(a_case) -> None:
    volume, mask = a_case
    found = feature_maps(volume, mask, FeatureSettings({"glcm": ("Contrast",)}, init_value=-3.0))
    (only,) = found.values()
    assert only.same_grid(volume)
    assert (only.array[~mask.array] == -3.0).all()
    assert np.isfinite(only.array[mask.array]).all()


def test_only_the_columns_asked_for(a_case) -> None:
    settings = FeatureSettings({"firstorder": ()}, {"Original": {}, "Wavelet": {}})
    found = feature_maps(*a_case, settings, ["wavelet-LLH_firstorder_Mean", "original_firstorder_Range"])
    assert set(found) == {"wavelet-LLH_firstorder_Mean", "original_firstorder_Range"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"kernel_radius": 2},
        {"masked_kernel": False},
        {"force_2d": True},
        {"weighting_norm": "euclidean", "symmetrical_glcm": False},
        {"distances": (1, 2), "gldm_a": 1, "kernel_radius": 2, "init_value": -5.0},
        {"resampled_spacing_mm": (1.0, 1.0, 1.0), "bin_width": 10.0},
        {"images": {"Square": {}}},
    ],
)
def test_equals_pyradiomics(a_case, change) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("radiomics", reason="pyradiomics is not installed")
    from oncologyai.features.pyradiomics_engine import pyradiomics_maps

    settings = FeatureSettings(_TEXTURES, **change)
    own, theirs = feature_maps(*a_case, settings), pyradiomics_maps(*a_case, settings)
    assert set(own) == set(theirs) and own
    for name, other in theirs.items():
        array = sitk.GetArrayFromImage(other)
        whole = own[name].array
        at = np.argwhere(whole != settings.init_value).min(axis=0) - np.argwhere(array != settings.init_value).min(
            axis=0
        )
        found = whole[tuple(slice(a, a + n) for a, n in zip(at, array.shape, strict=True))]
        assert np.allclose(found, array, rtol=1e-5, atol=2e-5, equal_nan=True), name


def test_shape_has_no_map(a_case) -> None:
    with pytest.raises(InputError, match="featureClass: expected a family that can be mapped"):
        feature_maps(*a_case, FeatureSettings(("shape",)))


def test_ends_where_it_is_cancelled(a_case) -> None:
    class Impatient(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        feature_maps(*a_case, FeatureSettings(("glcm",)), progress=Impatient())
