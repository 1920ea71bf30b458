"""The plot of a preference study is drawn whatever the study holds."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from oncologyai.report import preference_plot
from oncologyai.studies import PreferenceAnswers, Resampling, analyse_preference


def a_result(groups: dict[str, int], *, seconds: bool):
    generator = np.random.default_rng(0)
    rows = [
        (f"{group} {n}", group, f"P{case}", False, generator.choice(["automatic", "manual"]), "left",
         float(generator.lognormal(2)) if seconds else np.nan, np.nan, np.nan, "", "")
        for group, count in groups.items() for n in range(count) for case in range(8)
    ]  # fmt: skip
    columns = ["reader", "group", "case", "repeat", "preferred", "side", "seconds", "window", "level", "comment", "at"]
    return analyse_preference(
        PreferenceAnswers(pd.DataFrame(rows, columns=columns), "automatic", "manual"), Resampling(100)
    )


@pytest.mark.parametrize(
    ("groups", "seconds"),
    [({"radiologist": 1}, True), ({"radiologist": 6, "radiation oncologist": 2}, True), ({"a": 2, "b": 1}, False)],
)
def test_every_shape_of_study_is_drawn(groups, seconds, tmp_path):
    preference_plot(a_result(groups, seconds=seconds), tmp_path / "p.png")
    pixels = imread(tmp_path / "p.png")[..., :3]
    assert pixels.shape[0] > 400 and pixels.shape[1] > 800
    colours = {tuple(np.round(c, 1)) for c in pixels.astype(float).reshape(-1, 3)[::7]}
    assert (0.0, 0.4, 0.7) in colours  # the first group's blue


def test_the_same_study_gives_the_same_bytes(tmp_path):
    result = a_result({"a": 6, "b": 2}, seconds=True)
    for name in ("1.png", "2.png"):
        preference_plot(result, tmp_path / name)
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "2.png").read_bytes()
