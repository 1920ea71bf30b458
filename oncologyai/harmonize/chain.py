"""Harmonisation: a preset's steps one after the other, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai._checks import check_choice
from oncologyai.harmonize.presets import PRESETS, Preset
from oncologyai.harmonize.state import State
from oncologyai.harmonize.trail import Trail
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["Harmonized", "harmonize"]


@dataclass(frozen=True, eq=False)
class Harmonized:
    """A harmonised image.

    Attributes
    ----------
    volume : Volume
        The image.
    bone : Volume or None
        The bone-window image of the unclipped HU on the same grid, where the preset keeps one.
    trail : Trail
        The way back to the input's grid.
    flags : tuple of str
        What a reader should know: cut tissue, metal, foreign objects.
    air : float
        What air, or nothing, is in ``volume``.
    region : Mask or None
        The region that was given, on the grid of ``volume``.
    """

    volume: Volume
    bone: Volume | None
    trail: Trail
    flags: tuple[str, ...]
    air: float
    region: Mask | None = None


def harmonize(
    volume: Volume,
    preset: str | Preset = "lung-ct",
    *,
    region: Mask | None = None,
    progress: Progress | None = None,
) -> Harmonized:
    """Bring an image to a preset's standard.

    Parameters
    ----------
    volume : Volume
        The image; it is not changed.
    preset : str or Preset
        A name in ``PRESETS``, or a chain of one's own.
    region : Mask, optional
        On the grid of ``volume``: what steps that say so take their statistics from, such as a brain.
    progress : Progress, optional
        Asked for cancellation before each step.

    Returns
    -------
    Harmonized
        The image, the way back and the flags.

    Raises
    ------
    InputError
        If there is no preset of that name.
    ModalityError, UnitsError
        If the preset is not for such an image.
    GeometryMismatchError
        If ``region`` is not on the grid of ``volume``.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): Image preprocessing.
    .. [2] WO2021125950, claims 1, 5 and 7 to 11.
    """
    if isinstance(preset, str):
        check_choice(preset, PRESETS, "preset")
        preset = PRESETS[preset]
    preset.check(volume)
    if region is not None:
        volume.require_same_grid(region, "region")
    state = State.start(volume, region)
    for step in preset.steps:
        check_cancelled(progress or Silent())
        state = step.apply(state)
    return Harmonized(state.volume, state.bone, state.trail, state.flags, state.air, state.region)
