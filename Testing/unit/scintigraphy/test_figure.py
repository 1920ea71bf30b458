"""Where a place lies in the body, whichever view it is told from."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import BodyFigure, WholeBodyScan, figure_of
from Testing.unit.scintigraphy.conftest import HOT_RAS_X, HOT_ROW, PIXEL_MM, SIZE, as_view, draw_body


def test_both_views_give_the_same_figure() -> None:
    views = [as_view(draw_body(view), view) for view in ("anterior", "posterior")]
    one, other = figure_of(WholeBodyScan(anterior=views[0])), figure_of(WholeBodyScan(posterior=views[1]))
    assert one.height_mm == pytest.approx(other.height_mm, rel=0.02)
    assert one.half_width_mm == pytest.approx(other.half_width_mm, rel=0.03)
    assert one.head_x_mm == pytest.approx(other.head_x_mm, abs=PIXEL_MM[1])
    assert one.pelvis_x_mm == pytest.approx(other.pelvis_x_mm, abs=PIXEL_MM[1])
    both = figure_of(WholeBodyScan(*views))
    assert both.top_mm == pytest.approx((one.top_mm + other.top_mm) / 2)


def test_the_patients_left_is_negative_and_the_mirror_image_is_as_high() -> None:
    figure = figure_of(WholeBodyScan(*(as_view(draw_body(view), view) for view in ("anterior", "posterior"))))
    z = ((SIZE[0] - 1) / 2 - HOT_ROW) * PIXEL_MM[0]
    across, below = figure.place(np.array((HOT_RAS_X, 0.0, z)))
    assert across < -40.0 and 300.0 < below < 450.0
    other = figure.mirrored(np.array((HOT_RAS_X, 0.0, z)))
    assert figure.place(other)[0] == pytest.approx(-across) and other[2] == z


def test_a_leaning_body_has_a_leaning_middle() -> None:
    figure = BodyFigure(900.0, 1800.0, 230.0, head_x_mm=10.0, pelvis_x_mm=-10.0, legs_x_mm=-40.0)
    assert figure.middle_x_mm(900.0 - 0.06 * 1800.0) == pytest.approx(10.0)
    assert figure.middle_x_mm(900.0 - 0.45 * 1800.0) == pytest.approx(-10.0)
    assert figure.middle_x_mm(900.0 - 0.255 * 1800.0) == pytest.approx(0.0)
    assert figure.middle_x_mm(900.0 - 0.75 * 1800.0) == figure.middle_x_mm(-2000.0) == pytest.approx(-40.0)


def test_rejects_an_empty_view() -> None:
    with pytest.raises(InputError, match="picture: expected a bone scan, got an empty picture"):
        figure_of(WholeBodyScan(anterior=as_view(np.zeros(SIZE, np.float32), "anterior")))
