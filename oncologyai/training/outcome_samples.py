"""Samples of cases with an outcome: slices in order, flips and a rotation, or what the frozen layers keep of them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from oncologyai._atomic import atomic_file
from oncologyai.inference import draw_slices, slice_views
from oncologyai.networks import OutcomeNetwork
from oncologyai.training.outcome_cases import OutcomeCase
from oncologyai.training.outcome_config import OutcomeAugmentation

__all__ = ["OutcomeSample", "StemCache", "apply_sample", "draw_outcome_sample"]


@dataclass(frozen=True, eq=False)
class OutcomeSample:
    """What was drawn: slices in order, which axes (k, j, i) are flipped, and the turn within the slice in degrees."""

    slices: np.ndarray
    flips: tuple[bool, bool, bool]
    degrees: float = 0.0


def draw_outcome_sample(
    count: int, wanted: int, settings: OutcomeAugmentation, generator: np.random.Generator
) -> OutcomeSample:
    """Draw the slices of an image of ``count`` slices, and the changes (2Be3-Net, sections 2 and 3.1)."""
    slices = draw_slices(count, wanted, generator)
    k, j, i = (bool(flip) for flip in generator.random(3) < np.array(settings.flip))
    turned = generator.random() < settings.rotate
    degrees = float(generator.uniform(-1, 1)) * settings.rotate_degrees if turned else 0.0
    return OutcomeSample(slices, (k, j, i), degrees)


def apply_sample(image: np.ndarray, sample: OutcomeSample) -> torch.Tensor:
    """Make a sample of an image (channel, k, j, i); beyond a turned slice's border is 0."""
    found = torch.from_numpy(np.ascontiguousarray(image[:, sample.slices]))
    if sample.degrees:
        found = _turned(found, sample.degrees)
    axes = [axis + 1 for axis, flip in enumerate(sample.flips) if flip]
    return torch.flip(found, axes) if axes else found


def _turned(image: torch.Tensor, degrees: float) -> torch.Tensor:
    """Turn every slice about its centre, linear between pixels."""
    _, k, j, i = image.shape
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = torch.tensor([[cos, -sin * j / i, 0.0], [sin * i / j, cos, 0.0]])
    grid = functional.affine_grid(matrix[None].expand(k, -1, -1), [k, 1, j, i], align_corners=False)
    turned = functional.grid_sample(image.transpose(0, 1), grid, mode="bilinear", align_corners=False)
    return turned.transpose(0, 1)


class StemCache:
    """What the frozen first layers make of each slice, for each flip within the slice, kept on disk.

    A flip of the slices' order is one of the maps' order; a flip within a slice is not, since strides leave pixels out.

    Parameters
    ----------
    folder : Path
        Of the arrays: about 0.5 MB a slice of 90x90 pixels and flip.
    network : OutcomeNetwork
        Whose stem; arrays of another stem are not taken.
    """

    def __init__(self, folder: Path, network: OutcomeNetwork) -> None:
        self._folder, self._network = folder, network
        digest = hashlib.sha256()
        for part in network.frozen():
            for name, value in sorted(part.state_dict().items()):
                digest.update(name.encode() + value.cpu().numpy().tobytes())
        self._stem = digest.hexdigest()[:12]

    def sample(self, case: OutcomeCase, sample: OutcomeSample) -> torch.Tensor:
        """Give the maps of a sample that is not turned, (256, k, j', i')."""
        k, j, i = sample.flips
        slices = sample.slices[::-1] if k else sample.slices
        return torch.from_numpy(np.ascontiguousarray(self._maps(case, (j, i))[slices])).transpose(0, 1)

    def inputs(self, case: OutcomeCase, slices: int) -> np.ndarray:
        """Give the maps of evenly spread slices, (view, 256, k, j', i')."""
        maps = self._maps(case, (False, False))
        return np.stack([maps[view].transpose(1, 0, 2, 3) for view in slice_views(len(maps), slices)])

    def _maps(self, case: OutcomeCase, flips: tuple[bool, bool]) -> np.ndarray:
        """Give the maps of every slice, (k, 256, j', i')."""
        path = self._folder / f"{case.key}-{self._stem}-{int(flips[0])}{int(flips[1])}.npy"
        if not path.is_file():
            image = torch.from_numpy(np.array(case.image))
            axes = [axis + 2 for axis, flip in enumerate(flips) if flip]
            device = next(self._network.parameters()).device
            with torch.inference_mode():
                given = (torch.flip(image, axes) if axes else image)[None].to(device)
                maps = self._network.stemmed(given)[0].transpose(0, 1).cpu().numpy()
            with atomic_file(path) as draft:
                np.save(draft, maps)
        found: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
        return found
