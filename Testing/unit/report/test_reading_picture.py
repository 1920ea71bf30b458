"""The reader's picture: views side by side at their own size, letters where each camera has the patient's sides."""

import matplotlib.image
import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.report import reading_picture


def a_view() -> np.ndarray:
    picture = np.full((200, 100), 255, dtype=np.uint8)
    picture[50:70, 10:20] = 0
    return picture


def test_views_stand_side_by_side_with_their_darkest_where_it_is(tmp_path):
    views = {"anterior": a_view(), "posterior": a_view()[:, ::-1]}
    reading_picture(views, tmp_path / "p.png", edges_mm=dict.fromkeys(views, (2.0, 2.0)))
    grey = matplotlib.image.imread(tmp_path / "p.png")[:, :, :3]
    black = (grey < 0.05).all(axis=2)
    rows, columns = np.nonzero(black[60:])  # below the titles
    half = grey.shape[1] / 2
    left, right = columns[columns < half], columns[columns >= half]
    assert left.size and right.size
    assert left.mean() / half == pytest.approx(0.15, abs=0.03)
    assert (right.mean() - half) / half == pytest.approx(0.85, abs=0.03)
    assert (rows.mean() + 60) / grey.shape[0] == pytest.approx((60 / 200 * 7.5 + 0.3) / 7.8, abs=0.02)


def test_a_single_view_is_drawn_alone_and_pixels_need_not_be_square(tmp_path):
    reading_picture({"posterior": a_view()}, tmp_path / "p.png", edges_mm={"posterior": (1.0, 2.0)})
    height, width = matplotlib.image.imread(tmp_path / "p.png").shape[:2]
    assert 0.9 < width / height < 1.05
    with pytest.raises(InputError, match="pictures: expected a view or two, got none"):
        reading_picture({}, tmp_path / "q.png", edges_mm={})
