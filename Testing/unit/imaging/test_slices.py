"""Planes in order, and everything that can be wrong with them named in mm."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import AmbiguousStudyError, MissingSliceError, SliceGeometryError
from oncologyai.imaging.frames import Frame
from oncologyai.imaging.slices import arrange, planar_stack

AXIAL = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def a_frame(position, orientation=AXIAL, name="f", **rest):
    return Frame(
        path=f"{name}{position}", number=0, sop_uid=f"1.{name}{position}", size=(4, 5), spacing_mm=(2.0, 1.5),
        position=np.asarray(position, dtype=float), orientation=np.asarray(orientation, dtype=float),
        thickness_mm=2.5, **rest,
    )  # fmt: skip


def axial(*zs):
    return [a_frame((1.0, 2.0, z)) for z in zs]


def arranged(frames, *, same=False, allow=False):
    return arrange(frames, name="CT series 3", same_pixels=lambda a, b: same, allow_missing_slices=allow)


def test_shuffled_axial_planes_are_sorted_and_spaced_by_position():
    stack = arranged(axial(6, 0, 9, 3))
    assert [f.position[2] for f in stack.frames] == [0, 3, 6, 9]
    expected = [[-1.5, 0, 0, -1.0], [0, -2.0, 0, -2.0], [0, 0, 3.0, 0.0], [0, 0, 0, 1]]
    np.testing.assert_allclose(stack.ijk_to_ras, expected)
    assert not stack.is_sheared and stack.warnings == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((0, 1, 0), (0, 0, -1)),  # sagittal
        ((1, 0, 0), (0, 0, -1)),  # coronal
        ((-1, 0, 0), (0, -1, 0)),  # prone axial
        ((0.8, 0.6, 0), (0, 0, -1)),  # oblique
    ],
)
def test_any_orientation_gives_a_right_handed_grid_through_every_plane(row, column):
    normal = np.cross(row, column)
    frames = [a_frame(np.array([5.0, 6, 7]) + normal * 2.5 * k, (row, column)) for k in (3, 0, 2, 1)]
    stack = arranged(frames)
    assert np.linalg.det(stack.ijk_to_ras[:3, :3]) == pytest.approx(1.5 * 2.0 * 2.5)
    for k, frame in enumerate(stack.frames):
        ras = stack.ijk_to_ras @ [0, 0, k, 1]
        np.testing.assert_allclose(ras[:3], frame.position * [-1, -1, 1], atol=1e-9)
        along_row = stack.ijk_to_ras @ [1, 0, k, 1] - ras
        np.testing.assert_allclose(along_row[:3], np.array(row) * 1.5 * [-1, -1, 1], atol=1e-9)


def test_a_gap_is_refused_with_the_missing_positions():
    with pytest.raises(MissingSliceError, match=r"CT series 3: .* every 3.00 mm, got 2 missing at S = 6, 15 mm"):
        arranged(axial(0, 3, 9, 12, 18))


def test_a_gap_in_three_slices_is_still_seen():
    with pytest.raises(MissingSliceError, match="1 missing at S = 3 mm"):
        arranged(axial(0, 6, 9))


def test_sagittal_positions_are_named_as_right():
    frames = [a_frame((x, 0, 0), ((0, 1, 0), (0, 0, -1))) for x in (0, 2, 4, 8)]
    with pytest.raises(MissingSliceError, match="1 missing at R = -6 mm"):
        arranged(frames)


def test_allowed_gaps_leave_empty_slots_and_a_warning():
    stack = arranged(axial(0, 3, 9), allow=True)
    assert [f is None for f in stack.frames] == [False, False, True, False]
    assert stack.warnings == ("1 missing slices interpolated at S = 6 mm",)
    np.testing.assert_allclose(stack.ijk_to_ras[:3, 2], [0, 0, 3])


def test_overlapping_planes_are_refused_with_their_position():
    with pytest.raises(SliceGeometryError, match=r"overlapping slices \(1.50 mm\) after S = 6, 7.5 mm"):
        arranged(axial(0, 3, 6, 7.5, 9, 12))


def test_unequal_spacing_is_refused_with_its_position():
    with pytest.raises(SliceGeometryError, match=r"unequal spacing \(5.00 mm\) after S = 9, 14 mm"):
        arranged(axial(0, 3, 6, 9, 14, 19))


def test_positions_rounded_to_a_tenth_of_a_millimetre_are_even():
    zs = np.round(np.arange(9) * 1.25, 1)
    assert arranged(axial(*zs)).ijk_to_ras[2, 2] == pytest.approx(1.25)


def test_every_second_slice_missing_is_suspected():
    assert arranged(axial(0, 5, 10)).warnings == ("slices 2.50 mm thick lie 5.00 mm apart: slices may be missing",)


def test_a_copied_image_is_left_out_with_a_warning():
    frames = axial(0, 3, 6)
    stack = arranged([*frames, replace(frames[1], path="copy")])
    assert len(stack.frames) == 3
    assert stack.warnings == ("1 duplicate slices left out at S = 3 mm",)


def test_an_equal_image_with_another_uid_is_left_out_with_a_warning():
    stack = arranged([*axial(0, 3, 6), a_frame((1.0, 2.0, 3.0), name="g")], same=True)
    assert len(stack.frames) == 3 and "S = 3 mm" in stack.warnings[0]


def test_different_images_at_one_place_are_refused():
    with pytest.raises(SliceGeometryError, match="one image at each position, got different ones at S = 3 mm"):
        arranged([*axial(0, 3, 6), a_frame((1.0, 2.0, 3.0), name="g")])


@pytest.mark.parametrize("key", ["DiffusionBValue", "TemporalPositionIdentifier", "EchoTime", "AcquisitionNumber"])
def test_several_images_in_one_series_are_refused_by_what_differs(key):
    frames = [replace(f, dimensions={key: v}) for v in ("0", "800") for f in axial(0, 3, 6)]
    with pytest.raises(AmbiguousStudyError, match=rf"differ in {key} \({key}: 0, 800\); put the files of one {key}"):
        arranged([replace(f, sop_uid=f"{f.sop_uid}.{n}") for n, f in enumerate(frames)])


def test_dimensions_that_vary_from_place_to_place_are_no_ambiguity():
    frames = [replace(f, dimensions={"AcquisitionNumber": str(n)}) for n, f in enumerate(axial(0, 3, 6))]
    assert len(arranged(frames).frames) == 3


def test_a_tilted_gantry_is_measured():
    tilt = np.radians(20.0)
    tilted = ((1, 0, 0), (0, np.cos(tilt), np.sin(tilt)))
    stack = arranged([a_frame((0, 0, 3.0 * k), tilted) for k in range(4)])
    assert stack.is_sheared
    assert "gantry tilt of 20.0 degrees" in stack.warnings[0]
    np.testing.assert_allclose(np.linalg.norm(stack.ijk_to_ras[:3, 2]), 3.0 * np.cos(tilt))
    np.testing.assert_allclose(stack.shear_mm[:, 1], 3.0 * np.sin(tilt) * np.arange(4), atol=1e-12)


def test_planes_shifted_unevenly_are_refused():
    frames = [*axial(0, 3, 6), a_frame((21.0, 2.0, 9.0)), a_frame((1.0, 2.0, 12.0))]
    with pytest.raises(SliceGeometryError, match="lie over each other, got one shifted sideways by 20.0 mm at S = 9"):
        arranged(frames)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"size": (8, 8)}, "slices of one size, 5x4 as in .* got 8x8 pixels in other"),
        ({"spacing_mm": (3.0, 3.0)}, r"slices of one pixel spacing, .* got \(3.0, 3.0\) mm"),
        ({"orientation": np.array([[1.0, 0, 0], [0, 0, -1.0]])}, "slices of one orientation"),
    ],
)
def test_planes_of_another_kind_are_refused(change, what):
    frames = axial(0, 3, 6)
    with pytest.raises(SliceGeometryError, match=what):
        arranged([*frames[:2], replace(frames[2], path="other", **change)])


def test_a_single_plane_is_as_thick_as_it_says():
    assert arranged(axial(5)).ijk_to_ras[2, 2] == 2.5
    stack = arranged([replace(axial(5)[0], thickness_mm=None)])
    assert stack.ijk_to_ras[2, 2] == 1.0 and "without thickness" in stack.warnings[0]


def test_planar_images_stand_as_coronal_views():
    frame = replace(axial(0)[0], position=np.full(3, np.nan), orientation=np.full((2, 3), np.nan))
    stack = planar_stack([frame, frame], name="NM")
    # i to the left (-R), j to the feet (-S), k to the back (-A); right-handed.
    np.testing.assert_allclose(stack.ijk_to_ras[:3, :3], [[-1.5, 0, 0], [0, 0, -1.0], [0, -2.0, 0]])
    assert np.linalg.det(stack.ijk_to_ras[:3, :3]) > 0
    assert "without a place" in stack.warnings[0]


def test_planar_images_without_spacing_say_so():
    frame = replace(axial(0)[0], spacing_mm=(np.nan, np.nan))
    assert "no pixel spacing" in planar_stack([frame], name="OT").warnings[1]
    with pytest.raises(SliceGeometryError, match="slices of one size"):
        planar_stack([frame, replace(frame, size=(9, 9))], name="OT")
