"""The lesion in its surroundings, in 3D, as PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.scene._slicer import vtk
from oncologyai.scene.annotate import add_text
from oncologyai.scene.context import context_surfaces
from oncologyai.scene.focus import lesion_bounds, lesion_ids
from oncologyai.scene.opengl import new_window, save_picture
from oncologyai.scene.segments import kind_of

if TYPE_CHECKING:
    from oncologyai.scene.assemble import SceneNodes

__all__ = ["render_3d"]

_BACKGROUND = (0.07, 0.08, 0.10)
_TURN_DEG, _LIFT_DEG = 25.0, 10.0
_MAX_ZOOM = 1.45


def render_3d(path: str | Path, nodes: SceneNodes, *, size_px: int = 640) -> Path:
    """Draw lesions opaque, organs and the body around them translucent, seen from the front.

    The patient's right is at the viewer's left; the view is turned to the side of the largest lesion.

    Raises
    ------
    InputError
        If ``size_px`` is not above 0.
    InstallationError
        If there is no OpenGL.
    """
    check_positive(size_px, "size_px", "px")
    window, renderer = new_window(size_px, size_px)
    renderer.SetBackground(*_BACKGROUND)
    renderer.SetUseDepthPeeling(True)
    renderer.SetMaximumNumberOfPeels(4)
    organs = _add_segments(renderer, nodes.segmentation)
    for surface, rgb, opacity in context_surfaces(nodes.volume, with_lungs=not organs):
        _add_surface(renderer, surface, rgb, opacity)
    _aim(renderer, nodes)
    legend = lesion_ids(nodes.segmentation)
    for row, segment_id in enumerate(legend[:8]):
        segment = nodes.segmentation.GetSegmentation().GetSegment(segment_id)  # type: ignore[union-attr]
        add_text(renderer, segment.GetName(), (0.015, 0.985 - 0.045 * row), align="topleft", rgb=segment.GetColor())
    for text, place, align in (("R", (0.015, 0.5), "left"), ("L", (0.985, 0.5), "right")):
        add_text(renderer, text, place, align=align)
    save_picture(window, path)
    window.Finalize()
    return Path(path)


def _add_segments(renderer: Any, segmentation: Any | None) -> bool:
    """Draw every segment that has a surface; tell whether an organ was among them."""
    if segmentation is None:
        return False
    lesion_ids(segmentation)  # makes the surfaces where a scene was loaded without
    organs = False
    content = segmentation.GetSegmentation()
    for segment_id in content.GetSegmentIDs():
        surface = vtk.vtkPolyData()
        if not segmentation.GetClosedSurfaceRepresentation(segment_id, surface):
            continue
        segment = content.GetSegment(segment_id)
        is_lesion = kind_of(segment) == "lesion"
        organs = organs or not is_lesion
        if is_lesion:
            _add_surface(renderer, surface, segment.GetColor(), 1.0)
        else:
            _add_surface(renderer, _thinned(surface), segment.GetColor(), 0.22)
    return organs


def _thinned(surface: Any) -> Any:
    """Give a coarser surface: a translucent one is drawn several times over."""
    cluster = vtk.vtkQuadricClustering()
    cluster.SetInputData(surface)
    cluster.AutoAdjustNumberOfDivisionsOff()
    cluster.SetNumberOfDivisions(90, 90, 90)
    normals = vtk.vtkPolyDataNormals()
    normals.SetInputConnection(cluster.GetOutputPort())
    normals.SplittingOff()
    normals.Update()
    return normals.GetOutput()


def _add_surface(renderer: Any, surface: Any, rgb: tuple[float, float, float], opacity: float) -> None:
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputData(surface)
    mapper.ScalarVisibilityOff()
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetColor(*rgb)
    look.SetOpacity(opacity)
    look.SetSpecular(0.15)
    look.SetSpecularPower(20)
    renderer.AddActor(actor)


def _aim(renderer: Any, nodes: SceneNodes) -> None:
    renderer.ResetCamera()
    camera = renderer.GetActiveCamera()
    focus = np.array(camera.GetFocalPoint())
    camera.SetPosition(*(focus + np.array([0.0, 1.0, 0.0])))
    camera.SetViewUp(0.0, 0.0, 1.0)
    lesion = lesion_bounds(nodes.segmentation)
    lies_left = lesion is not None and lesion.mean(axis=1)[0] < focus[0]
    camera.Azimuth(_TURN_DEG if lies_left else -_TURN_DEG)
    camera.Elevation(_LIFT_DEG)
    camera.OrthogonalizeViewUp()
    renderer.ResetCamera()
    camera.Zoom(_zoom(renderer))
    renderer.ResetCameraClippingRange()


def _zoom(renderer: Any) -> float:
    """Give the zoom at which head and foot ends of what is drawn just stay in the picture."""
    bounds = renderer.ComputeVisiblePropBounds()
    middle = [(bounds[2 * axis] + bounds[2 * axis + 1]) / 2 for axis in range(3)]
    reach = 0.0
    for superior in bounds[4:]:
        renderer.SetWorldPoint(middle[0], middle[1], superior, 1.0)
        renderer.WorldToView()
        reach = max(reach, abs(renderer.GetViewPoint()[1]))
    return min(_MAX_ZOOM, 0.95 / reach) if reach else _MAX_ZOOM
