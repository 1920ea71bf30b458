"""What the child of a run gets, and what a run leaves behind."""

from pathlib import Path

import pytest

from oncologyai.errors import InputError


def test_the_child_gets_the_request_as_a_bundle_and_the_folder_goes(a_module, a_child):
    import slicer
    from SegmentationAILib import Method, Modality, SegmentationRequest, SyntheticLesion, bundleFromRequest

    from oncologyai.bundle import read_bundle
    from oncologyai.panels import BundleRun

    sample = SyntheticLesion()
    request = SegmentationRequest(
        sample.volumeNode, sample.insideSeeds, modality=Modality.CT, method=Method.GROWING, maxDistanceMm=33.0
    )
    seen = []
    command = a_child("print(json.dumps({'event': 'done', 'bundle': ' '.join(sys.argv[1:])}), flush=True)")
    run = BundleRun(
        "segment", request, bundleFromRequest, print, lambda outcome: seen.append(outcome.bundle), command=command
    )
    run.start()
    run.wait(20_000)
    words = seen[0].split(" ")
    assert (words[0], words[1], words[3], words[5:]) == ("segment", "--bundle", "--out-bundle", ["--progress", "json"])
    bundle = read_bundle(words[2])
    assert (bundle.volume.modality, bundle.volume.unit, bundle.method) == ("CT", "HU", "growing")
    assert dict(bundle.settings) == {"method": "growing", "max_distance_mm": 33.0}
    assert [point.ras for point in bundle.inside] == [(0.0, 0.0, 0.0)]
    run.clean()
    assert not list(Path(slicer.app.temporaryPath).glob("OncologyAI-*"))


@pytest.mark.parametrize("missing", ["volume", "image", "seeds", "placed seed"])
def test_a_request_that_lacks_something_is_refused_before_anything_is_written(a_module, missing):
    import slicer
    from SegmentationAILib import SegmentationRequest, SyntheticLesion, bundleFromRequest

    from oncologyai.panels import BundleRun

    sample = SyntheticLesion()
    if missing == "placed seed":
        sample.insideSeeds.RemoveAllControlPoints()
    empty = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Empty")
    volume = {"volume": None, "image": empty}.get(missing, sample.volumeNode)
    request = SegmentationRequest(volume, None if missing == "seeds" else sample.insideSeeds)
    run = BundleRun("segment", request, bundleFromRequest, print, print)
    with pytest.raises(InputError, match="Choose|holds no image|Place at least one seed"):
        run.start()
    assert not list(Path(slicer.app.temporaryPath).glob("OncologyAI-*"))
