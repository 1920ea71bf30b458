"""A model's channels, in whatever grids, brought onto the one grid that its network works on, and back.

All images share one physical frame. The working grid has the card's directions and spacing and covers the first
image, or a box of it. What the network finds comes back to the first image's grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import ndimage

from oncologyai.errors import EmptyMaskError, InputError, ModalityError
from oncologyai.harmonize import Preset, Reorient, harmonize, resample_sinc
from oncologyai.inference.intensities import normalise_channel
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

if TYPE_CHECKING:
    from oncologyai.models import Channel

__all__ = ["Prepared", "Preparation", "input_names", "prepare_channels", "resample", "working_grid"]

_BLUR = 0.5  # deviation of the blur before coarser sampling, in source voxels per root of (step^2 - 1)
_UNKNOWN = {"", "OT"}  # a file that names no modality is taken at the user's word


class Preparation(Protocol):
    """What the channels are made by: a model's card, or the configuration of its training."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The images, in the network's order."""

    @property
    def spacing_mm(self) -> tuple[float | None, float | None, float | None]:
        """Voxel edges (i, j, k) of the working grid; None keeps the image's own."""

    @property
    def orientation(self) -> str:
        """Where i, j and k grow to, such as LPS."""

    @property
    def interpolation(self) -> str:
        """``nearest``, ``linear`` or ``sinc``, the windowed sinc of ``resample_sinc``."""

    @property
    def margin(self) -> int:
        """Voxels of fill that surround what is covered."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the network gets.

    Attributes
    ----------
    array : ndarray, shape (channel, k, j, i), float32
        Normalised, on the working grid; a missing channel holds its fill. A channel with ``field_of_view`` is two
        inputs, the image and then 1 where the image is, 0 elsewhere.
    ijk_to_ras : ndarray, shape (4, 4)
        The working grid, the card's margin included.
    present : tuple of bool
        Which channels were given, in the card's order.
    notes : tuple of str
        What was missing.
    """

    array: np.ndarray
    ijk_to_ras: np.ndarray
    present: tuple[bool, ...]
    notes: tuple[str, ...]


def prepare_channels(
    volumes: Mapping[str, Volume], card: Preparation, *, box: Mask | None = None, progress: Progress | None = None
) -> Prepared:
    """Bring the channels of a model onto its working grid.

    Parameters
    ----------
    volumes : mapping of str to Volume
        Image by channel name; the first one's field of view is covered.
    card : Preparation
        A model card or a training's configuration: names the channels, their normalisation, the spacing and the
        directions.
    box : Mask, optional
        On the first image's grid: only the box around it is covered.
    progress : Progress, optional
        Asked for cancellation before every channel.

    Returns
    -------
    Prepared
        Optional channels that are missing are filled and noted.

    Raises
    ------
    InputError
        If a required channel is missing or a name is not the card's. Also a ValueError.
    ModalityError
        If an image's modality is known and not the channel's.
    EmptyMaskError
        If ``box`` is empty.
    GeometryMismatchError
        If ``box`` is not on the first image's grid.
    """
    _check_names(volumes, card)
    first = next(iter(volumes.values()))
    ijk_to_ras, shape = working_grid(first, card, box=box)
    array = np.empty((len(input_names(card)), *shape), dtype=np.float32)
    notes = []
    row = 0
    for channel in card.channels:
        check_cancelled(progress or Silent())
        rows = 2 if channel.field_of_view else 1
        if channel.name in volumes:
            volume = volumes[channel.name]
            array[row] = _sampled(_ready(volume, channel), card.interpolation, ijk_to_ras, shape, channel.fill)
            if channel.field_of_view:
                everywhere = volume.with_array(np.ones(volume.shape, dtype=np.float32), unit="arbitrary")
                array[row + 1] = resample(everywhere, ijk_to_ras, shape, order=0)
        else:
            array[row] = channel.fill
            array[row + 1 : row + rows] = 0.0
            notes.append(f"channel {channel.name} was not given: the model did without it")
        row += rows
    if card.margin:
        array, ijk_to_ras = _surrounded(array, ijk_to_ras, card)
    return Prepared(array, ijk_to_ras, tuple(c.name in volumes for c in card.channels), tuple(notes))


def input_names(card: Preparation) -> tuple[str, ...]:
    """Name the network's inputs in order: each channel, and after it ``<name>_field`` where it asks for its field."""
    return tuple(
        name
        for channel in card.channels
        for name in ((channel.name, f"{channel.name}_field") if channel.field_of_view else (channel.name,))
    )


def _surrounded(array: np.ndarray, ijk_to_ras: np.ndarray, card: Preparation) -> tuple[np.ndarray, np.ndarray]:
    """Put the margin of fill around every input: how a network sees where a view ends."""
    fills = [v for c in card.channels for v in ((c.fill, 0.0) if c.field_of_view else (c.fill,))]
    around = [(card.margin, card.margin)] * 3
    wide = np.stack([np.pad(row, around, constant_values=fill) for row, fill in zip(array, fills, strict=True)])
    shift = np.eye(4)
    shift[:3, 3] = -card.margin
    return wide, ijk_to_ras @ shift


def _ready(volume: Volume, channel: Channel) -> Volume:
    """Check an image's modality and normalise it on its own grid."""
    if volume.modality not in {channel.modality, *_UNKNOWN}:
        raise ModalityError(
            channel.name, expected=f"modality {channel.modality}", got=volume.modality, remedy="give the right image"
        )
    if channel.normalisation.kind == "preset":
        return harmonize(volume, channel.normalisation.preset).volume
    return volume.with_array(normalise_channel(volume.array, channel), unit="arbitrary")


