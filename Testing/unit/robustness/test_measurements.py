"""Rows of subjects and occasions become one array."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import Measurements, measurements_of


def test_rows_find_their_place_in_the_order_in_which_names_appear() -> None:
    found = measurements_of(["b", "a", "b"], ["test", "test", "retest"], ["x", "y"], np.arange(6.0).reshape(3, 2))
    assert found.subjects == ("b", "a") and found.occasions == ("test", "retest")
    assert found.values[0, 1].tolist() == [4, 5] and np.isnan(found.values[1, 1]).all()


def test_a_subject_twice_on_an_occasion_is_refused() -> None:
    with pytest.raises(InputError, match="rows: expected each subject once on an occasion, got a twice on test"):
        measurements_of(["a", "a"], ["test", "test"], ["x"], np.ones((2, 1)))


def test_lengths_must_fit() -> None:
    with pytest.raises(InputError, match="rows: expected 1, one a subject and occasion, got 2"):
        measurements_of(["a"], ["test"], ["x"], np.ones((2, 1)))
    with pytest.raises(InputError, match="values: expected subjects by occasions by features"):
        Measurements(("x",), ("a",), ("test",), np.ones((1, 1)))
