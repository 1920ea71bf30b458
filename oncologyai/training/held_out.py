"""What a fold's model finds in the patients that it did not learn from, by the inference that users run."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai.errors import UnreadableFileError
from oncologyai.inference import TRUST_FEATURES, InferenceConfig, ModelSegmentation, segment_with_model
from oncologyai.metrics import compare_masks
from oncologyai.models import ModelCard
from oncologyai.progress import Part, Progress, Silent
from oncologyai.training.config import TrainConfig
from oncologyai.training.data import CaseFiles, read_case
from oncologyai.types import Mask, Volume

__all__ = ["HeldOut", "predict_held_out", "read_held_out", "views_beside", "write_held_out"]

_SPILL_MM = 8.0  # how far a PET's blur carries uptake beyond a lesion's edge
_KEPT = ("dice", "hd95_max_mm", "msd_mm", "surface_dice")


@dataclass(frozen=True)
class HeldOut:
    """A case, judged on its own image's grid by a model that had not seen its patient.

    Attributes
    ----------
    case, patient, channels : str
        Who, and the channels given, joined by +.
    fold : int
        The fold that left the patient out.
    reference_ml, predicted_ml : float
        Volumes.
    metrics : mapping of str to float
        Dice, HD95 (the larger), mean surface distance, surface Dice; see ``METRIC_DEFINITIONS``.
    features : mapping of str to float
        ``TRUST_FEATURES``; empty where nothing was found.
    without : mapping of str to float
        Dice with one of the given channels left out, by its name.
    certainty : float
        Mean probability of the largest lesion found; 0 where none was.
    beside : tuple of float
        The same in views that end beside the lesion: nothing is to be found there.
    """

    case: str
    patient: str
    channels: str
    fold: int
    reference_ml: float
    predicted_ml: float
    metrics: Mapping[str, float]
    features: Mapping[str, float]
    without: Mapping[str, float]
    certainty: float
    beside: tuple[float, ...]

    @property
    def dice(self) -> float:
        """The Dice with every channel at hand."""
        return self.metrics["dice"]


def predict_held_out(
    files: Sequence[CaseFiles],
    config: TrainConfig,
    card: ModelCard,
    folder: Path,
    *,
    inference: InferenceConfig,
    leave_out: bool = True,
    progress: Progress | None = None,
) -> tuple[HeldOut, ...]:
    """Segment cases with a fold's model and compare with the truth.

    Parameters
    ----------
    files : sequence of CaseFiles
        Of patients that the model did not learn from.
    config : TrainConfig
        Its fold and channels.
    card, folder
        The fold's model.
    inference : InferenceConfig
        How the model will be run by its users.
    leave_out : bool
        Whether each channel of a case that has several is left out in turn, once more each. A required channel is
        left out by an image of zeros.
    progress : Progress, optional
        Told each case; asked for cancellation.

    Raises
    ------
    InputError
        If a case cannot be read or does not suit the model.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    found = []
    for number, case in enumerate(files):
        watch.stage(f"held out {case.name}", number / len(files))
        volumes, truth = read_case(case, config)
        part = Part(watch, number / len(files), (number + 1) / len(files))
        result = segment_with_model(volumes, card, folder, config=inference, progress=part)
        compared = compare_masks(truth, result.mask)
        without = {}
        if leave_out and len(volumes) > 1:
            for name in volumes:
                fewer = _without(name, volumes, card)
                rest = segment_with_model(fewer, card, folder, config=inference, progress=part)
                without[name] = compare_masks(truth, rest.mask)["dice"]
        beside = [segment_with_model(volumes, card, folder, config=inference, box=box) for box in views_beside(truth)]
        found.append(
            HeldOut(
                case=case.name,
                patient=case.patient,
                channels="+".join(volumes),
                fold=-1 if config.fold is None else config.fold,
                reference_ml=truth.volume_ml,
                predicted_ml=result.mask.volume_ml,
                metrics={name: compared[name] for name in _KEPT},
                features=dict(result.trust.features),
                without=without,
                certainty=_certainty(result),
                beside=tuple(_certainty(other) for other in beside),
            )
        )
    return tuple(found)


