"""Options of features: what they are made of, how, and where they go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "BinWidthOption",
    "ConventionsOption",
    "FeatureDeviceOption",
    "OptionalImageArgument",
    "RingWithinOption",
    "SettingsOption",
    "SeveralMasksArgument",
    "TableOption",
    "VoxelBasedOption",
]

OptionalImageArgument = Annotated[
    Path | None,
    typer.Argument(help="A DICOM folder or file, or a NRRD, NIfTI or MHA image.", show_default=False),
]
SeveralMasksArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="RTSTRUCT, DICOM SEG, .seg.nrrd or label maps, one or several.", show_default=False),
]
TableOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help=".csv, .xlsx, .parquet or .json; of maps a folder.", show_default="features.csv"),
]
SettingsOption = Annotated[
    str,
    typer.Option(
        "--settings",
        metavar="FILE|PRESET",
        help="Of features: a parameter file of pyradiomics, or default, brain-metastases, glioblastoma.",
        show_default="default",
    ),
]
BinWidthOption = Annotated[
    float | None,
    typer.Option(help="Width of the grey-level bins, in the image's unit.", show_default="the settings'"),
]
ConventionsOption = Annotated[
    str,
    typer.Option(help="Definitions: pyradiomics, ibsi (of the image itself), or both side by side."),
]
FeatureDeviceOption = Annotated[
    str,
    typer.Option(
        "--device", help="cpu, cuda, cuda:1 ... or auto: LoG, wavelet, and maps of firstorder and glcm, on a card."
    ),
]
VoxelBasedOption = Annotated[
    list[str],
    typer.Option("--voxel-based", metavar="FEATURE", help="Map this feature or family instead; several times."),
]
RingWithinOption = Annotated[
    str, typer.Option(help="Structure that the ring stays in, such as a lung.", metavar="NAME")
]
