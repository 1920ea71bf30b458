"""Mirroring about the spine, and pockets."""

import numpy as np

from oncologyai.anatomy.mirror import fill_pockets, unite_with_mirror


def test_each_slice_is_mirrored_about_its_own_column():
    mask = np.zeros((2, 1, 9), dtype=bool)
    mask[:, 0, 1] = True
    united = unite_with_mirror(mask, np.array([3.0, 4.5]))
    assert np.flatnonzero(united[0, 0]).tolist() == [1, 5]
    assert np.flatnonzero(united[1, 0]).tolist() == [1, 8]


def test_what_falls_outside_is_cut():
    mask = np.zeros((1, 1, 5), dtype=bool)
    mask[0, 0, 4] = True
    assert np.flatnonzero(unite_with_mirror(mask, np.array([1.0]))[0, 0]).tolist() == [4]


def test_pockets_are_filled_but_the_middle_is_not_bridged():
    region = np.zeros((1, 40, 60), dtype=bool)
    region[0, 5:35, 5:25] = True
    region[0, 5:35, 35:55] = True
    region[0, 18:22, 15:25] = False
    filled = fill_pockets(region, np.array([29.5]), (3.0, 1.0, 1.0), radius_mm=8.0)
    assert filled[0, 18:22, 15:23].all()
    assert not filled[0, 10:30, 26:34].any()
