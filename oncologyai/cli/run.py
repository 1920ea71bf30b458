"""``oncology-ai run``: one command from a study to a scene and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.feature_options import SettingsOption
from oncologyai.cli.model_options import (
    AllLesionsOption,
    BoxOption,
    ChannelOption,
    DeviceOption,
    EngineOption,
    MembersOption,
    ModelOption,
    ThresholdOption,
    box_from_text,
    channels_from_text,
    reading,
)
from oncologyai.cli.options import (
    GapsOption,
    ModalityOption,
    OutsideOption,
    SeedOption,
    SeriesOption,
    Suv,
    SuvOption,
    UnitOption,
    points_from_text,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

__all__ = ["run"]


def run(
    study: Annotated[
        Path | None,
        typer.Argument(help="A DICOM folder, or a NRRD, NIfTI or MHA image.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("oncologyai-results"),
    seed: SeedOption = [],
    outside: OutsideOption = [],
    sample: Annotated[str, typer.Option(help="Make and use a synthetic study: ct or petct.", metavar="NAME")] = "",
    sample_seed: Annotated[int, typer.Option(help="Random seed of the synthetic study.")] = 1,
    method: Annotated[
        str, typer.Option(help="walker (random walker) or growing (region growing).", show_default="walker")
    ] = "",
    max_distance_mm: Annotated[
        float | None, typer.Option(help="How far from a seed the lesion may reach.", show_default="the method's")
    ] = None,
    model: ModelOption = "",
    channel: ChannelOption = [],
    box: BoxOption = "",
    device: DeviceOption = "",
    engine: EngineOption = "",
    members: MembersOption = "",
    all_lesions: AllLesionsOption = False,
    threshold: ThresholdOption = None,
    settings: SettingsOption = "",
    patient: Annotated[
        str, typer.Option(help="Pseudonym shown in the scene and the report.", show_default="made from the UIDs")
    ] = "",
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    scene: Annotated[bool, typer.Option(help="Write scene.mrb and 3D pictures (needs slicer-core).")] = True,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Segment, measure and report the lesion around the seeds, or with --model what a trained model finds.

    A model's further images are taken from the study where it has exactly one series of their modality.

    Writes scene.mrb, the segmentation (.seg.nrrd, DICOM SEG, RTSTRUCT), features.csv, measurements.json,
    provenance.json, pictures, the bundle of neutral files and report.html.
    """
    if bool(sample) == bool(study):
        raise InputError("STUDY", expected="either a study or --sample", got="both" if sample else "neither")
    from oncologyai import workflows

    with reporter(progress) as watch:
        chosen = workflows.segment_config(
            method=method, max_distance_mm=max_distance_mm, model=model, box_ras=box_from_text(box), device=device,
            engine=engine, members=members, all_lesions=all_lesions, threshold=threshold,
        )  # fmt: skip
        config = workflows.run_config(
            config=chosen,
            patient=patient,
            how=reading(series, modality, unit.value if unit else None, suv.value, allow_missing_slices),
            channels=channels_from_text(channel),
            settings=settings or None,
            scene=scene,
        )
        inside = points_from_text(seed, "--seed", "Inside")
        beyond = points_from_text(outside, "--outside", "Outside")
        if sample:
            result = workflows.run_sample(
                sample, out, config=config, random_seed=sample_seed, inside=inside, outside=beyond, progress=watch
            )
        elif study is not None:
            result = workflows.run(study, inside, beyond, out, config=config, progress=watch)
        watch.done(folder=str(out), outputs=[str(path) for path in result.outputs])
    if progress is not ProgressMode.JSON:
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)
        typer.echo(f"{out}: " + ", ".join(str(path.relative_to(out)) for path in result.outputs))
