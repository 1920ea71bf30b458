import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, label

from oncologyai.errors import EmptyMaskError
from oncologyai.measure import axial_axis, largest_diameter, recist_diameters
from oncologyai.types import Line, Mask

_CT = np.array([[-0.9, 0, 0, 100.0], [0, -0.9, 0, 50.0], [0, 0, 3.0, -20.0], [0, 0, 0, 1]])


def _mask(array: np.ndarray, ijk_to_ras: np.ndarray = _CT) -> Mask:
    return Mask(np.asarray(array, dtype=bool), ijk_to_ras)


def _picture(text: str, ijk_to_ras: np.ndarray = _CT) -> Mask:
    return _mask(np.array([[[c == "x" for c in line] for line in text.split()]]), ijk_to_ras)


def _ellipse(long_mm: float, short_mm: float, degrees: float, pixel_mm: float) -> np.ndarray:
    size = int(long_mm / pixel_mm) + 10
    j, i = (np.indices((size, size)) - (size - 1) / 2 + 0.23) * pixel_mm
    turn = math.radians(degrees)
    along, across = i * math.cos(turn) + j * math.sin(turn), -i * math.sin(turn) + j * math.cos(turn)
    return ((2 * along / long_mm) ** 2 + (2 * across / short_mm) ** 2 <= 1)[None]


def _direction(line: Line) -> np.ndarray:
    return (np.array(line.end_ras) - np.array(line.start_ras)) / line.length_mm


def _on_boundary(mask: Mask, point: tuple[float, float, float]) -> bool:
    """Whether a point lies on the contour: lesion and background within half a pixel and a hair."""
    i, j, k = mask.ijk_from_ras(point)
    padded = np.pad(mask.array, ((0, 0), (2, 2), (2, 2)))
    steps = np.array([(a, b) for a in (-0.51, 0.0, 0.51) for b in (-0.51, 0.0, 0.51)])
    around = {bool(padded[round(k), round(j + a) + 2, round(i + b) + 2]) for a, b in steps}
    return around == {True, False}


@pytest.mark.parametrize("degrees", [0.0, 17.0, 45.0, 80.0])
@pytest.mark.parametrize("pixel_mm", [0.5, 1.0, 2.0])
def test_ellipses_come_out_within_one_pixel(degrees: float, pixel_mm: float) -> None:
    mask = _mask(_ellipse(40.0, 24.0, degrees, pixel_mm), np.diag([pixel_mm, pixel_mm, 3.0, 1.0]))
    found = recist_diameters(mask)
    assert found.long_axis.length_mm == pytest.approx(40.0, abs=pixel_mm)
    assert found.short_axis.length_mm == pytest.approx(24.0, abs=pixel_mm)


def test_a_disc_of_known_diameter_comes_out_within_one_pixel() -> None:
    for diameter in (5.0, 10.0, 30.3):
        mask = _mask(_ellipse(diameter, diameter, 0.0, 0.9))
        found = recist_diameters(mask)
        assert found.long_axis.length_mm == pytest.approx(diameter, abs=0.9)
        assert found.short_axis.length_mm == pytest.approx(diameter, abs=0.9)


def test_a_single_voxel_has_its_edge_lengths() -> None:
    mask = _picture("... .x. ...", np.diag([2.0, 1.5, 4.0, 1.0]))
    found = recist_diameters(mask)
    assert found.long_axis == Line("GTV-1 long axis", (1.0, 1.5, 0.0), (3.0, 1.5, 0.0))
    assert found.short_axis.length_mm == pytest.approx(1.5)
    assert sorted((found.short_axis.start_ras, found.short_axis.end_ras)) == [(2.0, 0.75, 0.0), (2.0, 2.25, 0.0)]
    assert largest_diameter(mask).length_mm == pytest.approx(4.0)


def test_a_lesion_that_fills_the_image_is_bounded_by_its_border() -> None:
    found = recist_diameters(_mask(np.ones((2, 10, 1)), np.diag([1.0, 1.0, 1.0, 1.0])))
    assert found.long_axis.length_mm == pytest.approx(10.0)
    assert found.short_axis.length_mm == pytest.approx(1.0)


def test_the_slice_with_the_longest_diameter_is_taken_and_the_lowest_of_equals() -> None:
    array = np.zeros((6, 20, 20), dtype=bool)
    array[1, 5, 5:9], array[3, 5, 2:12], array[4, 8, 2:12] = True, True, True
    found = recist_diameters(_mask(array))
    assert (found.axis, found.slice_index) == (0, 3)
    assert found.long_axis.length_mm == pytest.approx(10 * 0.9)
    assert found.long_axis.start_ras[2] == pytest.approx(-20.0 + 3 * 3.0)


def test_only_the_largest_component_of_a_slice_counts() -> None:
    text = "xxx....... xxx....... xxx.....x. .......... ..........".replace(" ", "\n")
    found = recist_diameters(_picture(text))
    assert found.long_axis.length_mm < 4 * 0.9
    joined = recist_diameters(_picture("xxx.......\nxxx.......\n...x......\n....x.....\n.........."))
    assert joined.long_axis.length_mm > 5 * 0.9, "pixels that touch at a corner are one component"


