"""Correction by clicks on phantoms whose truth is a formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import CancelledError, GeometryMismatchError, InputError, OutsideImageError
from oncologyai.progress import Silent
from oncologyai.segmenters import Stroke, correct_mask
from oncologyai.types import Mask, Volume

SHAPE, SPACING = (44, 60, 70), (1.2, 1.2, 2.0)  # (k, j, i) voxels, (i, j, k) mm
LEAK = (21.0, 0.0, 0.0)
LOBE = (-19.0, 0.0, 0.0)


class Cancelled(Silent):
    def cancelled(self) -> bool:
        return True


def positions() -> tuple[np.ndarray, np.ndarray]:
    """Give the RAS of every voxel (k, j, i, 3) and the matrix; the grid's middle is the origin."""
    matrix = np.diag([*SPACING, 1.0])
    matrix[:3, 3] = -matrix[:3, :3] @ ((np.array(SHAPE[::-1]) - 1) / 2)
    k, j, i = np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")
    return np.stack([i, j, k], axis=-1) @ matrix[:3, :3].T + matrix[:3, 3], matrix


def ball(center: tuple[float, float, float], radius: float) -> np.ndarray:
    return np.linalg.norm(positions()[0] - np.array(center), axis=-1) <= radius


def a_ct(soft: np.ndarray, *, around: float = -850.0) -> Volume:
    array = ndimage.gaussian_filter(np.where(soft, 40.0, around), 0.6)
    array += np.random.default_rng(3).normal(0.0, 12.0, array.shape)
    return Volume(array.astype(np.float32), positions()[1], "CT", "HU")


def a_mask(array: np.ndarray) -> Mask:
    return Mask(array, positions()[1], "GTV-1")


def click(kind: str, ras: tuple[float, float, float]) -> Stroke:
    return Stroke(kind, (ras,))  # type: ignore[arg-type]


