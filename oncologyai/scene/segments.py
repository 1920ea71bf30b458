"""Masks as segments with SNOMED CT terminology, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from vtk.util.numpy_support import numpy_to_vtk

from oncologyai.errors import InputError
from oncologyai.resources import terminology
from oncologyai.scene._slicer import current_scene, nothing_kept, slicer, vtk, vtk_matrix
from oncologyai.types import Code, Mask, MaskKind, Terminology

__all__ = ["kind_of", "mask_from_segment", "masks_from_node", "node_from_masks", "put_segment"]

_CONTEXT = "Segmentation category and type - DICOM master list"
_REGION_CONTEXT = "Anatomic codes - DICOM master list"
_KIND_TAG = "OncologyAI.Kind"
_BY_KIND = {"lesion": "tumour", "organ": "tissue", "region": "tissue"}


def node_from_masks(masks: Sequence[Mask], name: str, volume_node: Any) -> Any:
    """Add a segmentation node whose reference geometry is the volume's, with closed surfaces.

    An empty mask becomes an empty segment. Segment IDs are the labels, so that the same input gives the same file.

    Raises
    ------
    InputError
        If two masks have the same label.
    """
    labels = [mask.label for mask in masks]
    if len(set(labels)) != len(labels):
        raise InputError("masks", expected="labels that differ", got=", ".join(labels))
    node = current_scene().AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)
    node.CreateDefaultDisplayNodes()
    segmentation = node.GetSegmentation()
    for mask in masks:
        _add_segment(node, mask)
    segmentation.CollapseBinaryLabelmaps(False)  # segments that do not overlap share one array
    if not all(mask.is_empty for mask in masks):
        node.CreateClosedSurfaceRepresentation()
    display = node.GetDisplayNode()
    display.SetOpacity2DFill(0.25)
    display.SetSliceIntersectionThickness(2)
    return node


def put_segment(node: Any, mask: Mask, *, instead_of: str = "") -> str:
    """Add a mask as a segment of a segmentation node, in place of the one of its label if there is one.

    Other segments keep their voxels where they overlap. With ``instead_of``, the ID of another segment, that one is
    hidden, so that one sees which is meant. Gives the segment's ID, which is the label.
    """
    segmentation, display = node.GetSegmentation(), node.GetDisplayNode()
    if segmentation.GetSegment(mask.label) is not None:
        segmentation.RemoveSegment(mask.label)
    _add_segment(node, mask)
    if display is not None and instead_of and segmentation.GetSegment(instead_of) is not None:
        display.SetSegmentVisibility(instead_of, False)
    return mask.label


def mask_from_segment(node: Any, segment_id: str, volume_node: Any) -> Mask:
    """Give one segment on the grid of a volume node, in the volume's own coordinates.

    Raises
    ------
    InputError
        If there is no such segment.
    """
    segment = node.GetSegmentation().GetSegment(segment_id)
    if segment is None:
        raise InputError("segment", expected=f"a segment of {node.GetName()}", got=repr(segment_id))
    grid = vtk.vtkMatrix4x4()
    volume_node.GetIJKToRASMatrix(grid)
    matrix = slicer.util.arrayFromVTKMatrix(grid)
    i, j, k = volume_node.GetImageData().GetDimensions()
    bounds = [0.0] * 6
    segment.GetBounds(bounds)
    if bounds[0] > bounds[1]:
        array = np.zeros((k, j, i), dtype=bool)
    else:
        with nothing_kept(current_scene()):  # slicer.util leaves the display node of its own labelmap behind
            array = slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, volume_node) > 0
    return Mask(array, matrix, segment.GetName(), code=_read_terminology(segment), kind=kind_of(segment))


def masks_from_node(node: Any, volume_node: Any) -> tuple[Mask, ...]:
    """Give all segments on the grid of a volume node."""
    ids = node.GetSegmentation().GetSegmentIDs()
    return tuple(mask_from_segment(node, segment_id, volume_node) for segment_id in ids)


def kind_of(segment: Any) -> MaskKind:
    """Tell whether a segment is a lesion, an organ or a region; a lesion where nobody said."""
    kind = _tag(segment, _KIND_TAG)
    return kind if kind in _BY_KIND else "lesion"  # type: ignore[return-value]


def _add_segment(node: Any, mask: Mask) -> None:
    code = mask.code or terminology(_BY_KIND[mask.kind])
    rgb = [v / 255.0 for v in code.rgb]
    if mask.is_empty:
        node.GetSegmentation().AddEmptySegment(mask.label, mask.label, rgb)
    else:
        node.AddSegmentFromBinaryLabelmapRepresentation(_labelmap(mask), mask.label, rgb, mask.label)
    segment = node.GetSegmentation().GetSegment(mask.label)
    segment.SetTag(segment.GetTerminologyEntryTagName(), _serialise(code))
    segment.SetTag(_KIND_TAG, mask.kind)


def _labelmap(mask: Mask) -> Any:
    """Give the mask's box, not its whole grid, as an oriented image of 0 and 1."""
    extent = []
    box = mask.array
    for axis in (2, 1, 0):
        others = tuple(a for a in range(3) if a != axis)
        hit = np.flatnonzero(mask.array.any(axis=others))
        extent += [int(hit[0]), int(hit[-1])]
        box = box.take(range(hit[0], hit[-1] + 1), axis=axis)
    image = slicer.vtkOrientedImageData()
    image.SetExtent(extent)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(box).view(np.uint8).ravel(), deep=True))
    image.SetImageToWorldMatrix(vtk_matrix(mask.ijk_to_ras))
    return image


def _serialise(code: Terminology) -> str:
    modifier = code.modifier or Code("", "", "")
    parts = [field for c in (code.category, code.type, modifier) for field in (c.value, c.scheme, c.meaning)]
    logic = slicer.vtkSlicerTerminologiesModuleLogic
    return str(logic.SerializeTerminologyEntry(_CONTEXT, *parts, _REGION_CONTEXT, "", "", "", "", "", ""))


def _read_terminology(segment: Any) -> Terminology | None:
    text = _tag(segment, segment.GetTerminologyEntryTagName())
    entry = slicer.vtkSlicerTerminologyEntry()
    if not text or not slicer.modules.terminologies.logic().DeserializeTerminologyEntry(text, entry):
        return None
    category, kind = _code(entry.GetCategoryObject()), _code(entry.GetTypeObject())
    if category is None or kind is None:
        return None
    red, green, blue = (round(255 * v) for v in segment.GetColor())
    return Terminology(category, kind, _code(entry.GetTypeModifierObject()), (red, green, blue))


def _code(entry: Any) -> Code | None:
    if entry is None or not entry.GetCodeValue():
        return None
    return Code(entry.GetCodeValue(), entry.GetCodingSchemeDesignator() or "", entry.GetCodeMeaning() or "")


def _tag(segment: Any, name: str) -> str:
    text = vtk.mutable("")
    return str(text) if segment.GetTag(name, text) else ""
