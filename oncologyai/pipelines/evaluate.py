"""Compare predicted masks with reference masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.metrics import NSCLC_TOLERANCE_MM, compare_masks
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages, check_cancelled
from oncologyai.types import Mask, Table

__all__ = ["EvaluateConfig", "EvaluateResult", "evaluate"]


@dataclass(frozen=True)
class EvaluateConfig:
    """``tolerance_mm``: of the surface Dice; the default is the variability of experts on NSCLC."""

    tolerance_mm: float = NSCLC_TOLERANCE_MM

    def __post_init__(self) -> None:
        check_positive(self.tolerance_mm, "tolerance_mm", "mm")


@dataclass(frozen=True)
class EvaluateResult:
    """A row a pair of masks: ``reference``, ``predicted``, then the metrics by name."""

    table: Table
    provenance: Provenance


def evaluate(
    pairs: Sequence[tuple[Mask, Mask]],
    config: EvaluateConfig | None = None,
    *,
    progress: Progress | None = None,
) -> EvaluateResult:
    """Compare each (reference, predicted) pair.

    Raises
    ------
    InputError
        If there is no pair.
    GeometryMismatchError
        If the two masks of a pair lie on different grids.
    """
    config = config or EvaluateConfig()
    if not pairs:
        raise InputError("masks", expected="at least one reference and one predicted mask", got="none")
    stages = Stages(progress or Silent())
    rows: list[tuple[str | float | int | None, ...]] = []
    columns: tuple[str, ...] = ()
    with stages("evaluate", share=0.0):
        for reference, predicted in pairs:
            check_cancelled(stages.progress)
            found = compare_masks(reference, predicted, tolerance_mm=config.tolerance_mm)
            columns = ("reference", "predicted", *found)
            rows.append((reference.label, predicted.label, *found.values()))
    inputs = {f"{side} {n}": mask for n, pair in enumerate(pairs, 1) for side, mask in zip(_SIDES, pair, strict=True)}
    provenance = make_provenance("evaluate", inputs=inputs, settings=asdict(config), stages=stages)
    return EvaluateResult(Table("Evaluation", columns, tuple(rows)), provenance)


_SIDES = ("reference", "predicted")
