"""Engines: what runs an exported or built network on a batch, and which of them a model gets.

OpenVINO and ONNX Runtime run the exported form (``onnx``) and need no torch; torch builds the network and reads its
weights (safetensors). All give the same logits to 1e-4 in single precision.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError, MissingDependencyError, MissingFileError
from oncologyai.progress import Progress, Silent

if TYPE_CHECKING:
    from oncologyai.models import ModelCard

__all__ = ["ENGINES", "Engine", "Predict", "choose_engine", "make_engine", "predict_with", "probabilities"]

ENGINES = ("openvino", "onnxruntime", "torch")
"""Engine names, the first choice on a CPU first."""

Predict = Callable[[np.ndarray], np.ndarray]
"""Float32 (n, channel, [k,] j, i) to float32 probabilities (n, label, [k,] j, i)."""


class Engine(Protocol):
    """A network that is ready to run."""

    name: str
    device: str

    def infer(self, batch: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        """Give float32 logits (n, label, [k,] j, i) of a float32 batch (n, channel, [k,] j, i).

        Ends within a second of a cancellation with CancelledError; raises OutOfMemoryError where memory does not do.
        """


def choose_engine(card: ModelCard, *, engine: str = "auto", device: str = "cpu") -> str:
    """Choose the engine: the one asked for, else the card's, else the first that is installed and has its file.

    Parameters
    ----------
    card : ModelCard
        Names the engine it runs best on, and its files.
    engine : {'auto', 'openvino', 'onnxruntime', 'torch'}
        What the user wants.
    device : str
        ``cpu``; anything else, such as ``cuda``, is torch's.

    Returns
    -------
    str
        A name of ``ENGINES``.

    Raises
    ------
    InputError
        If ``engine`` is not a name, or cannot run on ``device``.
    MissingDependencyError
        If no engine that could run the model is installed.
    """
    check_choice(engine, {"auto", *ENGINES}, "engine")
    if device != "cpu":
        if engine in ("openvino", "onnxruntime"):
            raise InputError("device", expected=f"cpu for the engine {engine}", got=device, remedy="take engine torch")
        return "torch"
    if engine != "auto":
        return engine
    exported = bool(card.files_of("onnx"))
    wanted = [card.engine] if card.engine != "auto" else []
    for name in (*wanted, *ENGINES):
        if (exported or name == "torch") and importlib.util.find_spec(name) is not None:
            return name
    raise MissingDependencyError(
        f"engine: expected one of {', '.join(ENGINES)} to be installed for {card.id}, got none; "
        "run: pip install 'oncologyai[infer]'"
    )


def make_engine(
    card: ModelCard,
    weights_folder: Path,
    *,
    engine: str = "auto",
    device: str = "cpu",
    precision: str = "f32",
    threads: int = 0,
    member: int = 0,
    compiled: bool = False,
) -> Engine:
    """Make the engine of a model, or of one member of an ensemble.

    Parameters
    ----------
    card : ModelCard
        The model.
    weights_folder : Path
        The folder of the card's files.
    engine, device : str
        See ``choose_engine``.
    precision : {'f32', 'bf16', 'f16'}
        Of the arithmetic; below f32 only with torch on a device that gains from it.
    threads : int
        0 for all cores. Results are the same in every run with the same number.
    member : int
        Which file of the role, for ensembles.
    compiled : bool
        Whether torch compiles the network first (torch.compile).

    Returns
    -------
    Engine
        Ready to run.

    Raises
    ------
    MissingFileError
        If the model has no such file, or it is not in the folder.
    MissingDependencyError
        If the engine is not installed.
    """
    name = choose_engine(card, engine=engine, device=device)
    if name == "torch":
        from oncologyai.inference.torch_engine import TorchEngine

        path = _file_of(card, weights_folder, "weights", member)
        return TorchEngine.load(
            path, card.network.name, card.network.arguments, device=device, precision=precision, threads=threads,
            compiled=compiled,
        )  # fmt: skip
    if precision != "f32":
        raise InputError("precision", expected=f"f32 for the engine {name}", got=precision, remedy="take engine torch")
    path = _file_of(card, weights_folder, "onnx", member)
    if name == "openvino":
        from oncologyai.inference.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(path, threads=threads)
    from oncologyai.inference.onnx_engine import OnnxEngine

    return OnnxEngine(path, threads=threads)


def probabilities(logits: np.ndarray, activation: str) -> np.ndarray:
    """Make probabilities of logits.

    Parameters
    ----------
    logits : ndarray, shape (n, label, ...), float32
    activation : {'sigmoid', 'softmax'}
        Softmax runs over the labels.

    Returns
    -------
    ndarray
        float32, same shape, in 0-1.

    Raises
    ------
    InputError
        If ``activation`` is neither.
    """
    check_choice(activation, {"sigmoid", "softmax"}, "activation")
    if activation == "sigmoid":
        out = np.negative(logits, dtype=np.float32)
        np.minimum(out, np.float32(88.0), out=out)  # exp(88) is the last that float32 holds
        np.exp(out, out=out)
        out += 1.0
        return np.divide(np.float32(1.0), out, out=out)
    out = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float32)
    out /= out.sum(axis=1, keepdims=True)
    return out


def predict_with(engine: Engine, activation: str, *, progress: Progress | None = None) -> Predict:
    """Give the function from a batch to probabilities that the sliding window takes."""
    watcher = progress or Silent()

    def predict(batch: np.ndarray) -> np.ndarray:
        return probabilities(engine.infer(batch, progress=watcher), activation)

    return predict


def _file_of(card: ModelCard, folder: Path, role: str, member: int) -> Path:
    files = card.files_of(role)
    if member >= len(files):
        raise MissingFileError(
            card.id,
            expected=f"{member + 1} files of the role {role}",
            got=str(len(files)),
            remedy="choose another engine",
        )
    path = folder / files[member].name
    if not path.is_file():
        raise MissingFileError(str(path), expected=f"a file of {card.id}", got="none", remedy="get the model again")
    return path
