"""How a result came about, as a text node: the scene explains itself without the bundle beside it."""

from __future__ import annotations

import json
from typing import Any

from oncologyai.progress import Provenance
from oncologyai.scene._slicer import current_scene

__all__ = ["node_from_provenance"]


def node_from_provenance(provenance: Provenance) -> Any:
    """Add a text node ``Provenance`` that holds versions, settings, hashes and seconds as JSON."""
    node = current_scene().AddNewNodeByClass("vtkMRMLTextNode", "Provenance")
    node.SetText(json.dumps(provenance.to_dict(), indent=2, ensure_ascii=False))
    return node
