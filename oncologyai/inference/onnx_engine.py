"""The ONNX Runtime engine: the second choice on a CPU; torch is not needed."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._interrupts import import_native
from oncologyai._memory import memory_errors
from oncologyai._optional import import_optional
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["OnnxEngine"]

_POLL_S = 0.1


class OnnxEngine:
    """An exported network in ONNX Runtime, on the CPU in single precision.

    Parameters
    ----------
    path : Path
        The exported form (.onnx).
    threads : int
        0 for all cores.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If there is no such file, or it is no network.
    MissingDependencyError
        If ONNX Runtime is not installed.
    """

    name = "onnxruntime"
    device = "cpu"

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        if not path.is_file():
            raise MissingFileError(str(path), expected="an exported network", got="none")
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read on import: it would write to the user's home
        feature = {"feature": "the ONNX Runtime engine", "install": "pip install 'oncologyai[infer]'"}
        # its threads go on after an exception of a signal, and the process would wait for them: it is ended instead
        self._runtime = import_native("onnxruntime", **feature)
        state = import_optional("onnxruntime.capi.onnxruntime_pybind11_state", **feature)
        self._kinds: tuple[type[Exception], ...] = (state.Fail, state.RuntimeException, state.EPFail)
        self._runtime.disable_telemetry_events()
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        unreadable = (state.InvalidProtobuf, state.InvalidGraph, state.NoModel, state.Fail, state.NotImplemented)
        try:
            with memory_errors("loading the network", self._kinds):
                self._session = self._runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except unreadable as error:
            first = str(error).strip().splitlines()[0]
            raise UnreadableFileError(str(path), expected="a network in ONNX form", got=first[:200]) from error
        self._input = self._session.get_inputs()[0].name

    def infer(self, batch: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        """Give logits; see ``Engine``."""
        watcher = progress or Silent()
        check_cancelled(watcher)
        options = self._runtime.RunOptions()
        feed = {self._input: np.ascontiguousarray(batch, dtype=np.float32)}
        with memory_errors(f"a batch of {batch.shape}", self._kinds), ThreadPoolExecutor(1) as worker:
            try:
                future = worker.submit(self._session.run, None, feed, options)
                while not _is_done(future):
                    check_cancelled(watcher)
                return np.asarray(future.result()[0], dtype=np.float32)
            finally:
                options.terminate = True  # also where a signal raises in here: the pool waits for the run's end


def _is_done(future: Future[Any]) -> bool:
    try:
        future.exception(timeout=_POLL_S)
    except NotYet:
        return False
    return True
