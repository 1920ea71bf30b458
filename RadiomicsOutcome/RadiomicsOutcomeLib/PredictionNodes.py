"""A finished prediction as nodes of the scene, and what belongs to a prediction that is there."""

from pathlib import Path

import slicer

from oncologyai.panels import isInScene, removeNode

from .ResultNodes import freeName, nameFeatures, requireInScene

SEGMENT = "OncologyAI.Segment"
_PREDICTION, _CHART, _DIGITS = "OncologyAI.Prediction", "OncologyAI.Chart", "OncologyAI.Digits"
_PARTS = ("OncologyAI.Contributions", "OncologyAI.Card", "OncologyAI.ProvenanceText")


def addPrediction(request, folder):
    """Add a prediction to the scene; the one that it takes the place of goes, with its plots.

    Raises
    ------
    InputError
        If the volume or the segmentation has left the scene since the run began.
    """
    from oncologyai.bundle import read_prediction
    from oncologyai.scene import scene_from_prediction

    told = read_prediction(Path(folder))
    usesImage = request.signature.usesImage
    if usesImage:
        requireInScene(inputVolume=request.inputVolume, segmentation=request.segmentation)
    volume = request.inputVolume if isInScene(request.inputVolume) else None
    nodes = scene_from_prediction(
        told, volume_node=volume, segmentation_node=request.segmentation if usesImage else None
    )
    if isInScene(request.outputTable):
        removePrediction(request.outputTable)
    if nodes.features is not None:
        nameFeatures(nodes.features, told.features)
    nodes.table.SetName(freeName(f"{told.name} prediction {told.signature}"))
    nodes.table.SetAttribute(SEGMENT, request.segmentId if usesImage else "")
    return nodes


def predictionPart(table, role):
    """Give ``Contributions``, ``Card`` or ``ProvenanceText`` of a prediction, None where it has gone."""
    return table.GetNodeReference(f"OncologyAI.{role}")


def chartsOf(table):
    """Give the plots of a prediction, those that are still in the scene."""
    found = (table.GetNthNodeReference(_CHART, n) for n in range(table.GetNumberOfNodeReferences(_CHART)))
    return tuple(node for node in found if node is not None)


def removePrediction(table):
    """Take a prediction out of the scene, with its plots and what they are drawn from."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    folder = hierarchy.GetItemParent(hierarchy.GetItemByDataNode(table))
    parts = [table, *(table.GetNodeReference(role) for role in _PARTS)]
    parts += [one.GetNodeReference(_DIGITS) for one in parts if one is not None]
    for chart in chartsOf(table):
        series = [chart.GetNthPlotSeriesNode(n) for n in range(chart.GetNumberOfPlotSeriesNodes())]
        parts += [chart, *series, *(one.GetTableNode() for one in series)]
    for node in dict.fromkeys(parts):
        if isInScene(node):
            removeNode(node)
    if folder and folder != hierarchy.GetSceneItemID() and not hierarchy.GetNumberOfItemChildren(folder):
        hierarchy.RemoveItem(folder, False, False)
