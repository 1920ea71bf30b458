"""Pictures of bone scans: inverted grey, left and right as the camera saw them, map and foci in their places."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from oncologyai.bundle import BoneScanBundle
from oncologyai.errors import GeometryMismatchError
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.report import bonescan_picture, bonescan_thumbnail, overlaid_view
from oncologyai.types import Point, Table, Volume

SIZE, EDGE = (256, 64), (6.6, 6.6)
HOT = (100.0, 0.0, 300.0)  # on the patient's right


def a_view(view: str, *, mirrored: bool = False) -> Volume:
    picture = np.zeros(SIZE, np.float32)
    picture[15:240, 18:46] = np.random.default_rng(3).poisson(30.0, (225, 28))
    matrix = planar_ijk_to_ras(view, SIZE, EDGE, mirrored=mirrored)  # type: ignore[arg-type]
    volume = Volume(picture[None], matrix, "NM", "counts", {"view": view})
    i, j, _ = np.rint(volume.ijk_from_ras(HOT)).astype(int)
    volume.array[0, j - 2 : j + 3, i - 2 : i + 3] = 300.0
    return volume


def a_map(view: Volume) -> Volume:
    values = np.zeros(view.shape, np.float32)
    i, j, _ = np.rint(view.ijk_from_ras(HOT)).astype(int)
    values[0, j - 6 : j + 7, i - 6 : i + 7] = 1.0
    values[0, 200:220, 10:20] = 0.1  # too little to be shown
    return view.with_array(values, unit="arbitrary")


def a_bundle(*names: str) -> BoneScanBundle:
    views = {view: a_view(view) for view in names or ("anterior", "posterior")}
    maps = {view: a_map(volume) for view, volume in views.items()}
    lesions = Table("Lesions", ("number", "view"), tuple((1, view) for view in views))
    points = tuple(Point("1 right ribs", HOT) for _ in views)
    return BoneScanBundle("WB", views, maps=maps, foci=points, tables=(lesions,))  # type: ignore[arg-type]


def black_columns(rgb: np.ndarray) -> float:
    return float(np.argwhere(rgb.sum(axis=2) == 0)[:, 1].mean())


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_patient_s_right_is_left_in_the_anterior_and_right_in_the_posterior_view(mirrored: bool) -> None:
    assert black_columns(overlaid_view(a_view("anterior", mirrored=mirrored))) < SIZE[1] / 2 - 8
    assert black_columns(overlaid_view(a_view("posterior", mirrored=mirrored))) > SIZE[1] / 2 + 8


def test_no_uptake_is_white_and_the_map_is_coloured_where_it_says_something() -> None:
    view = a_view("anterior")
    plain, mapped = overlaid_view(view), overlaid_view(view, a_map(view))
    assert (plain[0] == 255).all() and np.ptp(plain.astype(int), axis=2).max() == 0
    changed = np.any(plain != mapped, axis=2)
    assert changed.sum() == 13 * 13
    np.testing.assert_array_equal(changed, a_map(view).array[0] == 1.0)


def test_a_map_on_another_grid_is_refused() -> None:
    with pytest.raises(GeometryMismatchError, match="map: expected the image's grid"):
        overlaid_view(a_view("anterior"), a_map(a_view("posterior")))


def test_a_mark_stands_at_each_focus_in_its_panel(tmp_path: Path) -> None:
    with_marks = imread(bonescan_picture(a_bundle("anterior"), tmp_path / "marks.png"))
    bare = BoneScanBundle("WB", a_bundle("anterior").views, maps=a_bundle("anterior").maps)
    without = imread(bonescan_picture(bare, tmp_path / "bare.png"))
    assert with_marks.shape == without.shape
    rows, columns = np.nonzero(np.abs(with_marks[..., :3] - without[..., :3]).sum(axis=2) > 0.3)
    height, width = without.shape[:2]
    assert 0.5 * width < columns.min() < columns.max() < 0.75 * width, "the mapped panel's left: the patient's right"
    top = (-6.6 * 15 + 25 + 6.6 * (127.5 - 300.0 / 6.6)) / (6.6 * 225 + 50)  # of the body's box
    assert rows.mean() / height == pytest.approx(1 / 1.05 * top + 0.05 / 1.05, abs=0.05)


def test_the_same_bundle_gives_the_same_bytes(tmp_path: Path) -> None:
    pictures = [bonescan_picture(a_bundle(), tmp_path / f"{n}.png").read_bytes() for n in range(2)]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("names", [("anterior", "posterior"), ("posterior",)])
def test_a_thumbnail_has_the_height_asked_for_and_both_bodies(tmp_path: Path, names: tuple[str, ...]) -> None:
    rgb = imread(bonescan_thumbnail(a_bundle(*names), tmp_path / "thumbnail.png", height=120))
    assert rgb.shape[0] == 120 and rgb.shape[1] < 120 * len(names)
    dark = np.flatnonzero((rgb[..., :3].sum(axis=2) < 2.0).any(axis=0))
    assert np.ptp(dark) > 0.5 * rgb.shape[1]
