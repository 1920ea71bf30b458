"""Measure lesions: volume, RECIST, solid and ground-glass parts, SUV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai.measure import MeasureConfig, measure_lesion
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages, check_cancelled
from oncologyai.types import Line, Mask, Table, Volume

__all__ = ["MeasureResult", "measure"]

_COLUMNS = ("segment", "name", "value", "unit", "code")


@dataclass(frozen=True)
class MeasureResult:
    """Rows ``segment, name, value, unit, code`` (unit in UCUM), and the RECIST lines."""

    table: Table
    lines: tuple[Line, ...]
    provenance: Provenance


def measure(
    volume: Volume,
    masks: Sequence[Mask],
    config: MeasureConfig | None = None,
    *,
    progress: Progress | None = None,
) -> MeasureResult:
    """Measure every mask on its image.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError
        If a mask has no voxel.
    """
    config = config or MeasureConfig()
    stages = Stages(progress or Silent())
    rows: list[tuple[str | float | int | None, ...]] = []
    lines: list[Line] = []
    with stages("measure", share=0.0):
        for mask in masks:
            check_cancelled(stages.progress)
            found = measure_lesion(mask, volume, config=config)
            rows += [
                (mask.label, row.name, row.value, row.unit, f"{row.code.scheme}:{row.code.value}" if row.code else None)
                for row in found.rows
            ]
            lines += found.lines
    provenance = make_provenance(
        "measure",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={"measure": asdict(config)},
        stages=stages,
    )
    return MeasureResult(Table("Measurements", _COLUMNS, tuple(rows)), tuple(lines), provenance)
