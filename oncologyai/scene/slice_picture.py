"""A slice of the volume with the segments' outlines and the RECIST lines, as PNG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.scene._slicer import current_scene, nothing_kept, slicer, vtk
from oncologyai.scene.annotate import add_line, add_scale_bar, add_text
from oncologyai.scene.focus import focus_of, lesion_bounds, lesion_ids
from oncologyai.scene.markups import line_color
from oncologyai.scene.opengl import new_window, save_picture

if TYPE_CHECKING:
    from oncologyai.scene.assemble import SceneNodes

__all__ = ["Orientation", "render_slice"]

Orientation = Literal["axial", "sagittal", "coronal"]

# In-plane RAS axes (across, up), and what the left, right, upper and lower edges show in the radiological convention.
_PLANES: dict[str, tuple[tuple[int, int], tuple[str, str, str, str]]] = {
    "axial": ((0, 1), ("R", "L", "A", "P")),
    "sagittal": ((1, 2), ("A", "P", "S", "I")),
    "coronal": ((0, 2), ("R", "L", "S", "I")),
}
_LETTERS = ("RL", "AP", "SI")
_MIN_FIELD_MM = 80.0
_ROOM_AROUND_LESION = 1.7


def render_slice(
    path: str | Path,
    orientation: Orientation,
    nodes: SceneNodes,
    *,
    crop: bool = False,
    centre_ras: tuple[float, float, float] | None = None,
    size_px: int = 640,
) -> Path:
    """Draw one slice as Slicer's slice view shows it: the patient's right at the viewer's left.

    Parameters
    ----------
    path : path
        Where to write the PNG.
    orientation : {'axial', 'sagittal', 'coronal'}
    nodes : SceneNodes
        What to draw.
    crop : bool
        Whether to show only the surroundings of the largest lesion, in a square.
    centre_ras : tuple of 3 float, optional
        Point in RAS mm that the slice goes through; by default the middle of the longest long axis.
    size_px : int
        Length of the longer side.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        If ``orientation`` is unknown or ``size_px`` not above 0.
    InstallationError
        If there is no OpenGL.
    """
    check_choice(orientation, _PLANES, "orientation")
    check_positive(size_px, "size_px", "px")
    centre = np.array(centre_ras if centre_ras is not None else focus_of(nodes))
    middle, field = _field(nodes, orientation, centre, crop=crop)
    width, height = (max(1, round(size_px * edge / max(field))) for edge in field)
    window, renderer = new_window(width, height)
    with nothing_kept(current_scene()), _outlines_only(nodes.segmentation):
        logic = _slice_logic(nodes.volume, orientation.capitalize(), (width, height), field, middle)
        outlines = _add_outlines(renderer, logic)
        _add_image(renderer, logic)
        _annotate(renderer, logic.GetSliceNode(), nodes, orientation)
        add_scale_bar(renderer, width_px=width, mm_per_px=field[0] / width)
        save_picture(window, path)
        outlines.SetMRMLDisplayableNode(None)
        logic.SetMRMLScene(None)
    window.Finalize()
    return Path(path)


def _field(
    nodes: SceneNodes, orientation: str, centre: np.ndarray, *, crop: bool
) -> tuple[np.ndarray, tuple[float, float]]:
    """Give the RAS point in the picture's middle and the picture's width and height in mm."""
    axes = list(_PLANES[orientation][0])
    lesion = lesion_bounds(nodes.segmentation)
    if crop and lesion is not None:
        edge = max(float((lesion[:, 1] - lesion[:, 0])[axes].max()) * _ROOM_AROUND_LESION, _MIN_FIELD_MM)
        middle = centre.copy()
        middle[axes] = lesion.mean(axis=1)[axes]
        return middle, (edge, edge)
    box = [0.0] * 6
    nodes.volume.GetSliceBounds(box, None)
    bounds = np.reshape(box, (3, 2))
    middle = bounds.mean(axis=1)
    across = ({0, 1, 2} - set(axes)).pop()
    middle[across] = centre[across]
    width, height = (float(edge) for edge in (bounds[:, 1] - bounds[:, 0])[axes])
    return middle, (width, height)


def _slice_logic(
    volume: Any, orientation: str, size: tuple[int, int], field: tuple[float, float], middle: np.ndarray
) -> Any:
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLScene(current_scene())
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    node = logic.AddSliceNode("OncologyAIPicture")
    logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
    node.SetOrientation(orientation)
    logic.ResizeSliceNode(*size)
    logic.FitSliceToAll(*size)
    node.SetFieldOfView(*field, node.GetFieldOfView()[2])
    node.JumpSliceByCentering(*middle)
    logic.UpdatePipeline()
    return logic


def _add_outlines(renderer: Any, logic: Any) -> Any:
    group = slicer.vtkMRMLDisplayableManagerGroup()
    group.SetRenderer(renderer)
    manager = slicer.vtkMRMLSegmentationsDisplayableManager2D()
    manager.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    group.AddDisplayableManager(manager)
    group.SetMRMLDisplayableNode(logic.GetSliceNode())
    return group


def _add_image(renderer: Any, logic: Any) -> None:
    mapper = vtk.vtkImageMapper()
    mapper.SetInputConnection(logic.GetImageDataConnection())
    mapper.SetColorWindow(255)
    mapper.SetColorLevel(127.5)
    actor = vtk.vtkActor2D()
    actor.SetMapper(mapper)
    actor.GetProperty().SetDisplayLocationToBackground()
    actor.SetLayerNumber(0)
    renderer.AddViewProp(actor)


@contextmanager
def _outlines_only(segmentation: Any | None) -> Iterator[None]:
    """Leave the fill of segments away while drawing: it would hide what the outline is to be judged by."""
    if segmentation is None:
        yield
        return
    display = segmentation.GetDisplayNode()
    fill = display.GetVisibility2DFill()
    display.SetVisibility2DFill(False)
    try:
        yield
    finally:
        display.SetVisibility2DFill(fill)


def _annotate(renderer: Any, slice_node: Any, nodes: SceneNodes, orientation: str) -> None:
    left, right, top, bottom = _PLANES[orientation][1]
    for text, place, align in (
        (left, (0.015, 0.5), "left"),
        (right, (0.985, 0.5), "right"),
        (top, (0.5, 0.985), "top"),
        (bottom, (0.5, 0.015), "bottom"),
    ):
        add_text(renderer, text, place, align=align)
    axis = ({0, 1, 2} - set(_PLANES[orientation][0])).pop()
    offset = slice_node.GetSliceToRAS().GetElement(axis, 3)
    letter = _LETTERS[axis][0 if offset >= 0 else 1]
    add_text(renderer, f"{orientation}, {letter} {abs(offset):.1f} mm", (0.985, 0.985), align="topright")
    legend = [(s, _segment_color(nodes.segmentation, s)) for s in lesion_ids(nodes.segmentation)]
    legend = [(nodes.segmentation.GetSegmentation().GetSegment(s).GetName(), c) for s, c in legend]  # type: ignore[union-attr]
    for line in nodes.lines:
        if _draw_line(renderer, slice_node, line):
            length = line.GetMeasurement("length").GetValue()
            legend.append((f"{line.GetName()}: {length:.1f} mm", line_color(line.GetName())))
    for row, (text, rgb) in enumerate(legend[:8]):
        add_text(renderer, text, (0.015, 0.985 - 0.045 * row), align="topleft", rgb=rgb)


def _segment_color(segmentation: Any, segment_id: str) -> tuple[float, float, float]:
    red, green, blue = segmentation.GetSegmentation().GetSegment(segment_id).GetColor()
    return red, green, blue


def _draw_line(renderer: Any, slice_node: Any, line: Any) -> bool:
    """Draw a diameter if it lies in the slice; tell whether it does."""
    to_xy = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(slice_node.GetXYToRAS(), to_xy)
    thickness = slice_node.GetFieldOfView()[2]
    ends = []
    for n in (0, 1):
        ras = line.GetNthControlPointPositionWorld(n)
        x, y, _, _ = to_xy.MultiplyPoint((*ras, 1.0))
        if abs(_distance(slice_node, ras)) > thickness / 2 + 1e-3:
            return False
        ends.append((x, y))
    add_line(renderer, ends[0], ends[1], line_color(line.GetName()))
    return True


def _distance(slice_node: Any, ras: Any) -> float:
    matrix = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())
    return float(np.dot(matrix[:3, 2], np.asarray(ras) - matrix[:3, 3]))
