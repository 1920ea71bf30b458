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
    "points_from_text",
]

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
ModalityOption = Annotated[
    str, typer.Option("--modality", help="CT, PT, MR or NM: which series to take, or what a plain image is.")
]


GapsOption = Annotated[
    bool, typer.Option("--allow-missing-slices", help="Interpolate missing slices, each named in a note.")
]


class Suv(StrEnum):
    """What ``--suv`` takes: normalised to body weight, lean body mass or body surface area."""

    bw = "bw"
    lbm = "lbm"
    bsa = "bsa"


SuvOption = Annotated[Suv, typer.Option("--suv", help="SUV of a PET, by body weight, lean mass or surface area.")]


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
