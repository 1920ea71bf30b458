"""An image as a network of an outcome gets it, and the way back for maps of what it looked at.

Training and use prepare images by the same function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.harmonize import (
    AttenuateOutside,
    CropOrPadToShape,
    CropToForeground,
    Preset,
    ResizeToShape,
    Trail,
    harmonize,
    load_preset,
)
from oncologyai.harmonize import Step as HarmonizeStep
from oncologyai.inference.box import box_around
from oncologyai.inference.channels import prepare_channels, resample
from oncologyai.inference.intensities import normalise_channel
from oncologyai.inference.outcome_slices import gather_slices, slice_views
from oncologyai.types import Mask, Volume

if TYPE_CHECKING:
    from oncologyai.models import Channel, OutcomeInput, SlicesInput, VolumeInput

__all__ = ["OutcomeImage", "OutcomePreparation", "prepare_outcome_image"]


class OutcomePreparation(Protocol):
    """What an image is prepared by: a model's card, or the configuration of its training."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The images, in the network's order."""

    @property
    def image(self) -> OutcomeInput:
        """How they become the network's input."""


@dataclass(frozen=True, eq=False)
class OutcomeImage:
    """What a network of an outcome gets.

    Attributes
    ----------
    array : ndarray, shape (channel, k, j, i), float32
        Of all slices; rows and columns as the network takes them.
    views : tuple of ndarray of int
        The slices that the network gets; what it says is the mean over the views.
    source : Volume
        The first image.
    trails : tuple of Trail
        The ways from the first trail's source to ``array``, one after the other.
    """

    array: np.ndarray
    views: tuple[np.ndarray, ...]
    source: Volume
    trails: tuple[Trail, ...]

    def inputs(self) -> np.ndarray:
        """Give the network's inputs, float32 (view, channel, k, j, i)."""
        return np.stack([self.array[:, view] for view in self.views])

    def restore(self, maps: Sequence[np.ndarray]) -> Volume:
        """Bring maps, one a view, to the first image's own grid.

        Parameters
        ----------
        maps : sequence of ndarray, shape (k, j, i), 0 to 1

        Returns
        -------
        Volume
            float32; 0 where the network saw nothing.

        Raises
        ------
        InputError
            If there are not as many maps as views.
        """
        values = np.clip(gather_slices(maps, self.views, self.array.shape[1]), 0.0, 1.0)
        found = Volume(values, self.trails[-1].ijk_to_ras, unit="probability")
        for trail in reversed(self.trails):
            found = trail.restore_probability(found)
        if not found.same_grid(self.source):
            onto = resample(found, self.source.ijk_to_ras, self.source.shape)
            found = Volume(np.clip(onto, 0.0, 1.0), self.source.ijk_to_ras)
        return replace(found, modality=self.source.modality, unit="arbitrary", meta={}, dicom=None)


def prepare_outcome_image(
    volumes: Mapping[str, Volume], card: OutcomePreparation, *, mask: Mask | None = None
) -> OutcomeImage:
    """Prepare the images of a patient.

    Parameters
    ----------
    volumes : mapping of str to Volume
        Image by channel name, in any grids of one frame.
    card : OutcomePreparation
    mask : Mask, optional
        On the first image's grid: the lesion, or the region that is looked at.

    Raises
    ------
    InputError
        If a channel is missing or unknown; else as ``prepare_channels`` and ``harmonize``.
    EmptyMaskError
        If the card asks for a mask and there is none, or it is empty.
    """
    how = card.image
    needed = how.region == "mask" if how.kind == "slices" else how.attenuate
    if needed and (mask is None or mask.is_empty):
        got = "none" if mask is None else "an empty one"
        raise EmptyMaskError("mask", expected="a lesion or region that the network looks at", got=got)
    if how.kind == "slices":
        return _slices(volumes, card, how, mask)
    return _whole(volumes, card, how, mask)


@dataclass(frozen=True)
class _Grid:
    """How ``prepare_channels`` is told the working grid."""

    channels: tuple[Channel, ...]
    spacing_mm: tuple[float | None, float | None, float | None]
    orientation: str
    interpolation: str
    margin: int = 0


def _slices(
    volumes: Mapping[str, Volume], card: OutcomePreparation, how: SlicesInput, mask: Mask | None
) -> OutcomeImage:
    box = box_around(mask, how.around_mm) if how.region == "mask" and mask is not None else None
    grid = _Grid(card.channels, how.spacing_mm, how.orientation, how.interpolation)
    prepared = prepare_channels(volumes, grid, box=box)
    rows = [Volume(row, prepared.ijk_to_ras) for row in prepared.array]
    centred = harmonize(rows[0], Preset("centred", "", (CropOrPadToShape((0, *how.size[1:])),)))
    array = np.stack([centred.trail.carry(row, fill=0.0).array for row in rows])
    views = slice_views(array.shape[1], how.size[0])
    return OutcomeImage(array.astype(np.float32, copy=False), views, _first(volumes), (centred.trail,))


def _whole(
    volumes: Mapping[str, Volume], card: OutcomePreparation, how: VolumeInput, mask: Mask | None
) -> OutcomeImage:
    if len(card.channels) != 1 or set(volumes) != {card.channels[0].name}:
        names = ", ".join(volumes) or "none"
        raise InputError("channel", expected=f"one image, {card.channels[0].name}", got=names)
    volume = _first(volumes)
    before, after = _steps(how)
    first = harmonize(volume, Preset("before the crop", "", before))
    region = None
    if mask is not None:
        carried = first.trail.carry(Volume(mask.array.astype(np.uint8), mask.ijk_to_ras), fill=0)
        region = Mask(carried.array > 0, carried.ijk_to_ras, mask.label)
    second = harmonize(first.volume, Preset("crop and size", "", after), region=region)
    array = normalise_channel(second.volume.array, card.channels[0])
    return OutcomeImage(array[None], slice_views(len(array), how.size[0]), volume, (first.trail, second.trail))


def _steps(how: VolumeInput) -> tuple[tuple[HarmonizeStep, ...], tuple[HarmonizeStep, ...]]:
    """Give the preset's steps before its crop, and from there on with the darkening and the wanted size."""
    steps = load_preset(how.preset).steps
    crop = next((n for n, step in enumerate(steps) if isinstance(step, CropToForeground)), 0)
    after: list[HarmonizeStep] = [
        replace(step, shape=how.size) if isinstance(step, ResizeToShape) else step for step in steps[crop:]
    ]
    if not any(isinstance(step, ResizeToShape) for step in after):
        raise InputError("preset", expected="one that resizes to a number of voxels", got=how.preset)
    if how.attenuate:
        cropped = int(bool(after) and isinstance(after[0], CropToForeground))
        after.insert(cropped, AttenuateOutside(how.lowest, how.sigma_mm))
    return tuple(steps[:crop]), tuple(after)


def _first(volumes: Mapping[str, Volume]) -> Volume:
    return next(iter(volumes.values()))
