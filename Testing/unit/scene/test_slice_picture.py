"""Slices: what is where in the picture."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from oncologyai import scene
from oncologyai.errors import InputError, InstallationError, OutputError
from oncologyai.scene.opengl import new_window


@pytest.fixture(autouse=True)
def needs_opengl():
    try:
        new_window(8, 8)
    except InstallationError as error:
        pytest.skip(str(error))


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def centre_of(mask):
    rows, columns = np.nonzero(mask)
    return rows.mean() / mask.shape[0], columns.mean() / mask.shape[1]


def reddish(rgb):
    return (rgb[..., 0] > 150) & (rgb[..., 1] < 110) & (rgb[..., 2] < 110)


def plain(bundle):
    """Without words over the picture but the lesion's name."""
    return dataclasses.replace(bundle, lines=(), masks=bundle.masks[:1])


def test_the_patients_left_is_at_the_viewers_right_and_the_front_on_top(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(plain(a_bundle))
    picture = pixels(scene.render_slice(tmp_path / "a.png", "axial", nodes))
    outline = reddish(picture)
    outline[: picture.shape[0] // 8] = False  # the legend
    row, column = centre_of(outline)
    # tumour centre: voxel i 44 of 64, which runs from the right to the left; j 28 of 60, from front to back
    assert column == pytest.approx(44.5 / 64, abs=0.03)
    assert row == pytest.approx(28.5 / 60, abs=0.03)


@pytest.mark.parametrize(
    ("orientation", "column", "row"), [("coronal", 44.5 / 64, 13.5 / 30), ("sagittal", 28.5 / 60, 13.5 / 30)]
)
def test_the_other_planes_stand_upright(slicer, a_bundle, tmp_path, orientation, column, row):
    nodes = scene.scene_from_bundle(plain(a_bundle))
    picture = pixels(scene.render_slice(tmp_path / "a.png", orientation, nodes))
    outline = reddish(picture)
    outline[: picture.shape[0] // 8] = False
    assert centre_of(outline) == pytest.approx((row, column), abs=0.03)


def test_the_picture_has_the_volumes_proportions_and_no_margin(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(plain(a_bundle))
    picture = pixels(scene.render_slice(tmp_path / "a.png", "coronal", nodes, size_px=512))
    assert picture.shape == (round(512 * 90 / 128), 512, 3)


def test_grey_values_follow_the_window(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(plain(a_bundle))
    picture = pixels(scene.render_slice(tmp_path / "a.png", "axial", nodes, size_px=640))
    lung = picture[int(640 * 60 / 64 * 30 / 60), int(640 * 20 / 64)]
    assert lung == pytest.approx([255 * (-800 + 1350) / 1500] * 3, abs=2)
    body = picture[int(640 * 60 / 64 * 52 / 60), int(640 * 28 / 64)]
    assert body == pytest.approx([255 * (40 + 1350) / 1500] * 3, abs=2)


def test_a_crop_is_square_and_centred_on_the_lesion(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(plain(a_bundle))
    picture = pixels(scene.render_slice(tmp_path / "a.png", "axial", nodes, crop=True, size_px=400))
    assert picture.shape == (400, 400, 3)
    outline = reddish(picture)
    outline[:50] = False
    assert centre_of(outline) == pytest.approx((0.5, 0.5), abs=0.03)


def test_recist_lines_are_drawn_in_their_slice_and_not_in_another(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    here = pixels(scene.render_slice(tmp_path / "a.png", "axial", nodes))
    there = pixels(scene.render_slice(tmp_path / "b.png", "axial", nodes, centre_ras=(-28.0, 14.0, -58.0)))

    def yellow(rgb):
        return int(((rgb[..., 0] > 220) & (rgb[..., 1] > 180) & (rgb[..., 2] < 80)).sum())

    assert yellow(here) > 100
    assert yellow(there) == 0


def test_drawing_leaves_the_scene_as_it_was(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    before = slicer.mrmlScene.GetNumberOfNodes()
    display = nodes.segmentation.GetDisplayNode()
    state = display.GetVisibility2DFill(), display.GetVisibility()
    scene.render_slice(tmp_path / "a.png", "axial", nodes)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    assert (display.GetVisibility2DFill(), display.GetVisibility()) == state
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_the_same_scene_gives_the_same_bytes(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    first = scene.render_slice(tmp_path / "a.png", "axial", nodes).read_bytes()
    assert scene.render_slice(tmp_path / "b.png", "axial", nodes).read_bytes() == first


def test_a_volume_without_segments_can_be_drawn(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(dataclasses.replace(a_bundle, masks=(), lines=()))
    assert scene.render_slice(tmp_path / "a.png", "axial", nodes, crop=True).is_file()


def test_an_unknown_orientation_is_refused(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    with pytest.raises(InputError, match="orientation: expected one of axial, coronal, sagittal, got 'oblique'"):
        scene.render_slice(tmp_path / "a.png", "oblique", nodes)


def test_a_size_of_0_is_refused(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    with pytest.raises(InputError, match="size_px: expected a number above 0 px, got 0"):
        scene.render_slice(tmp_path / "a.png", "axial", nodes, size_px=0)


def test_a_place_that_cannot_be_written_is_named(slicer, a_bundle, tmp_path):
    (tmp_path / "file").write_text("")
    nodes = scene.scene_from_bundle(a_bundle)
    with pytest.raises(OutputError, match="expected a place that can be written"):
        scene.render_slice(tmp_path / "file" / "a.png", "axial", nodes)
