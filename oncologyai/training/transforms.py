"""Random changes of samples: one interpolation for all geometry, then the values of each channel.

Every random number comes from the generator passed in: the same generator state gives the same sample.
Axes are (k, j, i); a slice-wise sample is a patch of one slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from oncologyai.training.config import Augmentation, TrainConfig
from oncologyai.training.data import Case

__all__ = ["Inputs", "change_values", "cut_view", "draw_sample", "inputs_of", "show_beside"]

_CONTROL = 5  # points an axis of the elastic deformation
_BESIDE = 4  # voxels that a part beside the lesion must be thick to be shown
_SPILL = 2  # voxels beside the lesion that its blurred uptake reaches
_SPREAD = 16.0  # mm beyond the image that a sample's centre may lie, so that lesions are seen cut off too


@dataclass(frozen=True)
class Inputs:
    """Which inputs of the network belong to a channel: ``field`` is None where it has no field of view."""

    name: str
    modality: str
    image: int
    field: int | None


def inputs_of(config: TrainConfig) -> tuple[Inputs, ...]:
    """Give the places of each channel among the network's inputs; see ``input_names``."""
    found, place = [], 0
    for channel in config.channels:
        field = place + 1 if channel.field_of_view else None
        found.append(Inputs(channel.name, channel.modality, place, field))
        place += 2 if channel.field_of_view else 1
    return tuple(found)


