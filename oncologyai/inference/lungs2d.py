"""The chain of chapter 6 for CT: harmonised slices, only those that hold lung, cropped to the lungs.

The network sees every slice as it would see the whole of it: the crop begins on a multiple of the pooling grid and
keeps a margin around the region. What is outside the region is air, as published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from oncologyai._checks import check_range
from oncologyai.anatomy import LungIsolation, isolate_lungs
from oncologyai.errors import InputError, OutOfMemoryError
from oncologyai.harmonize import PRESETS, CropOrPad, Harmonized, Preset, Reorient, ResampleInPlane, harmonize
from oncologyai.inference.channels import Preparation
from oncologyai.inference.engines import Predict
from oncologyai.inference.intensities import is_pointwise, normalise_channel
from oncologyai.inference.window import sliding_window
from oncologyai.progress import Progress, Stages, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["Crop", "LungSlices", "SliceConfig", "SlicePreparation", "plan_crops", "prepare_slices", "run_slices"]

_FALLBACK_PATCH = 256


class SlicePreparation(Preparation, Protocol):
    """What slices are made by: a slice-wise model's card, or the configuration of its training."""

    @property
    def patch(self) -> tuple[int, ...]:
        """Rows and columns (j, i): of a card, those of a whole slice."""

    @property
    def outside(self) -> str:
        """What stands outside the lung region: ``keep`` the image, or ``fill``."""


@dataclass(frozen=True)
class SliceConfig:
    """How the slices are cut.

    Parameters
    ----------
    margin : int
        Pixels around the lung region that the network sees.
    multiple : int
        The crop's origin and sizes are multiples of it: 2 to the number of poolings.
    batch : int
        Neighbouring slices that are run at once, in one common crop.

    Raises
    ------
    InputError
        If a value is outside its range.
    """

    margin: int = 32
    multiple: int = 16
    batch: int = 1

    def __post_init__(self) -> None:
        check_range(self.margin, 0, 512, "margin")
        check_range(self.multiple, 1, 256, "multiple")
        check_range(self.batch, 1, 1024, "batch")


@dataclass(frozen=True)
class Crop:
    """Slices ``first`` to ``last`` (not included) and the rows and columns that the network sees of them."""

    slices: tuple[int, ...]
    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def pixels(self) -> int:
        """Pixels in all slices."""
        return len(self.slices) * (self.rows[1] - self.rows[0]) * (self.columns[1] - self.columns[0])


@dataclass(frozen=True, eq=False)
class LungSlices:
    """A CT made ready for a slice-wise network.

    Attributes
    ----------
    array : ndarray, shape (k, j, i), float32
        What the network is to see; ``fill`` outside the region.
    region : ndarray of bool, shape (k, j, i)
        Where it is to look.
    harmonized : Harmonized
        The image and its way back.
    isolation : LungIsolation
        The lungs on the input's grid.
    fill : float
        Air, for the network.
    """

    array: np.ndarray
    region: np.ndarray
    harmonized: Harmonized
    isolation: LungIsolation
    fill: float

    def on_grid(self, mask: Mask) -> np.ndarray:
        """Take a mask of the input's grid to the network's."""
        return _carried(self.harmonized, mask)


def prepare_slices(
    volume: Volume, card: SlicePreparation, *, size: tuple[int, ...] | None = None, stages: Stages | None = None
) -> LungSlices:
    """Harmonise a CT as the card says and find the lung region.

    Parameters
    ----------
    volume : Volume
        CT in HU.
    card : SlicePreparation
        A slice-wise model with one channel.
    size : tuple of int, optional
        Rows and columns (j, i) of the slices; by default the card's ``patch``. A training, whose patches are smaller
        than slices, says it. The steps of a preset have a size of their own.
    stages : Stages, optional
        Told each stage; keeps its seconds.

    Returns
    -------
    LungSlices
        On the network's grid.

    Raises
    ------
    InputError
        If the model is not slice-wise with one channel.
    ModalityError, UnitsError, EmptyMaskError
        If the image is no CT in HU, or shows no lungs.
    """
    stages = stages or Stages()
    if len(card.patch) != 2 or len(card.channels) != 1:
        got = f"patches of {len(card.patch)} axes and {len(card.channels)} channels"
        raise InputError("card", expected="a slice-wise model with one channel", got=got)
    preset = _preset(card, size or card.patch)
    with stages("isolate lungs", share=0.0):
        isolation = isolate_lungs(volume, progress=stages.progress)
    with stages("harmonise", share=0.1):
        harmonized = harmonize(volume, preset, progress=stages.progress)
        region = _carried(harmonized, isolation.region)
        array = _for_network(harmonized.volume.array, region, card)
    return LungSlices(array, region, harmonized, isolation, card.channels[0].fill)


def plan_crops(region: np.ndarray, config: SliceConfig) -> tuple[Crop, ...]:
    """Choose what the network sees of each slice that holds some of the region.

    Parameters
    ----------
    region : ndarray of bool, shape (k, j, i)
    config : SliceConfig

    Returns
    -------
    tuple of Crop
        In the order of the slices; none where the region is empty. Sizes are multiples of ``config.multiple`` where
        the slice's own are.
    """
    wanted = np.flatnonzero(region.any(axis=(1, 2)))
    crops = []
    for number in range(0, len(wanted), config.batch):
        group = wanted[number : number + config.batch]
        flat = np.any(region[list(group)], axis=0)
        rows = _span(np.flatnonzero(flat.any(axis=1)), flat.shape[0], config)
        columns = _span(np.flatnonzero(flat.any(axis=0)), flat.shape[1], config)
        crops.append(Crop(tuple(int(k) for k in group), rows, columns))
    return tuple(crops)