def test_the_short_axis_spans_holes_and_bays() -> None:
    ring = (
        _ellipse(30.0, 20.0, 0.0, 0.9)
        & ~np.pad(_ellipse(12.0, 8.0, 0.0, 0.9)[0], 10)[
            None, : _ellipse(30.0, 20.0, 0.0, 0.9).shape[1], : _ellipse(30.0, 20.0, 0.0, 0.9).shape[2]
        ]
    )
    assert recist_diameters(_mask(ring)).short_axis.length_mm == pytest.approx(20.0, abs=0.9)
    bay = "xxxxxxxxxx\nxxxxxxxxxx\nxx......xx\nxx......xx\nxxxxxxxxxx\nxxxxxxxxxx"
    plain = bay.replace(".", "x")
    assert recist_diameters(_picture(bay)).short_axis.length_mm == pytest.approx(
        recist_diameters(_picture(plain)).short_axis.length_mm
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.4, 3.0), st.floats(0.4, 3.0))
def test_axes_are_perpendicular_and_end_on_the_boundary(seed, row_mm, column_mm) -> None:
    generator = np.random.default_rng(seed)
    array = binary_dilation(generator.random((1, 9, 11)) < 0.05, np.ones((1, 3, 3)), iterations=1)
    if not array.any():
        return
    mask = _mask(array, np.diag([column_mm, row_mm, 2.0, 1.0]))
    found = recist_diameters(mask)
    assert abs(_direction(found.long_axis) @ _direction(found.short_axis)) < 1e-6
    assert found.short_axis.length_mm <= found.long_axis.length_mm + 1e-6
    for line in (found.long_axis, found.short_axis):
        assert _on_boundary(mask, line.start_ras)
        assert _on_boundary(mask, line.end_ras)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_short_axis_is_the_longest_of_many_perpendicular_cuts(seed) -> None:
    generator = np.random.default_rng(seed)
    array = binary_dilation(generator.random((1, 12, 12)) < 0.02, np.ones((1, 3, 3)), iterations=2)
    if not array.any():
        return
    labels, count = label(array[0], np.ones((3, 3)))
    array[0] = labels == 1 + int(np.argmax([np.count_nonzero(labels == n + 1) for n in range(count)]))
    found = recist_diameters(_mask(array, np.eye(4)))
    first, last = np.array(found.long_axis.start_ras)[:2], np.array(found.long_axis.end_ras)[:2]
    along = _direction(found.long_axis)[:2]
    across = np.array([-along[1], along[0]])
    longest = 0.0
    for share in np.linspace(-0.05, 1.05, 121):
        cut = first + share * (last - first) + np.linspace(-25, 25, 2001)[:, None] * across
        column, row = np.rint(cut).astype(int).T
        within = (column >= 0) & (row >= 0) & (column < 12) & (row < 12)
        hits = np.flatnonzero(within)[array[0, row[within], column[within]]]
        longest = max(longest, float(np.ptp(hits)) * 0.025 if hits.size else 0.0)
    # a cut sees square pixels, whose corners stick out of the contour by up to 0.36 pixel at either end
    assert longest - 0.8 <= found.short_axis.length_mm <= longest + 0.1


@pytest.mark.parametrize(
    ("ijk_to_ras", "axis"),
    [
        (_CT, 0),
        (np.array([[0, 0, 3.0, 0], [-1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1]]), 1),  # sagittal slices
        (np.array([[1.0, 0, 0, 0], [0, 0, 3.0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1]]), 1),  # coronal slices
        (np.array([[0, 1.0, 0, 0], [0, 0, 1.0, 0], [1.0, 0, 0, 0], [0, 0, 0, 1]]), 2),
    ],
)
def test_axial_is_across_the_array_axis_nearest_to_head_and_foot(ijk_to_ras, axis) -> None:
    assert axial_axis(ijk_to_ras) == axis
    found = recist_diameters(_mask(np.ones((3, 4, 5)), ijk_to_ras))
    assert found.axis == axis
    assert found.long_axis.start_ras[2] == pytest.approx(found.long_axis.end_ras[2])


def test_an_oblique_image_is_measured_in_its_own_slices() -> None:
    turn = math.radians(20.0)
    tilt = np.array([[1, 0, 0], [0, math.cos(turn), -math.sin(turn)], [0, math.sin(turn), math.cos(turn)]])
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = tilt @ np.diag([0.9, 0.9, 3.0])
    straight, oblique = (
        recist_diameters(_mask(_ellipse(30.0, 18.0, 40.0, 0.9), m)) for m in (np.diag([0.9, 0.9, 3.0, 1]), ijk_to_ras)
    )
    assert oblique.long_axis.length_mm == pytest.approx(straight.long_axis.length_mm)
    assert oblique.short_axis.length_mm == pytest.approx(straight.short_axis.length_mm)
    assert abs(_direction(oblique.long_axis) @ tilt[:, 2]) < 1e-9


def test_a_sheared_image_keeps_right_angles_in_mm() -> None:
    sheared = np.eye(4)
    sheared[:3, :3] = np.array([[1.0, 0.3, 0.0], [0.0, 0.95, 0.0], [0.0, 0.2, 2.0]])
    found = recist_diameters(_mask(_ellipse(20.0, 12.0, 30.0, 1.0), sheared))
    assert abs(_direction(found.long_axis) @ _direction(found.short_axis)) < 1e-9


def test_the_largest_diameter_in_space_of_a_block_and_of_two_parts() -> None:
    array = np.zeros((10, 10, 10), dtype=bool)
    array[2:5, 3, 3] = True
    line = largest_diameter(_mask(array))
    assert line.name == "GTV-1 largest diameter"
    assert line.length_mm == pytest.approx(9.0)
    array[9, 9, 9] = True
    i, j, k = 6 * 0.9, 6 * 0.9, (7.5) * 3.0  # face below k = 2 to the centre's height, plus half a voxel above k = 9
    assert largest_diameter(_mask(array)).length_mm == pytest.approx(math.hypot(i, j, k + 1.5))


def test_refuses_an_empty_mask() -> None:
    for measure in (recist_diameters, largest_diameter):
        with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel, got none"):
            measure(_mask(np.zeros((2, 2, 2))))
