"""``oncology-ai bonescan``: the chance of metastatic bone disease on a whole-body bone scan, and what speaks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.batch_options import (
    MemoryOption,
    RetriesOption,
    SchedulerOption,
    StrictOption,
    TimeLimitOption,
    WorkersOption,
    batch_options,
)
from oncologyai.cli.bonescan_each import EachOption, ReportsOption, run_each
from oncologyai.cli.bonescan_options import (
    BundleOption,
    FastOption,
    MethodOption,
    OutBundleOption,
    OutOption,
    PatientOption,
    PixelOption,
    SanityOption,
    ScanEngineOption,
    ScanModelOption,
    ScanThresholdOption,
    SceneOption,
    StudyArgument,
    TurnOption,
    ViewOption,
    scan_form,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.bundle import BoneScanBundle
    from oncologyai.cli.reporting import Reporter
    from oncologyai.workflows import ScanForm

__all__ = ["bonescan"]

_SAMPLE = "bonescan"
_RESULTS = Path("oncologyai-results")


def bonescan(
    study: StudyArgument = None,
    out: OutOption = _RESULTS,
    sample: Annotated[str, typer.Option(help="Make and use a synthetic scan: bonescan.", metavar="NAME")] = "",
    sample_seed: Annotated[int, typer.Option(help="Random seed of the synthetic scan.")] = 1,
    model: ScanModelOption = "",
    engine: ScanEngineOption = "",
    method: MethodOption = "grad-cam",
    threshold: ScanThresholdOption = "",
    fast: FastOption = False,
    sanity: SanityOption = False,
    turn_deg: TurnOption = 0,
    view: ViewOption = "",
    pixel_mm: PixelOption = None,
    patient: PatientOption = "",
    scene: SceneOption = None,
    bundle: BundleOption = None,
    out_bundle: OutBundleOption = None,
    each: EachOption = False,
    reports: ReportsOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "auto",
    retries: RetriesOption = 2,
    time_limit_s: TimeLimitOption = None,
    strict: StrictOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Classify a whole-body bone scan and explain it; with --each every scan of a folder.

    Writes report.html, scene.mrb with both views, maps, foci and tables, prediction.csv, lesions.csv, pictures, the
    bundle of neutral files and provenance.json. With --each: results.csv, index.html with a thumbnail a scan, and maps,
    foci and tables of each; the same command goes on where it was ended.

    Research software, not for clinical use; the model that ships is a demonstration, trained on synthetic scans.
    """
    paths = list(study or [])
    _check_source(paths, sample, bundle, each=each)
    said = {
        "model": model, "engine": engine, "method": method, "threshold": threshold, "fast": fast, "sanity": sanity,
        "turn_deg": turn_deg, "view": view, "pixel_mm": pixel_mm, "patient": patient,
    }  # fmt: skip
    if each:
        options = batch_options(workers, scheduler, memory, retries, time_limit_s)
        run_each(paths[0], out, said, (reports, bool(scene)), options, strict=strict, progress=progress)
        return
    with reporter(progress) as watch:
        form = scan_form(**said, scene=scene is not False)  # type: ignore[arg-type]
        if out_bundle is not None:
            found = _to_bundle(paths, bundle, out_bundle, form, watch)
        else:
            found = _to_folder(paths, bundle, sample_seed if sample else None, out, form, watch)
    if progress is not ProgressMode.JSON:
        _say(found, out_bundle or out)


def _check_source(paths: list[Path], sample: str, bundle: Path | None, *, each: bool) -> None:
    if each and (len(paths) != 1 or sample or bundle):
        raise InputError("STUDY", expected="one folder of studies with --each", got=f"{len(paths)} paths or more")
    given = [name for name, value in (("STUDY", paths), ("--sample", sample), ("--bundle", bundle)) if value]
    if len(given) != 1:
        got = " and ".join(given) or "none"
        raise InputError("STUDY", expected="one of a study, --sample and --bundle", got=got)
    if sample and sample != _SAMPLE:
        raise InputError("--sample", expected=_SAMPLE, got=sample)


def _to_bundle(paths: list[Path], bundle: Path | None, out: Path, form: ScanForm, watch: Reporter) -> BoneScanBundle:
    from oncologyai import workflows

    if bundle is not None:
        found = workflows.answer_bonescan(bundle, out, progress=watch)
    elif paths:
        found = workflows.bonescan_to_bundle(paths, out, form=form, progress=watch)
    else:
        raise InputError("--out-bundle", expected="a study or --bundle", got="--sample", remedy="give --out instead")
    watch.done(bundle=str(out), probability=found.value("probability"), notes=list(found.notes))
    return found


def _to_folder(
    paths: list[Path], bundle: Path | None, sample_seed: int | None, out: Path, form: ScanForm, watch: Reporter
) -> BoneScanBundle:
    from oncologyai import workflows

    if bundle is not None:
        made = workflows.run_bonescan_request(bundle, out, scene=form.scene, progress=watch)
    elif sample_seed is not None:
        made = workflows.run_bonescan_sample(out, random_seed=sample_seed, form=form, progress=watch)
    else:
        made = workflows.run_bonescan(paths, out, form=form, progress=watch)
    watch.done(
        folder=str(out), outputs=[str(path) for path in made.outputs],
        probability=made.bundle.value("probability"), notes=list(made.bundle.notes),
    )  # fmt: skip
    return made.bundle


def _say(found: BoneScanBundle, place: Path) -> None:
    from oncologyai.report import answer_sentence

    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(f"{place}: {answer_sentence(found)}")
    said = "Research software, not for clinical use"
    typer.echo(f"{said}; a demonstration, trained on synthetic scans." if found.model.get("demonstration") else said)
