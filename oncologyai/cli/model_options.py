"""Options of a segmentation by a trained model, and how what the user said becomes a configuration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.types import Unit
    from oncologyai.workflows import ReadConfig

__all__ = [
    "AllLesionsOption",
    "BoxOption",
    "ChannelOption",
    "DeviceOption",
    "EngineOption",
    "MembersOption",
    "ModelOption",
    "ThresholdOption",
    "box_from_text",
    "channels_from_text",
    "reading",
]

ModelOption = Annotated[
    str,
    typer.Option("--model", help="A trained model's id (see `models list`) instead of a method.", metavar="ID"),
]
ChannelOption = Annotated[
    list[str],
    typer.Option("--channel", help="A further image of the model: file or DICOM folder.", metavar="NAME=FILE"),
]
BoxOption = Annotated[
    str,
    typer.Option("--box", help="Two corners in RAS mm of where the model looks.", metavar="R,A,S,R,A,S"),
]
DeviceOption = Annotated[
    str,
    typer.Option("--device", help="auto, cpu, cuda, cuda:1 ...", show_default="a graphics card where torch has one"),
]
EngineOption = Annotated[
    str, typer.Option("--engine", help="openvino, onnxruntime or torch.", show_default="the model's, else the first")
]
MembersOption = Annotated[
    str,
    typer.Option("--members", help="ensemble, flips, dropout or none: what is run several times.", show_default="auto"),
]
AllLesionsOption = Annotated[
    bool, typer.Option("--all-lesions", help="Keep every part that the model finds: GTV-1, GTV-2, ... by volume.")
]
ThresholdOption = Annotated[
    float | None,
    typer.Option("--threshold", help="Probability above which a voxel is lesion.", show_default="the model's"),
]


def box_from_text(text: str) -> tuple[float, ...] | None:
    """Read ``R,A,S,R,A,S``; None for an empty text.

    Raises
    ------
    InputError
        If it is not six finite numbers.
    """
    if not text:
        return None
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 6 or not all(map(math.isfinite, values)):
        raise InputError("--box", expected="six numbers R,A,S,R,A,S in mm such as -40,10,-120,60,110,0", got=repr(text))
    return values


def channels_from_text(texts: Sequence[str]) -> dict[str, Path]:
    """Read ``NAME=FILE`` texts.

    Raises
    ------
    InputError
        If a text has no name or file, or a name comes twice.
    """
    found: dict[str, Path] = {}
    for text in texts:
        name, _, place = text.partition("=")
        if not name or not place:
            raise InputError("--channel", expected="NAME=FILE such as ct=ct.nii.gz", got=repr(text))
        if name in found:
            raise InputError("--channel", expected=f"one file for {name}", got="two")
        found[name] = Path(place)
    return found


def reading(series: str, modality: str, unit: Unit | None, suv: str, allow_missing_slices: bool) -> ReadConfig:
    """Give how the first image is read."""
    from oncologyai.workflows import ReadConfig

    return ReadConfig(series or None, modality or None, unit, suv, allow_missing_slices)  # type: ignore[arg-type]
