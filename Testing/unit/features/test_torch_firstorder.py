"""First-order maps by torch give what the processor's loops give; run on torch's CPU, and on a card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.features import Accelerator, FeatureSettings
from oncologyai.features.maps import feature_maps
from oncologyai.types import Mask, Volume

torch = pytest.importorskip("torch", reason="torch is not installed")

PLACES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card that torch can use")
    ),
]
CHANGES: list[dict[str, Any]] = [
    {},
    {"kernel_radius": 2},
    {"masked_kernel": False, "voxel_array_shift": 1000.0},
    {"force_2d": True},
    {"bin_width": 400.0},
    {"images": {"LoG": {"sigma": [2.0]}}},
]


@pytest.fixture(scope="module")
def a_case() -> tuple[Volume, Mask]:
    array = ndimage.gaussian_filter(np.random.default_rng(7).normal(0, 60, (9, 14, 13)), 0.7) * 4
    k, j, i = np.indices(array.shape)
    inside = ((k - 4) / 2.5) ** 2 + ((j - 7) / 4) ** 2 + ((i - 3) / 4) ** 2 < 1  # cut by the image's border
    inside[0, 0, 12] = True  # a voxel without neighbours
    volume = Volume(array, np.diag([-0.9, -1.1, 2.5, 1.0]), "CT", "HU")
    return volume, Mask.on(volume, inside)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_maps_are_those_of_the_processor(a_case, change, place) -> None:
    volume, mask = a_case
    settings = FeatureSettings(("firstorder",), **change)
    expected = feature_maps(volume, mask, settings)
    helper = Accelerator(place)
    found = feature_maps(volume, mask, settings, accelerator=helper)
    assert list(found) == list(expected)
    assert not helper.notes
    for name, other in expected.items():
        theirs, ours = (array[mask.array].astype(float) for array in (other.array, found[name].array))
        assert (np.isnan(ours) == np.isnan(theirs)).all(), name
        known = ~np.isnan(theirs)
        limit = np.maximum(np.abs(theirs), np.median(np.abs(theirs[known])) if known.any() else 0.0)
        assert (np.abs(ours - theirs)[known] <= 1e-6 * limit[known]).all(), name


@pytest.mark.parametrize("place", PLACES)
def test_windows_of_one_value_have_no_shape(place) -> None:
    volume = Volume(np.full((3, 4, 5), 7.25, dtype=np.float32), np.eye(4), "CT", "HU")
    mask = Mask.on(volume, np.ones(volume.shape, bool))
    found = feature_maps(volume, mask, FeatureSettings(("firstorder",)), accelerator=Accelerator(place))
    for name, value in {"Skewness": 0.0, "Kurtosis": 0.0, "Variance": 0.0, "Uniformity": 1.0, "Median": 7.25}.items():
        assert (found[f"original_firstorder_{name}"].array == value).all(), name
