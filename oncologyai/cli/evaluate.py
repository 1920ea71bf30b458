"""``oncology-ai evaluate``: predicted masks against reference masks, one pair or a cohort."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from oncologyai.cli import cohort_options as cohort_
from oncologyai.cli.options import GapsOption, ModalityOption, SeriesOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

__all__ = ["evaluate"]


def evaluate(
    reference: Annotated[
        Path | None, typer.Argument(help="RTSTRUCT, DICOM SEG, .seg.nrrd or a label map.", show_default=False)
    ] = None,
    predicted: Annotated[Path | None, typer.Argument(help="The same, on the same grid.", show_default=False)] = None,
    image: Annotated[
        Path | None, typer.Option(help="The image both belong to; needed for an RTSTRUCT.", show_default=False)
    ] = None,
    reference_name: Annotated[str, typer.Option(help="Structure of the reference.", show_default="the only one")] = "",
    predicted_name: Annotated[str, typer.Option(help="Structure of the prediction.", show_default="the only one")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="evaluation.json or .csv; the folder of a cohort's report.")
    ] = None,
    tolerance_mm: Annotated[float, typer.Option(help="Tolerance of the surface DSC (1.18: NSCLC, ch. 6).")] = 1.18,
    series: SeriesOption = "",
    modality: ModalityOption = "",
    allow_missing_slices: GapsOption = False,
    cohort: cohort_.CohortOption = None,
    column: cohort_.ColumnOption = [],
    result: cohort_.ResultOption = [],
    lung: cohort_.LungOption = [],
    reader: cohort_.ReaderOption = [],
    group_by: cohort_.GroupByOption = [],
    edges: cohort_.EdgesOption = [],
    metric: cohort_.MetricOption = [],
    horizon_days: cohort_.HorizonOption = None,
    threshold: cohort_.ThresholdOption = 0.5,
    bootstrap: cohort_.BootstrapOption = 2000,
    random_seed: cohort_.RandomSeedOption = 0,
    sheet: cohort_.SheetOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Compare masks with references: overlap, surface distances, surface DSC, added path length.

    Either one pair (REFERENCE PREDICTED), or a whole cohort: --cohort TABLE --out FOLDER gives medians, tests by group,
    detection, agreement, readers, time, survival and trust in one report.
    """
    request = cohort_.CohortRequest(column, result, lung, reader, group_by, edges, metric, horizon_days, sheet)
    if cohort is None:
        request.require_none()
        if reference is None or predicted is None:
            raise InputError("evaluate", expected="two masks, or --cohort TABLE --out FOLDER", got="neither")
        given: dict[str, Any] = {
            "names": (reference_name or None, predicted_name or None),
            "tolerance_mm": tolerance_mm,
        }
        given |= {"series_uid": series or None, "modality": modality or None}
        given |= {"image": image, "allow_missing_slices": allow_missing_slices}
        _evaluate_pair(reference, predicted, out, progress, given)
        return
    for name, value in (("REFERENCE", reference), ("--image", image), ("--series", series), ("--modality", modality)):
        if value:
            raise InputError(name, expected="not to be given with --cohort", got=str(value))
    if out is None:
        raise InputError("--out", expected="a folder for the report", got="none")
    _evaluate_cohort(
        cohort,
        out,
        progress,
        form=request.form(reference_name, predicted_name, allow_missing_slices),
        config=request.config(threshold, bootstrap, random_seed, tolerance_mm),
    )


def _evaluate_pair(
    reference: Path, predicted: Path, out: Path | None, progress: ProgressMode, given: dict[str, Any]
) -> None:
    from oncologyai import workflows

    with reporter(progress) as watch:
        found = workflows.evaluate_files(reference, predicted, out, **given, progress=watch)
        watch.done(rows=len(found.table.rows))
    if progress is not ProgressMode.JSON:
        for name, value in zip(found.table.columns, found.table.rows[0], strict=True):
            typer.echo(f"{name}\t{value:.4g}" if isinstance(value, float) else f"{name}\t{value}")


def _evaluate_cohort(table: Path, out: Path, progress: ProgressMode, **given: Any) -> None:
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.evaluate_cohort_table(table, out, **given, progress=watch)
        watch.done(folder=str(out), rows=len(report.result.rows), failures=len(report.failures), kept=report.kept)
    if progress is not ProgressMode.JSON:
        for note in report.notes:
            typer.echo(f"note: {note}", err=True)
        for failure in report.failures:
            typer.echo(f"failed: {failure.case} {failure.method}".rstrip() + f": {failure.reason}", err=True)
        for line in cohort_.summary_lines(report, out):
            typer.echo(line)
