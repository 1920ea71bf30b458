"""An exported network that computes in 8 bits on a processor: four times as quick where it knows such instructions.

Weights and what goes into each convolution are rounded to 255 and 256 levels when the network is loaded, so that no
second file of weights is needed: only the largest value that goes into each convolution, found once on some images.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.inference.openvino_engine import OpenVinoEngine, import_openvino

__all__ = ["OpenVinoInt8Engine", "convolution_ranges"]

_INPUT_LEVELS, _WEIGHT_LEVELS = 256, 255  # unsigned from 0; signed, even about 0


class OpenVinoInt8Engine(OpenVinoEngine):
    """An exported network of convolutions with ReLU in OpenVINO, in 8 bits.

    Parameters
    ----------
    path : Path
        The exported form (.onnx).
    ranges : sequence of float, > 0
        As ``convolution_ranges`` gives them.
    threads : int
        0 for all cores.

    Raises
    ------
    InputError
        If there are not as many ranges as convolutions, or one is not above 0.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``OpenVinoEngine``.
    """

    name = "openvino-int8"

    def __init__(self, path: Path, ranges: Sequence[float], *, threads: int = 0) -> None:
        self._ranges = tuple(ranges)
        super().__init__(path, threads=threads)

    def _network(self, core: Any, path: Path) -> Any:
        opset = import_openvino().opset13
        model = core.read_model(path)
        places = _convolutions(model)
        if len(places) != len(self._ranges) or not all(high > 0.0 for high in self._ranges):
            expected = f"{len(places)} numbers above 0, one a convolution"
            raise InputError("ranges", expected=expected, got=str(self._ranges)[:120])
        for place, high in zip(places, self._ranges, strict=True):
            given = place.input(0).get_source_output()
            top = opset.constant(np.float32(high))
            bottom = opset.constant(np.float32(0.0))
            place.input(0).replace_source_output(
                opset.fake_quantize(given, bottom, top, bottom, top, _INPUT_LEVELS).output(0)
            )
            weights = _weights_of(place)
            largest = np.maximum(np.abs(weights).max(axis=(1, 2, 3), keepdims=True), np.float32(1e-12))
            ends = [opset.constant(side * largest) for side in (np.float32(-1.0), np.float32(1.0))]
            place.input(1).replace_source_output(
                opset.fake_quantize(opset.constant(weights), *ends, *ends, _WEIGHT_LEVELS).output(0)
            )
        model.validate_nodes_and_infer_types()
        return model


def convolution_ranges(path: Path, images: Iterable[np.ndarray], *, threads: int = 0) -> tuple[float, ...]:
    """Give the largest value that goes into each convolution of an exported network, over some images.

    Parameters
    ----------
    path : Path
        The exported form (.onnx); what goes into its convolutions is 0 or more.
    images : iterable of ndarray
        Float32 (1, c, j, i).
    threads : int

    Raises
    ------
    InputError
        If there is no image.
    MissingDependencyError
        If OpenVINO is not installed.
    """
    core = import_openvino().Core()
    model = core.read_model(path)
    places = [place.input(0).get_source_output() for place in _convolutions(model)]
    model.add_outputs(places)
    settings = {"INFERENCE_PRECISION_HINT": "f32"} | ({"INFERENCE_NUM_THREADS": threads} if threads else {})
    compiled = core.compile_model(model, "CPU", settings)
    found = [[float(answer[n + 1].max()) for n in range(len(places))] for answer in map(compiled, map(_listed, images))]
    if not found:
        raise InputError("images", expected="at least one", got="none")
    return tuple(np.maximum(np.max(found, axis=0), 1e-6).tolist())


def _listed(image: np.ndarray) -> list[np.ndarray]:
    return [np.ascontiguousarray(image, dtype=np.float32)]


def _convolutions(model: Any) -> list[Any]:
    return [node for node in model.get_ordered_ops() if node.get_type_name() == "Convolution"]


def _weights_of(place: Any) -> np.ndarray:
    node = place.input(1).get_source_output().get_node()
    while node.get_type_name() != "Constant":  # the file holds halves, which a node widens
        node = node.input(0).get_source_output().get_node()
    return np.array(node.data, dtype=np.float32)
