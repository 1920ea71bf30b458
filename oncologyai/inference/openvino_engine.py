"""The OpenVINO engine: the CPU's default. One dynamic-shape model serves every crop; torch is not needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np

from oncologyai._interrupts import import_native
from oncologyai._memory import memory_errors
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["OpenVinoEngine", "import_openvino"]

_POLL_MS = 100


class OpenVinoEngine:
    """An exported network in OpenVINO.

    Parameters
    ----------
    path : Path
        The exported form (.onnx), its weights inside.
    threads : int
        0 for all cores.
    precision : {'f32', 'bf16'}
        bf16 is quicker on processors that know it (others compute in single precision) and off by 1e-2: for what is
        not told.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If there is no such file, or it is no network.
    MissingDependencyError
        If OpenVINO is not installed.
    """

    name = "openvino"
    device = "cpu"

    def __init__(self, path: Path, *, threads: int = 0, precision: Literal["f32", "bf16"] = "f32") -> None:
        if not path.is_file():
            raise MissingFileError(str(path), expected="an exported network", got="none")
        openvino = import_openvino()
        # OpenVINO may choose 16 bits by itself: probabilities would be off by 1e-2
        settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        settings["ENABLE_CPU_PINNING"] = False  # else workers of a batch would all bind their threads to the first core
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        try:
            with memory_errors("loading the network"):
                core = openvino.Core()
                self._model = core.compile_model(self._network(core, path), "CPU", settings)
        except RuntimeError as error:
            first = str(error).strip().splitlines()[-1]
            raise UnreadableFileError(str(path), expected="a network in ONNX form", got=first[:200]) from error
        self._request = self._model.create_infer_request()

    def _network(self, core: Any, path: Path) -> Any:
        """Give what is compiled."""
        return path

    def infer(self, batch: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        """Give logits; see ``Engine``."""
        watcher = progress or Silent()
        check_cancelled(watcher)
        with memory_errors(f"a batch of {batch.shape}"):
            self._request.start_async({0: np.ascontiguousarray(batch, dtype=np.float32)})
            done = False
            try:
                while not self._request.wait_for(_POLL_MS):
                    check_cancelled(watcher)
                done = True
            finally:
                if not done:
                    self._stop()
            return np.array(self._request.get_output_tensor(0).data, dtype=np.float32)

    def _stop(self) -> None:
        self._request.cancel()
        try:
            self._request.wait()
        except RuntimeError:
            self._request = self._model.create_infer_request()


def import_openvino() -> Any:
    """Import OpenVINO without its telemetry, which would write to the user's home and send a message on import."""
    name = "openvino_telemetry"
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        # its threads go on after an exception of a signal, and the process would wait for them: it is ended instead
        return import_native("openvino", feature="the OpenVINO engine", install="pip install 'oncologyai[infer]'")
    finally:
        if absent:
            del sys.modules[name]
