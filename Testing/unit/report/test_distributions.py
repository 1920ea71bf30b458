"""Distributions: bars of few values, a histogram of many."""

import matplotlib.image
import numpy as np
import pytest

from oncologyai.report import draw_distribution
from oncologyai.report.distributions import _counted


def test_numbers_ascend_and_texts_go_by_frequency():
    assert list(_counted([3.0, 0.5, 3.0, 10.0]).items()) == [("0.5", 1), ("3", 2), ("10", 1)]
    assert list(_counted(["b", "a", "a"]).items()) == [("a", 2), ("b", 1)]


def test_rare_texts_are_counted_together():
    found = _counted([f"kernel {n}" for n in range(20)])
    assert len(found) == 13 and found["other"] == 8


@pytest.mark.parametrize(
    "values",
    [
        ["B19f", None, "a $ sign", "x" * 80],
        [120.0, 120.0, None],
        list(np.random.default_rng(0).normal(size=50)),
        [None],
    ],
)
def test_any_values_make_a_picture(tmp_path, values):
    draw_distribution(values, tmp_path / "folder" / "d.png", label="kernel")
    assert matplotlib.image.imread(tmp_path / "folder" / "d.png").std() > 0.01
