"""``oncology-ai segment``: the lesion around the seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    bundle: Annotated[
        Path | None, typer.Option(help="Take image, seeds and settings from a bundle instead.", metavar="FOLDER")
    ] = None,
    out_bundle: Annotated[
        Path | None, typer.Option(help="Write the result, measured, as a bundle.", metavar="FOLDER")
    ] = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Segment the lesion around the seeds."""
    if (image is None) == (bundle is None):
        raise InputError("IMAGE", expected="either an image or --bundle", got="both" if image else "neither")
    if (out is None) == (out_bundle is None):
        raise InputError("--out", expected="either --out or --out-bundle", got="both" if out else "neither")
    from oncologyai import workflows

    with reporter(progress) as watch:
        if bundle is not None:
            request = workflows.request_from_bundle(bundle)
        elif image is not None:
            request = workflows.request_from_image(
                image,
                points_from_text(seed, "--seed", "Inside"),
                points_from_text(outside, "--outside", "Outside"),
                method=method,
                max_distance_mm=max_distance_mm,
                series_uid=series or None,
                modality=modality or None,
                unit=unit.value if unit else None,
                suv=suv.value,
                allow_missing_slices=allow_missing_slices,
                progress=watch,
            )
        if out_bundle is not None:
            workflows.segment_to_bundle(request, out_bundle, progress=watch)
            watch.done(bundle=str(out_bundle))
        elif out is not None:
            volume_ml = workflows.segment_to_file(request, out, progress=watch)
            watch.done(mask=str(out), volume_ml=volume_ml)
    if out is not None and progress is not ProgressMode.JSON:
        typer.echo(f"{out}: {volume_ml:.2f} ml")
