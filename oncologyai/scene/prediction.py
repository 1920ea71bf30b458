"""A prediction as nodes: its table, contributions, plots, card and provenance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oncologyai.bundle import PatientPrediction, read_prediction
from oncologyai.scene._slicer import all_or_nothing, current_scene
from oncologyai.scene.assemble import SceneNodes, scene_from_bundle
from oncologyai.scene.charts import nodes_from_charts
from oncologyai.scene.hierarchy import INPUT_VOLUME, SEGMENTATION, file_nodes, patient_of
from oncologyai.scene.provenance import node_from_provenance
from oncologyai.scene.tables import keep_digits, node_from_table

__all__ = ["CHART", "PREDICTION", "PredictionNodes", "scene_from_prediction"]

_PIPELINE = "outcome"
CHART, PREDICTION = "OncologyAI.Chart", "OncologyAI.Prediction"
_CONTRIBUTIONS, _CARD, _PROVENANCE = "OncologyAI.Contributions", "OncologyAI.Card", "OncologyAI.ProvenanceText"


@dataclass(frozen=True, eq=False)
class PredictionNodes:
    """The nodes of one prediction.

    The table ``Prediction`` refers to contributions, card, provenance and charts. ``features`` are those of a run for
    features that it needed, None without one.
    """

    table: Any
    contributions: Any
    card: Any
    provenance: Any
    charts: dict[str, Any]
    features: SceneNodes | None = None


def scene_from_prediction(
    told: PatientPrediction | Path, *, volume_node: Any | None = None, segmentation_node: Any | None = None
) -> PredictionNodes:
    """Add a prediction to the scene, all of it or, where something fails, nothing; its first plot is shown.

    Parameters
    ----------
    told : PatientPrediction or Path
        In memory, or its folder.
    volume_node, segmentation_node : nodes, optional
        The image and the segments that features were computed from, where any were.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the folder is none of a prediction, or damaged.
    InstallationError
        If no scene is there.
    """
    content = read_prediction(told) if isinstance(told, Path) else told
    with all_or_nothing(current_scene()):
        features = None
        if content.features is not None:
            features = scene_from_bundle(content.features, input_node=volume_node, segmentation_node=segmentation_node)
        return _add(content, features, volume_node, segmentation_node)


def _add(
    content: PatientPrediction, features: SceneNodes | None, volume_node: Any, segmentation_node: Any
) -> PredictionNodes:
    table, contributions = node_from_table(content.prediction), node_from_table(content.contributions)
    card = current_scene().AddNewNodeByClass("vtkMRMLTextNode", f"Signature {content.signature}")
    card.SetText(json.dumps(content.card, indent=1, ensure_ascii=False))
    provenance = node_from_provenance(content.provenance)
    digits = [
        keep_digits(node, held) for node, held in ((table, content.prediction), (contributions, content.contributions))
    ]
    others = [table, contributions, card, provenance, *digits]
    parent = 0
    if volume_node is not None:
        patient, study = patient_of(volume_node)
        parent = file_nodes(patient=patient, study=study, volume_node=volume_node, made=[])
    name = f"{content.name} prediction {content.signature}"
    charts = nodes_from_charts(content.charts, pipeline=_PIPELINE, name=name, others=others, parent=parent)
    for role, node in ((_CONTRIBUTIONS, contributions), (_CARD, card), (_PROVENANCE, provenance)):
        table.SetNodeReferenceID(role, node.GetID())
    table.SetAttribute(PREDICTION, content.signature)
    for node in charts.values():
        table.AddNodeReferenceID(CHART, node.GetID())
    for node in (table, contributions, card, provenance):
        node.SetAttribute("OncologyAI.Model", content.signature)
        for role, given in ((INPUT_VOLUME, volume_node), (SEGMENTATION, segmentation_node)):
            if given is not None:
                node.SetNodeReferenceID(role, given.GetID())
    return PredictionNodes(table, contributions, card, provenance, charts, features)
