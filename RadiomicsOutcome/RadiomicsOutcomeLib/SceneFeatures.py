"""Features of a lesion that are in the scene already, and whether they were computed as a signature wants them."""

import json
from dataclasses import dataclass
from typing import Any

import slicer

from oncologyai.errors import OncologyAIError

from .ResultNodes import PROVENANCE

_PIPELINE, _VOLUME, _SEGMENTATION = "OncologyAI.Pipeline", "OncologyAI.InputVolume", "OncologyAI.Segmentation"


@dataclass(frozen=True)
class SceneFeatures:
    """A row of a table of features.

    Attributes
    ----------
    node : vtkMRMLTableNode
    values : dict of str to float
        By column, those that have a value.
    provenance : dict
        Of the table, {} where it says nothing.
    fits : bool
        Whether its settings are the signature's.
    """

    node: Any
    values: dict
    provenance: dict
    fits: bool


def featuresOf(card, volume, segmentation, segmentName):
    """Give the newest features of a segment on a volume, those that fit first; None without any."""
    found = None
    for node in reversed(slicer.util.getNodesByClass("vtkMRMLTableNode")):
        if node.GetAttribute(_PIPELINE) != "features" or node.GetNodeReference(_VOLUME) is not volume:
            continue
        if node.GetNodeReference(_SEGMENTATION) is not segmentation:
            continue
        values = _values(node, volume.GetName(), segmentName)
        if values is None:
            continue
        provenance = _provenance(node)
        one = SceneFeatures(node, values, provenance, _fits(card, provenance, values))
        if one.fits:
            return one
        found = found or one
    return found


def _values(node, imageName, segmentName):
    """Give the values of the segment's row, None without one."""
    from oncologyai.scene import table_from_node

    table = table_from_node(node)
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        if str(cells.pop("segment", "")) == segmentName and cells.pop("image", imageName) == imageName:
            return {name: cell for name, cell in cells.items() if cell is not None}
    return None


def _provenance(node):
    text = node.GetNodeReference(PROVENANCE)
    try:
        found = json.loads(text.GetText() or "{}") if text is not None else {}
    except ValueError:  # a scene that was edited by hand
        return {}
    return found if isinstance(found, dict) else {}


def _fits(card, provenance, values):
    """Tell whether all that the card needs is there, computed with its settings."""
    from oncologyai.features import settings_digest, settings_from_provenance
    from oncologyai.outcome import image_columns

    if card.image is None or not set(image_columns(card)) <= set(values):
        return False
    if card.image.sha256 is None:  # nobody can compare them; the prediction says so
        return True
    columns = [feature.column for feature in card.features if feature.source != "clinical"]
    try:
        settings = settings_from_provenance(provenance.get("settings", {}))
    except OncologyAIError:
        return False
    return settings_digest(settings, columns) == card.image.sha256
