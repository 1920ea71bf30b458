"""Steps that a training cohort sets: measured on its images, fitted, then applied to any image unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from oncologyai.errors import InputError
from oncologyai.harmonize.presets import Preset
from oncologyai.harmonize.state import State, Step
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["CohortStep", "fit_next", "is_fitted", "measure_next"]


@runtime_checkable
class CohortStep(Protocol):
    """A step whose numbers come from a training cohort."""

    @property
    def is_fitted(self) -> bool:
        """Whether the numbers are known."""

    def measure(self, state: State) -> dict[str, Any]:
        """Give, as plain data, what one image of the cohort adds."""

    def fit(self, measures: Sequence[Mapping[str, Any]]) -> Step:
        """Give the step with its numbers."""

    def apply(self, state: State) -> State:
        """Do the step."""


def is_fitted(preset: Preset) -> bool:
    """Tell whether every step of a preset has its numbers."""
    return _next(preset) is None


def measure_next(
    volume: Volume, preset: Preset, *, region: Mask | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Take one image of the cohort to the first step that is not fitted, and measure it there.

    Raises
    ------
    InputError
        If every step is fitted.
    OncologyAIError
        As ``harmonize``.
    """
    preset.check(volume)
    place = _next(preset)
    if place is None:
        raise InputError("preset", expected="a step that a cohort sets", got="none that is not fitted")
    if region is not None:
        volume.require_same_grid(region, "region")
    state = State.start(volume, region)
    for step in preset.steps[:place]:
        check_cancelled(progress or Silent())
        state = step.apply(state)
    return _cohort_step(preset, place).measure(state)


def fit_next(preset: Preset, measures: Sequence[Mapping[str, Any]]) -> Preset:
    """Give the preset with its first step that is not fitted fitted to the measures of a cohort.

    Raises
    ------
    InputError
        If every step is fitted, or the measures do not do.
    """
    place = _next(preset)
    if place is None:
        raise InputError("preset", expected="a step that a cohort sets", got="none that is not fitted")
    fitted = _cohort_step(preset, place).fit(measures)
    return replace(preset, steps=(*preset.steps[:place], fitted, *preset.steps[place + 1 :]))


def _next(preset: Preset) -> int | None:
    unfitted = (n for n, step in enumerate(preset.steps) if isinstance(step, CohortStep) and not step.is_fitted)
    return next(unfitted, None)


def _cohort_step(preset: Preset, place: int) -> CohortStep:
    step = preset.steps[place]
    if not isinstance(step, CohortStep):
        raise InputError("preset", expected="a step that a cohort sets", got=type(step).__name__)
    return step