def voxel(ras: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(int(n) for n in np.unravel_index(np.linalg.norm(positions()[0] - ras, axis=-1).argmin(), SHAPE))


def dice(mask: Mask, truth: np.ndarray) -> float:
    return 2.0 * np.count_nonzero(mask.array & truth) / (np.count_nonzero(mask.array) + np.count_nonzero(truth))


@pytest.fixture(scope="module")
def a_sphere_with_a_leak() -> tuple[Volume, Mask, np.ndarray]:
    """A ball of 14 mm and, joined to it, one of 9 mm of the same density that is no lesion: both in the mask."""
    sphere, leak = ball((0.0, 0.0, 0.0), 14.0), ball(LEAK, 9.0)
    return a_ct(sphere | leak), a_mask(sphere | leak), sphere


@pytest.fixture(scope="module")
def a_missed_lobe() -> tuple[Volume, Mask, np.ndarray]:
    """A ball of 14 mm, in the mask, with a lobe of 8 mm, not in it."""
    sphere, lobe = ball((0.0, 0.0, 0.0), 14.0), ball(LOBE, 8.0)
    return a_ct(sphere | lobe), a_mask(sphere), sphere | lobe


def test_one_outside_click_removes_the_leak_and_leaves_the_sphere(
    a_sphere_with_a_leak: tuple[Volume, Mask, np.ndarray],
) -> None:
    volume, mask, sphere = a_sphere_with_a_leak
    after = correct_mask(volume, mask, click("outside", LEAK)).mask
    assert dice(mask, sphere) < 0.92
    assert dice(after, sphere) > 0.97
    assert np.count_nonzero(after.array & ball(LEAK, 7.0)) == 0
    assert not (after.array & ~mask.array).any(), "an outside click adds nothing"


def test_one_inside_click_adds_the_missed_lobe(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, truth = a_missed_lobe
    after = correct_mask(volume, mask, click("inside", LOBE)).mask
    assert dice(mask, truth) < 0.95
    assert dice(after, truth) > 0.98
    assert not (mask.array & ~after.array).any(), "an inside click removes nothing"


@pytest.mark.parametrize("size", [1.0, 0.6])
def test_nothing_beyond_the_stated_reach_changes(size: float) -> None:
    scene = ball((0.0, 0.0, 0.0), 30.0)
    volume, mask = a_ct(scene, around=-100.0), a_mask(ball((0.0, 0.0, 0.0), 22.0))
    place = (22.0 + 6.0 * size, 0.0, 0.0)
    done = correct_mask(volume, mask, click("inside", place))
    changed = done.mask.array != mask.array
    assert changed.any()
    away = np.linalg.norm(positions()[0] - np.array(place), axis=-1)
    assert away[changed].max() <= done.reach_mm + 0.5 * np.linalg.norm(SPACING)  # a click is anywhere in its voxel


def test_the_reach_follows_the_size_of_the_error(a_sphere_with_a_leak: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_sphere_with_a_leak
    shallow = correct_mask(volume, mask, click("outside", (27.5, 0.0, 0.0)))
    deep = correct_mask(volume, mask, click("outside", LEAK))
    assert shallow.reach_mm < deep.reach_mm
    assert np.count_nonzero(shallow.mask.array != mask.array) < np.count_nonzero(deep.mask.array != mask.array)
    assert correct_mask(volume, mask, click("outside", LEAK), max_reach_mm=5.0).reach_mm == 5.0


def test_an_empty_mask_grows_from_one_click() -> None:
    sphere = ball((3.0, -2.0, 4.0), 12.0)
    mask = correct_mask(a_ct(sphere), a_mask(np.zeros(SHAPE, bool)), click("inside", (3.0, -2.0, 4.0))).mask
    assert dice(mask, sphere) > 0.9
    assert (mask.label, mask.kind) == ("GTV-1", "lesion")


def test_outside_in_an_empty_mask_changes_nothing() -> None:
    empty = a_mask(np.zeros(SHAPE, bool))
    done = correct_mask(a_ct(ball((0.0, 0.0, 0.0), 12.0)), empty, click("outside", (0.0, 0.0, 0.0)))
    assert done.mask.is_empty
    assert done.reach_mm == 0.0


def test_a_click_that_agrees_with_the_mask_changes_nothing(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    done = correct_mask(volume, mask, click("inside", (0.0, 0.0, 0.0)))
    np.testing.assert_array_equal(done.mask.array, mask.array)
    assert done.reach_mm == 0.0


def test_earlier_clicks_hold(a_sphere_with_a_leak: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_sphere_with_a_leak
    keep = click("inside", (13.0, 0.0, 0.0))
    alone = correct_mask(volume, mask, click("outside", (18.0, 0.0, 0.0))).mask
    held = correct_mask(volume, mask, click("outside", (18.0, 0.0, 0.0)), earlier=[keep]).mask
    around = ball((13.0, 0.0, 0.0), 2.0)
    assert np.count_nonzero(held.array & around) > np.count_nonzero(alone.array & around)
    assert held.array[voxel((13.0, 0.0, 0.0))]
    assert not held.array[voxel((18.0, 0.0, 0.0))]


def test_where_two_strokes_meet_the_later_counts(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    for kind, other in (("inside", "outside"), ("outside", "inside")):
        after = correct_mask(volume, mask, click(kind, LOBE), earlier=[click(other, LOBE)]).mask
        assert after.array[voxel(LOBE)] == (kind == "inside")


def test_a_scribble_adds_what_a_click_at_its_middle_does_not() -> None:
    x = positions()[0]
    bar = (np.abs(x[..., 0]) <= 30.0) & (np.linalg.norm(x[..., 1:] - np.array([20.0, 0.0]), axis=-1) <= 6.0)
    sphere = ball((0.0, 0.0, 0.0), 14.0)
    volume, mask = a_ct(bar | sphere), a_mask(sphere)
    one = correct_mask(volume, mask, click("inside", (0.0, 20.0, 0.0))).mask
    line = correct_mask(volume, mask, Stroke("inside", ((-27.0, 20.0, 0.0), (27.0, 20.0, 0.0)))).mask
    assert np.count_nonzero(line.array & bar) > np.count_nonzero(one.array & bar)
    assert dice(line, bar | sphere) > 0.93


def test_probabilities_tell_what_the_image_does_not() -> None:
    truth = ball((0.0, 0.0, 0.0), 16.0)
    volume = a_ct(np.ones(SHAPE, bool))  # the image shows nothing
    mask = a_mask(truth & (positions()[0][..., 0] <= 4.0))
    guess = ndimage.gaussian_filter(np.where(truth, 0.49, 0.02), 1.0)
    guess[mask.array] = 0.9
    probability = Volume(guess.astype(np.float32), volume.ijk_to_ras, "CT", "probability")
    place = (10.0, 0.0, 0.0)
    blind = correct_mask(volume, mask, click("inside", place)).mask
    told = correct_mask(volume, mask, click("inside", place), probability=probability).mask
    assert dice(told, truth) > dice(blind, truth) + 0.01


def test_the_same_click_gives_the_same_voxels(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    first, second = (correct_mask(volume, mask, click("inside", LOBE)).mask.array for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_neither_image_nor_mask_is_modified(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    before = volume.array.copy(), mask.array.copy()
    correct_mask(volume, mask, click("inside", LOBE))
    np.testing.assert_array_equal(volume.array, before[0])
    np.testing.assert_array_equal(mask.array, before[1])


def test_the_user_can_cancel(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    with pytest.raises(CancelledError):
        correct_mask(volume, mask, click("inside", LOBE), progress=Cancelled())


def test_a_click_outside_the_image_is_refused(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    with pytest.raises(OutsideImageError, match="outside click: expected a point within R"):
        correct_mask(volume, mask, click("outside", (500.0, 0.0, 0.0)))


def test_a_mask_on_another_grid_is_refused(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    with pytest.raises(GeometryMismatchError, match="mask: expected the image's grid"):
        correct_mask(volume, Mask(mask.array[1:], mask.ijk_to_ras), click("inside", LOBE))


def test_a_probability_is_from_0_to_1_and_on_the_grid(a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    percent = Volume(np.full(SHAPE, 40.0, np.float32), volume.ijk_to_ras)
    with pytest.raises(InputError, match="probability: expected values from 0 to 1, got 40 to 40"):
        correct_mask(volume, mask, click("inside", LOBE), probability=percent)
    other = Volume(np.zeros((2, 2, 2), np.float32), volume.ijk_to_ras)
    with pytest.raises(GeometryMismatchError, match="probability: expected the image's grid"):
        correct_mask(volume, mask, click("inside", LOBE), probability=other)


@pytest.mark.parametrize("reach", [0.0, -1.0, float("nan")])
def test_the_reach_is_above_zero(reach: float, a_missed_lobe: tuple[Volume, Mask, np.ndarray]) -> None:
    volume, mask, _ = a_missed_lobe
    with pytest.raises(InputError, match="max_reach_mm: expected a number above 0 mm"):
        correct_mask(volume, mask, click("inside", LOBE), max_reach_mm=reach)
