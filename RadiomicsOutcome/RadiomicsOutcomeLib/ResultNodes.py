"""A finished extraction's bundle as nodes of the scene, and what belongs to a table of features."""

import dataclasses
from typing import Any

import slicer

from oncologyai.errors import InputError

MAP, STABILITY, PROVENANCE = "OncologyAI.Map", "OncologyAI.Stability", "OncologyAI.ProvenanceText"


@dataclasses.dataclass(frozen=True)
class FeatureNodes:
    """What a run added to the scene, and the ``warnings`` that it gave.

    ``stability`` is the table of verdicts, None without one; ``maps`` are scalar volumes.
    """

    table: Any
    stability: Any
    maps: tuple[Any, ...]
    warnings: tuple[str, ...]


def addResult(request, bundleFolder):
    """Add the result to the scene; the table that it takes the place of goes, with its maps.

    Raises
    ------
    InputError
        If the volume or the segmentation has left the scene since the run began.
    """
    from oncologyai.bundle import read_bundle
    from oncologyai.scene import scene_from_bundle

    for node, argument in ((request.inputVolume, "input volume"), (request.segmentation, "segmentation")):
        if not isInScene(node):
            raise InputError(
                argument,
                expected=f"the {argument} that the run was given",
                got="a scene without it",
                remedy="nothing was added; load it and run again",
            )
    bundle = read_bundle(bundleFolder)
    nodes = scene_from_bundle(bundle, input_node=request.inputVolume, segmentation_node=request.segmentation)
    if isInScene(request.outputTable):
        removeResult(request.outputTable)
    table = next(node for node in nodes.tables if node.GetName().startswith("Features"))
    stability = next((node for node in nodes.tables if node is not table), None)
    table.SetName(slicer.mrmlScene.GenerateUniqueName(f"{bundle.name} features {bundle.method}"))
    for role, node in ((STABILITY, stability), (PROVENANCE, nodes.provenance)):
        if node is not None:
            table.SetNodeReferenceID(role, node.GetID())
    warnings = bundle.provenance.warnings if bundle.provenance is not None else ()
    return FeatureNodes(table, stability, nodes.maps, tuple(warnings))


def isInScene(node):
    """Tell whether a node is part of the scene."""
    return node is not None and node.GetScene() is slicer.mrmlScene


def mapsOf(table):
    """Give the maps that were made with a table, those that are still in the scene."""
    found = (table.GetNthNodeReference(MAP, n) for n in range(table.GetNumberOfNodeReferences(MAP)))
    return tuple(node for node in found if node is not None)


def removeResult(table):
    """Take a table of features out of the scene, with its maps, verdicts and provenance."""
    others = (table.GetNodeReference(STABILITY), table.GetNodeReference(PROVENANCE))
    for node in (*mapsOf(table), *others, table):
        if node is not None:
            slicer.mrmlScene.RemoveNode(node)
