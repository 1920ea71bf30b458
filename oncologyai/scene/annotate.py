"""Text and lines drawn over a picture, in fractions of the window or in its pixels."""

from __future__ import annotations

from typing import Any

from oncologyai.scene._slicer import vtk

__all__ = ["add_line", "add_scale_bar", "add_text"]

_RGB = tuple[float, float, float]
_FONT_PX = 16
_CAP_PX = 5.0
_BAR_LENGTHS_MM = (100, 50, 20, 10, 5, 2, 1)
_BAR_SHARE = 0.25
_BAR_PLACE_PX = 14.0


def add_text(
    renderer: Any, text: str, place: tuple[float, float], *, align: str = "left", rgb: _RGB = (1.0, 1.0, 0.9)
) -> None:
    """Write text at a place in fractions of the window; ``align`` names the side or corner of the text put there."""
    actor = vtk.vtkTextActor()
    actor.SetInput(text)
    actor.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
    actor.GetPositionCoordinate().SetValue(*place, 0.0)
    style = actor.GetTextProperty()
    style.SetFontFamilyToArial()
    style.SetFontSize(_FONT_PX)
    style.SetColor(*rgb)
    style.SetBold(True)
    style.SetBackgroundColor(0.0, 0.0, 0.0)
    style.SetBackgroundOpacity(0.65)
    style.SetJustification(
        vtk.VTK_TEXT_LEFT if "left" in align else vtk.VTK_TEXT_RIGHT if "right" in align else vtk.VTK_TEXT_CENTERED
    )
    style.SetVerticalJustification(
        vtk.VTK_TEXT_TOP if "top" in align else vtk.VTK_TEXT_BOTTOM if "bottom" in align else vtk.VTK_TEXT_CENTERED
    )
    renderer.AddViewProp(actor)


def add_line(
    renderer: Any, start: tuple[float, float], end: tuple[float, float], rgb: _RGB, *, thickness: int = 2
) -> None:
    """Draw a line with caps between two places in pixels."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = max((across**2 + up**2) ** 0.5, 1e-6)
    cap = (-up / length * _CAP_PX, across / length * _CAP_PX)
    points, cells = vtk.vtkPoints(), vtk.vtkCellArray()
    caps = [((x - cap[0], y - cap[1]), (x + cap[0], y + cap[1])) for x, y in (start, end)]
    for stroke in [(start, end), *caps]:
        cells.InsertNextCell(2)
        for x, y in stroke:
            cells.InsertCellPoint(points.InsertNextPoint(x, y, 0.0))
    content = vtk.vtkPolyData()
    content.SetPoints(points)
    content.SetLines(cells)
    mapper = vtk.vtkPolyDataMapper2D()
    mapper.SetInputData(content)
    actor = vtk.vtkActor2D()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*rgb)
    actor.GetProperty().SetLineWidth(thickness)
    actor.SetLayerNumber(3)
    renderer.AddViewProp(actor)


def add_scale_bar(renderer: Any, *, width_px: int, mm_per_px: float) -> None:
    """Draw a bar of a round length, at most a quarter of the picture, in the lower left corner."""
    length_mm = next((mm for mm in _BAR_LENGTHS_MM if mm / mm_per_px <= _BAR_SHARE * width_px), _BAR_LENGTHS_MM[-1])
    end = _BAR_PLACE_PX + length_mm / mm_per_px
    for rgb, thickness in (((0.0, 0.0, 0.0), 5), ((1.0, 1.0, 0.9), 2)):
        add_line(renderer, (_BAR_PLACE_PX, _BAR_PLACE_PX), (end, _BAR_PLACE_PX), rgb, thickness=thickness)
    text = f"{length_mm // 10} cm" if length_mm >= 10 else f"{length_mm} mm"
    place = renderer.GetRenderWindow().GetSize()
    add_text(renderer, text, ((end + 8.0) / place[0], _BAR_PLACE_PX / place[1]), align="left")
