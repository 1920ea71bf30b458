"""``oncology-ai features``: first order and shape of given masks."""

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

__all__ = ["features"]


def features(
    image: ImageArgument,
    masks: MasksArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Table to write.")] = Path("features.csv"),
    name: Annotated[list[str], typer.Option("--name", help="Only this structure; several times.")] = [],
    bin_width: Annotated[float, typer.Option(help="Width of the grey-level bins, in the image's unit.")] = 25.0,
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Extract features under pyradiomics' names, a row a structure."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        result = workflows.features_files(
            image,
            masks,
            out,
            names=name or None,
            bin_width=bin_width,
            series_uid=series or None,
            modality=modality or None,
            unit=unit.value if unit else None,
            suv=suv.value,
            allow_missing_slices=allow_missing_slices,
            progress=watch,
        )
        watch.done(table=str(out))
    if progress is not ProgressMode.JSON:
        typer.echo(f"{out}: {len(result.table.rows)} structures, {len(result.table.columns) - 1} features")
