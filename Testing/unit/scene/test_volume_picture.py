"""The 3D view."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from oncologyai import scene
from oncologyai.errors import InputError, InstallationError
from oncologyai.scene.context import context_surfaces
from oncologyai.scene.opengl import new_window
from oncologyai.scene.volumes import node_from_volume
from oncologyai.types import Volume


@pytest.fixture
def needs_opengl():
    try:
        new_window(8, 8)
    except InstallationError as error:
        pytest.skip(str(error))


def test_the_lesion_is_red_and_on_the_patients_left(slicer, a_bundle, tmp_path, needs_opengl):
    nodes = scene.scene_from_bundle(dataclasses.replace(a_bundle, masks=a_bundle.masks[:1]))
    with Image.open(scene.render_3d(tmp_path / "a.png", nodes, size_px=300)) as picture:
        rgb = np.asarray(picture.convert("RGB")).astype(int)
    assert rgb.shape == (300, 300, 3)
    red = (rgb[..., 0] > 1.7 * rgb[..., 1]) & (rgb[..., 0] > 60)
    red[:40] = False  # the legend
    assert red.sum() > 100
    assert np.nonzero(red)[1].mean() > 150


def test_drawing_leaves_the_scene_as_it_was(slicer, a_bundle, tmp_path, needs_opengl):
    nodes = scene.scene_from_bundle(a_bundle)
    before = slicer.mrmlScene.GetNumberOfNodes()
    scene.render_3d(tmp_path / "a.png", nodes, size_px=64)
    assert slicer.mrmlScene.GetNumberOfNodes() == before


def test_a_size_of_0_is_refused(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    with pytest.raises(InputError, match="size_px: expected a number above 0 px, got 0"):
        scene.render_3d(tmp_path / "a.png", nodes, size_px=0)


def test_lungs_and_body_are_found_where_they_lie(slicer, a_ct):
    body, lungs = (s[0].GetBounds() for s in context_surfaces(node_from_volume(a_ct, "ct")))
    # lungs: i 11 to 53, j 15 to 45 (2 mm voxels from R 60 and A 70 down), inside the body's i 3 to 61
    assert lungs[0] == pytest.approx(60 - 2 * 53, abs=5)
    assert lungs[1] == pytest.approx(60 - 2 * 11, abs=5)
    assert lungs[2] == pytest.approx(70 - 2 * 45, abs=5)
    assert body[0] < lungs[0] < lungs[1] < body[1]


def test_lungs_are_left_out_where_they_are_segments(slicer, a_ct):
    node = node_from_volume(a_ct, "ct")
    assert len(context_surfaces(node)) == len(context_surfaces(node, with_lungs=False)) + 1


def test_a_pet_is_surrounded_by_its_body(slicer, a_ct):
    array = np.where(a_ct.array > -900, 1.0, 0.0).astype(np.float32)
    surfaces = context_surfaces(node_from_volume(Volume(array, a_ct.ijk_to_ras, "PT", "SUVbw"), "pet"))
    assert len(surfaces) == 1


def test_nothing_surrounds_a_constant_image(slicer):
    assert context_surfaces(node_from_volume(Volume(np.zeros((4, 5, 6), np.float32), np.eye(4), "MR"), "mr")) == []
