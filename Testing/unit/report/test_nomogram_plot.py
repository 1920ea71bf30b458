"""Nomograms are drawn: ranges of any size, protective features, chances out of reach."""

import numpy as np
import pytest
from matplotlib import image

from oncologyai.outcome import FollowUp, fit_cox, nomogram
from oncologyai.report.nomogram_plot import draw_nomogram


def a_nomogram(top, effect, horizon=365.0):
    rng = np.random.default_rng(0)
    x = np.stack([rng.uniform(30, 80, 200), rng.uniform(0, top, 200), rng.integers(0, 2, 200)], axis=1)
    times = rng.exponential(500 * np.exp(-effect * ((x[:, 0] - 55) / 25 - x[:, 1] / top + 0.5 * x[:, 2])))
    model = fit_cox(x, FollowUp(times, rng.random(200) < 0.8), names=["age", "volume", "male"])
    return nomogram(model, {"age": (30, 80), "volume": (0, top), "male": (0, 1)}, horizon)


@pytest.mark.parametrize("top", [0.003, 1.0, 450_000.0])
def test_a_line_a_feature_is_drawn(tmp_path, top):
    draw_nomogram(a_nomogram(top, 1.0), tmp_path / "sub" / "n.png")
    picture = image.imread(tmp_path / "sub" / "n.png")
    assert picture.shape[0] > 350 and float((picture[..., :3].min(axis=2) < 0.9).mean()) > 0.005


def test_chances_out_of_reach_are_said(tmp_path):
    made = a_nomogram(1.0, 0.02, horizon=3.5)
    draw_nomogram(made, tmp_path / "n.png")
    assert (tmp_path / "n.png").stat().st_size > 1000
