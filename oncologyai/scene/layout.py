"""Where the slice views look: at the middle slice of the largest lesion."""

from __future__ import annotations

from typing import Any

import numpy as np

from oncologyai.scene._slicer import current_scene, slicer, vtk
from oncologyai.types import Mask

__all__ = ["add_slice_views", "middle_of", "show_foreground", "show_lesion"]

_VIEWS = (("Red", "Axial"), ("Yellow", "Sagittal"), ("Green", "Coronal"))
_PIXELS = 400


def middle_of(mask: Mask) -> tuple[float, float, float]:
    """Give a RAS point: the centre of the mask's voxels on the middle one of its slices.

    Raises
    ------
    ValueError
        If the mask is empty.
    """
    slices = np.flatnonzero(mask.array.any(axis=(1, 2)))
    if not slices.size:
        raise ValueError("mask: expected voxels, got an empty mask")
    k = int(slices[slices.size // 2])
    j, i = np.nonzero(mask.array[k])
    right, anterior, superior = (float(v) for v in mask.ras_from_ijk((i.mean(), j.mean(), float(k))))
    return right, anterior, superior


def show_lesion(volume_node: Any, lesion: Mask | None) -> None:
    """Show the volume in every slice view, at the lesion or, without one, at the volume's middle.

    Where the scene has no slice view yet, Slicer's three are added, so that a scene saved here opens in Slicer where
    it should.
    """
    scene = current_scene()
    if scene.GetNumberOfNodesByClass("vtkMRMLSliceNode") == 0:
        add_slice_views(volume_node)
    composites = [scene.GetNthNodeByClass(n, "vtkMRMLSliceCompositeNode") for n in range(_count("SliceComposite"))]
    for composite in composites:
        composite.SetBackgroundVolumeID(volume_node.GetID())
    point = middle_of(lesion) if lesion is not None else _centre(volume_node)
    to_world = vtk.vtkGeneralTransform()
    slicer.vtkMRMLTransformNode.GetTransformBetweenNodes(volume_node.GetParentTransformNode(), None, to_world)
    for n in range(_count("Slice")):
        scene.GetNthNodeByClass(n, "vtkMRMLSliceNode").JumpSlice(*to_world.TransformPoint(point))


def show_foreground(node: Any | None, *, opacity: float = 0.4) -> None:
    """Show a volume over the background in every slice view; None shows none."""
    for n in range(_count("SliceComposite")):
        composite = current_scene().GetNthNodeByClass(n, "vtkMRMLSliceCompositeNode")
        composite.SetForegroundVolumeID(node.GetID() if node is not None else None)
        composite.SetForegroundOpacity(opacity if node is not None else 0.0)


def _count(kind: str) -> int:
    return int(current_scene().GetNumberOfNodesByClass(f"vtkMRML{kind}Node"))


def add_slice_views(volume_node: Any) -> None:
    """Add Slicer's three slice views, which a scene without the application has not, showing a volume."""
    for name, orientation in _VIEWS:
        logic = slicer.vtkMRMLSliceLogic()
        logic.SetMRMLScene(current_scene())
        node = logic.AddSliceNode(name)
        node.SetOrientation(orientation)
        logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume_node.GetID())
        logic.ResizeSliceNode(_PIXELS, _PIXELS)
        logic.FitSliceToAll(_PIXELS, _PIXELS)


def _centre(volume_node: Any) -> tuple[float, float, float]:
    b = [0.0] * 6
    volume_node.GetSliceBounds(b, None)
    return (b[0] + b[1]) / 2, (b[2] + b[3]) / 2, (b[4] + b[5]) / 2
