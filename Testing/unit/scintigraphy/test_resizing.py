"""Resizing of pictures."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy.resizing import resize_picture


def test_halving_gives_means_of_blocks() -> None:
    picture = np.random.default_rng(0).random((12, 8)).astype(np.float32)
    expected = picture.reshape(6, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(resize_picture(picture, (6, 4)), expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(5, 3), (7, 7), (11, 2)])
def test_mean_stays_where_a_picture_shrinks(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).random((13, 9)).astype(np.float32)
    assert resize_picture(picture, shape).mean() == pytest.approx(picture.mean(), rel=1e-5)


def test_growing_is_torchs_bilinear_interpolation() -> None:
    torch = pytest.importorskip("torch")
    picture = np.random.default_rng(2).random((4, 3)).astype(np.float32)
    expected = torch.nn.functional.interpolate(
        torch.as_tensor(picture)[None, None], size=(10, 8), mode="bilinear", align_corners=False
    )[0, 0].numpy()
    np.testing.assert_allclose(resize_picture(picture, (10, 8)), expected, atol=1e-6)


def test_same_size_is_the_same_picture() -> None:
    picture = np.random.default_rng(3).random((5, 6)).astype(np.float32)
    np.testing.assert_array_equal(resize_picture(picture, (5, 6)), picture)


def test_rejects_other_axes_and_sizes() -> None:
    for picture, shape in ((np.zeros((2, 2, 2)), (1, 1)), (np.zeros((2, 2)), (0, 1)), (np.zeros((0, 2)), (1, 1))):
        with pytest.raises(InputError, match="a picture"):
            resize_picture(picture, shape)
