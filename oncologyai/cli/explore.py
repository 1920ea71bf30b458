"""``oncology-ai explore``: what a table of features holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from oncologyai.cli import explore_options as options_
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

if TYPE_CHECKING:
    from oncologyai.workflows import ExploreReport

__all__ = ["explore"]


def explore(
    features: options_.FeaturesArgument,
    outcome: options_.OutcomeOption,
    out: options_.OutOption = Path("exploration"),
    clinical: options_.ClinicalOption = None,
    stability: options_.StabilityOption = None,
    horizon_days: options_.HorizonOption = None,
    event: options_.EventOption = "",
    classes: options_.ClassesOption = [],
    positive: options_.PositiveOption = "",
    volume: options_.VolumeOption = "",
    patient: options_.PatientOption = "",
    clinical_patient: options_.ClinicalPatientOption = "",
    key: options_.KeyOption = "",
    rows: options_.RowsOption = options_.Rows.all,
    keep_repeats: options_.RepeatsOption = False,
    missing: options_.MissingOption = options_.Missing.keep,
    include: options_.IncludeOption = [],
    exclude: options_.ExcludeOption = [],
    exclude_patient: options_.ExcludePatientOption = [],
    alpha: options_.AlphaOption = 0.05,
    auc_threshold: options_.AreaOption = 0.70,
    volume_threshold: options_.VolumeThresholdOption = 0.75,
    group_limit: options_.GroupOption = 0.90,
    sheet: options_.SheetOption = "",
    clinical_sheet: options_.ClinicalSheetOption = "",
    page: options_.PageOption = True,
    scene: options_.SceneOption = None,
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
        classes=_parted(classes), positive=positive, volume=volume,
        rows=rows.value, keep_repeats=keep_repeats, missing=missing.value,
        alpha=alpha, auc_threshold=auc_threshold, volume_threshold=volume_threshold, group_limit=group_limit,
    )  # fmt: skip
    with reporter(progress) as watch:
        report = workflows.explore_files(
            features,
            out,
            form=form,
            clinical=clinical,
            stability=stability,
            config=config,
            page=page,
            scene=scene,
            progress=watch,
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
