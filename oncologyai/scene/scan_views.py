"""The views of a whole-body bone scan side by side: anterior in the red slice view, posterior in the yellow one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from oncologyai.imaging import VIEWS, View
from oncologyai.scene._slicer import current_scene, only_node, slicer, vtk
from oncologyai.scene.layout import add_slice_views
from oncologyai.scene.volumes import node_from_volume, volume_from_node
from oncologyai.scintigraphy import GreyReference, outline_body, upper_level
from oncologyai.types import Volume

__all__ = [
    "VIEW",
    "hide_views",
    "jump_in_views",
    "nodes_from_views",
    "set_grey_scale",
    "show_view_maps",
    "show_views",
]

VIEW = "OncologyAI.View"
_POSTERIOR = "Posterior"
_PLACES: dict[View, tuple[str, str]] = {"anterior": ("Red", "Coronal"), "posterior": ("Yellow", _POSTERIOR)}
_FOCUS_FIELD_MM = 500.0
_ROOM = 1.05  # around the body
_INVERTED_GREY = "vtkMRMLColorTableNodeInvertedGrey"


def nodes_from_views(views: Mapping[View, Volume], name: str) -> dict[View, Any]:
    """Add a scalar volume node a view, ``<name> anterior`` and ``<name> posterior``, shown in inverted grey.

    Parameters
    ----------
    views : mapping of Volume by view
        One slice each, as ``WholeBodyScan.views`` gives them.
    name : str
        What the series is called.
    """
    nodes: dict[View, Any] = {}
    for view, volume in views.items():
        nodes[view] = node_from_volume(volume, f"{name} {view}")
        nodes[view].SetAttribute(VIEW, view)
    set_grey_scale(nodes)
    return nodes


def set_grey_scale(nodes: Mapping[View, Any], reference: GreyReference = "usual", percent: float = 100.0) -> None:
    """Show views in inverted grey, each from 0 to its own upper level (``scintigraphy.upper_level``).

    Raises
    ------
    InputError
        If a view is empty, the reference unknown, or ``percent`` not above 0.
    """
    for node in nodes.values():
        level = upper_level(volume_from_node(node, copy=False), reference, percent)
        display = node.GetDisplayNode()
        display.SetAutoWindowLevel(False)
        display.SetWindowLevel(level, level / 2.0)
        display.SetAndObserveColorNodeID(_INVERTED_GREY)


def show_views(nodes: Mapping[View, Any]) -> None:
    """Show the whole body in both views side by side, neither mirrored against the camera.

    The anterior view has the patient's right at the viewer's left, the posterior one has it at the viewer's right. A
    missing view leaves its slice view empty. Where the scene has no slice view yet, Slicer's three are added.

    Parameters
    ----------
    nodes : mapping of vtkMRMLScalarVolumeNode by view
        At least one.
    """
    if any(_of_layout("Slice", layout) is None for layout, _orientation in _PLACES.values()):
        add_slice_views(next(iter(nodes.values())))
    body = _box_of_body(nodes)
    for view in VIEWS:
        layout, orientation = _PLACES[view]
        composite, slice_node = _of_layout("SliceComposite", layout), _of_layout("Slice", layout)
        node = nodes.get(view)
        composite.SetLinkedControl(False)  # linked, each would take the other's image
        composite.SetBackgroundVolumeID(node.GetID() if node is not None else None)
        composite.SetForegroundVolumeID(None)
        composite.SetLabelVolumeID(None)
        if not slice_node.HasSliceOrientationPreset(_POSTERIOR):
            slice_node.AddSliceOrientationPreset(_POSTERIOR, _posterior_matrix())
        slice_node.SetOrientation(orientation)
        _fit(slice_node, body)
    _arrange(nodes)


def hide_views() -> None:
    """Give the slice views back as Slicer has them, red axial and yellow sagittal: a closed scene keeps its views."""
    for layout, orientation in (("Red", "Axial"), ("Yellow", "Sagittal")):
        slice_node = _of_layout("Slice", layout)
        if slice_node is not None and slice_node.GetOrientation() in ("Coronal", _POSTERIOR):
            slice_node.SetOrientation(orientation)
    if current_scene().GetFirstNodeByClass("vtkMRMLLayoutNode") is not None:
        _layout_node().SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView)


def show_view_maps(maps: Mapping[View, Any], *, opacity: float = 0.4) -> None:
    """Show a map over each view, nothing over a view without one.

    Parameters
    ----------
    maps : mapping of vtkMRMLScalarVolumeNode by view
        On the grids of the views; an empty one takes the maps away.
    opacity : float, 0 to 1
    """
    for view, (layout, _orientation) in _PLACES.items():
        composite, node = _of_layout("SliceComposite", layout), maps.get(view)
        if composite is None:
            continue
        composite.SetForegroundVolumeID(node.GetID() if node is not None else None)
        composite.SetForegroundOpacity(opacity if node is not None else 0.0)


def jump_in_views(ras: tuple[float, float, float], *, field_mm: float = _FOCUS_FIELD_MM) -> None:
    """Bring a place to the middle of both slice views, enlarged so that ``field_mm`` fit into their height.

    A place has the same RAS x and z in both views, which lie in one plane: y is theirs.
    """
    for layout, _orientation in _PLACES.values():
        slice_node = _of_layout("Slice", layout)
        if slice_node is not None:
            _set_field(slice_node, field_mm, (ras[0], 0.0, ras[2]))


def _of_layout(kind: str, layout: str) -> Any:
    """Give the slice or composite node of a slice view, None if there is none."""
    scene = current_scene()
    nodes = (
        scene.GetNthNodeByClass(n, f"vtkMRML{kind}Node")
        for n in range(scene.GetNumberOfNodesByClass(f"vtkMRML{kind}Node"))
    )
    return next((node for node in nodes if node.GetLayoutName() == layout), None)


def _posterior_matrix() -> Any:
    """The axes of a slice seen from behind: right to the viewer's right, up, and towards the viewer."""
    matrix = vtk.vtkMatrix3x3()
    for column, axis in enumerate(((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0))):
        for row, value in enumerate(axis):
            matrix.SetElement(row, column, value)
    return matrix


