"""Read what a model takes: the first image, channels from files of their own, and the rest from the same study."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from oncologyai.errors import InputError
from oncologyai.imaging import SuvKind, find_companions, find_studies, modalities_of, read_series, read_volume
from oncologyai.pipelines import ModelConfig, ModelInputs, match_channels
from oncologyai.progress import Part, Progress, Silent
from oncologyai.types import Study, Unit, Volume

if TYPE_CHECKING:
    from oncologyai.models import Channel, ModelCard

__all__ = ["ReadConfig", "read_model_images"]


@dataclass(frozen=True)
class ReadConfig:
    """How the first image is read; see ``read_volume``. ``suv`` and ``allow_missing_slices`` hold for channels too."""

    series_uid: str | None = None
    modality: str | None = None
    unit: Unit | None = None
    suv: SuvKind = "bw"
    allow_missing_slices: bool = False

    def read(self, image: str | os.PathLike[str], *, progress: Progress | None = None) -> Volume:
        """Read an image as this says."""
        return read_volume(
            image,
            series_uid=self.series_uid,
            modality=self.modality,
            unit=self.unit,
            suv=self.suv,
            allow_missing_slices=self.allow_missing_slices,
            progress=progress,
        )


def read_model_images(
    image: str | os.PathLike[str],
    config: ModelConfig,
    channels: Mapping[str, str | os.PathLike[str]] | None = None,
    *,
    how: ReadConfig | None = None,
    progress: Progress | None = None,
) -> ModelInputs:
    """Read the images of a model.

    Parameters
    ----------
    image : path
        The first image. Of a DICOM folder with several modalities the first channel's is taken that ``channels`` does
        not give, unless ``how`` says which.
    config : ModelConfig
        Names the model.
    channels : mapping of str to path, optional
        A file or DICOM folder by channel.
    how : ReadConfig, optional
        How the first image is read.
    progress : Progress, optional
        Told the stages, asked for cancellation.

    Returns
    -------
    ModelInputs
        A channel that is not given is taken from the DICOM folder of the first image where exactly one series of its
        modality lies in the same frame of reference, and no other channel is of that modality; a note says so, or why
        none was taken.

    Raises
    ------
    InputError
        If there is no such model or channel; else as ``read_volume`` and ``match_channels``.
    """
    from oncologyai.models import Store

    how, watch, files = how or ReadConfig(), progress or Silent(), dict(channels or {})
    card = Store().get(config.model).segmentation
    known = [channel.name for channel in card.channels]
    if strange := [name for name in files if name not in known]:
        raise InputError("--channel", expected=f"one of {', '.join(known)} of {card.id}", got=", ".join(strange))
    by_name = {channel.name: channel for channel in card.channels}
    watch.stage("read", 0.0)
    studies = find_studies(image, progress=watch) if Path(image).is_dir() else ()
    volume = _first(image, card, studies, files, how).read(image, progress=Part(watch, 0.1, 0.4))
    given = {}
    for name, place in files.items():
        watch.stage(f"read {name}", 0.4)
        given[name] = _of_channel(place, by_name[name], how).read(place, progress=Part(watch, 0.4, 0.7))
    notes: list[str] = []
    _add_companions(studies, card, volume, given, how, notes, Part(watch, 0.7, 1.0))
    found = match_channels(card, volume, given)
    warned = [f"channel {n}: {text}" for n, v in found.channels.items() for text in v.meta.get("warnings", ())]
    return replace(found, notes=(*notes, *found.notes, *warned))


def _first(
    image: str | os.PathLike[str],
    card: ModelCard,
    studies: Sequence[Study],
    files: Mapping[str, object],
    how: ReadConfig,
) -> ReadConfig:
    """Say which modality of a DICOM folder is the first image, where the user did not."""
    if not studies or how.modality is not None or how.series_uid is not None:
        return how
    there = modalities_of(studies)
    free = [c.modality for c in card.channels if c.name not in files]
    fitting = [modality for modality in free if modality in there] or free
    return replace(how, modality=fitting[0] if fitting else None)


def _of_channel(place: str | os.PathLike[str], channel: Channel, how: ReadConfig) -> ReadConfig:
    """Say how a channel is read: by its modality from a folder; a plain file is taken for it later."""
    return replace(how, series_uid=None, modality=channel.modality if Path(place).is_dir() else None, unit=None)


def _add_companions(  # noqa: PLR0917
    studies: Sequence[Study],
    card: ModelCard,
    volume: Volume,
    given: dict[str, Volume],
    how: ReadConfig,
    notes: list[str],
    progress: Progress,
) -> None:
    """Add the channels that the study holds and nobody gave."""
    own = next((c.name for c in card.channels if c.name not in given and c.modality == volume.modality), None)
    names = Counter(channel.modality for channel in card.channels)
    for channel in card.channels:
        if channel.name == own or channel.name in given or names[channel.modality] > 1:
            continue
        found = find_companions(studies, volume, channel.modality)
        if len(found) > 1:
            notes.append(
                f"channel {channel.name}: {len(found)} {channel.modality} series lie in the frame of the first image, "
                f"and none was taken; choose with --channel {channel.name}=FILE"
            )
        if len(found) != 1:
            continue
        try:
            given[channel.name] = read_series(
                found[0], suv=how.suv, allow_missing_slices=how.allow_missing_slices, progress=progress
            )
        except InputError as error:
            if channel.required:
                raise
            notes.append(f"channel {channel.name}: the {channel.modality} series of the study cannot be used: {error}")
        else:
            notes.append(f"channel {channel.name}: the {channel.modality} series of the same study was taken")
