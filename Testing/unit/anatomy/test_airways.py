"""Trachea and bronchi."""

import numpy as np

from oncologyai.anatomy import find_airways


def test_a_tube_in_the_middle_is_an_airway_and_wide_air_is_not():
    hu = np.full((30, 100, 120), 40.0, dtype=np.float32)
    y, x = np.mgrid[:100, :120]
    tube = np.hypot(y - 60, x - 60) <= 4
    hu[:, tube] = -1000
    hu[:, 30:70, 85:115] = -1000
    airways = find_airways(hu, np.ones(hu.shape, dtype=bool), (3.0, 2.0, 2.0))
    assert airways[:, tube].all()
    assert not airways[:, 30:70, 85:115].any()


def test_a_forked_tube_is_followed_into_both_branches():
    hu = np.full((40, 100, 120), 40.0, dtype=np.float32)
    y, x = np.mgrid[:100, :120]
    for k in range(40):
        apart = max(0, (20 - k)) * 0.8
        for sign in (-1, 1):
            hu[k, np.hypot(y - 60, x - 60 - sign * apart) <= 4] = -1000
    airways = find_airways(hu, np.ones(hu.shape, dtype=bool), (3.0, 2.0, 2.0))
    assert airways[5, 60, 48]
    assert airways[5, 60, 72]


def test_a_short_bubble_is_none():
    hu = np.full((30, 60, 60), 40.0, dtype=np.float32)
    hu[10:13, 28:32, 28:32] = -1000
    assert not find_airways(hu, np.ones(hu.shape, dtype=bool), (3.0, 2.0, 2.0)).any()
