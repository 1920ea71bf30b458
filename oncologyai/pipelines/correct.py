"""Correct a result by clicks and scribbles, without running the network or method that made it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.pipelines.correction_history import CorrectionHistory, CorrectionStep
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.segmenters import Stroke
from oncologyai.types import Mask, Table, Volume

__all__ = ["CorrectConfig", "CorrectResult", "correct", "correction_result"]


@dataclass(frozen=True)
class CorrectConfig:
    """What a correction may be told.

    Parameters
    ----------
    max_reach_mm : float, > 0
        Nothing farther from a stroke changes, however large the error.
    label : str
        Of the corrected mask; empty for the old label with ``edited``.
    """

    max_reach_mm: float = 80.0
    label: str = ""

    def __post_init__(self) -> None:
        check_positive(self.max_reach_mm, "max_reach_mm", "mm")


@dataclass(frozen=True)
class CorrectResult:
    """The corrected lesion, what was done step by step (also as a table), and how it came about."""

    mask: Mask
    steps: tuple[CorrectionStep, ...]
    table: Table
    provenance: Provenance


def correct(
    volume: Volume,
    mask: Mask,
    strokes: Sequence[Stroke],
    config: CorrectConfig | None = None,
    *,
    said: Sequence[Stroke] = (),
    probability: Volume | None = None,
    progress: Progress | None = None,
) -> CorrectResult:
    """Correct a mask by strokes in their order.

    Parameters
    ----------
    volume : Volume
        The image.
    mask : Mask
        The result to correct, on its grid; it may be empty.
    strokes : sequence of Stroke
        At least one.
    config : CorrectConfig, optional
        Reach and label.
    said : sequence of Stroke
        What the result was made from, such as its seeds; they hold.
    probability : Volume, optional
        The chance of lesion that a network gave, on the same grid.
    progress : Progress, optional
        Told of the stage and asked for cancellation.

    Raises
    ------
    InputError
        If there is no stroke; else as ``segmenters.correct_mask`` does.
    """
    if not strokes:
        raise InputError("strokes", expected="at least one click or scribble", got="none")
    config = config or CorrectConfig()
    stages = Stages(progress or Silent())
    history = CorrectionHistory(
        volume, mask, probability=probability, max_reach_mm=config.max_reach_mm, label=config.label, said=said
    )
    with stages("correct", share=0.0):
        history.add(strokes, progress=stages.progress)
    return correction_result(history, stages)


def correction_result(history: CorrectionHistory, stages: Stages | None = None) -> CorrectResult:
    """Give what a history has come to; the image is hashed, which takes part of a second."""
    inputs: dict[str, Volume | Mask] = {"image": history.volume, history.original.label: history.original}
    if history.probability is not None:
        inputs["probability"] = history.probability
    settings = {
        "correct": {"max_reach_mm": history.max_reach_mm, "label": history.label},
        "said": [asdict(stroke) for stroke in history.said],
        "steps": [asdict(step) for step in history.steps],
    }
    provenance = make_provenance("correct", inputs=inputs, settings=settings, stages=stages or Stages())
    return CorrectResult(history.mask, history.steps, history.table(), provenance)
