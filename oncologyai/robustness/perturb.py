"""An image and a contour as they might have been: turned, noisier, shifted, larger or smaller, drawn by another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.metrics import bounding_box
from oncologyai.robustness.contour_randomisation import randomise_contour
from oncologyai.robustness.displacement import displace
from oncologyai.robustness.image_noise import add_noise, noise_level
from oncologyai.robustness.volume_change import change_volume
from oncologyai.types import Mask, Volume

__all__ = ["PERTURBATIONS", "Perturbed", "PerturbationConfig", "perturb"]

PERTURBATIONS: dict[str, str] = {
    "R": "rotation within the slice",
    "N": "noise of the image's own level",
    "T": "translation by parts of a voxel",
    "V": "volume change: the contour grown or shrunk",
    "C": "contour randomisation",
}
"""Steps of a chain by their letter."""

_MOVES = "RT"


@dataclass(frozen=True)
class PerturbationConfig:
    """Which steps are taken and how far each goes; the ranges are those of [1].

    Parameters
    ----------
    chain : str
        Letters of ``PERTURBATIONS``, each at most once. Noise comes first, then rotation and translation in one
        interpolation, then the contour is changed, whatever the order of the letters.
    count : int, > 1
        Perturbations of each case.
    seed : int
        With the case's name and the perturbation's number it fixes every draw.
    rotation_deg : float
        Drawn evenly from minus to plus this.
    translation : float
        In voxels: drawn evenly from 0 to this along each axis.
    noise : float
        Times the image's own noise.
    volume_share : float
        Drawn evenly from minus to plus this.
    supervoxel_mm : float
        Edge of the pieces that contours are drawn again by.
    margin_mm : float
        What of the image is kept around the mask: more than any filter reaches.

    Raises
    ------
    InputError
        If a value is out of its range.

    References
    ----------
    .. [1] Zwanenburg A et al. Assessing robustness of radiomic features by image perturbation. Sci Rep 2019;9:614.
    """

    chain: str = "RNTVC"
    count: int = 10
    seed: int = 0
    rotation_deg: float = 13.0
    translation: float = 1.0
    noise: float = 1.0
    volume_share: float = 0.28
    supervoxel_mm: float = 6.0
    margin_mm: float = 30.0

    def __post_init__(self) -> None:
        if not self.chain or set(self.chain) - set(PERTURBATIONS) or len(set(self.chain)) < len(self.chain):
            raise InputError("chain", expected="letters of RNTVC, each at most once", got=repr(self.chain))
        check_range(self.count, 2, 1000, "count")
        check_range(self.rotation_deg, 0, 180, "rotation_deg")
        check_range(self.translation, 0, 10, "translation")
        check_range(self.noise, 0, 10, "noise")
        check_range(self.volume_share, 0, 0.9, "volume_share")
        check_range(self.supervoxel_mm, 0.5, 50, "supervoxel_mm")
        check_range(self.margin_mm, 0, 500, "margin_mm")


@dataclass(frozen=True, eq=False)
class Perturbed:
    """A perturbed image and mask, and what was drawn: degrees, voxels along (k, j, i), noise in the image's unit."""

    volume: Volume
    mask: Mask
    rotation_deg: float
    translation: tuple[float, float, float]
    noise: float
    volume_share: float


def perturb(volume: Volume, mask: Mask, config: PerturbationConfig, *, case: str, number: int) -> Perturbed:
    """Make one perturbation of a case.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid.
    config : PerturbationConfig
    case : str
        Its name. Other cases and numbers do not change what this one draws, nor do steps that are left out.
    number : int
        Which of the case's perturbations.

    Raises
    ------
    GeometryMismatchError
        If the grids differ.
    EmptyMaskError
        If the mask has no voxel, or lost its last one.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    box = _box(mask, config.margin_mm)
    volume, mask, level = _cut(volume, box), _cut_mask(mask, box), 0.0
    turn, shift, grain, swell, hand = _generators(config.seed, case, number)
    rotation = float(turn.uniform(-config.rotation_deg, config.rotation_deg)) if "R" in config.chain else 0.0
    k, j, i = (float(v) for v in shift.uniform(0, config.translation, 3)) if "T" in config.chain else (0.0, 0.0, 0.0)
    share = float(swell.uniform(-config.volume_share, config.volume_share)) if "V" in config.chain else 0.0
    if "N" in config.chain:
        level = config.noise * noise_level(volume, mask)
        volume = add_noise(volume, level, grain)
    if set(_MOVES) & set(config.chain):
        volume, mask = displace(volume, mask, rotation_deg=rotation, translation=(k, j, i))
    if mask.is_empty:
        raise EmptyMaskError(f"mask {mask.label}", expected="a voxel after rotation and translation", got="none")
    if "V" in config.chain:
        mask = change_volume(mask, share, swell)
    if "C" in config.chain:
        mask = randomise_contour(volume, mask, hand, edge_mm=config.supervoxel_mm)
    return Perturbed(volume, mask, rotation, (k, j, i), level, share)


def _generators(seed: int, case: str, number: int) -> list[np.random.Generator]:
    """Give a stream a step, so that a step left out does not change what the others draw."""
    name = int.from_bytes(hashlib.sha256(case.encode()).digest()[:8], "big")
    return [np.random.default_rng(part) for part in np.random.SeedSequence([seed, name, number]).spawn(5)]


def _box(mask: Mask, margin_mm: float) -> tuple[slice, ...]:
    k, j, i = (int(np.ceil(margin_mm / step)) + 1 for step in mask.sampling_mm)
    box = bounding_box(mask.array, margin=(k, j, i))
    if box is None:
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel", got="none")
    return box


def _cut(volume: Volume, box: tuple[slice, ...]) -> Volume:
    return replace(volume, array=volume.array[box], ijk_to_ras=_moved(volume.ijk_to_ras, box), dicom=None)


def _cut_mask(mask: Mask, box: tuple[slice, ...]) -> Mask:
    return replace(mask, array=mask.array[box], ijk_to_ras=_moved(mask.ijk_to_ras, box))


def _moved(ijk_to_ras: np.ndarray, box: tuple[slice, ...]) -> np.ndarray:
    start = np.eye(4)
    start[:3, 3] = box[2].start, box[1].start, box[0].start
    return ijk_to_ras @ start
