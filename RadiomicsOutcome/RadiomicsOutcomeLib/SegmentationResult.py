"""What SegmentationAI left in the scene, found without a click."""

import slicer

_INPUT_VOLUME = "OncologyAI.InputVolume"


def newestSegmentation():
    """Give the newest segmentation that says which volume it was made from, and that volume; None, None without one."""
    for node in reversed(slicer.util.getNodesByClass("vtkMRMLSegmentationNode")):
        volume = node.GetNodeReference(_INPUT_VOLUME)
        if volume is not None:
            return node, volume
    return None, None


def takeNewest(parameters):
    """Where nothing is chosen, choose the newest result and its volume; where only one of them is, the other."""
    segmentation, volume = parameters.segmentation, parameters.inputVolume
    if segmentation is None and volume is None:
        parameters.segmentation, parameters.inputVolume = newestSegmentation()
    elif volume is None:
        parameters.inputVolume = segmentation.GetNodeReference(_INPUT_VOLUME)
