"""Which image is which of a model's channels, and whether they share one physical frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args

import numpy as np

from oncologyai.errors import GeometryMismatchError, InputError, ModalityError, UnitsError
from oncologyai.types import Unit, Volume

if TYPE_CHECKING:
    from oncologyai.models import Channel, ModelCard

__all__ = ["ModelInputs", "bounds_in", "match_channels"]

_UNKNOWN = {"", "OT"}


@dataclass(frozen=True, eq=False)
class ModelInputs:
    """What a model is given.

    Attributes
    ----------
    first : str
        The channel of the first image, on whose grid the result lies.
    volume : Volume
        The first image.
    channels : mapping of str to Volume
        The further images by channel.
    notes : tuple of str
        What the files did not say and was taken from the card.
    """

    first: str
    volume: Volume
    channels: Mapping[str, Volume]
    notes: tuple[str, ...] = ()

    @property
    def volumes(self) -> dict[str, Volume]:
        """All images by channel, the first image first."""
        return {self.first: self.volume, **self.channels}


def match_channels(card: ModelCard, volume: Volume, channels: Mapping[str, Volume] | None = None) -> ModelInputs:
    """Find the channel of the first image, and check modality, unit and frame of all.

    Parameters
    ----------
    card : ModelCard
        Names the channels.
    volume : Volume
        The first image. It is the first channel of its modality that ``channels`` does not give; where its modality is
        not known, the first channel that ``channels`` does not give.
    channels : mapping of str to Volume, optional
        Further images by channel, in any grids.

    Returns
    -------
    ModelInputs
        Images whose file named no modality or unit have those of their channel, with a note.

    Raises
    ------
    InputError
        If a channel is not the card's, a required one is missing, or none is left for the first image.
    ModalityError, UnitsError
        If an image is known to be something else than its channel.
    GeometryMismatchError
        If an image has another DICOM frame of reference than the first, or nowhere meets it.
    """
    given = dict(channels or {})
    known = [channel.name for channel in card.channels]
    if strange := [name for name in given if name not in known]:
        raise InputError("channel", expected=f"one of {', '.join(known)} of {card.id}", got=", ".join(strange))
    first = _channel_of(card, volume, given)
    if missing := [c.name for c in card.channels if c.required and c.name != first.name and c.name not in given]:
        raise InputError(
            "channel",
            expected=f"an image for {', '.join(missing)}, which {card.id} requires",
            got="none",
            remedy=f"give --channel {missing[0]}=FILE",
        )
    notes: list[str] = []
    found = {c.name: _meant(volume if c is first else given[c.name], c, notes) for c in _present(card, first, given)}
    for name in given:
        _check_frame(found[first.name], found[name], name)
    further = {name: image for name, image in found.items() if name != first.name}
    return ModelInputs(first.name, found[first.name], further, tuple(notes))


def _present(card: ModelCard, first: Channel, given: Mapping[str, Volume]) -> list[Channel]:
    return [c for c in card.channels if c is first or c.name in given]


def _channel_of(card: ModelCard, volume: Volume, given: Mapping[str, Volume]) -> Channel:
    free = [c for c in card.channels if c.name not in given]
    if not free:
        names = ", ".join(given)
        raise InputError(
            "channel", expected=f"a channel of {card.id} left for the first image", got=names, remedy="leave one out"
        )
    if volume.modality in _UNKNOWN:
        return free[0]
    fitting = [c for c in free if c.modality == volume.modality]
    if not fitting:
        raise ModalityError(
            "image",
            expected=" or ".join(dict.fromkeys(c.modality for c in free)) + f" for {card.id}",
            got=volume.modality,
            remedy="give the right image, or another model",
        )
    return fitting[0]


def _meant(volume: Volume, channel: Channel, notes: list[str]) -> Volume:
    """Give the image with its channel's modality and unit, where it does not say others."""
    modality, unit = volume.modality, volume.unit
    if modality in _UNKNOWN:
        modality = channel.modality
    elif modality != channel.modality:
        raise ModalityError(
            f"channel {channel.name}",
            expected=f"modality {channel.modality}",
            got=modality,
            remedy="give the right image",
        )
    if channel.unit in get_args(Unit) and channel.unit != "arbitrary":
        if unit == "arbitrary":
            unit = cast("Unit", channel.unit)
        elif unit != channel.unit:
            raise UnitsError(
                f"channel {channel.name}",
                expected=f"values in {channel.unit}",
                got=unit,
                remedy="read it with --suv bw" if unit.startswith("SUV") else "convert it first",
            )
    if (modality, unit) == (volume.modality, volume.unit):
        return volume
    notes.append(f"channel {channel.name}: the file does not say what it holds; taken as {modality} in {unit}")
    return replace(volume, modality=modality, unit=unit)


def _check_frame(first: Volume, other: Volume, name: str) -> None:
    frames = [v.dicom.frame_of_reference_uid if v.dicom else "" for v in (first, other)]
    if all(frames) and frames[0] != frames[1]:
        raise GeometryMismatchError(
            f"channel {name}",
            expected="the frame of reference of the first image",
            got="another",
            remedy="register it to the first image and give it as NRRD or NIfTI",
        )
    low, high = bounds_in(first, other)
    if (high < -0.5).any() or (low > np.array(first.shape[::-1]) - 0.5).any():
        raise GeometryMismatchError(
            f"channel {name}",
            expected="an image that overlaps the first one",
            got="one that lies elsewhere",
            remedy="register it to the first image",
        )


def bounds_in(grid: Volume, other: Volume) -> tuple[np.ndarray, np.ndarray]:
    """Give the least and largest voxel coordinates (i, j, k) of ``grid`` at the corners of ``other``."""
    k, j, i = other.shape
    corners = [[a, b, c] for a in (-0.5, i - 0.5) for b in (-0.5, j - 0.5) for c in (-0.5, k - 0.5)]
    at = grid.ijk_from_ras(other.ras_from_ijk(np.array(corners)))
    return at.min(axis=0), at.max(axis=0)
