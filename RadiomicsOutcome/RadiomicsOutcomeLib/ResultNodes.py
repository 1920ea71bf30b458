"""A finished extraction's bundle as nodes of the scene, and what belongs to a table of features."""

import dataclasses
from typing import Any

import slicer

from oncologyai.errors import InputError
from oncologyai.panels import isInScene, removeNode

MAP, STABILITY, PROVENANCE = "OncologyAI.Map", "OncologyAI.Stability", "OncologyAI.ProvenanceText"
_DIGITS = "OncologyAI.Digits"


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

    requireInScene(inputVolume=request.inputVolume, segmentation=request.segmentation)
    bundle = read_bundle(bundleFolder)
    nodes = scene_from_bundle(bundle, input_node=request.inputVolume, segmentation_node=request.segmentation)
    if isInScene(request.outputTable):
        removeResult(request.outputTable)
    table, stability = nameFeatures(nodes, bundle)
    warnings = bundle.provenance.warnings if bundle.provenance is not None else ()
    return FeatureNodes(table, stability, nodes.maps, tuple(warnings))


def nameFeatures(nodes, bundle):
    """Name the table of features after its series and let it refer to what belongs to it; give it and its verdicts."""
    table = next(node for node in nodes.tables if node.GetName().startswith("Features"))
    stability = next((node for node in nodes.tables if node is not table), None)
    table.SetName(freeName(f"{bundle.name} features {bundle.method}"))
    for role, node in ((STABILITY, stability), (PROVENANCE, nodes.provenance)):
        if node is not None:
            table.SetNodeReferenceID(role, node.GetID())
    return table, stability


def requireInScene(*, inputVolume, segmentation):
    """Raise InputError if the volume or the segmentation has left the scene since the run began."""
    for node, argument in ((inputVolume, "input volume"), (segmentation, "segmentation")):
        if not isInScene(node):
            raise InputError(
                argument,
                expected=f"the {argument} that the run was given",
                got="a scene without it",
                remedy="nothing was added; load it and run again",
            )


def mapsOf(table):
    """Give the maps that were made with a table, those that are still in the scene."""
    found = (table.GetNthNodeReference(MAP, n) for n in range(table.GetNumberOfNodeReferences(MAP)))
    return tuple(node for node in found if node is not None)


def removeResult(table):
    """Take a table of features out of the scene, with its maps, verdicts and provenance."""
    stability = table.GetNodeReference(STABILITY)
    digits = [one.GetNodeReference(_DIGITS) for one in (table, stability) if one is not None]
    for node in (*mapsOf(table), table.GetNodeReference(PROVENANCE), *digits, stability, table):
        if node is not None:
            removeNode(node)


def freeName(base):
    """Give a name that no table has, with a number where the plain one is taken."""
    taken = {node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLTableNode")}
    names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
