"""Exported networks whose convolutions learned nothing: what a map of a trained network is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai._optional import import_optional
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError

__all__ = ["randomise_convolutions"]


def randomise_convolutions(path: Path, target: Path, *, last: int | None = None, seed: int = 0) -> int:
    """Write a network with fresh random weights in its last convolutions.

    Weights are drawn as for a new network behind ReLUs (He et al. 2015: normal, variance 2 over the inputs of a unit),
    biases are 0, in single precision.

    Parameters
    ----------
    path : Path
        An exported network (.onnx) of plain convolutions, weights in single or half precision.
    target : Path
        Gets the other network.
    last : int, optional
        How many convolutions, counted from the end; all when omitted.
    seed : int, >= 0

    Returns
    -------
    int
        How many convolutions were made random.

    Raises
    ------
    InputError
        If ``last`` is below 1 or ``seed`` below 0.
    MissingFileError, UnreadableFileError
        If there is no such file, or it holds no plain convolutions, as after a conversion to 8 bits.
    OutputError
        If the file cannot be written.
    MissingDependencyError
        If onnx is not installed.
    """
    if (last is not None and last < 1) or seed < 0:
        raise InputError("last", expected="1 or more, and a seed of 0 or more", got=f"{last}, seed {seed}")
    if not path.is_file():
        raise MissingFileError(str(path), expected="an exported network", got="none")
    feature = {"feature": "the check with random weights", "install": "pip install 'oncologyai[infer]'"}
    onnx = import_optional("onnx", **feature)
    protobuf = import_optional("google.protobuf.message", **feature)
    try:
        model = onnx.load(str(path))
    except protobuf.DecodeError as error:
        raise UnreadableFileError(str(path), expected="a network in ONNX form", got="something else") from error
    nodes = [node for node in model.graph.node if node.op_type == "Conv"]
    weights = _initialisers(model.graph)
    chosen = nodes if last is None else nodes[-last:]
    if not chosen or any(node.input[1] not in weights for node in chosen):
        raise UnreadableFileError(str(path), expected="convolutions with plain weights", got="none, or compressed ones")
    generator = np.random.default_rng(seed)
    for node in chosen:
        tensor = weights[node.input[1]]
        shape = tuple(tensor.dims)
        spread = np.sqrt(2.0 / np.prod(shape[1:]))
        _store(onnx, tensor, (spread * generator.standard_normal(shape)).astype(np.float32))
        if len(node.input) > 2 and node.input[2] in weights:
            bias = weights[node.input[2]]
            _store(onnx, bias, np.zeros(tuple(bias.dims), dtype=np.float32))
    with atomic_file(target) as draft:
        onnx.save(model, str(draft))
    return len(chosen)


def _initialisers(graph: Any) -> dict[str, Any]:
    """Give each constant by the name that a layer takes it by: its own, or that of the cast that follows it."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
    return found


def _store(onnx: Any, tensor: Any, values: np.ndarray) -> None:
    """Replace a constant's values and keep its name and precision."""
    kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(kind), tensor.name))