def views_beside(truth: Mask, *, most: int = 2, least_mm: float = 24.0) -> tuple[Mask, ...]:
    """Give the thickest boxes of the image that end beside the lesion, at a distance from its blurred edge.

    Parameters
    ----------
    truth : Mask
        The lesion.
    most : int
        How many, the thickest first.
    least_mm : float
        Thinner ones are left out.

    Returns
    -------
    tuple of Mask
        On the same grid; empty where the truth is empty or leaves no room.
    """
    if truth.is_empty:
        return ()
    places = np.argwhere(truth.array)
    gap = np.ceil(_SPILL_MM / np.array(truth.sampling_mm)).astype(int)
    low, high = places.min(0) - gap, places.max(0) + 1 + gap
    sides = []
    for axis, size in enumerate(truth.shape):
        for first, last in ((0, int(low[axis])), (int(high[axis]), size)):
            sides.append(((last - first) * truth.sampling_mm[axis], axis, first, last))
    thick = sorted((side for side in sides if side[0] >= least_mm), key=lambda side: (-side[0], side[1:]))[:most]
    boxes = []
    for _, axis, first, last in thick:
        box = np.zeros(truth.shape, dtype=bool)
        box[(*[slice(None)] * axis, slice(first, last))] = True
        boxes.append(Mask.on(truth, box))
    return tuple(boxes)


def write_held_out(rows: Sequence[HeldOut], channels: Sequence[str], path: Path) -> None:
    """Write the cases as a CSV, whole or not at all; what a case lacks is an empty cell.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_header(channels))
        for row in rows:
            writer.writerow(
                [row.case, row.patient, row.channels, row.fold, _text(row.reference_ml), _text(row.predicted_ml)]
                + [_text(row.metrics[name]) for name in _KEPT]
                + [_text(row.without.get(name)) for name in channels]
                + [_text(row.features.get(name)) for name in TRUST_FEATURES]
                + [_text(row.certainty), " ".join(_text(value) for value in row.beside)]
            )


def read_held_out(path: Path, channels: Sequence[str]) -> tuple[HeldOut, ...]:
    """Read what ``write_held_out`` wrote.

    Raises
    ------
    UnreadableFileError
        If the table is not one of these channels, or damaged.
    """
    with path.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    header = _header(channels)
    if not lines or lines[0] != header or any(len(line) != len(header) for line in lines):
        raise UnreadableFileError(
            str(path), expected="the columns of cases left out", got="others", remedy="delete it and run again"
        )
    return tuple(_row(dict(zip(header, line, strict=True)), channels) for line in lines[1:])


def _certainty(result: ModelSegmentation) -> float:
    """Give the mean probability of the largest lesion; 0 where none was found."""
    if not result.lesions:
        return 0.0
    return float(result.probability.array[result.lesions[0].array].mean(dtype=np.float64))


def _without(name: str, volumes: Mapping[str, Volume], card: ModelCard) -> dict[str, Volume]:
    """Leave a channel out: a required one, whose grid may lead, stays as an image of zeros."""
    required = {channel.name for channel in card.channels if channel.required}
    if name not in required:
        return {other: volume for other, volume in volumes.items() if other != name}
    blank = volumes[name].with_array(np.zeros_like(volumes[name].array))
    return {other: blank if other == name else volume for other, volume in volumes.items()}


def _header(channels: Sequence[str]) -> list[str]:
    about = ["case", "patient", "channels", "fold", "reference_ml", "predicted_ml"]
    without = (f"dice_without_{name}" for name in channels)
    return [*about, *_KEPT, *without, *TRUST_FEATURES, "certainty", "certainty_beside"]


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _row(cells: Mapping[str, str], channels: Sequence[str]) -> HeldOut:
    return HeldOut(
        case=cells["case"],
        patient=cells["patient"],
        channels=cells["channels"],
        fold=int(cells["fold"]),
        reference_ml=float(cells["reference_ml"]),
        predicted_ml=float(cells["predicted_ml"]),
        metrics={name: float(cells[name]) for name in _KEPT},
        features={name: float(cells[name]) for name in TRUST_FEATURES if cells[name]},
        without={name: float(cells[f"dice_without_{name}"]) for name in channels if cells[f"dice_without_{name}"]},
        certainty=float(cells["certainty"]),
        beside=tuple(float(value) for value in cells["certainty_beside"].split()),
    )
