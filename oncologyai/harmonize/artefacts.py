"""Features of non-biological origin (patent, claim 11): metal, its streaks, foreign objects. Told, not removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_positive
from oncologyai.harmonize.state import State
from oncologyai.types import Volume

__all__ = ["FlagArtefacts"]

_TISSUE_HU = -300.0
_COARSE_MM = 4.0
_SKIN_MM = 8.0  # what is nearer to the body than this belongs to it
_RING_MM = 40.0  # how far from metal streaks are looked for
_STREAK_RATIO = (
    1.5  # roughness near metal, measured by the roughness of the same tissue elsewhere, that is worth a flag
)
_SOFT_HU = (-150.0, 300.0)


@dataclass(frozen=True)
class FlagArtefacts:
    """Flag metal with its streaks, and dense objects outside the body.

    Parameters
    ----------
    metal_hu : float
        Values above are metal: 3000, near the end of 12 bits.
    object_hu : float
        Values above, outside the body, are a foreign object: 1000, denser than couch and cloth.
    smallest_metal_ml, smallest_object_ml : float
        Connected pieces smaller than this are not told.

    Raises
    ------
    InputError
        If a volume is not above 0.
    ModalityError, UnitsError
        On ``apply``, if the input is not a CT in HU.
    """

    metal_hu: float = 3000.0
    object_hu: float = 1000.0
    smallest_metal_ml: float = 0.05
    smallest_object_ml: float = 0.5

    def __post_init__(self) -> None:
        check_positive(self.smallest_metal_ml, "smallest_metal_ml", "ml")
        check_positive(self.smallest_object_ml, "smallest_object_ml", "ml")

    def apply(self, state: State) -> State:
        """Add to the flags; the image stays as it is."""
        state.require_hu("artefact flag")
        source = state.source
        dense = source.array > self.object_hu
        if not dense.any():
            return state
        body, skin = _body(source)
        outside = _pieces(dense & ~skin, source, self.smallest_object_ml)
        if outside:
            state = state.flag("foreign objects outside the body: " + _describe(outside, source))
        metal = _pieces((source.array > self.metal_hu) & body, source, self.smallest_metal_ml)
        if metal:
            slices = _streaked_slices(source, body, self.metal_hu)
            streaks = f", with streaks in {slices} slices" if slices else ""
            state = state.flag("metal or undiluted contrast in the body: " + _describe(metal, source) + streaks)
        return state


@dataclass(frozen=True)
class _Piece:
    ml: float
    centre_kji: tuple[float, float, float]


def _pieces(mask: np.ndarray, volume: Volume, smallest_ml: float) -> list[_Piece]:
    """Give the connected pieces of at least ``smallest_ml``, the largest first."""
    places = np.argwhere(mask)
    if len(places) * volume.voxel_ml < smallest_ml:
        return []
    first = places.min(axis=0)
    box = tuple(slice(a, b + 1) for a, b in zip(first, places.max(axis=0), strict=True))
    labels, count = ndimage.label(mask[box], structure=np.ones((3, 3, 3), dtype=bool))
    own = labels[tuple((places - first).T)]
    sizes = np.bincount(own, minlength=count + 1) * volume.voxel_ml
    found = []
    for label in np.argsort(-sizes, kind="stable"):
        if sizes[label] < smallest_ml or label == 0:
            break
        k, j, i = (float(v) for v in places[own == label].mean(axis=0))
        found.append(_Piece(float(sizes[label]), (k, j, i)))
    return found


def _describe(pieces: list[_Piece], volume: Volume) -> str:
    largest = pieces[0]
    x, y, z = volume.ras_from_ijk(largest.centre_kji[::-1])
    number = "1 piece" if len(pieces) == 1 else f"{len(pieces)} pieces, the largest"
    return f"{number} of {largest.ml:.1f} ml at RAS ({x:.0f}, {y:.0f}, {z:.0f})"


def _body(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    """Mark the largest thing that is thicker than a sheet, filled, without and with what lies close to its skin."""
    steps = [max(1, int(_COARSE_MM / edge + 0.25)) for edge in volume.sampling_mm]
    coarse = volume.array[tuple(slice(None, None, s) for s in steps)] > _TISSUE_HU
    labels, count = ndimage.label(ndimage.binary_opening(coarse, np.ones((1, 3, 3), dtype=bool)))
    if count == 0:
        empty = np.zeros(volume.shape, dtype=bool)
        return empty, empty
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    body = _filled(labels == int(sizes.argmax()))
    reach = (int(np.ceil(_SKIN_MM / (s * e))) for s, e in zip(steps[1:], volume.sampling_mm[1:], strict=True))
    skin = ndimage.binary_dilation(body, np.ones((1, *(2 * n + 1 for n in reach)), dtype=bool))
    return _expanded(body, steps, volume.shape), _expanded(skin, steps, volume.shape)


def _expanded(coarse: np.ndarray, steps: list[int], shape: tuple[int, int, int]) -> np.ndarray:
    for axis, step in enumerate(steps):
        coarse = np.repeat(coarse, step, axis=axis)
    return coarse[: shape[0], : shape[1], : shape[2]]


def _filled(mask: np.ndarray) -> np.ndarray:
    """Fill what is enclosed within a slice."""
    within = np.zeros((3, 3, 3), dtype=bool)
    within[1] = ndimage.generate_binary_structure(2, 1)
    framed = np.pad(~mask, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    labels, _ = ndimage.label(framed, structure=within)
    outside = np.isin(labels, np.unique(labels[:, 0, 0]))
    return ~(outside & framed)[:, 1:-1, 1:-1]


def _streaked_slices(volume: Volume, body: np.ndarray, metal_hu: float) -> int:
    """Count the slices whose soft tissue is rougher near metal than soft tissue is elsewhere in the body."""
    metal = (volume.array > metal_hu) & body
    hit = np.flatnonzero(metal.any(axis=(1, 2)))
    clean = np.setdiff1d(np.arange(volume.shape[0]), np.concatenate([hit - 1, hit, hit + 1]))
    if len(clean) == 0:
        clean = hit
    middle = clean[np.linspace(0, len(clean) - 1, min(len(clean), 9)).astype(int)]
    usual = float(np.median([_roughness(volume.array[k], body[k]) for k in middle]))
    _, row_mm, column_mm = volume.sampling_mm
    count = 0
    for k in hit:
        far = ndimage.distance_transform_edt(~metal[k], sampling=(row_mm, column_mm))
        ring = body[k] & (far > 2 * max(row_mm, column_mm)) & (far <= _RING_MM)
        count += _roughness(volume.array[k], ring) > _STREAK_RATIO * max(usual, 1.0)
    return int(count)


def _roughness(image: np.ndarray, region: np.ndarray) -> float:
    """Give a robust deviation of soft tissue from its 7x7 surroundings' mean, in HU; 0 where there is none."""
    smooth = ndimage.uniform_filter(image.astype(np.float32), 7, mode="nearest")
    soft = region & (smooth > _SOFT_HU[0]) & (smooth < _SOFT_HU[1])
    if not soft.any():
        return 0.0
    return float(1.4826 * np.median(np.abs(image[soft] - smooth[soft])))
