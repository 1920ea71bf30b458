"""N4 against SimpleITK's own, and a planted field taken away."""

import numpy as np
import pytest
import SimpleITK as sitk
from skimage.filters import threshold_otsu

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.harmonize import CorrectBiasField, Preset, harmonize
from oncologyai.types import Mask, Volume

AFFINE = np.diag([-2.0, -2.0, 3.0, 1.0])


def only(*steps):
    return Preset("steps", "", steps)


@pytest.fixture(scope="module")
def biased() -> tuple[Volume, np.ndarray]:
    """An image of two tissues under a smooth field, and where the tissues are."""
    k, j, i = np.meshgrid(*[np.linspace(-1, 1, n) for n in (16, 48, 48)], indexing="ij")
    body = j**2 + i**2 < 0.8
    tissue = np.where(body, 200.0, 0.0) + np.where(body & (np.abs(i) < 0.4), 120.0, 0.0)
    field = np.exp(0.35 * i + 0.25 * j * i - 0.2 * k)
    noise = np.random.default_rng(0).normal(0, 4, body.shape)
    values = np.clip(tissue * field + noise * body, 0, None).astype(np.float32)
    return Volume(values, AFFINE, "MR"), body


def theirs(volume: Volume, mask: np.ndarray, shrink: int) -> np.ndarray:
    """Do the same with SimpleITK alone, as its documentation shows."""
    image = sitk.GetImageFromArray(volume.array)
    image.SetSpacing((2.0, 2.0, 3.0))
    inside = sitk.GetImageFromArray(mask.astype(np.uint8))
    inside.CopyInformation(image)
    corrector = sitk.N4BiasFieldCorrectionImageFilter()
    corrector.Execute(sitk.Shrink(image, [shrink] * 3), sitk.Shrink(inside, [shrink] * 3))
    return sitk.GetArrayFromImage(image / sitk.Exp(corrector.GetLogBiasFieldAsImage(image)))


@pytest.mark.parametrize("shrink", [2, 4])
def test_equals_simpleitk_in_a_region(biased, shrink):
    volume, body = biased
    ours = harmonize(volume, only(CorrectBiasField("region", shrink=shrink)), region=Mask.on(volume, body)).volume.array
    expected = theirs(volume, body & (volume.array > 0), shrink)
    assert np.abs(ours - expected).max() <= 1e-5 * expected.max()


def test_equals_simpleitk_above_otsus_threshold(biased):
    volume, _ = biased
    otsu = volume.array > threshold_otsu(volume.array)
    ours = harmonize(volume, only(CorrectBiasField(shrink=2))).volume.array
    expected = theirs(volume, otsu, 2)
    assert np.abs(ours - expected).max() <= 1e-5 * expected.max()


def test_a_planted_field_is_taken_away(biased):
    volume, body = biased
    ours = harmonize(volume, only(CorrectBiasField("region", shrink=2)), region=Mask.on(volume, body)).volume.array
    core = body & (np.abs(np.linspace(-1, 1, 48)) < 0.3)[None, None, :]

    def spread(values: np.ndarray) -> float:
        return float(values[core].std() / values[core].mean())

    assert spread(volume.array) > 0.12 and spread(ours) < 0.05


def test_few_slices_are_not_shrunk_and_a_constant_image_stays(biased):
    volume, _ = biased
    thin = Volume(volume.array[6:9], AFFINE, "MR")
    assert harmonize(thin, only(CorrectBiasField())).volume.array.shape == (3, 48, 48)
    flat = Volume(np.full((8, 8, 8), 5, np.int16), AFFINE, "MR")
    assert (harmonize(flat, only(CorrectBiasField())).volume.array == 5).all()


def test_wrong_input_is_told(biased):
    volume, _ = biased
    with pytest.raises(EmptyMaskError, match="values above 0"):
        harmonize(volume.with_array(-volume.array - 1), only(CorrectBiasField("image")))
    with pytest.raises(InputError, match="iterations"):
        CorrectBiasField(iterations=())
    with pytest.raises(InputError, match="shrink"):
        CorrectBiasField(shrink=0)
