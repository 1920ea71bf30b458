"""``oncology-ai robustness``: repeated measurements, perturbations, the phantom workflow, ComBat."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli import robustness_combat
from oncologyai.cli.batch_options import SchedulerOption, WorkersOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.robustness_options import (
    BoundOption,
    EdgesOption,
    LeaveOutOption,
    LevelOption,
    LimitOption,
    OnlyOption,
    OutFolder,
    SheetOption,
    named,
    numbered,
    numbers,
    parameters,
    summary,
)
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.features import FeatureSettings

__all__ = ["Measure", "app", "perturb", "phantom", "retest"]

app = typer.Typer(
    help="How far features can be relied on, and how they are harmonised.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(robustness_combat.app, name="combat")


class Measure(StrEnum):
    """What ``--measure`` takes."""

    ccc = "CCC"
    icc11 = "ICC(1,1)"
    icc21 = "ICC(2,1)"
    icc31 = "ICC(3,1)"


MeasureOption = Annotated[Measure, typer.Option(help="What is compared with the limit; all are in the tables.")]


@app.command()
def retest(
    tables: Annotated[
        list[Path],
        typer.Argument(help="CSV or XLSX of features: one with --occasion, or one a measurement.", show_default=False),
    ],
    out: OutFolder,
    subject: Annotated[
        list[str], typer.Option(help="Column of the subject; several make one name.", metavar="COLUMN")
    ] = ["patient"],
    occasion: Annotated[str, typer.Option(help="Column that tells measurements of a subject apart.")] = "",
    setting: Annotated[str, typer.Option(help="What was repeated, such as inter-observer.")] = "test-retest",
    measure: MeasureOption = Measure.icc11,
    limit: LimitOption = 0.90,
    bound: BoundOption = "value",
    level: LevelOption = 0.95,
    show: Annotated[
        list[str], typer.Option(help="Feature whose differences are drawn; several times.", metavar="FEATURE")
    ] = [],
    feature: OnlyOption = [],
    leave_out: LeaveOutOption = [],
    sheet: SheetOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Judge features that were measured again, by another scan or another reader."""
    from oncologyai import workflows
    from oncologyai.pipelines import RepeatConfig

    form = workflows.RepeatForm(tuple(subject), occasion, tuple(feature), tuple(leave_out), sheet)
    source = ", ".join(path.name for path in tables)
    config = RepeatConfig(measure.value, limit, bound, level, setting, source)
    with reporter(progress) as watch:
        result = workflows.retest_tables(tables, out, form=form, config=config, show=show, progress=watch)
        watch.done(folder=str(out), **summary(result.stability))
    _tell(progress, result.notes, summary(result.stability), out / "report.html")


