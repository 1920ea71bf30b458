"""A finished run's bundle as nodes of the scene."""

import dataclasses
from typing import Any

import slicer

from oncologyai.errors import InputError


@dataclasses.dataclass(frozen=True)
class RunResult:
    """What a run added to the scene (``nodes``, oncologyai.scene.SceneNodes) and what else it said.

    ``model`` is what a model says of its result (empty without one), ``probability`` its probabilities, None without.
    """

    nodes: Any
    model: Any
    probability: Any


def addResult(request, bundleFolder):
    """Add the result to the scene; an output segmentation that was chosen gets the new segments in place of its own.

    Where no lesion was found it is emptied, so that nobody takes old segments for new ones.

    Raises
    ------
    InputError
        If the input volume has left the scene since the run began.
    """
    from oncologyai.bundle import read_bundle
    from oncologyai.scene import scene_from_bundle

    if not _isInScene(request.inputVolume):
        raise InputError(
            "input volume",
            expected="the volume that the run was given",
            got="a scene without it",
            remedy="nothing was added; load it and run again",
        )
    bundle = read_bundle(bundleFolder)
    nodes = scene_from_bundle(
        bundle,
        input_node=request.inputVolume,
        inside_node=request.insideSeeds if _isInScene(request.insideSeeds) else None,
        outside_node=request.outsideSeeds if _isInScene(request.outsideSeeds) else None,
    )
    if _isInScene(request.outputSegmentation):
        nodes = _moveInto(request.outputSegmentation, nodes)
    return RunResult(nodes, bundle.model, bundle.probability)


def _isInScene(node):
    return node is not None and node.GetScene() is slicer.mrmlScene


def _moveInto(output, nodes):
    """Put the new segments into ``output``; lines and tables of what it held before go with it."""
    made = nodes.segmentation
    for node in _nodesAbout(output):
        slicer.mrmlScene.RemoveNode(node)
    if made is None:
        output.GetSegmentation().RemoveAllSegments()
        for node in nodes.made():
            if not node.IsA("vtkMRMLMarkupsFiducialNode"):
                node.SetNodeReferenceID("OncologyAI.Segmentation", output.GetID())
        return nodes
    output.GetSegmentation().DeepCopy(made.GetSegmentation())
    output.SetReferenceImageGeometryParameterFromVolumeNode(nodes.volume)
    output.SetAndObserveTransformNodeID(nodes.volume.GetTransformNodeID())
    output.CreateDefaultDisplayNodes()
    output.GetDisplayNode().SetAllSegmentsVisibility(True)  # one may have been hidden behind its correction
    for name in made.GetAttributeNames():
        output.SetAttribute(name, made.GetAttribute(name))
    for role in ("OncologyAI.InputVolume", "OncologyAI.Inside", "OncologyAI.Outside"):
        output.SetNodeReferenceID(role, made.GetNodeReferenceID(role))
    for node in _nodesAbout(made):
        node.SetNodeReferenceID("OncologyAI.Segmentation", output.GetID())
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(output) or hierarchy.CreateItem(nodes.folder, output)
    hierarchy.SetItemParent(item, nodes.folder)
    slicer.mrmlScene.RemoveNode(made)
    return dataclasses.replace(nodes, segmentation=output)


def _nodesAbout(segmentation):
    """Give what a run made for a segmentation: lines, tables, texts, disagreement; seeds and images are the user's."""
    found = []
    for className in ("vtkMRMLMarkupsLineNode", "vtkMRMLTableNode", "vtkMRMLTextNode", "vtkMRMLScalarVolumeNode"):
        for node in slicer.util.getNodesByClass(className):
            if node.GetNodeReference("OncologyAI.Segmentation") is segmentation:
                found.append(node)
    return found
