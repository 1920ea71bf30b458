"""Seconds of the module's run on a real patient, of corrections in its scene, and from Cancel to the end of its child.

python Testing/benchmarks/bench_panel.py ../shared/data/lung1/LUNG1-001_20180209_CT -93.3,208.6,-459.5
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main() -> None:
    slicer = host.start(qt=True)
    from oncologyai.imaging import read_volume
    from oncologyai.scene.volumes import node_from_volume

    host.load_module(ROOT / "SegmentationAI" / "SegmentationAI.py")
    module = sys.modules["SegmentationAI"]
    volume = node_from_volume(read_volume(sys.argv[1], modality="CT"), "CT")
    seeds = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Inside")
    seeds.AddControlPoint(*(float(v) for v in sys.argv[2].split(",")))
    settings = {"modality": module.Modality.CT}
    logic = module.SegmentationAILogic()
    start = time.perf_counter()
    nodes = logic.process(volume, seeds, **settings)
    sys.stdout.write(f"process: {time.perf_counter() - start:.2f} s, {nodes.segmentation.GetName()}\n")
    correct(logic, volume, seeds, nodes.segmentation)
    for wait in (0.5, 2.0, 3.5):
        ends: list[object] = []
        logic.start(module.SegmentationRequest(volume, seeds, **settings), lambda name, share: None, ends.append)
        number = logic.processId()
        until = time.perf_counter() + wait
        while time.perf_counter() < until:
            slicer.app.processEvents()
            time.sleep(0.01)
        start = time.perf_counter()
        logic.cancel()
        seconds = time.perf_counter() - start
        alive = Path(f"/proc/{number}").exists()
        sys.stdout.write(f"cancel after {wait} s: {seconds:.3f} s, child {'alive' if alive else 'gone'}, {ends}\n")


def correct(logic, volume, seeds, segmentation) -> None:
    """Three clicks outside at the rim of the lesion, then undo: the solution, and all until the scene shows it."""
    import numpy as np
    import SegmentationAILib as lib

    from oncologyai.pipelines import Stroke
    from oncologyai.scene import mask_from_segment

    points = lib.CorrectionPoints(volume, seeds, None)
    session = lib.CorrectionSession(volume, segmentation, "GTV-1", points, modality="CT")
    mask = mask_from_segment(segmentation, "GTV-1", volume)
    places = np.argwhere(mask.array)
    for voxel in (places[len(places) // 10], places[len(places) // 2], places[-len(places) // 10]):
        ras = tuple(float(v) for v in mask.ras_from_ijk(voxel[::-1]))
        start = time.perf_counter()
        logic.correct(session, [Stroke("outside", (ras,))], lambda name, share: None, lambda outcome: None)
        seconds = time.perf_counter() - start
        step = session.history.steps[-1]
        text = f"{seconds:.2f} s until shown, {step.computing_s:.2f} s of it solving, {step.removed_ml:.2f} ml removed"
        sys.stdout.write(f"click: {text}\n")
    start = time.perf_counter()
    session.undo()
    sys.stdout.write(f"undo: {time.perf_counter() - start:.2f} s\n")


if __name__ == "__main__":
    main()
