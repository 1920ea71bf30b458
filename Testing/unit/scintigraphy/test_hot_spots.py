"""Spots of uptake in one view."""

import numpy as np

from oncologyai.scintigraphy import uptake_of_view
from oncologyai.scintigraphy.hot_spots import hot_spots
from Testing.unit.scintigraphy.conftest import HOT_ROW, as_view, draw_body


def test_the_injection_site_comes_first_and_a_long_even_spine_is_one_spot_at_most() -> None:
    view = as_view(draw_body("posterior"), "posterior")
    spots = hot_spots(uptake_of_view(view), least_ratio=1.5)
    middles = [np.argwhere(spot).mean(axis=0) for spot in spots]
    assert abs(middles[0][0] - HOT_ROW) <= 2.0
    along_the_spine = [m for m in middles if 100 <= m[0] <= 230 and abs(m[1] - 64) <= 6]
    assert len(along_the_spine) <= 1


def test_spots_do_not_overlap_and_a_stricter_ratio_finds_no_more() -> None:
    uptake = uptake_of_view(as_view(draw_body("anterior"), "anterior"))
    loose, strict = hot_spots(uptake, least_ratio=1.2), hot_spots(uptake, least_ratio=2.0)
    assert 0 < len(strict) <= len(loose)
    assert np.sum(loose, axis=0).max() == 1
    assert all(not (spot & ~uptake.body).any() for spot in loose)


def test_a_spots_area_is_about_that_of_what_was_drawn() -> None:
    uptake = uptake_of_view(as_view(draw_body("posterior"), "posterior"))
    spot = hot_spots(uptake, least_ratio=1.5)[0]
    drawn = np.pi * 6 * 4  # 58 by 38 mm: the ring around its middle holds some of it
    assert 0.65 * drawn < spot.sum() < 2.0 * drawn
