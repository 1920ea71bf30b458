"""Co-occurrence maps by torch give what the processor's loops give; run on torch's CPU, and on a card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import CancelledError
from oncologyai.features import Accelerator, FeatureSettings
from oncologyai.features.maps import feature_maps
from oncologyai.progress import Silent
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
    {"masked_kernel": False},
    {"force_2d": True},
    {"force_2d": True, "force_2d_dimension": 2, "bin_width": 100.0},
    {"symmetrical_glcm": False, "bin_width": 100.0},
    {"weighting_norm": "euclidean", "symmetrical_glcm": False},
    {"weighting_norm": "no_weighting", "bin_width": 100.0},
    {"weighting_norm": "manhattan", "bin_width": 1e5},
    {"distances": (1, 2), "kernel_radius": 2, "bin_width": 60.0},
    {"distances": (3,)},  # farther than a window reaches: no pair, no value
    {"bin_width": 400.0},
    {"bin_width": 1e5},  # one level
    {"bin_width": 0.01},  # more sums of levels than pairs of pairs
    {"images": {"Wavelet": {}}},
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
    settings = FeatureSettings(("glcm",), **change)
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


def test_batches_do_not_show(a_case, monkeypatch) -> None:
    settings = FeatureSettings({"glcm": ("MCC", "Imc1", "JointEntropy")})
    expected = feature_maps(*a_case, settings, accelerator=Accelerator("cpu"))
    monkeypatch.setattr("oncologyai.features.torch_windows._BATCH_BYTES", 2**20)
    found = feature_maps(*a_case, settings, accelerator=Accelerator("cpu"))
    assert all(np.array_equal(found[name].array, expected[name].array, equal_nan=True) for name in expected)


def test_where_memory_does_not_do_the_processor_maps(a_case, monkeypatch) -> None:
    def short(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr("oncologyai.features.maps.torch_glcm_map", short)
    settings, helper = FeatureSettings({"glcm": ("Contrast",)}), Accelerator("cpu")
    found = feature_maps(*a_case, settings, accelerator=helper)
    expected = feature_maps(*a_case, settings)
    assert np.array_equal(
        found["original_glcm_Contrast"].array, expected["original_glcm_Contrast"].array, equal_nan=True
    )
    assert helper.notes == ["maps of glcm: the memory of cpu did not do; computed on the processor"]


def test_ends_where_it_is_cancelled(a_case) -> None:
    class Impatient(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        feature_maps(*a_case, FeatureSettings(("glcm",)), accelerator=Accelerator("cpu"), progress=Impatient())
