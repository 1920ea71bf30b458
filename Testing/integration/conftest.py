"""Whole commands in fresh processes, and the module's panel, as a user runs them."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finished:
    """How a command ended; ``peak_mb`` is the largest resident size of the process."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mb: float


@pytest.fixture(scope="session")
def oncology_ai() -> Callable[..., Finished]:
    """Run ``oncology-ai`` with words in a fresh process."""

    def call(*words: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> Finished:
        start = time.perf_counter()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = subprocess.Popen(
                [sys.executable, "-m", "oncologyai", *map(str, words)],
                stdout=out,
                stderr=err,
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            )
            peak_mb = 0.0
            # VmHWM is the program's own; ru_maxrss keeps what the parent held when it started the child
            while child.poll() is None:
                peak_mb = max(peak_mb, _resident_peak_mb(child.pid))
                if time.perf_counter() - start > 600:
                    child.kill()
                time.sleep(0.02)
            seconds = time.perf_counter() - start
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode("utf-8", "replace"))
        return Finished(child.returncode, *texts, seconds, peak_mb)

    return call


def _resident_peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) / 1024 if found else 0.0


class Panel:
    """The panel with a synthetic lesion in the scene, and what a user does with it."""

    def __init__(self, module) -> None:
        import slicer
        from SegmentationAILib import Modality, SyntheticLesion

        self.slicer = slicer
        self.sample = SyntheticLesion()
        self.widget = module.createNewWidgetRepresentation()
        self.widget.parent.resize(460, 740)
        self.widget.parent.show()
        self.ui, self.logic = self.widget.ui, self.widget.logic
        self.ui.inputSelector.setCurrentNode(self.sample.volumeNode)
        self.ui.insideSelector.setCurrentNode(self.sample.insideSeeds)
        self.ui.maxDistanceSlider.setValue(40.0)
        self.ui.modalityComboBox.setCurrentIndex(list(Modality).index(Modality.CT))

    def use_child(self, path: Path, program: str) -> None:
        path.write_text(program, encoding="utf-8")
        self.logic._command = [sys.executable, str(path)]

    def apply(self) -> None:
        self.ui.applyButton.click()

    def until(self, reached) -> None:
        end = time.monotonic() + 120
        while not reached():
            self.slicer.app.processEvents()
            assert time.monotonic() < end, f"still waiting: {self.ui.statusLabel.text()}"

    def until_end(self) -> None:
        self.until(lambda: not self.logic.isRunning())

    def until_stage(self) -> None:
        self.until(lambda: self.ui.progressBar.value() > 0 or not self.logic.isRunning())
        assert self.logic.isRunning(), self.status()

    def choose_model(self, model_id: str) -> None:
        box = self.ui.modelComboBox
        box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n).startswith(f"{model_id}: ")))

    def segment(self, name: str, volume=None) -> np.ndarray:
        output, volume = self.ui.outputSelector.currentNode(), volume or self.ui.inputSelector.currentNode()
        return self.slicer.util.arrayFromSegmentBinaryLabelmap(output, name, volume).astype(bool)

    def segments(self) -> list[str]:
        return list(self.ui.outputSelector.currentNode().GetSegmentation().GetSegmentIDs())

    def new_points(self, name: str) -> object:
        return self.slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", name)

    def status(self) -> str:
        return self.ui.statusLabel.text()

    def nodes(self) -> dict[str, str]:
        scene = self.slicer.mrmlScene
        found = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
        return {node.GetID(): node.GetName() for node in found if not node.IsA("vtkMRMLSubjectHierarchyNode")}

    def is_ready(self) -> bool:
        button = self.ui.applyButton
        return button.text() == "Apply" and button.isEnabled() and not self.ui.progressBar.isVisible()


@pytest.fixture
def a_module():
    """SegmentationAI in the host; its panels are closed and the scene is empty afterwards."""
    from oncologyai.host import clear, load_module

    module = load_module(ROOT / "SegmentationAI" / "SegmentationAI.py")
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_panel(a_module) -> Panel:
    """Its panel, with a synthetic lesion and a seed in it chosen."""
    return Panel(a_module)


def write_slow_network(path: Path) -> None:
    """Many wide convolutions in a row: minutes a patch."""
    import onnx
    from onnx import TensorProto, helper

    wide = 96
    numbers = np.random.default_rng(0)
    sizes = [(wide, 2), *[(wide, wide)] * 40, (1, wide)]
    tensors, nodes, last = [], [], "x"
    for n, (outputs, inputs) in enumerate(sizes):
        values = numbers.normal(0, 0.01, (outputs, inputs, 3, 3, 3)).astype(np.float32)
        tensors.append(helper.make_tensor(f"w{n}", TensorProto.FLOAT, values.shape, values.tobytes(), raw=True))
        name = "logits" if n == len(sizes) - 1 else f"y{n}"
        nodes.append(helper.make_node("Conv", [last, f"w{n}"], [name], pads=[1] * 6))
        last = name
    graph = helper.make_graph(
        nodes,
        "slow",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, "k", "j", "i"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 1, "k", "j", "i"])],
        tensors,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))


@pytest.fixture
def a_slow_model(a_pet_model):
    """The tiny model with a first member that takes minutes."""
    from oncologyai.models import ModelCard, Store, save_card, sha256_of

    folder = a_pet_model.store / "tiny"
    write_slow_network(folder / "member0.onnx")
    card = Store().get("tiny").card.to_json()
    data = folder / "member0.onnx"
    for file in card["files"]:
        if file["name"] == data.name:
            file |= {"sha256": sha256_of(data), "size_bytes": data.stat().st_size}
    save_card(ModelCard.model_validate(card | {"patch": [48, 48, 48], "digest": ""}), folder / "card.json")
    return a_pet_model
