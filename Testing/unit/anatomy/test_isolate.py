"""Lung isolation on a thorax of known parts."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.anatomy import LungConfig, apply_region, isolate_lungs
from oncologyai.errors import (
    CancelledError,
    EmptyMaskError,
    GeometryMismatchError,
    InputError,
    ModalityError,
    UnitsError,
)
from oncologyai.types import Mask, Volume


def _share(part, whole):
    return np.count_nonzero(part & whole) / np.count_nonzero(part)


@pytest.fixture(scope="module")
def an_isolation(a_thorax):
    return isolate_lungs(a_thorax.volume)


def test_keeps_both_lungs_and_not_the_whole_body(a_thorax, an_isolation):
    lungs = a_thorax.left | a_thorax.right
    assert _share(lungs, an_isolation.region.array) > 0.999
    assert an_isolation.region.volume_ml < 1.8 * lungs.sum() * a_thorax.volume.voxel_ml
    assert not (an_isolation.region.array & ~a_thorax.body).any()


def test_finds_the_lungs_to_the_voxel_but_for_their_blurred_border(a_thorax, an_isolation):
    for mine, truth in ((an_isolation.left, a_thorax.left), (an_isolation.right, a_thorax.right)):
        dice = 2 * (mine.array & truth).sum() / (mine.array.sum() + truth.sum())
        assert dice > 0.985


def test_left_is_the_patients_left_with_negative_right_coordinates(an_isolation):
    for mask, sign in ((an_isolation.left, -1), (an_isolation.right, 1)):
        k, j, i = np.argwhere(mask.array).mean(axis=0)
        assert np.sign(mask.ras_from_ijk((i, j, k))[0]) == sign


def test_an_opaque_lung_stays_within_the_region(a_thorax_with_opaque_left_lung):
    thorax = a_thorax_with_opaque_left_lung
    result = isolate_lungs(thorax.volume)
    assert _share(thorax.left, result.region.array) >= 0.97
    assert result.left.is_empty
    assert _share(thorax.right, result.right.array) > 0.97
    assert any("left lung holds little air" in note for note in result.notes)


def test_without_mirroring_an_opaque_lung_is_lost(a_thorax_with_opaque_left_lung):
    thorax = a_thorax_with_opaque_left_lung
    result = isolate_lungs(thorax.volume, LungConfig(mirror=False))
    assert _share(thorax.left, result.region.array) < 0.1


def test_the_axis_follows_the_spine(a_thorax_with_opaque_left_lung):
    result = isolate_lungs(a_thorax_with_opaque_left_lung.volume)
    assert np.abs(result.spine_ras[:, 0] - a_thorax_with_opaque_left_lung.spine_x_mm).max() < 4.0
    assert np.abs(result.spine_ras[:, 1] + 60.0).max() < 8.0
    assert np.all(np.diff(result.spine_ras[:, 2]) > 0)


def test_bowel_gas_couch_and_trachea_are_not_lung(a_thorax, an_isolation):
    lungs = a_thorax.left | a_thorax.right
    grown = an_isolation.lungs.array & ~lungs
    assert np.count_nonzero(grown) < 0.03 * np.count_nonzero(lungs)
    assert an_isolation.airways.volume_ml > 5.0
    assert not (an_isolation.lungs.array & an_isolation.airways.array).any()
    assert _share(a_thorax.couch & ~a_thorax.body, an_isolation.body.array) < 0.15


def test_every_array_order_gives_the_same_region(a_thorax, an_isolation):
    volume = a_thorax.volume
    flip = np.diag([-1.0, -1.0, -1.0, 1.0])
    flip[:3, 3] = np.array(volume.shape[::-1]) - 1
    flipped = replace(volume, array=volume.array[::-1, ::-1, ::-1], ijk_to_ras=volume.ijk_to_ras @ flip)
    result = isolate_lungs(flipped)
    assert np.array_equal(result.region.array[::-1, ::-1, ::-1], an_isolation.region.array)
    assert result.region.same_grid(flipped)


def test_sagittal_array_order_gives_the_same_region(a_thorax, an_isolation):
    volume = a_thorax.volume
    turned = replace(volume, array=volume.array.transpose(2, 0, 1), ijk_to_ras=volume.ijk_to_ras[:, [1, 2, 0, 3]])
    point = turned.ras_from_ijk((3, 4, 5))
    assert np.allclose(volume.ijk_from_ras(point), (5, 3, 4))
    result = isolate_lungs(turned)
    assert np.array_equal(result.region.array.transpose(1, 2, 0), an_isolation.region.array)
    assert result.spine_ras == pytest.approx(an_isolation.spine_ras)


def test_thin_slices_and_wide_pixels_are_handled(a_thorax_maker):
    thorax = a_thorax_maker(opaque="right", spacing=(2.6, 2.6, 1.5))
    result = isolate_lungs(thorax.volume)
    assert _share(thorax.right, result.region.array) >= 0.97


def test_sides_of_points_follow_the_spine_not_the_image(a_thorax_with_opaque_left_lung):
    result = isolate_lungs(a_thorax_with_opaque_left_lung.volume)
    sides = result.is_right([[20.0, 0.0, 120.0], [5.0, 0.0, 120.0]])
    assert sides.tolist() == [True, False]


def test_the_same_input_gives_the_same_result(a_thorax, an_isolation):
    again = isolate_lungs(a_thorax.volume)
    assert np.array_equal(again.region.array, an_isolation.region.array)
    assert np.array_equal(again.spine_ras, an_isolation.spine_ras)


def test_says_so_when_there_are_no_lungs(a_thorax_maker):
    with pytest.raises(EmptyMaskError, match="volume: expected lungs: at least 150 ml"):
        isolate_lungs(a_thorax_maker(lungs=False).volume)


def test_says_so_when_there_is_only_air():
    empty = Volume(np.full((6, 40, 40), -1000, dtype=np.int16), np.diag([2.0, 2.0, 3.0, 1.0]), "CT", "HU")
    with pytest.raises(EmptyMaskError, match="got 0 ml"):
        isolate_lungs(empty)


def test_refuses_other_modalities_and_units(a_thorax):
    with pytest.raises(ModalityError, match="expected a CT image, got modality MR"):
        isolate_lungs(replace(a_thorax.volume, modality="MR"))
    with pytest.raises(UnitsError, match="expected Hounsfield units, got unit arbitrary"):
        isolate_lungs(replace(a_thorax.volume, unit="arbitrary"))


def test_refuses_settings_out_of_range():
    with pytest.raises(InputError, match="alpha: expected a number from 0 to 1"):
        LungConfig(alpha=1.5)


def test_ends_when_cancelled(a_thorax):
    class Cancelled:
        def stage(self, name, share):
            pass

        def cancelled(self):
            return True

    with pytest.raises(CancelledError, match="cancelled"):
        isolate_lungs(a_thorax.volume, progress=Cancelled())


def test_outside_the_region_is_air(a_thorax, an_isolation):
    result = apply_region(a_thorax.volume, an_isolation.region)
    inside = an_isolation.region.array
    assert (result.array[~inside] == -1000).all()
    assert np.array_equal(result.array[inside], a_thorax.volume.array[inside])
    assert result.array.dtype == np.int16


def test_air_must_fit_the_image(a_thorax, an_isolation):
    binned = a_thorax.volume.with_array(np.zeros(a_thorax.volume.shape, dtype=np.uint8), unit="arbitrary")
    assert apply_region(binned, an_isolation.region, air=0).array.dtype == np.uint8
    with pytest.raises(InputError, match="air: expected a value of uint8, got -1000"):
        apply_region(binned, an_isolation.region)


def test_region_must_be_on_the_images_grid(a_thorax):
    small = Mask(np.ones((2, 2, 2), dtype=bool), np.eye(4))
    with pytest.raises(GeometryMismatchError, match="region: expected the image's grid"):
        apply_region(a_thorax.volume, small)


def test_a_lung_cut_by_the_border_is_kept_and_noted(a_thorax):
    first = 50
    matrix = a_thorax.volume.ijk_to_ras.copy()
    matrix[:3, 3] = a_thorax.volume.ras_from_ijk((first, 0, 0))
    narrow = replace(a_thorax.volume, array=a_thorax.volume.array[:, :, first:], ijk_to_ras=matrix)
    result = isolate_lungs(narrow)
    assert _share(a_thorax.right[:, :, first:], result.region.array) > 0.97
    assert any("border cuts the lungs" in note for note in result.notes)
