"""``oncology-ai evaluate``: predicted masks against reference masks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.options import GapsOption, ModalityOption, SeriesOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["evaluate"]


def evaluate(
    reference: Annotated[Path, typer.Argument(help="RTSTRUCT, DICOM SEG, .seg.nrrd or a label map.")],
    predicted: Annotated[Path, typer.Argument(help="The same, on the same grid.")],
    image: Annotated[
        Path | None, typer.Option(help="The image both belong to; needed for an RTSTRUCT.", show_default=False)
    ] = None,
    reference_name: Annotated[str, typer.Option(help="Structure of the reference.", show_default="the only one")] = "",
    predicted_name: Annotated[str, typer.Option(help="Structure of the prediction.", show_default="the only one")] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="evaluation.json or .csv.")] = None,
    tolerance_mm: Annotated[float, typer.Option(help="Tolerance of the surface DSC (1.18: NSCLC, ch. 6).")] = 1.18,
    series: SeriesOption = "",
    modality: ModalityOption = "",
    allow_missing_slices: GapsOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Compare a predicted mask with a reference: overlap, surface distances, surface DSC, added path length."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        result = workflows.evaluate_files(
            reference,
            predicted,
            out,
            image=image,
            names=(reference_name or None, predicted_name or None),
            tolerance_mm=tolerance_mm,
            series_uid=series or None,
            modality=modality or None,
            allow_missing_slices=allow_missing_slices,
            progress=watch,
        )
        watch.done(rows=len(result.table.rows))
    if progress is not ProgressMode.JSON:
        for column, value in zip(result.table.columns, result.table.rows[0], strict=True):
            typer.echo(f"{column}\t{value:.4g}" if isinstance(value, float) else f"{column}\t{value}")
