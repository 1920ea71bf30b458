"""Pictures show each plane as radiologists view it."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.report import slice_pictures
from oncologyai.types import Mask, Volume

LPS = np.array([[-1.0, 0, 0, 30], [0, -1.0, 0, 30], [0, 0, 2.0, 0], [0, 0, 0, 1]])


def a_marked_volume(affine: np.ndarray, shape: tuple[int, int, int] = (30, 60, 60)) -> tuple[Volume, Mask]:
    """Bright block at the patient's right, anterior, superior corner; the mask in the middle of everything."""
    volume = Volume(np.full(shape, -1000, np.int16), affine, "CT", "HU")
    k, j, i = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    ras = volume.ras_from_ijk(np.stack([i, j, k], axis=-1))
    low, high = ras.reshape(-1, 3).min(axis=0), ras.reshape(-1, 3).max(axis=0)
    corner = (ras > low + 0.75 * (high - low)).sum(axis=-1) >= 2
    middle = np.abs((ras - (low + high) / 2) / (high - low)).max(axis=-1) < 0.1
    array = volume.array.copy()
    array[corner] = 400
    return volume.with_array(array), Mask.on(volume, middle)


@pytest.mark.parametrize(
    "affine",
    [
        LPS,
        np.diag([1.0, 1.0, 2.0, 1.0]),
        np.array([[0, 0, -2.0, 5], [1.0, 0, 0, 0], [0, -1.0, 0, 9], [0, 0, 0, 1]]),
    ],
    ids=["LPS", "RAS", "sagittal slices"],
)
def test_right_is_left_and_anterior_and_superior_are_up(affine: np.ndarray, tmp_path: Path) -> None:
    volume, mask = a_marked_volume(affine)
    for path in slice_pictures(volume, [mask], tmp_path):
        grey = imread(path)[..., :3].mean(axis=-1)
        height, width = grey.shape
        corner = grey[: height // 5, : width // 5].mean()
        opposite = grey[-height // 5 :, -width // 5 :].mean()
        assert corner > opposite + 0.3, path.name


def test_contour_lies_where_the_mask_is(tmp_path: Path) -> None:
    volume, mask = a_marked_volume(LPS)
    (path,) = slice_pictures(volume, [mask], tmp_path, planes=["axial"])
    pixels = imread(path)[..., :3]
    red = (pixels[..., 0] - pixels[..., 2]) > 0.3
    red[:, : pixels.shape[1] // 10] = red[:, -pixels.shape[1] // 10 :] = False  # the orange letters
    rows, columns = np.nonzero(red)
    assert rows.mean() / pixels.shape[0] == pytest.approx(0.5, abs=0.03)
    assert columns.mean() / pixels.shape[1] == pytest.approx(0.5, abs=0.03)


def test_clear_errors(tmp_path: Path) -> None:
    volume, mask = a_marked_volume(LPS)
    with pytest.raises(EmptyMaskError, match="a first mask with voxels"):
        slice_pictures(volume, [Mask.on(volume, np.zeros(volume.shape, bool))], tmp_path)
    with pytest.raises(GeometryMismatchError, match="GTV-1"):
        slice_pictures(volume, [Mask(mask.array, np.eye(4))], tmp_path)
    with pytest.raises(InputError, match="planes: expected one of"):
        slice_pictures(volume, [mask], tmp_path, planes=["oblique"])
