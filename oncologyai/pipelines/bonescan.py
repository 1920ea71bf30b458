"""Classify a whole-body bone scan: a probability against a threshold, where it comes from, and a list of foci."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.explain import CamMethod
from oncologyai.models import BoneScanCard, BoneScanForm, Store, load_any_card
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Part, Progress, Provenance, Stages
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    BoneScanIndex,
    ClassifiedScan,
    LesionList,
    SanityCheck,
    WholeBodyScan,
    check_sanity,
    estimate_bone_scan_index,
    list_hot_spots,
    list_lesions,
    load_bonescan_model,
)
from oncologyai.types import Point, Table

__all__ = ["BoneScanConfig", "BoneScanResult", "classify_bonescan", "find_bonescan_card"]

ScanEngine = Literal["", "openvino", "onnxruntime"]
_RULE = re.compile(r"^[a-z][a-z0-9.-]*$")
_WHOLE = re.compile(r"^sensitivity-(\d\d)$")
_SPEAKS_FOR = "with metastases"
_POINTED_AT = (
    0.5  # of the map's largest value: hot spots below count for no index (Testing/benchmarks/bench_bone_scan_index.py)
)
_POSITIVE, _NEGATIVE = "metastases", "no metastases"


@dataclass(frozen=True)
class BoneScanConfig:
    """How a bone scan is classified.

    Parameters
    ----------
    model : str
        An id of the store, or a model's folder.
    engine : {'', 'openvino', 'onnxruntime'}
        '' is the first of the others that is installed.
    method : {'grad-cam', 'grad-cam++', 'hirescam'}
        Of the map.
    threshold : str
        A rule of the model's card, such as 'youden' or 'sensitivity-90', or a probability in digits; '' is the card's
        first rule.
    fast : bool
        The model's fast form.
    sanity : bool
        Also compare the map with those of networks of random weights, several passes each.
    """

    model: str = "demo-bonescan"
    engine: ScanEngine = ""
    method: CamMethod = "grad-cam"
    threshold: str = ""
    fast: bool = False
    sanity: bool = False

    def __post_init__(self) -> None:
        check_choice(self.engine, get_args(ScanEngine), "--engine")
        check_choice(self.method, get_args(CamMethod), "--method")
        if self.threshold and not _RULE.match(self.threshold):
            self.threshold_value()

    def threshold_value(self) -> float:
        """Give a threshold in digits.

        Raises
        ------
        InputError
            If it is none from 0 to 1.
        """
        try:
            value = float(self.threshold)
        except ValueError:
            value = -1.0
        if not 0.0 <= value <= 1.0:
            raise InputError(
                "--threshold", expected="a rule such as youden or sensitivity-90, or a probability from 0 to 1",
                got=repr(self.threshold),
            )  # fmt: skip
        return value


@dataclass(frozen=True, eq=False)
class BoneScanResult:
    """What was found in a scan.

    Attributes
    ----------
    scan : WholeBodyScan
    classified : ClassifiedScan
        Probability, interval, maps by view.
    prediction : Table
        ``Prediction``, one row: probability, low, high, rule, threshold, group ('metastases' or 'no metastases'),
        explained, map, foci, bone_scan_index, views, model.
    lesions : LesionList
        Foci of the map; none where it speaks against metastases.
    index : BoneScanIndex or None
        Of the hot spots that the map points at, approximate; None where it speaks against metastases.
    sanity : SanityCheck or None
        Where it was asked for.
    card : BoneScanCard
        The model's.
    provenance : Provenance
        Its warnings are what the user should know, of reading and of classifying.
    """

    scan: WholeBodyScan
    classified: ClassifiedScan
    prediction: Table
    lesions: LesionList
    card: BoneScanCard
    provenance: Provenance
    index: BoneScanIndex | None = None
    sanity: SanityCheck | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """``Prediction``, ``Lesions`` with a row a focus and view; ``BoneScanIndex`` and ``Sanity`` where there are."""
        more = [] if self.index is None else [self.index.table("BoneScanIndex")]
        more += [] if self.sanity is None else [self.sanity.table()]
        return self.prediction, self.lesions.table(), *more

    @property
    def points(self) -> tuple[Point, ...]:
        """The foci, a point a row of ``Lesions``; RAS mm."""
        return self.lesions.points()


def classify_bonescan(
    scan: WholeBodyScan, config: BoneScanConfig | None = None, *, threads: int = 0, progress: Progress | None = None
) -> BoneScanResult:
    """Classify a scan.

    Parameters
    ----------
    scan : WholeBodyScan
        One view will do; the other's half of the network's picture is empty then, with a note.
    config : BoneScanConfig, optional
    threads : int
        Of the engine, 0 for all cores.
    progress : Progress, optional
        Told the stages, asked for cancellation.

    Raises
    ------
    InputError
        If there is no such model, its card has no such rule, it has no fast form, or a view is empty.
    MissingFileError, UnreadableFileError
        If a file of the model is missing or changed.
    MissingDependencyError
        If the engine is not installed.
    CancelledError
        If ``progress`` says so.
    """
    config = config or BoneScanConfig()
    engine = config.engine or _installed_engine()
    stages = Stages(progress)
    with stages("model", share=0.0):
        place, card = _place(config.model), find_bonescan_card(config.model)
        classifier = _classifier(place, card.digest, engine, threads, config.fast)
        rule, threshold = _threshold(classifier.thresholds, config)
    until = 0.4 if config.sanity else 0.9
    with stages("classify", share=0.1):
        classified = classifier.classify(
            scan, method=config.method, threshold=threshold, progress=Part(stages.progress, 0.1, until)
        )
    with stages("foci", share=until):
        lesions, index = _foci(scan, classified)
    sanity = None
    if config.sanity:
        network = place / _form(card, fast=config.fast).members[0].maps
        with stages("sanity check", share=0.5):
            sanity = check_sanity(
                classifier, network, scan, explained=classified.explained, method=config.method,
                progress=Part(stages.progress, 0.5, 1.0),
            )  # fmt: skip
    provenance = make_provenance(
        "bonescan",
        inputs={str(view): volume for view, volume in scan.views.items()},
        settings={"bonescan": asdict(config)},
        stages=stages,
        warnings=(*scan.notes, *classified.notes, *([sanity.sentence] if sanity else [])),
        weights_sha256=_digests(card, fast=config.fast),
        device=f"cpu ({engine})",
        packages=(engine,),
    )
    cells = {
        **_answer(classified, rule, threshold), "map": config.method, "foci": lesions.count,
        "bone_scan_index": None if index is None else round(index.percent, 4), "views": ", ".join(scan.views),
        "model": card.id,
    }  # fmt: skip
    prediction = Table("Prediction", tuple(cells), (tuple(cells.values()),))
    return BoneScanResult(scan, classified, prediction, lesions, card, provenance, index, sanity)


def _foci(scan: WholeBodyScan, classified: ClassifiedScan) -> tuple[LesionList, BoneScanIndex | None]:
    """List what a map for metastases points at; a map against them points at nothing."""
    if classified.explained != _SPEAKS_FOR:
        return LesionList((), {}), None
    spots = list_hot_spots(scan, classified.maps, least_map=_POINTED_AT)
    return list_lesions(scan, classified.maps), estimate_bone_scan_index(scan, spots)


def find_bonescan_card(model: str) -> BoneScanCard:
    """Give the card of a model by its id in the store or its folder.

    Raises
    ------
    InputError
        If there is no such model, or it is for something else.
    UnreadableFileError
        If its card breaks the schema or was changed.
    """
    card = load_any_card(_place(model))
    if not isinstance(card, BoneScanCard):
        raise InputError("--model", expected="a model of bone scans", got=f"{card.id}, which is for {card.task}")
    return card


def _installed_engine() -> Literal["openvino", "onnxruntime"]:
    return "openvino" if find_spec("openvino") is not None else "onnxruntime"


def _place(model: str) -> Path:
    """Give the folder of a model."""
    return Path(model) if Path(model).is_dir() else Store().path(model)


@lru_cache(maxsize=1)  # a batch classifies one scan after the other in one process
def _classifier(
    place: Path, digest: str, engine: Literal["openvino", "onnxruntime"], threads: int, fast: bool
) -> BoneScanClassifier:
    return load_bonescan_model(place, engine=engine, threads=threads, fast=fast)


def _threshold(known: Mapping[str, float], config: BoneScanConfig) -> tuple[str, float]:
    """Give the rule and its value; no rule for a value in digits."""
    if not config.threshold:
        rule = next(iter(known))
        return rule, known[rule]
    if not _RULE.match(config.threshold):
        return "", config.threshold_value()
    rule = _WHOLE.sub(r"sensitivity-0.\1", config.threshold)
    check_choice(rule, known, "--threshold")
    return rule, known[rule]


def _answer(classified: ClassifiedScan, rule: str, threshold: float) -> dict[str, str | float | int | None]:
    low, high = classified.interval or (None, None)
    return {
        "probability": classified.probability,
        "low": low,
        "high": high,
        "rule": rule or "as asked",
        "threshold": threshold,
        "group": _POSITIVE if classified.probability >= threshold else _NEGATIVE,
        "explained": classified.explained,
    }


def _form(card: BoneScanCard, *, fast: bool) -> BoneScanForm:
    return card.fast if fast and card.fast is not None else card.full


def _digests(card: BoneScanCard, *, fast: bool) -> dict[str, str]:
    named = {name for member in _form(card, fast=fast).members for name in (member.maps, member.head)}
    return {file.name: file.sha256 for file in card.files if file.name in named}
