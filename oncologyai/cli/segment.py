"""``oncology-ai segment``: the lesion around the seeds, or what a trained model finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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

if TYPE_CHECKING:
    from oncologyai.cli.reporting import Reporter
    from oncologyai.workflows import Request

__all__ = ["segment"]


def segment(
    image: Annotated[
        Path | None,
        typer.Argument(help="A DICOM folder or file, or a NRRD, NIfTI or MHA image.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The mask: .seg.nrrd, .nrrd, .nii.gz, .mha or .dcm (SEG).")
    ] = None,
    seed: SeedOption = [],
    outside: OutsideOption = [],
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
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    bundle: Annotated[
        Path | None, typer.Option(help="Take images, seeds and settings from a bundle instead.", metavar="FOLDER")
    ] = None,
    out_bundle: Annotated[
        Path | None, typer.Option(help="Write the result, measured, as a bundle.", metavar="FOLDER")
    ] = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Segment the lesion around the seeds, or with --model what a trained model finds.

    With a model, seeds are optional: they say where to look and which of the found parts is meant. A model that finds
    no tumour says so, writes an empty mask, and ends with code 0.
    """
    _check_places(image, bundle, out, out_bundle, model, channel)
    from oncologyai import workflows

    with reporter(progress) as watch:
        if bundle is not None and out_bundle is not None:
            made = workflows.answer_bundle(bundle, out_bundle, progress=watch)
            watch.done(bundle=str(out_bundle), lesions=len(made.masks))
            return
        if bundle is not None:
            request = workflows.request_from_bundle(bundle)
        elif image is not None:
            config = workflows.segment_config(
                method=method, max_distance_mm=max_distance_mm, model=model, box_ras=box_from_text(box), device=device,
                engine=engine, members=members, all_lesions=all_lesions, threshold=threshold,
            )  # fmt: skip
            request = workflows.request_from_image(
                image,
                points_from_text(seed, "--seed", "Inside"),
                points_from_text(outside, "--outside", "Outside"),
                config=config,
                channels=channels_from_text(channel),
                how=reading(series, modality, unit.value if unit else None, suv.value, allow_missing_slices),
                progress=watch,
            )
        if out_bundle is not None:
            made = workflows.segment_to_bundle(request, out_bundle, progress=watch)
            watch.done(bundle=str(out_bundle), lesions=len(made.masks))
        elif out is not None:
            _to_file(request, out, watch, progress)


def _check_places(
    image: Path | None, bundle: Path | None, out: Path | None, out_bundle: Path | None, model: str, channel: list[str]
) -> None:
    if (image is None) == (bundle is None):
        raise InputError("IMAGE", expected="either an image or --bundle", got="both" if image else "neither")
    if (out is None) == (out_bundle is None):
        raise InputError("--out", expected="either --out or --out-bundle", got="both" if out else "neither")
    if bundle is not None and (model or channel):
        option = "--model" if model else "--channel"
        raise InputError(option, expected="an image", got="--bundle, whose settings and channels say it")


def _to_file(request: Request, out: Path, watch: Reporter, progress: ProgressMode) -> None:
    from oncologyai import workflows

    result = workflows.segment_to_file(request, out, progress=watch)
    trust = result.finding.trust if result.finding else None
    said = trust.sentence() if trust else ""
    volume_ml, notes = result.mask.volume_ml, [*request.notes, *result.provenance.warnings]
    watch.done(mask=str(out), volume_ml=volume_ml, lesions=len(result.masks), trust=said, notes=notes)
    if progress is ProgressMode.JSON:
        return
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    written = out.exists()
    typer.echo(f"{out}: {volume_ml:.2f} ml" if written else f"{out}: not written, a DICOM SEG cannot be empty")
    if said:
        typer.echo(said)