def draw_sample(
    case: Case, config: TrainConfig, generator: np.random.Generator, *, device: str = "cpu"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw a sample of a case.

    Parameters
    ----------
    case : Case
        Its arrays are not changed.
    config : TrainConfig
        Patch, channels and augmentation.
    generator : Generator
        Of every random choice.
    device : str
        Where the sample is made.

    Returns
    -------
    image : Tensor, shape (input, [k,] j, i), float32
        Zero beyond the case's image.
    truth : Tensor, shape (1, [k,] j, i), float32
        0 or 1.
    """
    flat = len(config.patch) == 2
    patch = (1, *config.patch) if flat else tuple(config.patch)
    settings = config.augmentation
    slab = slice(None)
    if flat:
        place = _slice_of(case, config, generator)
        slab = slice(place, place + 1)
    image = torch.from_numpy(np.array(case.image[:, slab])).to(device)
    truth = torch.from_numpy(np.array(case.truth[slab])).to(device)
    if not flat and settings.absent and generator.random() < settings.absent:
        image, truth = show_beside(image, truth, generator)
    image = cut_view(image, truth, case.sampling_mm, inputs_of(config), settings, generator)
    image, truth = _warp(image, truth, case.sampling_mm, patch, config, generator)
    image = change_values(image, inputs_of(config), settings, generator, complete=case.complete)
    return (image[:, 0], truth[:, 0]) if flat else (image, truth)


def show_beside(
    image: torch.Tensor, truth: torch.Tensor, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Show a part of the view on one side of the lesion alone, or mirrored until it fills the view again.

    Where every image holds a lesion a network learns to find one in each; this teaches it that there may be none.

    Parameters
    ----------
    image : Tensor, shape (input, k, j, i)
        Not changed.
    truth : Tensor, shape (k, j, i)
        The lesion's share.
    generator : Generator
        Chooses the side, and whether it is mirrored.

    Returns
    -------
    tuple of Tensor
        Image and an empty truth; both as they were where the truth is empty or no side is thick enough.
    """
    lesion = _span(truth > 0)
    if lesion is None:
        return image, truth
    sides = []
    for axis, size in enumerate(truth.shape):
        first, last = lesion[0][axis] - _SPILL, lesion[1][axis] + 1 + _SPILL
        sides += [(axis, low, high) for low, high in ((0, first), (last, size)) if high - low >= _BESIDE]
    if not sides:
        return image, truth
    axis, low, high = sides[int(generator.integers(len(sides)))]
    places = torch.arange(truth.shape[axis], device=image.device)
    if generator.random() < 0.5:
        around = (places - low) % (2 * (high - low))
        mirrored = torch.where(around < high - low, around, 2 * (high - low) - 1 - around) + low
        return image.index_select(axis + 1, mirrored), torch.zeros_like(truth)
    shown = torch.zeros_like(image)
    part = [slice(None)] * image.ndim
    part[axis + 1] = slice(low, high)
    shown[tuple(part)] = image[tuple(part)]
    return shown, torch.zeros_like(truth)


def cut_view(
    image: torch.Tensor,
    truth: torch.Tensor,
    sampling_mm: Sequence[float],
    inputs: Sequence[Inputs],
    settings: Augmentation,
    generator: np.random.Generator,
) -> torch.Tensor:
    """Blank the sides of the view, and more of the channels with a field of view, but nothing of the lesion.

    Where images were cropped around the lesion, the distance to the border gives it away; this hides it.
    """
    image = image.clone()
    if generator.random() < settings.border:
        lesion = _span(truth > 0.5)
        _cut(image, list(range(len(image))), lesion, sampling_mm, settings.border_mm, generator)
    if generator.random() < settings.field:
        for channel in inputs:
            if channel.name in settings.field_channels and channel.field is not None:
                seen = _span(image[channel.field] > 0)
                rows = [channel.image, channel.field]
                _cut(image, rows, None, sampling_mm, settings.field_mm, generator, seen=seen)
    return image


def change_values(
    image: torch.Tensor,
    inputs: Sequence[Inputs],
    settings: Augmentation,
    generator: np.random.Generator,
    *,
    complete: bool = True,
) -> torch.Tensor:
    """Change the values of each channel within its field of view, then leave channels out.

    The gain of a PET channel is one of SUV: its input is taken to be log(1 + SUV) where it has no field of view.
    Only a complete case loses a channel that has no field of view.
    """
    image = image.clone()
    for channel in inputs:
        values = _changed(image[channel.image], channel, settings, generator)
        image[channel.image] = values if channel.field is None else values * (image[channel.field] > 0)
    draw = generator.random()
    for names, chance in settings.drop.items():
        if draw < chance:
            for channel in inputs:
                if channel.name in names.split("+") and (channel.field is not None or complete):
                    image[channel.image] = 0
                    if channel.field is not None:
                        image[channel.field] = 0
            break
        draw -= chance
    return image


def _slice_of(case: Case, config: TrainConfig, generator: np.random.Generator) -> int:
    if config.on_lesion is not None and generator.random() < config.on_lesion:
        inside = np.flatnonzero((case.truth > 0.5).any(axis=(1, 2)))
        if inside.size:
            return int(generator.choice(inside))
    return int(generator.integers(case.truth.shape[0]))


def _span(mask: torch.Tensor) -> tuple[list[int], list[int]] | None:
    places = torch.nonzero(mask)
    if not len(places):
        return None
    return places.amin(0).tolist(), places.amax(0).tolist()


def _cut(
    image: torch.Tensor,
    rows: Sequence[int],
    keep: tuple[list[int], list[int]] | None,
    sampling_mm: Sequence[float],
    most_mm: float,
    generator: np.random.Generator,
    *,
    seen: tuple[list[int], list[int]] | None = None,
) -> None:
    """Set the outer parts of rows to 0: up to ``most_mm`` from each side of ``seen``, or of the image, in place."""
    for axis in range(3):
        size = image.shape[axis + 1]
        if size == 1:
            continue
        first, last = (0, size - 1) if seen is None else (seen[0][axis], seen[1][axis])
        low, high = (int(value / sampling_mm[axis]) for value in generator.uniform(0, most_mm, 2))
        first, last = first + low, last - high
        if keep is not None:
            first, last = min(first, keep[0][axis]), max(last, keep[1][axis])
        for row in rows:
            view = image[row].movedim(axis, 0)
            view[: max(first, 0)] = 0
            view[max(last + 1, 0) :] = 0


def _warp(
    image: torch.Tensor,
    truth: torch.Tensor,
    sampling_mm: Sequence[float],
    patch: tuple[int, ...],
    config: TrainConfig,
    generator: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rotate, scale, flip, deform and crop in one interpolation."""
    settings, edges = config.augmentation, np.array(sampling_mm)
    size = np.array(truth.shape) * edges
    centre = _centre(truth, edges, np.array(patch) * edges, config, generator)
    places = [
        torch.linspace(-(count - 1) / 2, (count - 1) / 2, count, device=image.device) * float(edge)
        for count, edge in zip(patch, edges, strict=True)
    ]
    grid = torch.stack(torch.meshgrid(*places, indexing="ij"), -1)
    if generator.random() < settings.elastic:
        spread = generator.uniform(*settings.elastic_mm)
        shifts = generator.normal(0, spread, (1, 3, _CONTROL, _CONTROL, _CONTROL))
        if patch[0] == 1:
            shifts[:, 0] = 0
        field = torch.as_tensor(shifts, dtype=torch.float32, device=image.device)
        whole = functional.interpolate(field, size=list(patch), mode="trilinear", align_corners=True)
        grid = grid + whole[0].movedim(0, -1)
    turn = torch.as_tensor(_matrix(settings, generator).T, dtype=torch.float32, device=image.device)
    grid = grid @ turn + torch.as_tensor(centre, dtype=torch.float32, device=image.device)
    grid = grid * torch.as_tensor(2 / size, dtype=torch.float32, device=image.device)
    both = torch.cat([image, truth[None]])[None]
    out = functional.grid_sample(both, grid.flip(-1)[None], mode="bilinear", padding_mode="zeros", align_corners=False)[
        0
    ]
    return out[:-1], (out[-1:] > 0.5).float()


def _centre(
    truth: torch.Tensor, edges: np.ndarray, span: np.ndarray, config: TrainConfig, generator: np.random.Generator
) -> np.ndarray:
    """Give the sample's centre in mm from the image's centre."""
    if len(config.patch) == 2:
        return _centre_in_slice(truth, edges, span, config, generator)
    size = np.array(truth.shape) * edges
    free = np.maximum((size - span) / 2, 0)
    if config.on_lesion is not None and generator.random() < config.on_lesion:
        inside = torch.nonzero(truth > 0.5)
        if len(inside):
            # where the patch fits, it stays within the image
            return np.clip(_place(inside, edges, size, generator), -free, free)
    more = 0.0 if config.on_lesion is not None else _SPREAD
    centre = generator.uniform(-1, 1, 3) * (free + more)
    return np.asarray(centre + _shift(span, config, generator))


def _centre_in_slice(
    truth: torch.Tensor, edges: np.ndarray, span: np.ndarray, config: TrainConfig, generator: np.random.Generator
) -> np.ndarray:
    """Give the centre of a patch of one slice; where the slice holds lesion, ``on_lesion`` is the chance to meet it.

    Pixels of the patch fall on pixels of the slice: what is not deformed is what inference sees.
    """
    size = np.array(truth.shape) * edges
    free = np.maximum((size - span) / 2, 0)
    inside = torch.nonzero(truth > 0.5)
    if config.on_lesion is not None and len(inside) and generator.random() < config.on_lesion:
        centre = np.clip(_place(inside, edges, size, generator), -free, free)
    else:
        centre = generator.uniform(-1, 1, 3) * (free + (0.0 if config.on_lesion is not None else _SPREAD))
    centre = centre + _shift(span, config, generator)
    start = np.round((centre + (size - span) / 2) / edges)
    centre = start * edges - (size - span) / 2
    centre[0] = 0.0
    return np.asarray(centre)


def _place(inside: torch.Tensor, edges: np.ndarray, size: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    chosen = inside[int(generator.integers(len(inside)))].cpu().numpy()
    return np.asarray((chosen + 0.5) * edges - size / 2)


def _shift(span: np.ndarray, config: TrainConfig, generator: np.random.Generator) -> np.ndarray:
    if generator.random() < config.augmentation.shift:
        return np.asarray(generator.uniform(-1, 1, 3) * np.array(config.augmentation.shift_share) * span)
    return np.zeros(3)


def _matrix(settings: Augmentation, generator: np.random.Generator) -> np.ndarray:
    degrees = np.array(settings.rotate_degrees) * generator.uniform(-1, 1, 3)
    turn = np.eye(3)
    if generator.random() < settings.rotate:
        for axis, angle in enumerate(np.deg2rad(degrees)):
            first, second = (other for other in range(3) if other != axis)
            one = np.eye(3)
            one[first, first] = one[second, second] = np.cos(angle)
            one[first, second], one[second, first] = -np.sin(angle), np.sin(angle)
            turn = turn @ one
    scale = np.ones(3)
    if generator.random() < settings.scale:
        scale = scale * generator.uniform(*settings.scale_range)
    if generator.random() < settings.stretch:
        scale = scale * generator.uniform(*settings.stretch_range, 3)
    flip = np.where(generator.random(3) < np.array(settings.flip), -1.0, 1.0)
    return np.asarray(turn @ np.diag(flip / scale))


def _changed(
    values: torch.Tensor, channel: Inputs, settings: Augmentation, generator: np.random.Generator
) -> torch.Tensor:
    suv = channel.modality == "PT" and channel.field is None
    if generator.random() < settings.gain:
        factor = float(generator.uniform(*settings.gain_range))
        values = torch.log1p(torch.expm1(values.clamp_min(0)) * factor) if suv else values * factor
    if generator.random() < settings.offset and not suv:
        values = values + float(generator.uniform(*settings.offset_range))
    if generator.random() < settings.gamma:
        values = _bent(values, float(generator.uniform(*settings.gamma_range)))
    if generator.random() < settings.blur:
        values = _blurred(values, float(generator.uniform(*settings.blur_voxels)))
    if generator.random() < settings.coarse:
        values = _coarse(values, float(generator.uniform(*settings.coarse_range)))
    if generator.random() < settings.noise:
        grain = generator.standard_normal(tuple(values.shape), dtype=np.float32)
        values = values + torch.from_numpy(grain).to(values.device) * float(generator.uniform(0, settings.noise_most))
    if channel.modality == "MR" and generator.random() < settings.bias:
        low = torch.as_tensor(generator.normal(0, 0.2, (1, 1, 3, 3, 3)), dtype=torch.float32, device=values.device)
        field = functional.interpolate(low, size=list(values.shape), mode="trilinear", align_corners=True)[0, 0]
        values = (values + 1) * torch.exp(field) - 1
    return values


def _bent(values: torch.Tensor, power: float) -> torch.Tensor:
    low, high = values.amin(), values.amax()
    span = (high - low).clamp_min(1e-3)
    return low + span * ((values - low) / span) ** power


def _blurred(values: torch.Tensor, deviation: float) -> torch.Tensor:
    steps = torch.arange(-2, 3, device=values.device, dtype=torch.float32)
    weights = torch.exp(-0.5 * (steps / deviation) ** 2)
    weights = weights / weights.sum()
    out = values[None, None]
    for axis in range(3):
        if values.shape[axis] > 1:
            shape, pad = [1, 1, 1, 1, 1], [0, 0, 0]
            shape[axis + 2], pad[axis] = 5, 2
            out = functional.conv3d(out, weights.reshape(shape), padding=pad)
    return out[0, 0]


def _coarse(values: torch.Tensor, share: float) -> torch.Tensor:
    few = [max(1, round(size * share)) for size in values.shape]
    small = functional.interpolate(values[None, None], size=few, mode="trilinear", align_corners=False)
    return functional.interpolate(small, size=list(values.shape), mode="trilinear", align_corners=False)[0, 0]
