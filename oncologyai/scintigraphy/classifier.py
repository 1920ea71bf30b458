"""From a bone scan to a probability and to where it comes from, by an exported network and without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import UnreadableFileError
from oncologyai.explain import CamMethod, PooledHead, class_map
from oncologyai.imaging import View
from oncologyai.inference import Engine
from oncologyai.models import read_weights
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.scintigraphy.preparation import Preparation, maps_on_views, prepare_scan
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Volume

__all__ = ["BoneScanClassifier", "ClassifiedScan", "load_classifier"]

_CLASSES = ("without metastases", "with metastases")
_HEAD = ("hidden.weight", "hidden.bias", "last.weight", "last.bias")


@dataclass(frozen=True, eq=False)
class ClassifiedScan:
    """What a network says of a scan.

    Parameters
    ----------
    probability : float, 0 to 1
        Of metastases.
    explained : str
        The class that the maps speak for, the more probable one: 'with metastases' or 'without metastases'.
    maps : mapping of Volume by view
        On each view's own grid; the largest value of both is 1, or all are 0 where nothing speaks for the class.
    notes : tuple of str
    """

    probability: float
    explained: str
    maps: Mapping[View, Volume]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class BoneScanClassifier:
    """An engine that gives the last maps, and the head that follows them.

    Parameters
    ----------
    engine : Engine
        Float32 (n, 3, j, i) to the last convolution's maps (n, c, j', i').
    head : PooledHead
        Two classes, metastases the second.
    preparation : Preparation
        How the network's pictures were made.
    """

    engine: Engine
    head: PooledHead
    preparation: Preparation = field(default_factory=Preparation)

    def classify(
        self, scan: WholeBodyScan, *, method: CamMethod = "grad-cam", progress: Progress | None = None
    ) -> ClassifiedScan:
        """Classify a scan and explain the more probable class.

        Parameters
        ----------
        scan : WholeBodyScan
            With one view, the other's half of the picture is empty, which the notes say.
        method : str
            See ``class_map``.
        progress : Progress, optional
            Told the stages.

        Raises
        ------
        InputError
            If a view is empty, or the method unknown.
        CancelledError
            If ``progress`` says so.
        """
        watcher = progress or Silent()
        watcher.stage("prepare", 0.0)
        prepared = prepare_scan(scan, self.preparation)
        check_cancelled(watcher)
        watcher.stage("classify", 0.1)
        maps = self.engine.infer(prepared.image[None], progress=watcher)[0]
        watcher.stage("explain", 0.9)
        chances = self.head.probabilities(maps)
        target = int(np.argmax(chances))
        values = class_map(maps, self.head, target=target, method=method)
        largest = float(values.max())
        own = maps_on_views(values / largest if largest > 0.0 else values, scan)
        named = {view: _named(volume, f"{method} {_CLASSES[target]} {view}") for view, volume in own.items()}
        return ClassifiedScan(float(chances[1]), _CLASSES[target], named, prepared.notes)


def load_classifier(
    folder: Path,
    *,
    engine: Literal["openvino", "onnxruntime"] = "openvino",
    threads: int = 0,
    preparation: Preparation | None = None,
) -> BoneScanClassifier:
    """Load a classifier that ``export_bonescan_network`` wrote.

    Parameters
    ----------
    folder : Path
        Holds ``maps.onnx`` and ``head.safetensors``.
    engine : {'openvino', 'onnxruntime'}
    threads : int
        0 for all cores.
    preparation : Preparation, optional
        As in training.

    Raises
    ------
    InputError
        If there is no such engine.
    MissingFileError, UnreadableFileError
        If a file is not there or is another.
    MissingDependencyError
        If the engine is not installed.
    """
    check_choice(engine, ("openvino", "onnxruntime"), "engine")
    weights = read_weights(folder / "head.safetensors")
    missing = [name for name in _HEAD if name not in weights]
    if missing:
        raise UnreadableFileError(
            str(folder / "head.safetensors"), expected=f"the head's {', '.join(_HEAD)}", got=f"none of {missing[0]}"
        )
    head = PooledHead(*(weights[name] for name in _HEAD))
    runner: Engine
    if engine == "openvino":
        from oncologyai.inference.openvino_engine import OpenVinoEngine

        runner = OpenVinoEngine(folder / "maps.onnx", threads=threads)
    else:
        from oncologyai.inference.onnx_engine import OnnxEngine

        runner = OnnxEngine(folder / "maps.onnx", threads=threads)
    return BoneScanClassifier(runner, head, preparation or Preparation())


def _named(volume: Volume, name: str) -> Volume:
    return replace(volume, meta={**volume.meta, "description": name})
