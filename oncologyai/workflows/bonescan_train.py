"""What ``oncology-ai train bonescan`` does: scans to a trained model with its calibration, thresholds and card."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai.progress import Part, Progress, Silent, check_cancelled
from oncologyai.scintigraphy import Preparation, load_classifier, prepare_scan
from oncologyai.workflows.bonescan_model import HeldOutScan, write_bonescan_model
from oncologyai.workflows.bonescan_scans import TrainingScan, find_training_scans
from oncologyai.workflows.train import resumable

if TYPE_CHECKING:
    from oncologyai.training import BoneScanTrainConfig, BoneScanTraining

__all__ = ["bonescan_recipe_names", "train_bonescan_network"]

Cells = tuple[str, ...]

_TRAINED, _RANGED = 0.8, 0.1  # shares of the work, roughly
_RANGE_SCANS = 16
_COLUMNS = ("case", "centre", "label", "logit_full", "logit_fast")


def bonescan_recipe_names() -> tuple[str, ...]:
    """Name the recipes of bone scans that come with the library."""
    from oncologyai.training import list_bonescan_recipes

    return list_bonescan_recipes()


def train_bonescan_network(
    config: str,
    folder: Path,
    *,
    table: Path | None = None,
    base: Path | None = None,
    cache: Path | None = None,
    device: str | None = None,
    threads: int | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[Cells], None] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train a bone-scan network, or go on with the training in ``folder``.

    Parameters
    ----------
    config : str
        A YAML file or the name of a recipe.
    folder : Path
        Of everything that is written; ``model`` in it is the model once the training is finished.
    table : Path, optional
        The CSV of scans, instead of the configuration's.
    base : Path, optional
        The weights to begin with, instead of the configuration's.
    cache, device, threads, minutes
        As of ``train_bonescan``; None keeps what the configuration says.
    on_epoch : callable, optional
        Told the cells of every epoch: epoch, steps, loss, rate, loss and AUC of the scans held out, seconds.
    progress : Progress, optional

    Returns
    -------
    dict
        folder, finished, epochs, steps, loss, AUC of the scans held out, the model's folder, for JSON.

    Raises
    ------
    InputError
        If the configuration or the data is not usable.
    CancelledError
        If cancelled; the same call goes on.
    """
    from oncologyai.training import BoneScanRow, load_bonescan_config, train_bonescan

    settings = load_bonescan_config(
        config, base=None if base is None else base.resolve(), device=device, threads=threads, **_data(table)
    )
    scans, watch = find_training_scans(settings.data), progress or Silent()
    how = Preparation(**settings.picture.model_dump())

    def tell(row: BoneScanRow) -> None:
        if on_epoch is not None:
            held = ["" if value is None else f"{value:.4f}" for value in (row.validation_loss, row.auc)]
            on_epoch((str(row.epoch), str(row.steps), f"{row.loss:.4f}", f"{row.learning_rate:.2e}", *held,
                      f"{row.seconds:.1f}"))  # fmt: skip

    with resumable(folder):
        made = train_bonescan(
            settings, [scan.case for scan in scans], lambda place: prepare_scan(scans[place].read(), how).image[0],
            folder, origins=[scan.origin for scan in scans], cache=cache, minutes=minutes, on_epoch=tell,
            progress=Part(watch, 0.0, _TRAINED),
        )  # fmt: skip
        model = _finish(settings, made, scans, Part(watch, _TRAINED, 1.0)) if made.finished else None
    last = made.rows[-1][-1] if made.rows and made.rows[-1] else None
    return {
        "folder": str(folder),
        "finished": made.finished,
        "epochs": 0 if last is None else last.epoch,
        "steps": 0 if last is None else last.steps,
        "loss": None if last is None else last.loss,
        "held_out_auc": None if last is None else last.auc,
        "model": None if model is None else str(model),
    }


def _data(table: Path | None) -> dict[str, Any]:
    return {} if table is None else {"table": table.resolve()}


def _finish(
    config: BoneScanTrainConfig, made: BoneScanTraining, scans: Sequence[TrainingScan], progress: Progress
) -> Path:
    """Judge the scans held out by the exported networks, write what they say, and the model."""
    target = made.folder / "model"
    if _is_of(config, target):
        return target
    full = Preparation(**config.picture.model_dump())
    members = [[load_classifier(place, preparation=full, threads=config.threads) for place in made.networks]]
    ranges = _ranges(config, made, scans, full, Part(progress, 0.0, _RANGED)) if config.fast else []
    if config.fast:
        members.append(
            [
                load_classifier(place, preparation=full, threads=config.threads, ranges=own)
                for place, own in zip(made.networks, ranges, strict=True)
            ]
        )
    told, watch = [], Part(progress, _RANGED, 1.0)
    for number, place in enumerate(made.held_out):
        check_cancelled(watch)
        watch.stage("calibrate on the scans held out", number / len(made.held_out))
        scan, found = scans[place].case, scans[place].read()
        logits = [float(np.mean([own.classify(found).logit for own in form])) for form in members]
        told.append(HeldOutScan(scan.name, scan.centre, scan.label, tuple(logits)))
    _write_told(told, made.folder / "held-out.csv")
    learned = [scans[place].case for place in made.learned]
    write_bonescan_model(config, made.networks, told, learned, target, ranges=ranges, base_sha256=made.base_sha256)
    return target


def _is_of(config: BoneScanTrainConfig, model: Path) -> bool:
    """Tell whether a model is there and comes of this very training: one of fewer epochs is made anew."""
    from oncologyai.models import CARD_NAME, load_any_card

    if not (model / CARD_NAME).is_file():
        return False
    card = load_any_card(model)
    return card.task == "bone-scan" and card.recipe.get("epochs") == config.epochs


def _ranges(
    config: BoneScanTrainConfig,
    made: BoneScanTraining,
    scans: Sequence[TrainingScan],
    how: Preparation,
    progress: Progress,
) -> list[tuple[float, ...]]:
    """Give what goes into each network's convolutions at most, on some of the scans learned from."""
    from oncologyai.inference.openvino_int8 import convolution_ranges

    chosen = made.learned[:: max(1, len(made.learned) // _RANGE_SCANS)][:_RANGE_SCANS]

    def images() -> Iterator[np.ndarray]:
        for number, place in enumerate(chosen):
            check_cancelled(progress)
            progress.stage("ranges for 8 bits", number / len(chosen))
            yield prepare_scan(scans[place].read(), how).image[None]

    return [convolution_ranges(place / "maps.onnx", images(), threads=config.threads) for place in made.networks]


def _write_told(told: Sequence[HeldOutScan], path: Path) -> None:
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS[: 3 + len(told[0].logits)])
        writer.writerows([scan.name, scan.centre, scan.label, *(f"{v:.6f}" for v in scan.logits)] for scan in told)
