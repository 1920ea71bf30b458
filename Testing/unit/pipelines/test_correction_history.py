"""Undo, redo and the log of a correction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oncologyai.errors import CancelledError, GeometryMismatchError, OutsideImageError
from oncologyai.pipelines import CorrectionHistory
from oncologyai.progress import Silent
from oncologyai.segmenters import Correction, Stroke
from oncologyai.types import Mask, Volume

LEAK = Stroke("outside", ((16.0, 0.0, 0.0),))
LOBE = Stroke("inside", ((-14.0, 0.0, 0.0),))


class Clock:
    """Seconds that go on by what a test says, and by a tenth at every look."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


class CancelledLate(Silent):
    def __init__(self, looks: int) -> None:
        self.looks = looks

    def cancelled(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def ball(center: float, radius: float) -> np.ndarray:
    k, j, i = np.meshgrid(*(np.arange(n) for n in (30, 30, 50)), indexing="ij")
    return ((k - 15) * 2.0) ** 2 + ((j - 15) * 2.0) ** 2 + ((i - 25) * 2.0 - center) ** 2 <= radius**2


@pytest.fixture
def a_volume() -> Volume:
    """Three balls in a row in lung: the middle one is lesion, so is the left lobe, the right one is not."""
    soft = ball(0.0, 10.0) | ball(16.0, 7.0) | ball(-14.0, 6.0)
    array = np.where(soft, 40.0, -850.0) + np.random.default_rng(2).normal(0.0, 10.0, soft.shape)
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = (-50.0, -30.0, -30.0)
    return Volume(array.astype(np.float32), matrix, "CT", "HU")


@pytest.fixture
def a_mask(a_volume: Volume) -> Mask:
    return Mask.on(a_volume, ball(0.0, 10.0) | ball(16.0, 7.0), "GTV-2")


@pytest.fixture
def a_history(a_volume: Volume, a_mask: Mask) -> CorrectionHistory:
    return CorrectionHistory(a_volume, a_mask, clock=Clock())


def test_the_edited_mask_has_a_name_of_its_own_and_the_original_stays(
    a_history: CorrectionHistory, a_mask: Mask
) -> None:
    before = a_mask.array.copy()
    edited = a_history.add([LEAK])
    assert (edited.label, a_history.original.label) == ("GTV-2 edited", "GTV-2")
    assert not np.array_equal(edited.array, before)
    np.testing.assert_array_equal(a_mask.array, before)


def test_undo_and_redo_go_back_and_forth_voxel_for_voxel(a_history: CorrectionHistory, a_mask: Mask) -> None:
    states = [a_mask.array, a_history.add([LEAK]).array, a_history.add([LOBE]).array]
    assert not np.array_equal(states[1], states[2])
    for expected in (states[1], states[0], states[0]):
        np.testing.assert_array_equal(a_history.undo().array, expected)
    assert not a_history.can_undo
    for expected in (states[1], states[2], states[2]):
        np.testing.assert_array_equal(a_history.redo().array, expected)
    assert not a_history.can_redo
    assert a_history.strokes == (LEAK, LOBE)


def test_a_new_stroke_forgets_what_was_undone(a_history: CorrectionHistory) -> None:
    a_history.add([LEAK])
    a_history.undo()
    assert a_history.can_redo
    a_history.add([LOBE])
    assert not a_history.can_redo
    assert a_history.strokes == (LOBE,)


def test_every_step_is_logged_with_what_it_changed(a_history: CorrectionHistory, a_mask: Mask) -> None:
    a_history.add([LEAK])
    a_history.undo()
    a_history.redo()
    after = a_history.add([LOBE])
    steps = a_history.steps
    assert [step.action for step in steps] == ["outside", "undo", "redo", "inside"]
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert steps[0].points_ras == steps[1].points_ras == LEAK.points_ras
    assert steps[0].removed_voxels == steps[1].added_voxels == steps[2].removed_voxels > 0
    assert steps[0].added_voxels == steps[1].removed_voxels == steps[3].removed_voxels == 0
    assert steps[3].added_ml == pytest.approx(steps[3].added_voxels * 0.008)
    assert steps[1].volume_ml == pytest.approx(a_mask.volume_ml)
    assert steps[3].volume_ml == pytest.approx(after.volume_ml)
    with pytest.raises(dataclasses.FrozenInstanceError):
        steps[0].number = 7  # type: ignore[misc]


def test_editing_time_is_the_users_and_not_the_computers(a_volume: Volume, a_mask: Mask) -> None:
    clock = Clock()
    history = CorrectionHistory(a_volume, a_mask, clock=clock)
    clock.now += 7.0
    history.add([LEAK])
    clock.now += 3.0
    history.undo()
    assert [step.editing_s for step in history.steps] == [pytest.approx(7.1), pytest.approx(3.1)]
    assert all(0.0 < step.computing_s < 1.0 for step in history.steps)


def test_strokes_given_together_are_steps_of_their_own_that_heed_each_other(a_history: CorrectionHistory) -> None:
    near = Stroke("inside", ((10.0, 0.0, 0.0),))
    together = a_history.add([LEAK, near])
    assert len(a_history.steps) == 2
    assert a_history.steps[1].editing_s == 0.0
    at = np.floor(together.ijk_from_ras((10.0, 0.0, 0.0)) + 0.5).astype(int)[::-1]
    assert together.array[tuple(at)]
    a_history.undo()
    assert a_history.strokes == (LEAK,)


def test_the_table_has_a_row_a_step(a_history: CorrectionHistory) -> None:
    a_history.add([LEAK])
    a_history.add([Stroke("inside", ((-14.0, 0.0, 0.0), (-15.0, 1.0, 0.0)))])
    table = a_history.table()
    assert table.name == "Corrections"
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["step"], row["action"], row["points"]) for row in rows] == [(1, "outside", 1), (2, "inside", 2)]
    assert (rows[0]["R"], rows[0]["A"], rows[0]["S"]) == (16.0, 0.0, 0.0)
    assert rows[0]["removed ml"] == pytest.approx(rows[0]["removed voxels"] * 0.008, abs=1e-3)


