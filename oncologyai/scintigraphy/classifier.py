"""From a bone scan to a probability and to where it comes from, by an exported network and without torch."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.explain import CamMethod, PooledHead, class_map
from oncologyai.imaging import View
from oncologyai.inference import Engine
from oncologyai.models import (
    CARD_NAME,
    BoneScanCard,
    LogitCalibration,
    Store,
    check_file,
    load_any_card,
    read_weights,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.scintigraphy.calibrated import calibrated_probability
from oncologyai.scintigraphy.preparation import Preparation, maps_on_views, prepare_scan
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Volume

__all__ = ["BoneScanClassifier", "ClassifiedScan", "load_bonescan_model", "load_classifier"]

_CLASSES = ("without metastases", "with metastases")
_EVEN = 0.5  # the more probable of two classes
_STEPS = 4096  # of a map: a cell of the network's is 60 mm wide, and its colours have 256
_HEAD = ("hidden.weight", "hidden.bias", "last.weight", "last.bias")


@dataclass(frozen=True, eq=False)
class ClassifiedScan:
    """What a network says of a scan.

    Parameters
    ----------
    probability : float, 0 to 1
        Of metastases; calibrated where the classifier is.
    explained : str
        The class that the maps speak for: 'with metastases' or 'without metastases', the one that the scan is called
        unless another was asked for.
    maps : mapping of Volume by view
        On each view's own grid, in steps of 1/4096; the largest value of both is about 1, or all are 0 where nothing
        speaks for the class.
    notes : tuple of str
    interval : (float, float), optional
        95 % interval of a calibrated probability; None where there is no calibration.
    logit : float
        The second logit less the first, before any calibration.
    """

    probability: float
    explained: str
    maps: Mapping[View, Volume]
    notes: tuple[str, ...] = ()
    interval: tuple[float, float] | None = None
    logit: float = float("nan")


@dataclass(frozen=True, eq=False)
class BoneScanClassifier:
    """Networks that give the last maps, and the heads that follow them.

    Parameters
    ----------
    engine : Engine
        Float32 (n, 3, j, i) to the last convolution's maps (n, c, j', i').
    head : PooledHead
        Two classes, metastases the second.
    preparation : Preparation
        How the network's pictures were made.
    others : tuple of (Engine, PooledHead)
        Further members of an ensemble: logits are averaged, and so are maps, each scaled to 1 first.
    calibration : LogitCalibration, optional
        Without it the probability is the softmax of the logits as they are and has no interval.
    thresholds : mapping of float by str
        Calibrated probabilities from which on a scan is called positive, by rule, the default one first.
    card : BoneScanCard, optional
        Of a model of the store.
    """

    engine: Engine
    head: PooledHead
    preparation: Preparation = field(default_factory=Preparation)
    others: tuple[tuple[Engine, PooledHead], ...] = ()
    calibration: LogitCalibration | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    card: BoneScanCard | None = None

    def classify(
        self,
        scan: WholeBodyScan,
        *,
        method: CamMethod = "grad-cam",
        threshold: float = _EVEN,
        explain: Literal["predicted", "with metastases", "without metastases"] = "predicted",
        progress: Progress | None = None,
    ) -> ClassifiedScan:
        """Classify a scan and explain a class.

        Parameters
        ----------
        scan : WholeBodyScan
            With one view, the other's half of the picture is empty, which the notes say.
        method : str
            See ``class_map``.
        threshold : float, 0 to 1
            The probability from which on a scan is called 'with metastases'.
        explain : str
            The class that the maps speak for: the one that the scan is called, or one by its name.
        progress : Progress, optional
            Told the stages.

        Raises
        ------
        InputError
            If a view is empty, the method or class unknown, or the threshold out of range.
        CancelledError
            If ``progress`` says so.
        """
        check_choice(explain, ("predicted", *_CLASSES), "explain")
        check_range(threshold, 0.0, 1.0, "threshold")
        watcher = progress or Silent()
        watcher.stage("prepare", 0.0)
        prepared = prepare_scan(scan, self.preparation)
        check_cancelled(watcher)
        members = ((self.engine, self.head), *self.others)
        maps = []
        for number, (engine, _) in enumerate(members):
            watcher.stage("classify", 0.1 + 0.8 * number / len(members))
            maps.append(engine.infer(prepared.image[None], progress=watcher)[0])
        watcher.stage("explain", 0.9)
        logits = [head.logits(found) for found, (_, head) in zip(maps, members, strict=True)]
        logit = float(np.mean([own[1] - own[0] for own in logits], dtype=np.float64))
        probability, interval = self._probability(logit)
        target = int(probability >= threshold) if explain == "predicted" else _CLASSES.index(explain)
        each = [
            _scaled(class_map(found, head, target=target, method=method))
            for found, (_, head) in zip(maps, members, strict=True)
        ]
        own = maps_on_views(_scaled(np.mean(each, axis=0)), scan)
        named = {view: _stepped(volume, f"{method} {_CLASSES[target]} {view}") for view, volume in own.items()}
        return ClassifiedScan(probability, _CLASSES[target], named, prepared.notes, interval, logit)

    def _probability(self, logit: float) -> tuple[float, tuple[float, float] | None]:
        if self.calibration is None:
            return calibrated_probability(LogitCalibration(prevalence=0.5, scans=1), logit)[0], None
        return calibrated_probability(self.calibration, logit)


def load_classifier(
    folder: Path,
    *,
    engine: Literal["openvino", "onnxruntime"] = "openvino",
    threads: int = 0,
    preparation: Preparation | None = None,
    ranges: Sequence[float] = (),
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
    ranges : sequence of float
        With those that ``convolution_ranges`` gives, convolutions compute in 8 bits (OpenVINO only).

    Raises
    ------
    InputError
        If there is no such engine, or it does not compute in 8 bits.
    MissingFileError, UnreadableFileError
        If a file is not there or is another.
    MissingDependencyError
        If the engine is not installed.
    """
    return BoneScanClassifier(
        *_member(folder / "maps.onnx", folder / "head.safetensors", engine, threads, ranges),
        preparation or Preparation(),
    )


