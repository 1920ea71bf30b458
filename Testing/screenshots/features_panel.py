"""Draw the panel of RadiomicsOutcome for the Extensions Index: a synthetic CT, two maps, the table.

python Testing/screenshots/features_panel.py Resources/Screenshots/RadiomicsOutcome.png [SCENE_PICTURE.png]

The second picture is a slice through the lesion with the map over it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
MAPS = ("original_firstorder_Entropy", "original_glcm_Contrast")
SIZE = (480, 1140)

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main(picture: str, scene_picture: str = "") -> None:
    slicer = host.start(qt=True)
    from oncologyai.bundle import Bundle
    from oncologyai.imaging import read_masks, read_volume
    from oncologyai.samples import write_sample
    from oncologyai.scene import scene_from_bundle
    from oncologyai.scene.volumes import node_from_volume

    with tempfile.TemporaryDirectory() as folder:
        write_sample("petct", Path(folder) / "study", seed=1)
        volume = read_volume(Path(folder) / "study", modality="CT")
        pet = read_volume(Path(folder) / "study", modality="PT")
        from oncologyai.harmonize import mask_on_grid

        masks = [mask_on_grid(m, volume) for m in read_masks(Path(folder) / "study", grid=pet) if m.kind == "lesion"]
    module = host.load_module(ROOT / "RadiomicsOutcome" / "RadiomicsOutcome.py")
    scene_from_bundle(Bundle("Synthetic CT", "segment", "truth", volume, masks=tuple(masks)))
    node_from_volume(pet, "Synthetic PET")
    widget = module.createNewWidgetRepresentation()
    ui = widget.ui
    widget.parent.resize(*SIZE)
    widget.parent.show()
    from PySide6.QtCore import Qt

    for row in range(ui.mapsList.count()):
        if ui.mapsList.item(row).text() in MAPS:
            ui.mapsList.item(row).setCheckState(Qt.CheckState.Checked)
    ui.mapsFilterEdit.setText("contrast")
    ui.applyButton.click()
    while widget.logic.isRunning():
        slicer.app.processEvents()
    ui.mapComboBox.setCurrentIndex(2)
    ui.resultsFilterEdit.setText("glcm")
    for _ in range(20):
        slicer.app.processEvents()
    sys.stdout.write(f"{ui.statusLabel.text()}\n")
    widget.parent.grab().save(picture)
    if scene_picture:
        _draw_slice(scene_picture, ui, masks[0])


def _draw_slice(path: str, ui, mask) -> None:
    """Draw what the axial view shows: the image, the map over it, the segment's outline."""
    import slicer

    from oncologyai.scene import SceneNodes, render_slice, slice_picture
    from oncologyai.scene.layout import middle_of

    make = slice_picture._slice_logic
    shown = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")

    def with_map(*given):
        logic = make(*given)
        composite = logic.GetSliceCompositeNode()
        composite.SetForegroundVolumeID(shown.GetForegroundVolumeID())
        composite.SetForegroundOpacity(shown.GetForegroundOpacity())
        logic.UpdatePipeline()
        return logic

    slice_picture._slice_logic = with_map
    nodes = SceneNodes(
        ui.inputSelector.currentNode(), ui.segmentationSelector.currentNode(), (), (), None, None, None, 0
    )
    render_slice(path, "axial", nodes, crop=True, centre_ras=middle_of(mask))


if __name__ == "__main__":
    main(*sys.argv[1:])
