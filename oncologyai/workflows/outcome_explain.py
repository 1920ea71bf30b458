"""What a network of an outcome looked at: from a model's folder and images to a map, and a bundle for the scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from oncologyai.bundle import Bundle, write_bundle
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.imaging import is_volume_file, read_masks, read_volume, write_volume
from oncologyai.models import OutcomeModelCard, load_outcome_card
from oncologyai.pipelines import HEAT, OutcomeExplanation, explain_outcome
from oncologyai.progress import Part, Progress, Silent
from oncologyai.types import Mask, Volume

__all__ = ["explain_outcome_files"]


def explain_outcome_files(
    model: Path,
    images: Mapping[str, Path],
    *,
    mask: Path | None = None,
    method: str = "hirescam",
    out: Path | None = None,
    bundle: Path | None = None,
    progress: Progress | None = None,
) -> OutcomeExplanation:
    """Predict a patient's outcome, write the map of what it comes from.

    Parameters
    ----------
    model : Path
        Folder of ``card.json`` and weights, as a training leaves it.
    images : mapping of str to Path
        By channel; one without a name ("") is the card's only channel.
    mask : Path, optional
        The lesion or region, its structures united.
    method : str
        ``hirescam`` or ``grad-cam``; see ``explain.grad_cam``.
    out : Path, optional
        The map as .nrrd, .nii.gz or .mha, on the first image's own grid.
    bundle : Path, optional
        Folder with the image, the mask, the prediction and the map, which the scene shows over the image; there it has
        no value where nothing speaks for the event.
    progress : Progress, optional

    Raises
    ------
    InputError
        If neither output is given or ``out`` ends otherwise, before anything is read; a channel is unknown; else as
        reading and ``explain_outcome``.
    OutputError
        If a place cannot be written.
    CancelledError
        If the user cancelled.
    """
    if out is None and bundle is None:
        raise InputError("--out", expected="a file for the map, or a folder for a bundle", got="neither")
    if out is not None and not is_volume_file(out):
        raise InputError("--out", expected="a name that ends in .nrrd, .nii.gz or .mha", got=out.name)
    watch = progress or Silent()
    card = load_outcome_card(model)
    volumes = _read(card, images, watch)
    first = next(iter(volumes.values()))
    given = None if mask is None else _mask(mask, first)
    folder = model if model.is_dir() else model.parent
    found = explain_outcome(volumes, card, folder, mask=given, method=method, progress=Part(watch, 0.1, 0.9))
    if out is not None:
        write_volume(found.heat, out)
    if bundle is not None:
        write_bundle(_bundle(card, volumes, given, found, next(iter(images.values())), method), bundle)
    return found


def _read(card: OutcomeModelCard, images: Mapping[str, Path], progress: Progress) -> dict[str, Volume]:
    channels = {channel.name: channel for channel in card.channels}
    named = {name or card.channels[0].name: path for name, path in images.items()}
    if set(named) != set(channels):
        expected = " and ".join(channels)
        raise InputError("--channel", expected=f"an image for {expected}", got=", ".join(named) or "none")
    volumes = {}
    for name, channel in channels.items():
        volume = read_volume(named[name], progress=progress)
        if volume.modality in ("", "OT"):
            volume = replace(volume, modality=channel.modality)
        volumes[name] = volume
    return volumes


def _mask(path: Path, grid: Volume) -> Mask:
    masks = read_masks(path, grid=grid)
    if not masks:
        raise EmptyMaskError(str(path), expected="a structure", got="none")
    return Mask.on(grid, np.logical_or.reduce([one.array for one in masks]), masks[0].label, code=masks[0].code)


def _bundle(
    card: OutcomeModelCard,
    volumes: Mapping[str, Volume],
    mask: Mask | None,
    found: OutcomeExplanation,
    path: Path,
    method: str,
) -> Bundle:
    (name, first), *others = volumes.items()
    shown = np.where(found.heat.array > 0, found.heat.array, np.float32(np.nan))
    return Bundle(
        name=path.name.split(".")[0] or name,
        pipeline="outcome-explain",
        method=card.id,
        volume=first,
        masks=() if mask is None else (mask,),
        tables=(found.table,),
        settings={"endpoint": card.endpoint.name},
        provenance=found.provenance,
        channels=dict(others),
        maps={HEAT[method]: found.heat.with_array(shown)},
    )