def run_slices(
    slices: LungSlices,
    predict: Predict,
    *,
    config: SliceConfig | None = None,
    report: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> tuple[Volume, ...]:
    """Run a slice-wise network where the lungs are.

    Parameters
    ----------
    slices : LungSlices
        From ``prepare_slices``.
    predict : callable
        (n, 1, j, i) to probabilities (n, label, j, i).
    config : SliceConfig, optional
        How the slices are cut.
    report : callable, optional
        Told, in a line, when memory did not do and less was taken at once.
    progress : Progress, optional
        Told the share done; asked for cancellation before every crop.

    Returns
    -------
    tuple of Volume
        What ``predict`` gives, a volume a label, on the network's grid, 0 outside the region.

    Raises
    ------
    OutOfMemoryError
        If even small patches of a slice do not fit into memory.
    CancelledError
        If the user cancelled.
    """
    stages = Stages(progress)
    settings = config or SliceConfig()
    tell = report or (lambda _: None)
    while True:
        try:
            found = _run_crops(slices, predict, settings, stages.progress)
            break
        except OutOfMemoryError as error:
            if settings.batch > 1:
                tell(f"memory did not do for {settings.batch} slices at once: took {settings.batch // 2} ({error})")
                settings = replace(settings, batch=settings.batch // 2)
                continue
            tell(f"memory did not do for a slice's lungs: took patches of {_FALLBACK_PATCH} ({error})")
            found = sliding_window(
                slices.array[None],
                predict,
                patch=(_FALLBACK_PATCH, _FALLBACK_PATCH),
                mask=slices.region,
                fill=slices.fill,
                report=report,
                progress=progress,
            )
            break
    found *= slices.region
    return tuple(slices.harmonized.volume.with_array(values, unit="probability") for values in found)


def _run_crops(slices: LungSlices, predict: Predict, config: SliceConfig, progress: Progress) -> np.ndarray:
    """Give (label, k, j, i), 0 where no crop lies."""
    crops = plan_crops(slices.region, config)
    whole, done = max(1, sum(crop.pixels for crop in crops)), 0
    out = np.zeros((1, *slices.array.shape), dtype=np.float32)
    for crop in crops:
        check_cancelled(progress)
        progress.stage("network", done / whole)
        where = (list(crop.slices), slice(*crop.rows), slice(*crop.columns))
        found = predict(slices.array[where][:, None])
        if not done:
            out = np.zeros((found.shape[1], *slices.array.shape), dtype=np.float32)
        for label, values in enumerate(out):
            values[where] = found[:, label]
        done += crop.pixels
    return out


def _span(places: np.ndarray, size: int, config: SliceConfig) -> tuple[int, int]:
    step = config.multiple
    low = max(0, (int(places[0]) - config.margin) // step * step)
    high = -(-(int(places[-1]) + 1 + config.margin) // step) * step
    return low, min(high, size)


def _carried(harmonized: Harmonized, mask: Mask) -> np.ndarray:
    flat = Volume(mask.array.view(np.uint8), mask.ijk_to_ras)
    return np.asarray(harmonized.trail.carry(flat, fill=0).array.view(bool))


def _for_network(array: np.ndarray, region: np.ndarray, card: SlicePreparation) -> np.ndarray:
    """Normalise, and put the fill outside the region; values that depend on themselves alone only where they show."""
    channel = card.channels[0]
    how = channel.normalisation
    if card.outside != "fill" or not is_pointwise(how):
        ready = array if how.kind == "preset" else normalise_channel(array, channel)
        out = ready.astype(np.float32)
        if card.outside == "fill":
            out[~region] = channel.fill
        return out
    out = np.full(array.shape, channel.fill, dtype=np.float32)
    box = _box_of(region)
    shown = array[box] if how.kind == "preset" else normalise_channel(array[box], channel)
    np.copyto(out[box], shown, where=region[box])
    return out


def _box_of(region: np.ndarray) -> tuple[slice, slice, slice]:
    k, j, i = (np.flatnonzero(region.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1)))
    if not k.size:
        return slice(0, 0), slice(0, 0), slice(0, 0)
    return tuple(slice(int(n[0]), int(n[-1]) + 1) for n in (k, j, i))  # type: ignore[return-value]


def _preset(card: SlicePreparation, size: tuple[int, ...]) -> Preset:
    """Give the steps that bring a CT to the card's slices: a preset by name, or the geometry that the card tells."""
    how = card.channels[0].normalisation
    if how.kind == "preset":
        if how.preset not in PRESETS:
            raise InputError("preset", expected=" or ".join(PRESETS), got=how.preset)
        return PRESETS[how.preset]
    row_mm, column_mm = card.spacing_mm[1], card.spacing_mm[0]
    if row_mm != column_mm:
        raise InputError("card", expected="square pixels for a slice-wise model", got=str(card.spacing_mm))
    resampling = (ResampleInPlane(row_mm),) if row_mm is not None else ()
    steps = (Reorient(card.orientation), *resampling, CropOrPad(size[0], size[1]))
    return Preset("slices", "Slices as a model's card tells", steps, "CT", ("HU",))
