"""Uptake against the other side and against what lies around."""

import numpy as np
import pytest

from oncologyai.scintigraphy import Uptake, WholeBodyScan, figure_of, uptake_of_view
from Testing.unit.scintigraphy.conftest import HOT_RAS_X, HOT_ROW, PIXEL_MM, SIZE, as_view, draw_body

HOT = np.array((HOT_RAS_X, 0.0, ((SIZE[0] - 1) / 2 - HOT_ROW) * PIXEL_MM[0]))


@pytest.fixture
def an_uptake() -> Uptake:
    return uptake_of_view(as_view(draw_body("anterior"), "anterior"))


def test_a_hot_arm_is_many_times_the_other_and_its_mirror_image_as_many_times_less(an_uptake: Uptake) -> None:
    figure = figure_of(WholeBodyScan(anterior=an_uptake.view))
    ratio = an_uptake.ratio_to_other_side(HOT, figure)
    assert ratio > 4.0
    assert an_uptake.ratio_to_other_side(figure.mirrored(HOT), figure) == pytest.approx(1.0 / ratio, rel=0.15)
    assert an_uptake.ratio_to_surroundings(HOT) > 4.0


def test_the_ratio_does_not_depend_on_the_scale(an_uptake: Uptake) -> None:
    other = uptake_of_view(as_view(7.0 * draw_body("anterior"), "anterior"))
    assert other.ratio_to_surroundings(HOT) == pytest.approx(an_uptake.ratio_to_surroundings(HOT), rel=1e-4)


def test_places_outside_the_body_have_no_ratio(an_uptake: Uptake) -> None:
    corner = an_uptake.view.ras_from_ijk((2, 2, 0))
    assert np.isnan(an_uptake.at(corner))
    assert np.isnan(an_uptake.ratio_to_surroundings(corner))


def test_what_stands_out_is_a_spot_and_not_the_trunk(an_uptake: Uptake) -> None:
    out = an_uptake.standing_out()
    assert out.shape == an_uptake.smooth.shape and out.min() >= 0.0
    i, j, _ = an_uptake.view.ijk_from_ras(HOT)
    trunk = out[150:165, 70:90]
    assert out[round(j), round(i)] > 1.0 > 4.0 * float(np.median(trunk))
