"""Which lesions a picture is about."""

from oncologyai.scene.assemble import scene_from_bundle
from oncologyai.scene.focus import lesion_ids


def test_lesions_are_named_and_organs_are_not(slicer, a_bundle):
    assert lesion_ids(scene_from_bundle(a_bundle).segmentation) == ("GTV-1",)


def test_a_hidden_segment_is_no_subject(slicer, a_bundle):
    nodes = scene_from_bundle(a_bundle)
    nodes.segmentation.GetDisplayNode().SetSegmentVisibility("GTV-1", False)
    assert lesion_ids(nodes.segmentation) == ()


def test_without_a_segmentation_there_is_none(slicer):
    assert lesion_ids(None) == ()
