"""Where planar views lie."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import opposite_view, planar_ijk_to_ras


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("view", "first_column"), [("anterior", 1.0), ("posterior", -1.0)])
def test_grid_is_what_the_camera_sees(view: str, first_column: float, mirrored: bool) -> None:
    matrix = planar_ijk_to_ras(view, (10, 5), (3.0, 2.0), mirrored=mirrored)  # type: ignore[arg-type]
    corner = matrix @ [0, 0, 0, 1]
    np.testing.assert_allclose(corner[:3], [first_column * (-1 if mirrored else 1) * 4.0, 0.0, 13.5])
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(6.0)
    np.testing.assert_allclose(matrix @ [2, 4.5, 0, 1], [0, 0, 0, 1])


def test_a_place_is_the_same_in_both_views() -> None:
    front, back = (planar_ijk_to_ras(v, (8, 6), (2.0, 2.0)) for v in ("anterior", "posterior"))  # type: ignore[arg-type]
    np.testing.assert_allclose(front @ [1, 3, 0, 1], back @ [4, 3, 0, 1])


def test_rejects_other_views_and_sizes() -> None:
    with pytest.raises(InputError, match="view: expected one of anterior, posterior, got 'lateral'"):
        planar_ijk_to_ras("lateral", (4, 4), (1.0, 1.0))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="spacing_mm"):
        planar_ijk_to_ras("anterior", (4, 4), (0.0, 1.0))
    with pytest.raises(InputError, match="view: expected one of"):
        opposite_view("lateral")  # type: ignore[arg-type]
