"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.types import Point

__all__ = [
    "GapsOption",
    "ImageArgument",
    "MasksArgument",
    "ModalityOption",
    "OutsideOption",
    "SeedOption",
    "SeriesOption",
    "Suv",
    "SuvOption",
    "UnitName",
    "UnitOption",
    "points_from_text",
]

_MODALITIES = ("CT", "PT", "MR", "NM", "RTDOSE", "US", "CR", "DX", "MG", "XA", "OT")

ImageArgument = Annotated[
    Path, typer.Argument(help="A DICOM folder or file, or a NRRD, NIfTI or MHA image.", show_default=False)
]
MasksArgument = Annotated[
    Path, typer.Argument(help="RTSTRUCT, DICOM SEG, .seg.nrrd or a label map.", show_default=False)
]
SeedOption = Annotated[
    list[str],
    typer.Option("--seed", help="R,A,S in mm, inside the lesion; may be given several times.", metavar="R,A,S"),
]
OutsideOption = Annotated[
    list[str],
    typer.Option("--outside", help="R,A,S in mm, outside the lesion; may be given several times.", metavar="R,A,S"),
]
SeriesOption = Annotated[
    str, typer.Option("--series", help="SeriesInstanceUID, where a folder holds several.", metavar="UID")
]


def _modality(text: str) -> str:
    """Read a modality as people write it: ``ct``, ``PET``, ``MRI``."""
    upper = text.strip().upper()
    known = {"PET": "PT", "MRI": "MR"}.get(upper, upper)
    if known and known not in _MODALITIES:
        raise InputError("--modality", expected=" or ".join(_MODALITIES), got=repr(text))
    return known


ModalityOption = Annotated[
    str,
    typer.Option(
        "--modality", callback=_modality, help="CT, PT, MR or NM: which series to take, or what a plain image is."
    ),
]


class UnitName(StrEnum):
    """What ``--unit`` takes; the names of ``oncologyai.types.Unit``."""

    hu = "HU"
    suv_bw = "SUVbw"
    suv_lbm = "SUVlbm"
    suv_bsa = "SUVbsa"
    activity = "BQML"
    dose = "Gy"
    counts = "counts"
    probability = "probability"
    arbitrary = "arbitrary"


UnitOption = Annotated[
    UnitName | None,
    typer.Option(
        "--unit",
        case_sensitive=False,
        show_default=False,
        help="What the values of a plain image are, where it does not say; a PET needs it for SUV.",
    ),
]


GapsOption = Annotated[
    bool, typer.Option("--allow-missing-slices", help="Interpolate missing slices, each named in a note.")
]


class Suv(StrEnum):
    """What ``--suv`` takes: by body weight, lean body mass (James or Janmahasatian), surface area; or as stored."""

    bw = "bw"
    lbm = "lbm"
    lbm_janma = "lbm-janma"
    bsa = "bsa"
    none = "none"


SuvOption = Annotated[Suv, typer.Option("--suv", help="SUV of a DICOM PET, by weight, lean mass or surface area.")]


def points_from_text(texts: Sequence[str], option: str, name: str) -> tuple[Point, ...]:
    """Read ``R,A,S`` texts as points called ``name-1``, ``name-2``, ...

    Raises
    ------
    InputError
        If a text is not three finite numbers.
    """
    from oncologyai.types import Point

    points = []
    for number, text in enumerate(texts, start=1):
        try:
            right, anterior, superior = (float(part) for part in text.split(","))
        except ValueError:
            right = math.nan
        if not math.isfinite(right) or not (math.isfinite(anterior) and math.isfinite(superior)):
            raise InputError(option, expected="three numbers R,A,S in mm such as -93.3,208.6,-459.5", got=repr(text))
        points.append(Point(f"{name}-{number}", (right, anterior, superior)))
    return tuple(points)
