"""Images as volume nodes and back, with the window that their modality wants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np

from oncologyai.errors import InputError
from oncologyai.scene._slicer import current_scene, slicer, vtk, vtk_matrix
from oncologyai.scintigraphy import MAP_FLOOR, map_colours
from oncologyai.types import Unit, Volume

__all__ = [
    "image_kind",
    "node_from_class_map",
    "node_from_disagreement",
    "node_from_map",
    "node_from_volume",
    "volume_from_node",
    "volume_in",
    "window_of",
]

_MODALITY = "OncologyAI.Modality"
_UNIT = "OncologyAI.Unit"
_FEATURE = "OncologyAI.Feature"
_MAP_COLOURS = "vtkMRMLPETProceduralColorNodePET-Heat"  # dark for little, light for much, as Inferno
_MAP_PERCENTILES = (1.0, 99.0)
_CLASS_COLOURS, _COLOURS = "OncologyAI class map", 256
_MOST_DISAGREEMENT = 0.5  # the largest deviation of numbers from 0 to 1

# What Slicer's DICOM reader writes into the voxel value units (UCUM), in our words.
_UNITS_BY_CODE: dict[str, Unit] = {
    "[hnsf'U]": "HU",
    "{SUVbw}g/ml": "SUVbw",
    "{SUVlbm}g/ml": "SUVlbm",
    "{SUVbsa}cm2/ml": "SUVbsa",
    "Bq/ml": "BQML",
    "Gy": "Gy",
}


def window_of(volume: Volume) -> tuple[float, float, bool]:
    """Give window width, window level and whether it is shown inverted.

    CT: the lung window 1500/-600; PET in SUV: 0 to 10, inverted; scintigraphy inverted; others from the 1st to the
    99.5th percentile.
    """
    if volume.unit == "HU":
        return 1500.0, -600.0, False
    inverted = volume.modality in {"PT", "NM"}
    if volume.unit.startswith("SUV"):
        return 10.0, 5.0, inverted
    low, high = (float(v) for v in np.percentile(volume.array[:, ::2, ::2], [1.0, 99.5]))
    return max(high - low, 1e-3), (low + high) / 2.0, inverted


def node_from_volume(volume: Volume, name: str) -> Any:
    """Add a scalar volume node with a display node to the scene."""
    node = current_scene().AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    slicer.util.updateVolumeFromArray(node, _smallest(volume.array))
    node.SetIJKToRASMatrix(vtk_matrix(volume.ijk_to_ras))
    node.SetAttribute(_MODALITY, volume.modality)
    node.SetAttribute(_UNIT, volume.unit)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    width, level, inverted = window_of(volume)
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(width, level)
    display.SetAndObserveColorNodeID(f"vtkMRMLColorTableNode{'InvertedGrey' if inverted else 'Grey'}")
    return node


def volume_from_node(node: Any, *, modality: str | None = None, unit: Unit | None = None, copy: bool = True) -> Volume:
    """Give the image of a scalar volume node, in the node's own coordinates (a parent transform is left out).

    ``modality`` and ``unit`` are found in what this package or Slicer's DICOM reader noted; give them where neither
    did. Without ``copy`` the array is the node's own memory, to be read at once and not kept.

    Raises
    ------
    InputError
        If the node is no scalar volume, or holds no image.
    """
    if node is None or not node.IsA("vtkMRMLScalarVolumeNode"):
        raise InputError("volume node", expected="a scalar volume", got="none" if node is None else node.GetClassName())
    if node.GetImageData() is None:
        raise InputError(node.GetName(), expected="a volume that holds an image", got="an empty one")
    array = slicer.util.arrayFromVolume(node)
    if array.ndim != 3:
        raise InputError(node.GetName(), expected="one value a voxel", got=f"an array of shape {array.shape}")
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    noted, noted_unit = image_kind(node, modality)
    return Volume(
        array.copy() if copy else array,
        slicer.util.arrayFromVTKMatrix(matrix),
        modality=noted,
        unit=unit or noted_unit,
        meta={"description": node.GetName()},
    )


def image_kind(node: Any, modality: str | None = None) -> tuple[str, Unit]:
    """Give the modality of a volume node (``OT`` where nobody noted one) and the unit of its values."""
    found = modality or node.GetAttribute(_MODALITY) or _dicom_modality(node) or "OT"
    return found, _unit(node, found)


def node_from_disagreement(volume: Volume) -> Any:
    """Add the scalar volume ``Disagreement`` (0-0.5): black where a model's members agree."""
    node = node_from_volume(volume, "Disagreement")
    display = node.GetDisplayNode()
    display.SetWindowLevel(_MOST_DISAGREEMENT, _MOST_DISAGREEMENT / 2.0)
    display.SetAndObserveColorNodeID("vtkMRMLColorTableNodeWarmShade1")
    return node


