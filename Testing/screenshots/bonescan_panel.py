"""Draw the panel of BoneScanClassifier and the two slice views: a synthetic scan, classified.

python Testing/screenshots/bonescan_panel.py Resources/Screenshots/BoneScanClassifier.png [VIEWS.png [MODEL]]

The second picture is what the red and the yellow slice view show, side by side, with the foci's places as crosses.
MODEL is an id of the store, the first one when omitted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
SIZE = (480, 1400)
VIEW_SIZE = (460, 1000)

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main(picture: str, views: str = "", model: str = "") -> None:
    slicer = host.start(qt=True)
    module = host.load_module(ROOT / "BoneScanClassifier" / "BoneScanClassifier.py")
    widget = module.createNewWidgetRepresentation()
    ui = widget.ui
    widget.parent.resize(*SIZE)
    widget.parent.show()
    ui.sampleButton.click()
    if model:
        widget.logic.getParameterNode().model = model
    ui.applyButton.click()
    while widget.logic.isRunning():
        slicer.app.processEvents()
    for _ in range(20):
        slicer.app.processEvents()
    sys.stdout.write(f"{ui.statusLabel.text()}\n{ui.answerLabel.text()}\n{ui.fociTable.rowCount()} foci\n")
    widget.parent.grab().save(picture)
    if views:
        draw_views(slicer, views, widget.logic.getParameterNode().prediction)


def draw_views(slicer, path: str, prediction) -> None:
    """Draw what both slice views show, at their own field of view."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 10), facecolor="white")
    lesions = prediction.GetNodeReference("OncologyAI.Lesions") if prediction is not None else None
    for axis, (layout, view) in zip(axes, (("Red", "anterior"), ("Yellow", "posterior")), strict=True):
        axis.axis("off")
        if not slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceCompositeNode").GetBackgroundVolumeID():
            continue
        pixels, to_pixels = drawn(slicer, layout)
        axis.imshow(pixels)
        for number, ras in foci_of(lesions, view):
            x, y = to_pixels(ras)
            axis.plot(x, y, "+", color="#0d59f2")
            axis.text(x + 8, y, number, color="#0d59f2", fontsize=8)
        left, right = ("R", "L") if view == "anterior" else ("L", "R")
        axis.text(4, 30, left)
        axis.text(pixels.shape[1] - 24, 30, right)
        axis.set_title(view)
    figure.tight_layout()
    figure.savefig(path, dpi=65)


def drawn(slicer, layout: str):
    """Give the pixels of a slice view (j, i, 3), the first row at the top, and RAS to pixels."""
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    scene = slicer.mrmlScene
    node = scene.GetSingletonNode(layout, "vtkMRMLSliceNode")
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLScene(scene)
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    logic.SetSliceNode(node)
    logic.SetSliceCompositeNode(scene.GetSingletonNode(layout, "vtkMRMLSliceCompositeNode"))
    logic.ResizeSliceNode(*VIEW_SIZE)
    widest = node.GetFieldOfView()[1]
    node.SetFieldOfView(widest * VIEW_SIZE[0] / VIEW_SIZE[1], widest, node.GetFieldOfView()[2])
    logic.UpdatePipeline()
    port = logic.GetImageDataConnection()
    port.GetProducer().Update()
    image = port.GetProducer().GetOutputDataObject(port.GetIndex())
    width, height, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[::-1, :, :3]
    to_xy = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(node.GetXYToRAS(), to_xy)

    def to_pixels(ras):
        x, y, _, _ = to_xy.MultiplyPoint((*ras, 1.0))
        return x, height - 1 - y

    return pixels, to_pixels


def foci_of(lesions, view: str):
    """Give number and place of the foci of a view."""
    from oncologyai.scene import table_from_node

    if lesions is None:
        return []
    table = table_from_node(lesions)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return [(f"{row['number']:g}", (row["x_mm"], 0.0, row["z_mm"])) for row in rows if row["view"] == view]


if __name__ == "__main__":
    main(*sys.argv[1:])