def _box_of_body(nodes: Mapping[View, Any]) -> np.ndarray:
    """Give the box of the body in both views, shape (3, 2) in RAS mm: one for both, so that rows stand side by side."""
    corners = []
    for node in nodes.values():
        volume = volume_from_node(node, copy=False)
        outline = outline_body(volume.array[0])
        places = [(i, j, 0) for i in outline.columns for j in outline.rows]
        corners.append(volume.ras_from_ijk(np.array(places, dtype=np.float64)))
    points = np.concatenate(corners)
    return np.stack([points.min(axis=0), points.max(axis=0)], axis=1)


def _fit(slice_node: Any, box: np.ndarray) -> None:
    width, _depth, height = (box[:, 1] - box[:, 0]) * _ROOM
    across, up, _ = slice_node.GetDimensions()
    _set_field(slice_node, max(height, width * up / max(across, 1)), tuple(box.mean(axis=1)))


def _set_field(slice_node: Any, height_mm: float, middle: tuple[float, ...]) -> None:
    across, up, _ = slice_node.GetDimensions()
    slice_node.SetFieldOfView(height_mm * across / max(up, 1), height_mm, slice_node.GetFieldOfView()[2])
    slice_node.JumpSliceByCentering(*(float(v) for v in middle))


def _arrange(nodes: Mapping[View, Any]) -> None:
    """Put the slice views side by side, or show the one that has an image alone."""
    layout = slicer.vtkMRMLLayoutNode
    wanted = layout.SlicerLayoutSideBySideView
    if "posterior" not in nodes:
        wanted = layout.SlicerLayoutOneUpRedSliceView
    elif "anterior" not in nodes:
        wanted = layout.SlicerLayoutOneUpYellowSliceView
    _layout_node().SetViewArrangement(wanted)


def _layout_node() -> Any:
    return only_node("vtkMRMLLayoutNode", "vtkMRMLLayoutNode")
