"""Seconds of BoneScanClassifier's panel: a scan loaded and shown, classified by the model that ships, cancelled.

python Testing/benchmarks/bench_bonescan_panel.py

The first load also imports the library; Cancel comes in mid run, one second after its start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main() -> None:
    slicer = host.start(qt=True)
    module = host.load_module(ROOT / "BoneScanClassifier" / "BoneScanClassifier.py")
    widget = module.createNewWidgetRepresentation()
    ui, logic = widget.ui, widget.logic
    widget.parent.show()

    def run_to_end() -> None:
        ui.applyButton.click()
        while logic.isRunning():
            slicer.app.processEvents()

    with tempfile.TemporaryDirectory() as folder:
        # written elsewhere, so that the first load finds nothing imported
        write = f"from oncologyai.samples import *; write_bonescan_sample({folder!r} + '/sample', seed=1)"
        subprocess.run([sys.executable, "-c", write], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        ui.studyEdit.setCurrentPath(f"{folder}/sample/NM")
        timed("first load", ui.loadButton.click)
        timed("second load", ui.loadButton.click)
    timed("run", run_to_end)
    said = ui.statusLabel.text()
    ui.applyButton.click()
    until = time.perf_counter() + 1.0
    while time.perf_counter() < until:
        slicer.app.processEvents()
    timed("cancel", ui.applyButton.click)
    sys.stdout.write(f"{said} / {ui.statusLabel.text()}\n")
    module.closePanels()


def timed(what: str, call: Callable[[], None]) -> None:
    wall, before = time.perf_counter(), os.times()
    call()
    after = os.times()
    own = after.user + after.system - before.user - before.system
    child = after.children_user + after.children_system - before.children_user - before.children_system
    text = (
        f"{what}: {time.perf_counter() - wall:.2f} s; of the processor {own:.2f} s here, {child:.2f} s in the child\n"
    )
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
