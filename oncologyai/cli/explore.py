"""``oncology-ai explore``: what a table of features holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

if TYPE_CHECKING:
    from oncologyai.workflows import ExploreReport

__all__ = ["RowsOption", "explore"]


class RowsOption(StrEnum):
    """What ``--rows`` takes."""

    all = "all"
    first = "first"
    largest = "largest"


def explore(
    features: Annotated[Path, typer.Argument(help="CSV or XLSX of features, a row a lesion.", show_default=False)],
    outcome: Annotated[str, typer.Option(help="Column of classes; of days with --horizon-days.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for page, tables and figures.")] = Path(
        "exploration"
    ),
    clinical: Annotated[
        Path | None, typer.Option(help="CSV or XLSX of patients that holds the outcome.", show_default=False)
    ] = None,
    horizon_days: Annotated[
        float | None, typer.Option(help="Two classes: the event by this day, or none.", show_default=False)
    ] = None,
    event: Annotated[str, typer.Option(help="Column of 1 (event) and 0 (end of follow-up), with --horizon-days.")] = "",
    classes: Annotated[list[str], typer.Option("--classes", help="Only these, such as I,IIIb; repeat or commas.")] = [],
    positive: Annotated[str, typer.Option(help="Of two classes the one that areas are of.", show_default="last")] = "",
    volume: Annotated[
        str, typer.Option(help="Feature that is the volume.", show_default="pyradiomics' VoxelVolume or MeshVolume")
    ] = "",
    patient: Annotated[str, typer.Option(help="Column of patients in FEATURES.", show_default="by usual names")] = "",
    clinical_patient: Annotated[
        str, typer.Option(help="The same in the clinical table.", show_default="likewise")
    ] = "",
    key: Annotated[
        str,
        typer.Option(
            help=r"Pattern of the patient's id in a row's name, such as 'LUNG1-\d+'.",
            show_default="the id that begins the name",
        ),
    ] = "",
    rows: Annotated[RowsOption, typer.Option(help="Which of a patient's rows count.")] = RowsOption.all,
    keep_repeats: Annotated[
        bool, typer.Option("--keep-repeats", help="Count rows that repeat another exactly.")
    ] = False,
    include: Annotated[list[str], typer.Option(help="Only features of this name, * for any text; repeat.")] = [],
    exclude: Annotated[list[str], typer.Option(help="No features of this name, likewise.")] = [],
    exclude_patient: Annotated[list[str], typer.Option(help="Leave this patient out; repeat.")] = [],
    alpha: Annotated[float, typer.Option(help="A corrected p below it stands out.")] = 0.05,
    auc_threshold: Annotated[float, typer.Option(help="An area above it stands out.")] = 0.70,
    volume_threshold: Annotated[float, typer.Option(help="A correlation with volume above it stands out.")] = 0.75,
    group_limit: Annotated[float, typer.Option(help="Mean correlation that makes features one group.")] = 0.90,
    sheet: Annotated[str, typer.Option(help="Sheet of FEATURES.", show_default="the first")] = "",
    clinical_sheet: Annotated[str, typer.Option(help="Sheet of the clinical table.", show_default="the first")] = "",
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write the interactive page (needs plotly).")] = True,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Look at features one by one: classes, distributions, correlations, tests, ROC curves and the part of volume.

    Tables, pictures and one interactive page that works offline are written (docs/explore.md).
    """
    from oncologyai import pipelines, workflows

    form = workflows.ExploreForm(
        outcome, event, horizon_days, patient, clinical_patient, key,
        tuple(include), tuple(exclude), tuple(exclude_patient), sheet, clinical_sheet,
    )  # fmt: skip
    config = pipelines.ExploreConfig(
        classes=_parted(classes), positive=positive, volume=volume, rows=rows.value, keep_repeats=keep_repeats,
        alpha=alpha, auc_threshold=auc_threshold, volume_threshold=volume_threshold, group_limit=group_limit,
    )  # fmt: skip
    with reporter(progress) as watch:
        report = workflows.explore_files(
            features, out, form=form, clinical=clinical, config=config, page=page, progress=watch
        )
        table = report.result.table
        watch.done(folder=str(out), rows=len(table.cases), features=len(table.names))
    if progress is not ProgressMode.JSON:
        for note in report.notes:
            typer.echo(f"note: {note}", err=True)
        for line in _summary(report, out):
            typer.echo(line)


def _summary(report: ExploreReport, out: Path) -> Iterator[str]:
    result = report.result
    for row in result.tables["classes"].rows:
        yield f"{row[0]}: {row[1]} rows of {row[2]} patients ({row[3]:.2f}); {row[4]} in the file ({row[5]:.2f})"
    corrected = result.values("p_corrected")
    below = int((corrected < result.config.alpha).sum())
    yield f"{below} of {len(corrected)} features with a corrected p below {result.config.alpha:g}"
    table = result.tables["features"]
    for n in result.strongest(3):
        found = dict(zip(table.columns, table.rows[n], strict=True))
        area = f", AUC {found['auc']:.3f}" if found.get("auc") is not None else ""
        yield f"{found['feature']}: p {found['p']:.2g}, corrected {found['p_corrected']:.2g}{area}"
    yield f"{out / 'report.html' if (out / 'report.html').is_file() else out}"


def _parted(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())
