"""One image through a chain of harmonisation steps, its structures brought along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

import numpy as np

from oncologyai.errors import EmptyMaskError
from oncologyai.harmonize import Preset, Trail, harmonize, measure_next
from oncologyai.progress import Progress
from oncologyai.types import Mask, Volume

__all__ = ["PreprocessConfig", "PreprocessResult", "measure_image", "preprocess"]


@dataclass(frozen=True)
class PreprocessConfig:
    """How images are pre-processed.

    Attributes
    ----------
    preset : Preset
        The chain.
    region : tuple of str
        Patterns of the structures that together are the region which steps may take their statistics from, such as
        ``brain``; none if empty.
    """

    preset: Preset
    region: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PreprocessResult:
    """The image and its structures on the image's grid, the way back, and what a reader should know."""

    volume: Volume
    masks: tuple[Mask, ...]
    trail: Trail
    flags: tuple[str, ...]


def preprocess(
    volume: Volume, masks: Sequence[Mask], config: PreprocessConfig, *, progress: Progress | None = None
) -> PreprocessResult:
    """Pre-process one image.

    Parameters
    ----------
    volume : Volume
        It is not changed.
    masks : sequence of Mask
        On its grid; each comes along, interpolated linearly and cut at one half where the grid changes. One of which
        nothing is left is flagged and left out.
    config : PreprocessConfig
    progress : Progress, optional

    Raises
    ------
    EmptyMaskError
        If a region is wanted and no structure fits.
    OncologyAIError
        As ``harmonize``.
    """
    found = harmonize(volume, config.preset, region=_region(volume, masks, config.region), progress=progress)
    carried, flags = [], list(found.flags)
    for mask in masks:
        array = found.trail.carry(Volume(mask.array, mask.ijk_to_ras), fill=0.0).array
        if array.any():
            carried.append(replace(mask, array=array, ijk_to_ras=found.volume.ijk_to_ras))
        else:
            flags.append(f"nothing is left of {mask.label}")
    return PreprocessResult(found.volume, tuple(carried), found.trail, tuple(flags))


def measure_image(
    volume: Volume, masks: Sequence[Mask], config: PreprocessConfig, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure one image of a training cohort for the first step that is not fitted, as ``measure_next``.

    Raises
    ------
    OncologyAIError
        As ``preprocess``.
    """
    return measure_next(volume, config.preset, region=_region(volume, masks, config.region), progress=progress)


def _region(volume: Volume, masks: Sequence[Mask], patterns: Sequence[str]) -> Mask | None:
    """Unite the structures that are the region."""
    if not patterns:
        return None
    fitting = [m for m in masks if any(fnmatch(m.label.casefold(), p.casefold()) for p in patterns)]
    if not fitting:
        there = ", ".join(m.label for m in masks) or "none"
        raise EmptyMaskError("--region", expected=f"a structure called {' or '.join(patterns)}", got=there)
    united = np.logical_or.reduce([mask.array for mask in fitting])
    return Mask.on(volume, united, "+".join(mask.label for mask in fitting), kind="region")
