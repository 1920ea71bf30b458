"""Two contours side by side: each on its side, and nothing else tells them apart."""

import numpy as np
import pytest
from matplotlib.image import imread

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.report import comparison_picture
from oncologyai.types import Mask, Volume

AFFINE = np.array([[-1.0, 0, 0, 30], [0, -1.0, 0, 30], [0, 0, 2.0, 0], [0, 0, 0, 1]])


@pytest.fixture
def a_volume() -> Volume:
    return Volume(np.full((20, 40, 40), -800, np.int16), AFFINE, "CT", "HU")


def a_box(volume: Volume, half: int) -> Mask:
    array = np.zeros(volume.shape, dtype=np.bool_)
    array[10 - half : 10 + half, 20 - half : 20 + half, 20 - half : 20 + half] = True
    return Mask.on(volume, array)


def yellow(path) -> np.ndarray:
    """Pixels of the contours' colour; the orange letters have less green."""
    pixels = imread(path)[..., :3]
    return (pixels[..., 0] > 0.8) & (pixels[..., 1] > 0.6) & (pixels[..., 2] < 0.4)


def test_each_contour_stands_on_its_side(a_volume, tmp_path):
    small, large = a_box(a_volume, 3), a_box(a_volume, 8)
    comparison_picture(a_volume, small, large, tmp_path / "a.png", slices=1)
    comparison_picture(a_volume, large, small, tmp_path / "b.png", slices=1)
    widths = {}
    for name in "ab":
        seen = yellow(tmp_path / f"{name}.png")
        middle = seen.shape[1] // 2
        widths[name] = [np.ptp(np.flatnonzero(half.any(axis=0))) for half in (seen[:, :middle], seen[:, middle:])]
    assert widths["a"][1] / widths["a"][0] == pytest.approx(16 / 6, rel=0.1)
    assert widths["b"] == pytest.approx(widths["a"][::-1], abs=2)


def test_equal_contours_give_two_equal_halves(a_volume, tmp_path):
    comparison_picture(a_volume, a_box(a_volume, 5), a_box(a_volume, 5), tmp_path / "a.png", slices=2)
    seen = yellow(tmp_path / "a.png")
    middle = seen.shape[1] // 2
    left, right = (np.argwhere(half) for half in (seen[:, :middle], seen[:, middle:]))
    assert abs(len(left) - len(right)) < 0.03 * len(left)
    assert left[:, 0].mean() == pytest.approx(right[:, 0].mean(), abs=0.5)


def test_rows_are_spread_over_both_contours_superior_first(a_volume, tmp_path):
    low, high = a_box(a_volume, 2), a_box(a_volume, 2)
    low.array[:] = np.roll(low.array, -5, axis=0)  # inferior
    high.array[:] = np.roll(high.array, 5, axis=0)
    comparison_picture(a_volume, high, low, tmp_path / "a.png", slices=2)
    seen = yellow(tmp_path / "a.png")
    half, middle = seen.shape[0] // 2, seen.shape[1] // 2
    assert seen[:half, :middle].any() and not seen[half:, :middle].any()
    assert seen[half:, middle:].any() and not seen[:half, middle:].any()


def test_window_and_level_change_the_grey(a_volume, tmp_path):
    mask = a_box(a_volume, 4)
    comparison_picture(a_volume, mask, mask, tmp_path / "lung.png", slices=1)
    comparison_picture(a_volume, mask, mask, tmp_path / "soft.png", slices=1, window=400.0, level=40.0)
    grey = [np.median(imread(tmp_path / f"{n}.png")[..., :3]) for n in ("lung", "soft")]
    assert grey == [pytest.approx(550 / 1500, abs=0.02), pytest.approx(0.0, abs=0.02)]


def test_one_contour_may_be_empty_two_may_not(a_volume, tmp_path):
    empty = Mask.on(a_volume, np.zeros(a_volume.shape, dtype=np.bool_))
    comparison_picture(a_volume, empty, a_box(a_volume, 3), tmp_path / "a.png")
    seen = yellow(tmp_path / "a.png")
    assert not seen[:, : seen.shape[1] // 2].any() and seen.any()
    with pytest.raises(EmptyMaskError, match="two empty ones"):
        comparison_picture(a_volume, empty, empty, tmp_path / "b.png")


def test_rejects_another_grid_and_numbers_outside_their_range(a_volume, tmp_path):
    mask = a_box(a_volume, 3)
    moved = Mask(mask.array, AFFINE + np.eye(4)[:, [3, 3, 3, 0]] * 0.5)
    for arguments, error, message in (
        ({"right": moved}, GeometryMismatchError, "right"),
        ({"slices": 0}, InputError, "slices: expected 1 to 12"),
        ({"window": 0.0, "level": 0.0}, InputError, "window"),
    ):
        with pytest.raises(error, match=message):
            comparison_picture(
                **({"volume": a_volume, "left": mask, "right": mask, "path": tmp_path / "x.png"} | arguments)
            )
    assert not (tmp_path / "x.png").exists()