def load_bonescan_model(
    model: str | os.PathLike[str],
    *,
    engine: Literal["openvino", "onnxruntime"] = "openvino",
    threads: int = 0,
    fast: bool = False,
    progress: Progress | None = None,
) -> BoneScanClassifier:
    """Load a model with its calibration and thresholds.

    Parameters
    ----------
    model : str or path
        An id of the store, or the folder of a model.
    engine : {'openvino', 'onnxruntime'}
    threads : int
        0 for all cores.
    fast : bool
        The quicker form, with its own calibration and thresholds.
    progress : Progress, optional
        Told the share of the files compared with the card.

    Returns
    -------
    BoneScanClassifier
        Its ``card`` tells the rest.

    Raises
    ------
    InputError
        If there is no such model or engine, it is for something else, has no quicker form, or the engine cannot run it:
        ONNX Runtime does not compute in 8 bits here.
    MissingFileError, UnreadableFileError
        If a file is not there or not the one that the card names.
    MissingDependencyError
        If the engine is not installed.
    CancelledError
        If ``progress`` says so.
    """
    check_choice(engine, ("openvino", "onnxruntime"), "engine")
    folder, card = _folder_and_card(model)
    form = card.fast if fast else card.full
    if form is None:
        raise InputError("fast", expected="a model with a quicker form", got=card.id, remedy="run it at full size")
    wanted = {name for member in form.members for name in (member.maps, member.head)}
    for file in card.files:
        if file.name in wanted:
            check_file(folder / file.name, file, progress=progress)
    members = [_member(folder / m.maps, folder / m.head, engine, threads, m.ranges) for m in form.members]
    thresholds = {threshold.rule: threshold.value for threshold in form.thresholds}
    how = Preparation(**form.picture.model_dump())
    return BoneScanClassifier(*members[0], how, tuple(members[1:]), form.calibration, thresholds, card)


def _folder_and_card(model: str | os.PathLike[str]) -> tuple[Path, BoneScanCard]:
    place = Path(model)
    if (place / CARD_NAME).is_file():
        card = load_any_card(place)
        if not isinstance(card, BoneScanCard):
            raise InputError("model", expected="a model of bone scans", got=f"{card.id}, which is for {card.task}")
        return place, card
    stored = Store().get(str(model))
    return stored.path, stored.bonescan


def _member(maps: Path, head: Path, engine: str, threads: int, ranges: Sequence[float]) -> tuple[Engine, PooledHead]:
    check_choice(engine, ("openvino", "onnxruntime"), "engine")
    if ranges and engine != "openvino":
        raise InputError(
            "engine", expected="openvino for the quicker form, which computes in 8 bits", got=engine,
            remedy="leave the quicker form out, or use openvino",
        )  # fmt: skip
    weights = read_weights(head)
    if missing := [name for name in _HEAD if name not in weights]:
        raise UnreadableFileError(str(head), expected=f"the head's {', '.join(_HEAD)}", got=f"none of {missing[0]}")
    return _runner(maps, engine, threads, ranges), PooledHead(*(weights[name] for name in _HEAD))


def _runner(maps: Path, engine: str, threads: int, ranges: Sequence[float]) -> Engine:
    if ranges:
        from oncologyai.inference.openvino_int8 import OpenVinoInt8Engine

        return OpenVinoInt8Engine(maps, ranges, threads=threads)
    if engine == "openvino":
        from oncologyai.inference.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(maps, threads=threads)
    from oncologyai.inference.onnx_engine import OnnxEngine

    return OnnxEngine(maps, threads=threads)


def _scaled(values: np.ndarray) -> np.ndarray:
    largest = float(values.max())
    return values / largest if largest > 0.0 else values


def _stepped(volume: Volume, name: str) -> Volume:
    """Give a map in steps of 1/4096 under a name: files are a fifth of the size and written four times as quickly."""
    steps = np.rint(volume.array * np.float32(_STEPS)) / np.float32(_STEPS)
    return replace(volume.with_array(steps), meta={**volume.meta, "description": name})
