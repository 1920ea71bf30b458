"""Pictures show each plane as radiologists view it."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.report import disagreement_picture, slice_pictures
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


def test_without_a_mask_the_middle_slices_are_drawn(tmp_path: Path) -> None:
    volume, mask = a_marked_volume(LPS)
    bare = slice_pictures(volume, [], tmp_path)
    assert [path.name for path in bare] == ["axial.png", "coronal.png", "sagittal.png"]
    plain = imread(bare[0])
    (path,) = slice_pictures(volume, [mask], tmp_path, planes=["axial"])
    drawn = imread(path)
    assert plain.shape == drawn.shape
    assert 0 < np.mean(np.any(plain != drawn, axis=-1)) < 0.05, "the same slice, but for the contour"


def test_disagreement_is_coloured_where_it_is(tmp_path: Path) -> None:
    volume, mask = a_marked_volume(LPS)
    spread = np.where(mask.array, 0.4, 0.01).astype(np.float32)
    map_of = Volume(spread, volume.ijk_to_ras, "CT", "probability")
    drawn = imread(disagreement_picture(volume, map_of, [mask], tmp_path / "d.png"))[..., :3]
    coloured = (drawn[..., 0] - drawn[..., 2]) > 0.3
    share = np.count_nonzero(mask.array.any(axis=0)) / mask.array[0].size
    assert np.mean(coloured) == pytest.approx(share, rel=0.5)
    with pytest.raises(GeometryMismatchError, match="disagreement"):
        disagreement_picture(volume, Volume(spread, np.eye(4)), [mask], tmp_path / "d.png")


def test_clear_errors(tmp_path: Path) -> None:
    volume, mask = a_marked_volume(LPS)
    with pytest.raises(EmptyMaskError, match="a first mask with voxels"):
        slice_pictures(volume, [Mask.on(volume, np.zeros(volume.shape, bool))], tmp_path)
    with pytest.raises(GeometryMismatchError, match="GTV-1"):
        slice_pictures(volume, [Mask(mask.array, np.eye(4))], tmp_path)
    with pytest.raises(InputError, match="planes: expected one of"):
        slice_pictures(volume, [mask], tmp_path, planes=["oblique"])
