"""``oncology-ai measure``: volume, RECIST, solid and ground-glass parts, SUV of given masks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.options import (
    GapsOption,
    ImageArgument,
    MasksArgument,
    ModalityOption,
    SeriesOption,
    Suv,
    SuvOption,
    UnitOption,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["measure"]


def measure(
    image: ImageArgument,
    masks: MasksArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="measurements.json or .csv.")] = None,
    name: Annotated[list[str], typer.Option("--name", help="Only this structure; several times.")] = [],
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Measure the structures of a mask file on their image."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        result = workflows.measure_files(
            image,
            masks,
            out,
            names=name or None,
            series_uid=series or None,
            modality=modality or None,
            unit=unit.value if unit else None,
            suv=suv.value,
            allow_missing_slices=allow_missing_slices,
            progress=watch,
        )
        watch.done(rows=len(result.table.rows))
    if progress is not ProgressMode.JSON:
        if modality == "PT" and not any(str(row[1]).startswith("SUV") for row in result.table.rows):
            typer.echo("note: no SUV: the image does not say its unit; say --unit SUVbw if it is one", err=True)
        for segment, quantity, value, symbol, _ in result.table.rows:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            typer.echo(f"{segment}\t{quantity}\t{shown} {symbol}")
