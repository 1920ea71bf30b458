"""The random walker's equation and its level."""

from __future__ import annotations

import numpy as np

from oncologyai.progress import Silent
from oncologyai.segmenters.graph import Graph
from oncologyai.segmenters.task import SeedTask
from oncologyai.segmenters.tissue import Tissue
from oncologyai.segmenters.walker import _level_of_narrowest_cut, walk_randomly


def a_chain(size: int, weights: np.ndarray) -> Graph:
    return Graph(np.ones((1, 1, size), bool), np.arange(size - 1), np.arange(1, size), weights)


def test_the_level_lies_at_the_weakest_link() -> None:
    weights = np.ones(20)
    weights[12] = 0.05
    chance = np.linspace(1.0, 0.0, 21)
    level = _level_of_narrowest_cut(a_chain(21, weights), chance)
    assert chance[13] < level <= chance[12]


def test_two_rooms_are_parted_at_the_door() -> None:
    image = np.full((9, 15, 31), -1000.0, dtype=np.float32)
    image[1:8, 1:14, 1:15] = 0.0
    image[1:8, 1:14, 16:30] = 0.0
    image[3:6, 6:9, 15] = 0.0
    away = np.linalg.norm(np.indices(image.shape) - np.array([4, 7, 7]).reshape(3, 1, 1, 1), axis=0)
    tissue = Tissue(-50.0, 50.0, 15.0)
    task = SeedTask(
        image,
        (2.0, 2.0, 2.0),
        np.array([[4, 7, 7]]),
        np.empty((0, 3), int),
        2.0 * away.astype(np.float32),
        40.0,
        tissue,
    )
    lesion = walk_randomly(task, Silent())
    room = image[:, :, :15] == 0.0
    assert np.count_nonzero(lesion[:, :, 17:]) == 0
    assert np.count_nonzero(lesion[:, :, :15] & room) > 0.9 * np.count_nonzero(room)
