"""A bone scan and what was found in it as nodes: views, maps over them, foci, tables, card and provenance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oncologyai.bundle import BoneScanBundle, read_bonescan
from oncologyai.errors import GeometryMismatchError
from oncologyai.imaging import View
from oncologyai.scene._slicer import all_or_nothing, current_scene
from oncologyai.scene.hierarchy import INPUT_VOLUME, MAP, file_nodes, patient_of, stamp
from oncologyai.scene.markups import node_from_foci
from oncologyai.scene.provenance import node_from_provenance
from oncologyai.scene.scan_views import nodes_from_views, show_view_maps, show_views
from oncologyai.scene.tables import keep_digits, node_from_table
from oncologyai.scene.volumes import node_from_class_map, volume_from_node
from oncologyai.types import Volume

__all__ = ["FOCI", "BoneScanNodes", "bonescan_from_nodes", "scene_from_bonescan"]

_PIPELINE = "bonescan"
_PIXEL_ASSUMED = "OncologyAI.PixelSizeAssumed"
FOCI = "OncologyAI.Foci"


@dataclass(frozen=True, eq=False)
class BoneScanNodes:
    """The nodes of one bone scan.

    Volumes and maps are by view. Of a request ``prediction`` and what follows is absent. The table ``Lesions`` refers
    to the point list (``FOCI``), the table ``Prediction`` to the maps (``MAP``); ``folder`` is the item of the subject
    hierarchy that holds all but the views.
    """

    views: Mapping[View, Any]
    maps: Mapping[View, Any] = field(default_factory=dict)
    foci: Any | None = None
    prediction: Any | None = None
    lesions: Any | None = None
    tables: tuple[Any, ...] = ()
    card: Any | None = None
    provenance: Any | None = None
    folder: int = 0

    def made(self) -> Iterator[Any]:
        """Give every node but the views."""
        for node in (*self.maps.values(), self.foci, *self.tables, self.card, self.provenance):
            if node is not None:
                yield node


def scene_from_bonescan(
    bundle: BoneScanBundle | Path, *, view_nodes: Mapping[View, Any] | None = None, opacity: float = 0.4
) -> BoneScanNodes:
    """Add a bone scan to the scene, all of it or, where something fails, nothing, and show its views side by side.

    Parameters
    ----------
    bundle : BoneScanBundle or Path
        In memory, or its folder; a request has views alone.
    view_nodes : mapping of vtkMRMLScalarVolumeNode by view, optional
        Views that are in the scene already: they are used as they are, display included.
    opacity : float
        Of the maps over the views.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the folder is none of a bone scan, or damaged.
    GeometryMismatchError
        If a node is not on the grid of its view.
    InstallationError
        If no scene is there.
    """
    content = read_bonescan(bundle) if isinstance(bundle, Path) else bundle
    given = dict(view_nodes or {})
    for view, node in given.items():
        _check_grid(node, content.views[view])
    with all_or_nothing(current_scene()):
        nodes = _add(content, given)
        show_views(nodes.views)
        show_view_maps(nodes.maps, opacity=opacity)
    return nodes


def bonescan_from_nodes(view_nodes: Mapping[View, Any], *, settings: Mapping[str, Any] | None = None) -> BoneScanBundle:
    """Give a request for the command: the views, and the settings.

    Raises
    ------
    InputError
        If a node is no scalar volume or holds no image.
    """
    views = {view: _as_view(node, view) for view, node in view_nodes.items()}
    first = next(iter(view_nodes.values()))
    patient, study = patient_of(first)
    name = first.GetName().removesuffix(f" {next(iter(view_nodes))}")
    return BoneScanBundle(name, views, patient, study, dict(settings or {}))


def _as_view(node: Any, view: View) -> Volume:
    found = volume_from_node(node, modality="NM")
    meta = {**found.meta, "view": view, "pixel_size_assumed": bool(node.GetAttribute(_PIXEL_ASSUMED))}
    return Volume(found.array, found.ijk_to_ras, "NM", found.unit, meta)


def _add(content: BoneScanBundle, given: Mapping[View, Any]) -> BoneScanNodes:
    views = _view_nodes(content, given)
    maps = {
        view: node_from_class_map(values, f"{content.name} {content.value('map')} {content.model_id} {view}")
        for view, values in content.maps.items()
    }
    tables = {table.name: node_from_table(table) for table in content.tables}
    digits = [keep_digits(tables[table.name], table) for table in content.tables]
    foci = node_from_foci(content.foci, "Foci") if content.foci else None
    card = None
    if content.model:
        card = current_scene().AddNewNodeByClass("vtkMRMLTextNode", f"Model {content.model_id}")
        card.SetText(json.dumps(content.model, indent=1, ensure_ascii=False))
    provenance = node_from_provenance(content.provenance) if content.provenance is not None else None
    others = [n for n in (foci, *tables.values(), *digits, card, provenance) if n is not None]
    first = next(iter(views.values()))
    for view, node in maps.items():
        stamp(node, pipeline=_PIPELINE, method=content.model_id, volume_node=views[view], segmentation_node=None)
    for node in others:
        stamp(node, pipeline=_PIPELINE, method=content.model_id, volume_node=first, segmentation_node=None)
        for view_node in list(views.values())[1:]:
            node.AddNodeReferenceID(INPUT_VOLUME, view_node.GetID())
    _refer(tables, maps, foci)
    folder = 0
    for view, node in views.items():
        made = [maps[view]] if view in maps else []
        made += others if node is first else []
        folder = file_nodes(patient=content.patient, study=content.study, volume_node=node, made=made)
    return BoneScanNodes(
        views, maps, foci, tables.get("Prediction"), tables.get("Lesions"), tuple(tables.values()), card, provenance,
        folder,
    )  # fmt: skip


def _view_nodes(content: BoneScanBundle, given: Mapping[View, Any]) -> dict[View, Any]:
    made = nodes_from_views({v: volume for v, volume in content.views.items() if v not in given}, content.name)
    for view, node in made.items():
        if content.views[view].meta.get("pixel_size_assumed"):
            node.SetAttribute(_PIXEL_ASSUMED, "1")
    return {view: given.get(view) or made[view] for view in content.views}


def _refer(tables: Mapping[str, Any], maps: Mapping[View, Any], foci: Any | None) -> None:
    if foci is not None and "Lesions" in tables:
        tables["Lesions"].SetNodeReferenceID(FOCI, foci.GetID())
    if "Prediction" in tables:
        for node in maps.values():
            tables["Prediction"].AddNodeReferenceID(MAP, node.GetID())


def _check_grid(node: Any, volume: Volume) -> None:
    if not volume_from_node(node, copy=False).same_grid(volume):
        raise GeometryMismatchError(
            node.GetName(), expected="the grid of the result's view", got="another",
            remedy="choose the views that the run was given",
        )  # fmt: skip
