"""Figures of stability are drawn, also of few and undefined coefficients."""

import math
from pathlib import Path

import pytest
from matplotlib import image

from oncologyai.report.stability_plots import draw_concordances, draw_stability_map, draw_stability_strips
from oncologyai.types import Table

COLUMNS = ("image", "family", "features", "stable", "rejected", "minimum", "median", "maximum")


def drawn(path: Path) -> float:
    """Share of the picture that is not white."""
    return float((image.imread(path)[..., :3].min(axis=2) < 0.99).mean())


def test_the_map_has_a_field_an_image_and_family(tmp_path: Path) -> None:
    rows = (("original", "glcm", 4, 3, 1, 0.2, 0.95, 1.0), ("wavelet-LLH", "glszm", 4, 0, 4, None, None, None))
    draw_stability_map(Table("classes", COLUMNS, rows), tmp_path / "map.png", measure="CCC", limit=0.9)
    assert drawn(tmp_path / "map.png") > 0.05


@pytest.mark.parametrize("number", [1, 8])
def test_strips_hold_every_point(tmp_path: Path, number: int) -> None:
    groups = {f"family {n}": [(0.95, "stable"), (-0.4, "rejected"), (math.nan, "rejected")] for n in range(number)}
    draw_stability_strips({**groups, "empty": [(math.nan, "rejected")]}, tmp_path / "s.png", measure="CCC", limit=0.9)
    assert drawn(tmp_path / "s.png") > 0.01


def test_concordances_are_drawn_by_class(tmp_path: Path) -> None:
    kinds = ["stable", "harmonisable", "rejected"]
    draw_concordances([0.95, 0.3, 0.2], [math.nan, 0.97, 0.1], kinds, tmp_path / "c.png", label="after", limit=0.9)
    assert drawn(tmp_path / "c.png") > 0.005
