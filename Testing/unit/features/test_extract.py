import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.features import FAMILIES, FeatureSettings, extract_features, feature_names, region_of
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_volume() -> Volume:
    array = np.random.default_rng(5).normal(0.0, 200.0, (6, 10, 12)).astype(np.float32)
    return Volume(array, np.diag([0.9, 0.9, 3.0, 1.0]), "CT", "HU")


def _block(volume: Volume, label: str, corner: tuple[int, int, int], size: tuple[int, int, int]) -> Mask:
    array = np.zeros(volume.shape, dtype=bool)
    array[tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))] = True
    return Mask.on(volume, array, label)


def test_a_row_a_mask_under_pyradiomics_names(a_volume) -> None:
    masks = [_block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5)), _block(a_volume, "GTV-2", (4, 7, 8), (2, 2, 3))]
    table = extract_features(a_volume, masks)
    assert table.columns[0] == "segment"
    assert [row[0] for row in table.rows] == ["GTV-1", "GTV-2"]
    assert sum(c.startswith("original_shape_") for c in table.columns) == 17
    assert sum(c.startswith("original_firstorder_") for c in table.columns) == 19
    assert table.columns[1:] == feature_names()
    assert table.rows[1] == extract_features(a_volume, masks[1:]).rows[0]


def test_no_mask_gives_no_row(a_volume) -> None:
    assert extract_features(a_volume, []).rows == ()


def test_only_the_families_asked_for(a_volume) -> None:
    settings = FeatureSettings(families=("firstorder",))
    assert all(name.startswith("original_firstorder_") for name in feature_names(settings))
    assert len(feature_names(settings)) == 19


@pytest.mark.parametrize("family", FAMILIES)
def test_features_follow_the_mask_when_it_moves_with_the_image(a_volume, family) -> None:
    settings = FeatureSettings(families=(family,))
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    moved = a_volume.with_array(np.roll(a_volume.array, (1, 3, 4), axis=(0, 1, 2)))
    found = extract_features(moved, [Mask.on(moved, np.roll(mask.array, (1, 3, 4), axis=(0, 1, 2)))], settings)
    assert found.rows == extract_features(a_volume, [mask], settings).rows


@pytest.mark.parametrize("family", FAMILIES)
def test_a_single_voxel_of_a_constant_image_is_defined(family) -> None:
    volume = Volume(np.full((3, 3, 3), 7.0, dtype=np.float32), np.diag([1.0, 2.0, 3.0, 1.0]))
    table = extract_features(
        volume, [_block(volume, "GTV-1", (1, 1, 1), (1, 1, 1))], FeatureSettings(families=(family,))
    )
    undefined = {name for name, value in zip(table.columns, table.rows[0], strict=True) if value is None}
    assert undefined == ({"original_shape_Elongation", "original_shape_Flatness"} if family == "shape" else set())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_mask_may_touch_every_border(a_volume, family) -> None:
    whole = Mask.on(a_volume, np.ones(a_volume.shape, dtype=bool))
    assert None not in extract_features(a_volume, [whole], FeatureSettings(families=(family,))).rows[0]


def test_refuses_unusable_masks_images_and_families(a_volume) -> None:
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel"):
        extract_features(a_volume, [Mask.on(a_volume, np.zeros(a_volume.shape, dtype=bool))])
    with pytest.raises(GeometryMismatchError, match="mask GTV-1: expected the image's grid"):
        extract_features(a_volume, [Mask(mask.array, np.eye(4))])
    with pytest.raises(InputError, match="families: expected one of firstorder, shape, got 'fractal'"):
        extract_features(a_volume, [mask], FeatureSettings(families=("fractal",)))
    broken = a_volume.array.copy()
    broken[2, 3, 3] = np.nan
    with pytest.raises(InputError, match="volume: expected finite values inside GTV-1, got NaN"):
        region_of(a_volume.with_array(broken), mask)


def test_refuses_settings_out_of_range() -> None:
    with pytest.raises(InputError, match="bin_width: expected a number above 0"):
        FeatureSettings(bin_width=0.0)
    with pytest.raises(InputError, match="voxel_array_shift: expected a finite number"):
        FeatureSettings(voxel_array_shift=float("inf"))
