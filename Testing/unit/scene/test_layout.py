"""Slice views look at the middle slice of the largest lesion."""

import numpy as np
import pytest

from oncologyai import scene
from oncologyai.scene.layout import middle_of
from oncologyai.types import Mask


def test_the_middle_is_the_centre_of_the_middle_slice(a_ct):
    array = np.zeros(a_ct.shape, dtype=bool)
    array[4:9, 10:13, 20] = True
    assert middle_of(Mask.on(a_ct, array)) == pytest.approx(tuple(a_ct.ras_from_ijk((20, 11, 6))))


def test_an_empty_mask_has_no_middle(a_ct):
    with pytest.raises(ValueError, match="mask: expected voxels, got an empty mask"):
        middle_of(Mask.on(a_ct, np.zeros(a_ct.shape, dtype=bool)))


def test_the_three_views_go_through_the_lesion_and_show_the_volume(slicer, a_bundle):
    nodes = scene.scene_from_bundle(a_bundle)
    expected = {"Red": (2, -52.0), "Yellow": (0, -28.0), "Green": (1, 14.0)}
    for name, (axis, place) in expected.items():
        view = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceNode")
        assert view.GetSliceToRAS().GetElement(axis, 3) == pytest.approx(place, abs=1e-6)
        composite = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode")
        assert composite.GetBackgroundVolumeID() == nodes.volume.GetID()


def test_views_that_are_there_are_moved_not_added(slicer, a_bundle):
    scene.scene_from_bundle(a_bundle)
    scene.scene_from_bundle(a_bundle)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSliceNode") == 3


def test_a_foreground_is_shown_in_every_view_and_taken_away(slicer, a_bundle):
    nodes = scene.scene_from_bundle(a_bundle)
    for node, opacity in ((nodes.volume, 0.4), (None, 0.0)):
        scene.show_foreground(node)
        for name in ("Red", "Yellow", "Green"):
            composite = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode")
            assert composite.GetForegroundVolumeID() == (node.GetID() if node else None)
            assert composite.GetForegroundOpacity() == pytest.approx(opacity)
            assert composite.GetBackgroundVolumeID() == nodes.volume.GetID()
