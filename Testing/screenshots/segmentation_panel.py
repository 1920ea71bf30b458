"""Draw the panel of SegmentationAI for the Extensions Index: a synthetic PET, a shipped model, a correction.

python Testing/screenshots/segmentation_panel.py Resources/Screenshots/SegmentationAI.png [SCENE_PICTURE.png]

The second picture is a slice through the corrected lesion.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
MODEL = "sts-gtv-pet"
SIZE = (480, 1400)

sys.path.insert(0, str(ROOT / "Testing" / "integration"))

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main(picture: str, scene_picture: str = "") -> None:
    slicer = host.start(qt=True)
    from simulated_clicks import next_click

    from oncologyai.imaging import read_masks, read_volume
    from oncologyai.samples import write_sample
    from oncologyai.scene import SceneNodes, mask_from_segment, render_slice
    from oncologyai.scene.volumes import node_from_volume

    with tempfile.TemporaryDirectory() as folder:
        truth = write_sample("petct", Path(folder) / "study", seed=1)
        volume = read_volume(Path(folder) / "study", modality="PT")
        lesion = next(m for m in read_masks(Path(folder) / "study", grid=volume) if m.kind == "lesion")
    module = host.load_module(ROOT / "SegmentationAI" / "SegmentationAI.py")
    widget = module.createNewWidgetRepresentation()
    ui = widget.ui
    widget.parent.resize(*SIZE)
    widget.parent.show()
    inside = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Inside")
    outside = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Outside")
    inside.AddControlPoint(*truth.seeds_ras[0])
    ui.inputSelector.setCurrentNode(node_from_volume(volume, "Synthetic PET"))
    ui.insideSelector.setCurrentNode(inside)
    ui.outsideSelector.setCurrentNode(outside)
    boxes = [ui.modelComboBox.itemText(n) for n in range(ui.modelComboBox.count())]
    ui.modelComboBox.setCurrentIndex(next(n for n, text in enumerate(boxes) if text.startswith(f"{MODEL}:")))
    ui.applyButton.click()
    while widget.logic.isRunning():
        slicer.app.processEvents()
    ui.correctionButton.setCollapsed(False)
    output = ui.outputSelector.currentNode()
    (segment, *_) = output.GetSegmentation().GetSegmentIDs()
    click = next_click(mask_from_segment(output, segment, ui.inputSelector.currentNode()), lesion)
    (outside if click.kind == "outside" else inside).AddControlPoint(*click.points_ras[0])
    ui.correctButton.click()
    for _ in range(20):
        slicer.app.processEvents()
    sys.stdout.write(f"{ui.statusLabel.text()}\n{ui.correctionLabel.text()}\n")
    widget.parent.grab().save(picture)
    if scene_picture:
        nodes = SceneNodes(ui.inputSelector.currentNode(), output, (), (), inside, outside, None, 0)
        render_slice(scene_picture, "coronal", nodes, crop=True, centre_ras=truth.seeds_ras[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
