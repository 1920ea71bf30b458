"""What the child of a run gets, and what a request lacks."""

import numpy as np
import pytest

from oncologyai.errors import InputError


def test_the_bundle_holds_image_segments_further_images_and_settings(a_sample):
    import slicer
    from RadiomicsOutcomeLib import Engine, FeaturesRequest, bundleFromRequest

    pet = slicer.util.addVolumeFromArray(np.ones((10, 11, 12), np.float32), np.diag([8.0, 8, 8, 1]), name="PET")
    request = FeaturesRequest(
        a_sample.volumeNode,
        a_sample.segmentationNode,
        segmentIds=("GTV-2",),
        furtherVolumes=(pet,),
        engine=Engine.PYRADIOMICS,
        maps=("original_glcm_Contrast",),
    )
    bundle = bundleFromRequest(request)
    assert (bundle.name, bundle.pipeline, bundle.method) == ("Synthetic lesions", "features", "default")
    assert [mask.label for mask in bundle.masks] == ["GTV-2"]
    assert bundle.masks[0].same_grid(bundle.volume)
    assert list(bundle.channels) == ["PET"]
    assert dict(bundle.settings) == {
        "settings": "default", "engine": "pyradiomics", "maps": ["original_glcm_Contrast"], "stability": "",
    }  # fmt: skip


def test_images_of_one_name_are_told_apart(a_sample):
    import slicer
    from RadiomicsOutcomeLib import FeaturesRequest, bundleFromRequest

    twins = [slicer.util.addVolumeFromArray(np.ones((4, 4, 4), np.int16), name="x") for _ in range(2)]
    for twin in twins:
        twin.SetName("Synthetic lesions")
    request = FeaturesRequest(a_sample.volumeNode, a_sample.segmentationNode, furtherVolumes=tuple(twins))
    assert list(bundleFromRequest(request).channels) == ["Synthetic lesions 2", "Synthetic lesions 3"]


def test_parameters_become_a_request_without_what_was_left_out(a_sample, a_parameter_node):
    from RadiomicsOutcomeLib import requestFromParameters

    a_parameter_node.inputVolume, a_parameter_node.segmentation = a_sample.volumeNode, a_sample.segmentationNode
    a_parameter_node.furtherVolumes = [a_sample.volumeNode]  # the first image is not taken twice
    a_parameter_node.excludedSegments = ["GTV-1", "gone"]
    a_parameter_node.mapNames = ["original_glcm_Contrast", "wavelet-LLH_glcm_Contrast"]
    request = requestFromParameters(a_parameter_node)
    assert request.included() == ("GTV-2",)
    assert request.furtherVolumes == ()
    assert request.maps == ("original_glcm_Contrast",)  # the settings have no wavelet
    assert request.problem() == ""


def _no_volume(sample, parameters):
    parameters.inputVolume = None


def _no_image(sample, parameters):
    import slicer

    parameters.inputVolume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Empty")


def _no_segmentation(sample, parameters):
    parameters.segmentation = None


def _no_segment(sample, parameters):
    sample.segmentationNode.GetSegmentation().RemoveAllSegments()


def _none_included(sample, parameters):
    parameters.excludedSegments = ["GTV-1", "GTV-2"]


def _twins(sample, parameters):
    sample.segmentationNode.GetSegmentation().GetSegment("GTV-2").SetName("GTV-1")


def _no_settings(sample, parameters):
    parameters.preset = ""


def _no_verdicts(sample, parameters):
    parameters.stabilityFile = "/no/such.stability.csv"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_no_volume, "Choose a volume."),
        (_no_image, "'Empty' holds no image"),
        (_no_segmentation, "Choose a segmentation"),
        (_no_segment, "'Lesions' holds no segment"),
        (_none_included, "at least one segment"),
        (_twins, "Two segments are called 'GTV-1'"),
        (_no_settings, "Choose a file of settings"),
        (_no_verdicts, "verdicts on stability is not there"),
    ],
)
def test_what_is_missing_is_said_and_refused_before_anything_is_written(a_sample, a_parameter_node, spoil, told):
    from RadiomicsOutcomeLib import bundleFromRequest, requestFromParameters

    a_parameter_node.inputVolume, a_parameter_node.segmentation = a_sample.volumeNode, a_sample.segmentationNode
    spoil(a_sample, a_parameter_node)
    request = requestFromParameters(a_parameter_node)
    assert told in request.problem()
    with pytest.raises(InputError, match="expected a volume and its segments"):
        bundleFromRequest(request)
