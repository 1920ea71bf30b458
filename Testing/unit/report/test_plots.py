"""Figures: they are drawn, also of next to nothing, and show what they should."""

import math

import matplotlib.image
import numpy as np
import pytest

from oncologyai.metrics import bland_altman, compare_groups
from oncologyai.outcome import kaplan_meier
from oncologyai.report.plots import draw_bland_altman, draw_boxes, draw_predictions, draw_roc, draw_survival


def colours_of(path) -> int:
    pixels = matplotlib.image.imread(path)
    return len(np.unique((pixels[..., :3] * 15).astype(int).reshape(-1, 3), axis=0))


@pytest.mark.parametrize(
    "groups",
    [
        {"a": [0.1, 0.5, 0.9], "b": [0.2, math.inf, 0.3]},
        {"one": [0.5]},
        {"none": [], "all equal": [1.0] * 5, "nothing finite": [math.inf]},
        {f"a long name of group {n}": list(np.random.default_rng(n).random(30)) for n in range(6)},
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_boxes_of_every_kind_of_group(tmp_path, groups, log) -> None:
    draw_boxes(groups, tmp_path / "deep" / "b.png", label="Dice", tests=compare_groups(groups), log=log)
    assert colours_of(tmp_path / "deep" / "b.png") > 2


def test_the_same_values_give_the_same_bytes(tmp_path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        draw_boxes({"x": [1.0, 2.0, 2.0, 5.0]}, path, label="y")
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_bland_altman_of_few_and_many(tmp_path, count) -> None:
    first = np.linspace(1, 10, count)
    draw_bland_altman(bland_altman(first, first * 1.1 + 1), tmp_path / "b.png", label="ml")
    assert (tmp_path / "b.png").stat().st_size > 1000


def test_curves(tmp_path) -> None:
    draw_roc({"A": (np.array([0, 0.5, 1]), np.array([0, 1, 1]))}, tmp_path / "r.png")
    curves = {"low": kaplan_meier([1, 2, 3], [True, False, True]), "nobody": kaplan_meier([], [])}
    draw_survival([("one", curves, math.nan), ("two", curves, 0.01)], (0.0, 1.0, 3.0), tmp_path / "s.png")
    assert (
        matplotlib.image.imread(tmp_path / "s.png").shape[1]
        > 1.5 * matplotlib.image.imread(tmp_path / "r.png").shape[1]
    )


def test_predictions_with_and_without_intervals(tmp_path) -> None:
    draw_predictions({"A": [(0.5, 0.6, 0.4, 0.7), (0.2, 0.3, math.nan, math.nan)]}, tmp_path / "p.png")
    assert colours_of(tmp_path / "p.png") > 2
