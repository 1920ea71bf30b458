"""A finished classification as nodes of the scene, and what belongs to one that is there."""

import json
from pathlib import Path

import slicer

from oncologyai.errors import InputError
from oncologyai.panels import isInScene, removeNode

PREDICTION = "OncologyAI.BoneScan"
CARD, LESIONS, FOCI = (f"OncologyAI.{name}" for name in ("Card", "Lesions", "Foci"))  # roles of the table Prediction
FAST, NOTES = "OncologyAI.Fast", "OncologyAI.Notes"
_MAP, _VOLUME, _DIGITS, _PROVENANCE, _TABLE = (
    f"OncologyAI.{name}" for name in ("Map", "InputVolume", "Digits", "ProvenanceText", "Table")
)
_VIEW = "OncologyAI.View"


def addResult(request, folder):
    """Add what a run found to the scene; an earlier result of the same views goes.

    Raises
    ------
    InputError
        If a view has left the scene since the run began.
    """
    from oncologyai.bundle import read_bonescan
    from oncologyai.scene import scene_from_bonescan

    for view, node in request.views.items():
        if not isInScene(node):
            raise InputError(
                view,
                expected="the view that the run was given",
                got="a scene without it",
                remedy="nothing was added; load the scan and run again",
            )
    bundle = read_bonescan(Path(folder) / "bundle")
    former = resultsOf(request.views)
    nodes = scene_from_bonescan(bundle, view_nodes=request.views)
    for table in former:
        removeResult(table)
    table = nodes.prediction
    table.SetAttribute(PREDICTION, bundle.model_id)
    table.SetAttribute(FAST, "1" if request.fast else "")
    table.SetAttribute(NOTES, json.dumps(list(bundle.notes), ensure_ascii=False))
    for role, node in (
        (CARD, nodes.card),
        (LESIONS, nodes.lesions),
        (FOCI, nodes.foci),
        (_PROVENANCE, nodes.provenance),
    ):
        if node is not None:
            table.SetNodeReferenceID(role, node.GetID())
    for node in nodes.tables:
        if node is not table:
            table.AddNodeReferenceID(_TABLE, node.GetID())
    return nodes


def resultsOf(views):
    """Give the tables of results of these views, the newest last."""
    ids = {node.GetID() for node in views.values()}
    tables = [node for node in slicer.util.getNodesByClass("vtkMRMLTableNode") if node.GetAttribute(PREDICTION)]
    return [node for node in tables if {one.GetID() for one in _references(node, _VOLUME)} == ids] if ids else []


def mapsOf(table):
    """Give the maps of a result by view, those that are still in the scene."""
    found = {}
    for node in _references(table, _MAP):
        view = node.GetNodeReference(_VOLUME)
        if view is not None and view.GetAttribute(_VIEW):
            found[view.GetAttribute(_VIEW)] = node
    return found


def cardOf(table):
    """Give the model's card of a result as JSON values, empty where its node has gone."""
    node = table.GetNodeReference(CARD)
    return json.loads(node.GetText()) if node is not None and node.GetText() else {}


def notesOfResult(table):
    """Give what reading and classifying had to say."""
    return tuple(json.loads(table.GetAttribute(NOTES) or "[]"))


def removeResult(table):
    """Take a result out of the scene with all that belongs to it; the views stay."""
    parts = [table.GetNodeReference(role) for role in (CARD, FOCI, _PROVENANCE)] + _references(table, _TABLE)
    parts += [node.GetNodeReference(_DIGITS) for node in (table, *parts) if node is not None]
    for node in dict.fromkeys((*mapsOf(table).values(), *parts, table)):
        if isInScene(node):
            removeNode(node)


def _references(node, role):
    found = (node.GetNthNodeReference(role, n) for n in range(node.GetNumberOfNodeReferences(role)))
    return [one for one in found if one is not None]
