"""The colours of a class map go from light to dark."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import MAP_COLOURS, map_colours


def test_colours_start_and_end_as_listed_and_grow_darker() -> None:
    found = map_colours(np.linspace(0.0, 1.0, 101))
    assert found.shape == (101, 3) and found.dtype == np.float32
    np.testing.assert_allclose(found[[0, -1]], [MAP_COLOURS[0], MAP_COLOURS[-1]], atol=1e-6)
    lightness = found @ [0.2126, 0.7152, 0.0722]  # relative luminance (ITU-R BT.709)
    assert (np.diff(lightness) < 0.0).all()


def test_what_is_beyond_is_taken_as_the_nearest_and_nothing_gives_nothing() -> None:
    np.testing.assert_array_equal(map_colours(np.array([-1.0, 2.0])), map_colours(np.array([0.0, 1.0])))
    assert map_colours(np.zeros((0, 4))).shape == (0, 4, 3)


def test_rejects_values_that_are_not_finite() -> None:
    with pytest.raises(InputError, match="finite values"):
        map_colours(np.array([0.5, np.nan]))
