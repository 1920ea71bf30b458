"""A bundle as nodes of the scene, and nodes as a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oncologyai.bundle import Bundle, read_bundle
from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.scene._slicer import all_or_nothing, current_scene, vtk
from oncologyai.scene.hierarchy import MAP, file_nodes, patient_of, stamp
from oncologyai.scene.layout import show_foreground, show_lesion
from oncologyai.scene.markups import node_from_line, node_from_points, points_from_node
from oncologyai.scene.provenance import node_from_provenance
from oncologyai.scene.segments import masks_from_node, node_from_masks
from oncologyai.scene.tables import keep_digits, node_from_table
from oncologyai.scene.volumes import (
    node_from_disagreement,
    node_from_map,
    node_from_volume,
    volume_from_node,
    volume_in,
)
from oncologyai.types import Mask, Unit, Volume

__all__ = ["SceneNodes", "bundle_from_nodes", "scene_from_bundle"]

_FEATURES = "features"  # the pipeline whose tables keep all their digits


@dataclass(frozen=True, eq=False)
class SceneNodes:
    """The nodes of one result; ``folder`` is the subject hierarchy item that holds all but the volume.

    ``disagreement`` is the scalar volume of that name where several members of a model ran, ``maps`` are scalar volumes
    of features voxel by voxel, in the bundle's order.
    """

    volume: Any
    segmentation: Any | None
    lines: tuple[Any, ...]
    tables: tuple[Any, ...]
    inside: Any | None
    outside: Any | None
    provenance: Any | None
    folder: int
    disagreement: Any | None = None
    maps: tuple[Any, ...] = ()

    def made(self) -> Iterator[Any]:
        """Give every node but the volume."""
        points = (self.inside, self.outside)
        known = (self.segmentation, *self.lines, *self.tables, *points, self.provenance, self.disagreement, *self.maps)
        for node in known:
            if node is not None:
                yield node


def scene_from_bundle(
    bundle: Bundle | str | os.PathLike[str],
    *,
    input_node: Any | None = None,
    inside_node: Any | None = None,
    outside_node: Any | None = None,
    segmentation_node: Any | None = None,
) -> SceneNodes:
    """Add what a bundle holds to the scene, all of it or, where something fails, nothing.

    Parameters
    ----------
    bundle : Bundle or path
        A result in memory, or its folder.
    input_node : vtkMRMLScalarVolumeNode, optional
        The image, where it is in the scene already: it is used as it is, display included.
    inside_node, outside_node : vtkMRMLMarkupsFiducialNode, optional
        The seeds, where they are in the scene already.
    segmentation_node : vtkMRMLSegmentationNode, optional
        The segments, where they are in the scene already and the run has not changed them: none are made then.

    The first map of features, if there is any, is shown over the image; each is referenced from the table ``Features``.

    Raises
    ------
    GeometryMismatchError
        If ``input_node`` is not on the grid of the bundle's image.
    InstallationError
        If no scene is there.
    """
    content = bundle if isinstance(bundle, Bundle) else read_bundle(os.fspath(bundle))
    scene = current_scene()
    if input_node is not None:
        _check_grid(input_node, content.volume)
    with all_or_nothing(scene):
        nodes = _add_nodes(content, input_node, inside_node, outside_node, segmentation_node)
        given = (inside_node, outside_node, segmentation_node)
        for mask_or_line in nodes.made():
            if mask_or_line.IsA("vtkMRMLTransformableNode") and mask_or_line not in given:
                mask_or_line.SetAndObserveTransformNodeID(nodes.volume.GetTransformNodeID())
        show_lesion(nodes.volume, _largest_lesion(content.masks))
        if nodes.maps:
            show_foreground(nodes.maps[0])
    return nodes


def bundle_from_nodes(
    volume_node: Any,
    inside: Any | None = None,
    outside: Any | None = None,
    *,
    pipeline: str,
    method: str,
    settings: Mapping[str, Any] | None = None,
    segmentation: Any | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    channels: Mapping[str, Any] | None = None,
) -> Bundle:
    """Give a request for a pipeline: the image, the seeds, the segments if any, and the settings.

    Everything is in the coordinates of the volume's own grid: a parent transform moves seeds and further images back,
    and ``scene_from_bundle`` puts results under the same transform. ``channels`` are volume nodes by a model's channel.

    Raises
    ------
    InputError
        If ``volume_node`` or a channel is no scalar volume or holds no image, a channel stands against the volume
        under a transform that is not linear, or a seed node is no markups node.
    """
    volume = volume_from_node(volume_node, modality=modality, unit=unit)
    patient, study = patient_of(volume_node)
    return Bundle(
        name=volume_node.GetName(),
        pipeline=pipeline,
        method=method,
        volume=volume,
        patient=patient,
        study=study,
        masks=masks_from_node(segmentation, volume_node) if segmentation is not None else (),
        inside=points_from_node(inside, volume_node),
        outside=points_from_node(outside, volume_node),
        settings=dict(settings or {}),
        channels={name: volume_in(node, volume_node) for name, node in (channels or {}).items()},
    )


def _add_nodes(
    content: Bundle, input_node: Any, inside_node: Any, outside_node: Any, segmentation_node: Any
) -> SceneNodes:
    volume = input_node or node_from_volume(content.volume, content.name)
    segmentation = segmentation_node
    if content.masks and segmentation is None:
        segmentation = node_from_masks(content.masks, f"{content.name} segmentation {content.method}", volume)
    inside = inside_node or (node_from_points(content.inside, "Inside") if content.inside else None)
    outside = outside_node or (node_from_points(content.outside, "Outside") if content.outside else None)
    lines = tuple(node_from_line(line) for line in content.lines)
    tables = tuple(node_from_table(table) for table in content.tables)
    provenance = node_from_provenance(content.provenance) if content.provenance is not None else None
    disagreement = None
    if content.disagreement is not None:
        disagreement = node_from_disagreement(content.disagreement)
    maps = tuple(node_from_map(values, name) for name, values in content.maps.items())
    digits = _keep_digits(content, tables)
    found = (segmentation, *lines, *tables, inside, outside, provenance, disagreement, *maps, *digits)
    made = [n for n in found if n is not None and n is not segmentation_node]
    for node in made if input_node is not None else [volume, *made]:
        stamp(
            node,
            pipeline=content.pipeline,
            method=content.method,
            volume_node=volume,
            segmentation_node=segmentation,
        )
    if segmentation is not None:
        for role, seeds in (("OncologyAI.Inside", inside), ("OncologyAI.Outside", outside)):
            if seeds is not None:
                segmentation.SetNodeReferenceID(role, seeds.GetID())
    _refer_to_maps(tables, maps)
    folder = file_nodes(patient=content.patient, study=content.study, volume_node=volume, made=made)
    return SceneNodes(volume, segmentation, lines, tables, inside, outside, provenance, folder, disagreement, maps)


def _keep_digits(content: Bundle, tables: Sequence[Any]) -> list[Any]:
    """Keep the numbers of features in full, which somebody will learn from."""
    if content.pipeline != _FEATURES:
        return []
    return [keep_digits(node, table) for node, table in zip(tables, content.tables, strict=True)]


def _refer_to_maps(tables: Sequence[Any], maps: Sequence[Any]) -> None:
    for table in tables:
        if table.GetName().startswith("Features"):
            for node in maps:
                table.AddNodeReferenceID(MAP, node.GetID())


def _largest_lesion(masks: tuple[Mask, ...]) -> Mask | None:
    lesions = [mask for mask in masks if mask.kind == "lesion" and not mask.is_empty]
    return max(lesions, key=lambda mask: mask.volume_ml, default=None)


def _check_grid(node: Any, volume: Volume) -> None:
    """Compare the grids without copying the image."""
    if not node.IsA("vtkMRMLScalarVolumeNode") or node.GetImageData() is None:
        raise InputError("input node", expected="a scalar volume that holds an image", got=node.GetClassName())
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    size = node.GetImageData().GetDimensions()
    origin_gap = max(abs(matrix.GetElement(r, c) - volume.ijk_to_ras[r, c]) for r in range(3) for c in range(4))
    if size != volume.shape[::-1] or origin_gap > 1e-3:
        raise GeometryMismatchError(
            node.GetName(),
            expected=f"the grid of the result, {'x'.join(str(n) for n in volume.shape[::-1])}",
            got="x".join(str(n) for n in size) + (" elsewhere" if size == volume.shape[::-1] else ""),
            remedy="choose the volume that the run was given",
        )