def _sampled(
    volume: Volume, interpolation: str, ijk_to_ras: np.ndarray, shape: tuple[int, int, int], fill: float
) -> np.ndarray:
    if interpolation == "sinc":
        return resample_sinc(volume, ijk_to_ras, shape, fill=fill)
    return resample(volume, ijk_to_ras, shape, order=0 if interpolation == "nearest" else 1, fill=fill)


def working_grid(
    volume: Volume, card: Preparation, *, box: Mask | None = None
) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Give the matrix and the shape (k, j, i) of the grid that a model works on for an image.

    Parameters
    ----------
    volume : Volume
        The first image.
    card : Preparation
        Its ``orientation`` and ``spacing_mm`` (i, j, k); no number keeps the image's own.
    box : Mask, optional
        On the image's grid; the box around it is covered, else the whole image.

    Returns
    -------
    tuple
        ``ijk_to_ras`` and shape. The grid's middle is the covered part's middle.

    Raises
    ------
    EmptyMaskError
        If ``box`` is empty.
    GeometryMismatchError
        If ``box`` is not on the image's grid.
    """
    image = volume.with_array(np.ones(volume.shape, dtype=np.uint8), unit="arbitrary")
    if box is not None:
        volume.require_same_grid(box, "box")
        if box.is_empty:
            raise EmptyMaskError("box", expected="voxels to look at", got="none")
        image = image.with_array(box.array.astype(np.uint8))
    turned = harmonize(image, Preset("turned", "", (Reorient(card.orientation),))).volume
    spans = [np.flatnonzero(turned.array.any(axis=axes)) for axes in ((0, 1), (0, 2), (1, 2))]
    low = np.array([span[0] for span in spans], dtype=np.float64)
    count = np.array([span[-1] - span[0] + 1 for span in spans], dtype=np.float64)
    own = np.array(turned.spacing_mm)
    wanted = np.array([own[n] if edge is None else edge for n, edge in enumerate(card.spacing_mm)])
    size = np.maximum(1, np.round(count * own / wanted)).astype(int)
    step = wanted / own
    start = low + (count - 1) / 2 - step * (size - 1) / 2
    scale = np.diag([*step, 1.0])
    scale[:3, 3] = start
    return turned.ijk_to_ras @ scale, (int(size[2]), int(size[1]), int(size[0]))


def resample(
    volume: Volume, ijk_to_ras: np.ndarray, shape: tuple[int, int, int], *, order: int = 1, fill: float = 0.0
) -> np.ndarray:
    """Sample an image on another grid of the same physical frame.

    Parameters
    ----------
    volume : Volume
        The image.
    ijk_to_ras, shape
        The other grid, shape (k, j, i).
    order : {0, 1}
        Nearest or linear; where the other grid is coarser a linear sample is of the blurred image.
    fill : float
        Value outside the image.

    Returns
    -------
    ndarray, shape (k, j, i), float32
        Linear values never leave the image's own range and ``fill``.

    Raises
    ------
    InputError
        If ``order`` is neither 0 nor 1.
    """
    if order not in (0, 1):
        raise InputError("order", expected="0 (nearest) or 1 (linear)", got=str(order))
    from_target = np.linalg.inv(volume.ijk_to_ras) @ ijk_to_ras
    turn = from_target[:3, :3][::-1, ::-1]
    offset = from_target[:3, 3][::-1]
    source = volume.array.astype(np.float32)
    if order == 1:
        steps = np.linalg.norm(turn, axis=1)
        blur = _BLUR * np.sqrt(np.maximum(steps**2 - 1.0, 0.0))
        if blur.max() > 0.25:
            source = ndimage.gaussian_filter(source, blur, mode="nearest", truncate=3.0)
        # half a voxel beyond the outermost centres still belongs to the image
        source = np.pad(source, 1, mode="edge")
        offset = offset + 1.0
    out = ndimage.affine_transform(
        source, turn, offset, output_shape=shape, order=order, mode="grid-constant", cval=fill, prefilter=False
    )
    if order == 1:
        _fill_outside(out, turn, offset - 1.0, volume.shape, fill)
    return np.asarray(out, dtype=np.float32)


def _fill_outside(
    out: np.ndarray, turn: np.ndarray, offset: np.ndarray, shape: tuple[int, int, int], fill: float
) -> None:
    """Put the fill where a target's centre lies in no voxel of the image."""
    places = [np.arange(size, dtype=np.float64) for size in out.shape]
    outside = np.zeros(out.shape, dtype=bool)
    for axis, size in enumerate(shape):
        along = sum(
            (turn[axis, n] * places[n].reshape([-1 if m == n else 1 for m in range(3)]) for n in range(3)),
            start=np.float64(offset[axis]),
        )
        outside |= (along < -0.5) | (along >= size - 0.5)
    out[outside] = fill


def _check_names(volumes: Mapping[str, Volume], card: Preparation) -> None:
    known = [c.name for c in card.channels]
    strange = [name for name in volumes if name not in known]
    if strange:
        raise InputError("channel", expected=" or ".join(known), got=", ".join(strange))
    missing = [c.name for c in card.channels if c.required and c.name not in volumes]
    if missing or not volumes:
        raise InputError(
            "channel",
            expected=f"an image for {', '.join(missing or known)}",
            got="none",
            remedy="give --channel NAME=FILE",
        )