@app.command()
def perturb(
    cases: Annotated[
        Path,
        typer.Argument(help="CSV or XLSX: case, image, mask; name, group, modality, unit.", show_default=False),
    ],
    out: OutFolder,
    count: Annotated[int, typer.Option(help="Perturbations of each case.")] = 10,
    chain: Annotated[
        str, typer.Option(help="R rotation, N noise, T translation, V volume, C contour randomisation.")
    ] = "RNTVC",
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    rotation_deg: Annotated[float, typer.Option(help="Largest rotation within the slice, either way.")] = 13.0,
    translation: Annotated[float, typer.Option(help="Largest shift along each axis, in voxels.")] = 1.0,
    noise: Annotated[float, typer.Option(help="Times the image's own noise.")] = 1.0,
    volume_share: Annotated[float, typer.Option(help="Largest change of volume, either way.")] = 0.28,
    supervoxel_mm: Annotated[float, typer.Option(help="Edge of the pieces that contours are drawn again by.")] = 6.0,
    margin_mm: Annotated[
        float, typer.Option(help="What of the image is kept around a mask: more than filters reach.")
    ] = 30.0,
    settings: Annotated[
        str, typer.Option("--settings", help="pyradiomics' parameter file, or a preset.", show_default="defaults")
    ] = "",
    bin_width: Annotated[
        list[str],
        typer.Option(help="Width of grey-level bins, of all or of one group.", metavar="WIDTH|GROUP=WIDTH"),
    ] = [],
    measure: MeasureOption = Measure.icc11,
    limit: LimitOption = 0.90,
    bound: BoundOption = "value",
    level: LevelOption = 0.95,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Perturb images and contours again and again, and judge how far each feature stays what it was."""
    from oncologyai import workflows
    from oncologyai.batch import BatchOptions, BatchRunner
    from oncologyai.pipelines import RepeatConfig
    from oncologyai.robustness import PerturbationConfig

    drawn = PerturbationConfig(
        chain.upper(), count, seed, rotation_deg, translation, noise, volume_share, supervoxel_mm, margin_mm
    )  # fmt: skip
    widths = {name: numbered(text, "--bin-width") for name, text in named(bin_width, "--bin-width", bare=True).items()}
    config = RepeatConfig(measure.value, limit, bound, level, "perturbation")
    with reporter(progress) as watch:
        report = workflows.perturb_table(
            cases, out, perturbation=drawn, config=config, settings=_settings(settings, widths.pop("", None)),
            bin_widths=widths, runner=BatchRunner(BatchOptions(workers, scheduler)), progress=watch,
        )  # fmt: skip
        watch.done(folder=str(out), failed=len(report.failed), kept=report.kept, groups=list(report.results))
    for name, reason in report.failed if progress is not ProgressMode.JSON else ():
        typer.echo(f"failed: {name}: {reason}", err=True)
    for note in report.notes if progress is not ProgressMode.JSON else ():
        typer.echo(f"note: {note}", err=True)
    for group, result in report.results.items():
        page = out / group / "report.html"
        _tell(progress, result.notes, summary(result.stability), page, f"{group}: " if group else "")


@app.command()
def phantom(
    table: Annotated[
        Path | None,
        typer.Argument(
            metavar="TABLE", help="CSV or XLSX: a row a region and scan of the phantom.", show_default=False
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)] = None,
    parameter: Annotated[
        list[str],
        typer.Option(
            help="A scanning parameter, or its column in phantom, patients' and description's table; several times.",
            metavar="NAME|NAME=COLUMN[,COLUMN[,COLUMN]]",
        ),
    ] = [],
    region: Annotated[str, typer.Option(help="Column of the phantom's region.")] = "region",
    patients: Annotated[Path | None, typer.Option(help="Patients' features, to be harmonised.")] = None,
    patient: Annotated[str, typer.Option(help="Column of the patient there.")] = "patient",
    description: Annotated[
        Path | None, typer.Option(help="Parameters by patient, as series.csv of dataset describe.")
    ] = None,
    description_patient: Annotated[str, typer.Option(help="Column of the patient there.")] = "patient",
    description_rows: Annotated[
        list[str], typer.Option(help="Rows of the description that count.", metavar="COLUMN=VALUE")
    ] = [],
    edges: EdgesOption = [],
    limit: LimitOption = 0.90,
    bound: BoundOption = "value",
    level: LevelOption = 0.95,
    empirical_bayes: Annotated[
        bool, typer.Option("--empirical-bayes", help="Let features learn shifts from each other.")
    ] = False,
    reference: Annotated[str, typer.Option(help="Combination that stays as it is.", show_default="mean of all")] = "",
    without_retest: Annotated[
        bool, typer.Option("--without-retest", help="Judge scans that were not repeated, too.")
    ] = False,
    every_combination: Annotated[
        bool, typer.Option("--every-combination", help="Also those that no patient was scanned with.")
    ] = False,
    skip_unknown: Annotated[
        bool, typer.Option("--skip-unknown", help="Leave patients out whose parameters the phantom lacks.")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Plant a study whose answer is known, and count what is found.")
    ] = False,
    sample_seed: Annotated[int, typer.Option(help="Of the planted study.")] = 0,
    feature: OnlyOption = [],
    leave_out: LeaveOutOption = [],
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Class features as stable, harmonisable or rejected by a phantom, and harmonise patients (chapter 2)."""
    from oncologyai import workflows
    from oncologyai.robustness import CombatConfig, PhantomConfig, PlantedConfig

    if out is None:
        raise InputError("--out", expected="a folder for the results", got="none")
    if (table is None) != sample:
        raise InputError("phantom", expected="a table, or --sample", got="both" if sample else "neither")
    combat = CombatConfig(empirical_bayes=empirical_bayes, reference=reference or None)
    config = PhantomConfig(limit, bound, level, combat, require_retest=not without_retest)
    with reporter(progress) as watch:
        if table is None:
            planted = PlantedConfig(seed=sample_seed)
            result = workflows.phantom_sample(out, planted=planted, config=config, progress=watch)
        else:
            form = workflows.PhantomForm(
                parameters(parameter), region, patient, description_patient,
                named(description_rows, "--description-rows"),
                {name: numbers(text, name) for name, text in named(edges, "--edges").items()},
                tuple(feature), tuple(leave_out), every_combination, skip_unknown,
            )  # fmt: skip
            result = workflows.phantom_tables(
                table, out, form, patients=patients, description=description, config=config, progress=watch
            )
        watch.done(folder=str(out), **summary(result.verdict.stability))
    _tell(progress, result.notes, summary(result.verdict.stability), out / "report.html")


def _settings(source: str, bin_width: float | None) -> FeatureSettings:
    """Read settings of an extraction from a parameter file or preset; an option comes on top of it."""
    from dataclasses import replace

    from oncologyai.features import FeatureSettings, load_settings

    settings = load_settings(source) if source else FeatureSettings()
    return replace(settings, bin_width=bin_width) if bin_width is not None else settings


def _tell(progress: ProgressMode, notes: object, counts: dict[str, int], page: Path, head: str = "") -> None:
    if progress is ProgressMode.JSON:
        return
    for note in notes if isinstance(notes, tuple) else ():
        typer.echo(f"note: {note}", err=True)
    typer.echo(head + ", ".join(f"{count} {name}" for name, count in counts.items()))
    typer.echo(f"{page}")
