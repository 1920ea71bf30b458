"""Seconds of a signature's run in the scene, with features computed and with features there, and of Cancel.

python Testing/benchmarks/bench_outcome_panel.py

The image is a synthetic PET, the signature sts-lung-metastases; Cancel comes in mid run of a prediction and of a study.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
SIGNATURE = "sts-lung-metastases"

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main() -> None:
    slicer = host.start(qt=True)
    from oncologyai.bundle import Bundle
    from oncologyai.imaging import read_masks, read_volume
    from oncologyai.samples import write_sample
    from oncologyai.scene import scene_from_bundle

    host.load_module(ROOT / "RadiomicsOutcome" / "RadiomicsOutcome.py")
    import RadiomicsOutcomeLib as lib

    from oncologyai.panels import CommandRun

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample("petct", folder / "study", seed=1)
        pet = read_volume(folder / "study", modality="PT")
        masks = tuple(mask for mask in read_masks(folder / "study", grid=pet) if mask.kind == "lesion")
        nodes = scene_from_bundle(Bundle("PET", "segment", "truth", pet, masks=masks))
        logic, given = lib.PredictionLogic(), {"inputVolume": nodes.volume, "segmentation": nodes.segmentation}
        for what in ("features computed", "features there"):
            start = time.perf_counter()
            logic.process(SIGNATURE, {}, **given)
            sys.stdout.write(f"prediction, {what}: {time.perf_counter() - start:.2f} s\n")
        segment = nodes.segmentation.GetSegmentation().GetNthSegmentID(0)
        card = lib.chooseSignature("hn-death-clinical")
        values = lib.ClinicalValues({"age": "65"})
        cancel(slicer, logic, lib.PredictionRequest(card, values, nodes.volume, nodes.segmentation, segment), 1.0)
        cancel(slicer, CommandRun("cohort"), study(lib, folder), 6.0)


def cancel(slicer, run, request, wait: float) -> None:
    """Start, wait, cancel."""
    ends: list[object] = []
    run.start(request, lambda name, share: None, ends.append)
    number, until = run.processId(), time.perf_counter() + wait
    while time.perf_counter() < until and run.isRunning():
        slicer.app.processEvents()
        time.sleep(0.01)
    start = time.perf_counter()
    run.cancel()
    seconds = time.perf_counter() - start
    alive = Path(f"/proc/{number}").exists()
    sys.stdout.write(
        f"{type(request).__name__}, cancel: {seconds:.3f} s, child {'alive' if alive else 'gone'}, {ends}\n"
    )


def study(lib, folder: Path):
    """Give a study of 300 patients with 40 features, written as the panel writes it."""
    numbers = np.random.default_rng(0)
    with (folder / "cohort.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["patient", "days", "dead", *(f"f{n}" for n in range(40))])
        for n in range(300):
            days, dead = round(float(numbers.exponential(900.0)) + 1.0, 1), int(numbers.random() < 0.6)
            writer.writerow([f"P{n}", days, dead, *numbers.normal(size=40).round(3)])
    request = lib.TrainingRequest(
        lib.tableOf(None, str(folder / "cohort.csv")), str(folder / "out"), lib.OutcomeKind.SURVIVAL, "patient", "days",
        "dead", models=("cox", "boosted-survival"),
    )  # fmt: skip
    request.write()
    return request


if __name__ == "__main__":
    main()
