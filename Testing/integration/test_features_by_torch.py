"""Tables and maps by torch equal those of the processor's loops on real images; on torch's CPU, and on a card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oncologyai.features import Accelerator, FeatureSettings, extract_features
from oncologyai.features.maps import feature_maps
from oncologyai.imaging import read_masks, read_volume
from oncologyai.types import Mask, Volume

torch = pytest.importorskip("torch", reason="torch is not installed")

pytestmark = pytest.mark.slow
PLACES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card that torch can use")
    ),
]
_CASES = {
    "brain1": ("pyradiomics/brain1_image.nrrd", "pyradiomics/brain1_label.nrrd", "MR", 25.0),
    "PET": ("sts/STS_003/PET_image.nii.gz", "sts/STS_003/PET_mask.nii.gz", "PT", 0.5),
    "CT": ("sts/STS_003/CT_image.nii.gz", "sts/STS_003/CT_mask.nii.gz", "CT", 25.0),
}
_IMAGES = {"LoG": {"sigma": [2.0, 3.0, 4.0, 5.0]}, "Wavelet": {}}
_LIMIT = 1e-6


@pytest.fixture(scope="module")
def some_cases(shared_data: Path) -> dict[str, tuple[Volume, Mask, float]]:
    found = {}
    for name, (image, mask, modality, width) in _CASES.items():
        volume = read_volume(shared_data / image, modality=modality)
        drawn = next(m for m in read_masks(shared_data / mask, grid=volume) if not m.is_empty)
        found[name] = volume, drawn, width
    return found


@pytest.mark.parametrize("place", PLACES)
def test_tables_agree(some_cases, place) -> None:
    ours, theirs = [], []
    for volume, mask, width in some_cases.values():
        settings = FeatureSettings(images=_IMAGES, bin_width=width)
        helper = Accelerator(place)
        for rows, accelerator in ((ours, helper), (theirs, None)):
            table = extract_features(volume, [mask], settings, accelerator=accelerator)
            rows.append(np.array(table.rows[0][1:], dtype=float))
        assert not helper.notes
    found, expected = np.array(ours), np.array(theirs)
    assert expected.shape[1] > 1000
    assert (np.isnan(found) == np.isnan(expected)).all()
    limit = _LIMIT * np.maximum(np.abs(expected), np.median(np.abs(expected), axis=0))
    apart = np.argwhere(np.abs(found - expected) > limit)
    assert not len(apart), [(n, table.columns[1 + column]) for n, column in apart[:10]]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", _CASES)
def test_maps_agree(some_cases, name, place) -> None:
    volume, mask, width = some_cases[name]
    settings = FeatureSettings(("firstorder", "glcm"), bin_width=width)
    expected = feature_maps(volume, mask, settings)
    found = feature_maps(volume, mask, settings, accelerator=Accelerator(place))
    for column, other in expected.items():
        ours, theirs = (array[mask.array].astype(float) for array in (found[column].array, other.array))
        assert (np.isnan(ours) == np.isnan(theirs)).all(), column
        known = ~np.isnan(theirs)
        limit = _LIMIT * np.maximum(np.abs(theirs), np.median(np.abs(theirs[known])))[known]
        assert (np.abs(ours - theirs)[known] <= limit).all(), column
