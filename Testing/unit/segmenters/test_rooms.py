"""Rooms and doors of a region."""

from __future__ import annotations

import numpy as np

from oncologyai.segmenters.rooms import climb, other_rooms

SAMPLING = (2.0, 1.0, 1.0)


def two_balls(gap: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Balls of 10 and 8 mm whose middles lie ``gap`` mm apart along i."""
    k, j, i = np.meshgrid(*(np.arange(n) for n in (24, 40, 70)), indexing="ij")
    place = np.stack([(k - 12) * 2.0, j - 20.0, i - 20.0], axis=-1)
    first = np.linalg.norm(place, axis=-1) <= 10.0
    second = np.linalg.norm(place - np.array([0.0, 0.0, gap]), axis=-1) <= 8.0
    return first | second, first, second


def test_a_ball_behind_a_door_is_another_room() -> None:
    both, first, second = two_balls(15.0)
    other = other_rooms(both, np.array([[12, 20, 36]]), SAMPLING)
    assert np.count_nonzero(other & first & ~second) > 0.95 * np.count_nonzero(first & ~second)
    assert np.count_nonzero(other & second & ~first) < 0.05 * np.count_nonzero(second & ~first)


def test_a_wide_way_is_no_door() -> None:
    both, _, _ = two_balls(6.0)
    assert not other_rooms(both, np.array([[12, 20, 28]]), SAMPLING).any()


def test_the_rim_of_a_ball_is_no_room_of_its_own() -> None:
    both, _, _ = two_balls(0.0)
    assert not other_rooms(both, np.array([[12, 20, 28]]), SAMPLING).any()


def test_a_region_without_a_border_is_one_room() -> None:
    assert not other_rooms(np.ones((5, 6, 7), bool), np.array([[2, 2, 2]]), SAMPLING).any()


def test_steps_of_one_block_are_no_doors() -> None:
    thin = np.zeros((4, 4, 8), bool)
    thin[1:3, 1:3, 1:3] = thin[1:3, 1:3, 4:6] = thin[1, 1, 3] = True
    assert not other_rooms(thin, np.array([[1, 1, 1]]), (4.0, 4.0, 4.0)).any()


def test_climbing_ends_at_the_top() -> None:
    k, j, i = np.meshgrid(*(np.arange(n) for n in (9, 9, 9)), indexing="ij")
    height = -(np.abs(k - 4) + np.abs(j - 5) + np.abs(i - 6))
    assert climb(height, np.array([[0, 1, 2], [4, 5, 6]])).tolist() == [[4, 5, 6], [4, 5, 6]]