def node_from_class_map(values: Volume, name: str) -> Any:
    """Add a class map (0 to 1) over a planar view: clear below ``MAP_FLOOR``, then from light to dark."""
    node = current_scene().AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    slicer.util.updateVolumeFromArray(node, values.array)
    node.SetIJKToRASMatrix(vtk_matrix(values.ijk_to_ras))
    node.SetAttribute(_MODALITY, values.modality)
    node.SetAttribute(_UNIT, values.unit)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(1.0, 0.5)
    display.SetAndObserveColorNodeID(_class_colours().GetID())
    display.AutoThresholdOff()
    display.ApplyThresholdOn()
    display.SetThreshold(MAP_FLOOR, 1.0)
    return node


def _class_colours() -> Any:
    """Give the scene's colour table of class maps, which is added where there is none."""
    scene = current_scene()
    found = scene.GetFirstNodeByName(_CLASS_COLOURS)
    if found is not None:
        return found
    table = scene.AddNewNodeByClass("vtkMRMLColorTableNode", _CLASS_COLOURS)
    table.SetTypeToUser()
    table.SetNumberOfColors(_COLOURS)
    for n, rgb in enumerate(map_colours(np.linspace(0.0, 1.0, _COLOURS))):
        table.SetColor(n, f"{n / (_COLOURS - 1):.3f}", *(float(v) for v in rgb), 1.0)
    table.AddDefaultStorageNode()
    return table


def node_from_map(values: Volume, feature: str) -> Any:
    """Add a scalar volume named after the feature it holds voxel by voxel; voxels without a value (NaN) are clear.

    The window goes from the 1st to the 99th percentile, so that a few voxels do not take all the colours.
    """
    node = current_scene().AddNewNodeByClass("vtkMRMLScalarVolumeNode", feature)
    slicer.util.updateVolumeFromArray(node, values.array)
    node.SetIJKToRASMatrix(vtk_matrix(values.ijk_to_ras))
    node.SetAttribute(_MODALITY, values.modality)
    node.SetAttribute(_UNIT, values.unit)
    node.SetAttribute(_FEATURE, feature)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    known = values.array[np.isfinite(values.array)]
    low, high = (float(v) for v in np.percentile(known, _MAP_PERCENTILES)) if known.size else (0.0, 0.0)
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(max(high - low, 1e-6 * max(abs(low), abs(high), 1.0)), (low + high) / 2.0)
    display.SetAndObserveColorNodeID(_MAP_COLOURS)
    display.SetInterpolate(False)  # a voxel's value is that of its neighbourhood already
    display.AutoThresholdOff()
    display.ApplyThresholdOn()  # which is true of no NaN
    display.SetThreshold(*((float(known.min()), float(known.max())) if known.size else (0.0, 0.0)))
    return node


def volume_in(node: Any, reference: Any) -> Volume:
    """Give the image of a scalar volume node in the coordinates of another's own grid.

    Raises
    ------
    InputError
        If the node is no scalar volume, holds no image, or its transform against ``reference`` is not linear.
    """
    volume = volume_from_node(node)
    parents = node.GetParentTransformNode(), reference.GetParentTransformNode()
    if parents[0] is parents[1]:
        return volume
    if any(parent is not None and not parent.IsTransformToWorldLinear() for parent in parents):
        raise InputError(
            node.GetName(),
            expected="a linear transform against the input volume",
            got="one that is not",
            remedy="harden the transforms first",
        )
    moved = vtk.vtkMatrix4x4()
    slicer.vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(*parents, moved)
    return replace(volume, ijk_to_ras=slicer.util.arrayFromVTKMatrix(moved) @ volume.ijk_to_ras)


def _smallest(array: np.ndarray) -> np.ndarray:
    """Give whole numbers as int16 where they fit: half the memory and half the file of float32, the same values."""
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    if array.dtype.kind != "f" or not (array.min() >= -32768 and array.max() <= 32767):
        return array
    small = np.empty(array.shape, dtype=np.int16)
    for k, values in enumerate(array):  # slice by slice, which ends at the first fraction and copies little
        small[k] = values.astype(np.int16)
        if not np.array_equal(small[k], values):
            return array
    return small


def _dicom_modality(node: Any) -> str:
    """Give what Slicer's DICOM reader noted in the subject hierarchy, empty if nothing."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(current_scene())
    item = hierarchy.GetItemByDataNode(node)
    name = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMSeriesModalityAttributeName()
    return str(hierarchy.GetItemAttribute(item, name)) if item else ""


def _unit(node: Any, modality: str) -> Unit:
    noted = node.GetAttribute(_UNIT)
    if noted in get_args(Unit):
        return noted
    units = node.GetVoxelValueUnits()
    code = units.GetCodeValue() if units is not None else None
    fallback: Unit = "HU" if modality == "CT" else "arbitrary"  # Slicer reads CT with its rescale slope: HU
    return _UNITS_BY_CODE.get(code or "", fallback)