@pytest.mark.parametrize("looks", [0, 6, 12])
def test_a_cancelled_correction_leaves_the_history_as_it_was(
    looks: int, a_history: CorrectionHistory, a_mask: Mask
) -> None:
    with pytest.raises(CancelledError):
        a_history.add([LEAK, LOBE], progress=CancelledLate(looks))
    np.testing.assert_array_equal(a_history.mask.array, a_mask.array)
    assert not a_history.steps
    assert not a_history.can_undo


def test_a_refused_stroke_takes_those_given_with_it_along(a_history: CorrectionHistory, a_mask: Mask) -> None:
    with pytest.raises(OutsideImageError):
        a_history.add([LEAK, Stroke("inside", ((900.0, 0.0, 0.0),))])
    np.testing.assert_array_equal(a_history.mask.array, a_mask.array)
    assert not a_history.steps


def test_no_stroke_changes_nothing(a_history: CorrectionHistory, a_mask: Mask) -> None:
    np.testing.assert_array_equal(a_history.add([]).array, a_mask.array)
    assert not a_history.steps


def test_a_mask_on_another_grid_is_refused(a_volume: Volume, a_mask: Mask) -> None:
    with pytest.raises(GeometryMismatchError, match="mask"):
        CorrectionHistory(a_volume, Mask(a_mask.array[1:], a_mask.ijk_to_ras))


def test_what_the_result_was_made_from_holds_and_stays(a_volume: Volume, a_mask: Mask) -> None:
    seed = Stroke("inside", ((12.0, 0.0, 0.0),))
    free = CorrectionHistory(a_volume, a_mask).add([LEAK])
    history = CorrectionHistory(a_volume, a_mask, said=[seed])
    held = history.add([LEAK])
    near = ball(12.0, 3.0)
    assert np.count_nonzero(held.array & near) > np.count_nonzero(free.array & near)
    assert history.strokes == (LEAK,)
    assert history.steps[0].number == 1


def test_corrections_made_elsewhere_are_taken_as_if_made_here(a_volume: Volume, a_mask: Mask) -> None:
    here = CorrectionHistory(a_volume, a_mask, clock=Clock())
    here.add([LEAK, LOBE])
    states = [here.mask, here.undo()]
    clock = Clock()
    there = CorrectionHistory(a_volume, a_mask, clock=clock, begun=90.0)
    made = [Correction(states[1], 28.0), Correction(states[0], 24.0)]
    np.testing.assert_array_equal(there.take([LEAK, LOBE], made, [0.5, 0.25]).array, states[0].array)
    assert [s.computing_s for s in there.steps] == [0.5, 0.25]
    assert there.steps[0].editing_s == pytest.approx(10.1)
    assert there.steps[0].removed_voxels == here.steps[0].removed_voxels
    np.testing.assert_array_equal(there.undo().array, states[1].array)
    assert there.strokes == (LEAK,)


def test_seconds_are_foretold_from_what_lies_around_the_strokes(a_history: CorrectionHistory) -> None:
    one = a_history.expected_seconds([LEAK])
    assert 0.0 < one < 0.3
    assert a_history.expected_seconds([LEAK, LEAK]) == pytest.approx(2 * one)
    assert a_history.expected_seconds([Stroke("inside", ((0.0, 0.0, 0.0),))]) == 0.0  # it is inside already
    with pytest.raises(OutsideImageError):
        a_history.expected_seconds([Stroke("inside", ((900.0, 0.0, 0.0),))])
