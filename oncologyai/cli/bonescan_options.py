"""Options of ``oncology-ai bonescan``, and how what the user said becomes a form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from oncologyai.workflows import ScanForm

__all__ = [
    "BundleOption",
    "FastOption",
    "MethodOption",
    "OutBundleOption",
    "OutOption",
    "PatientOption",
    "PixelOption",
    "SanityOption",
    "ScanEngineOption",
    "ScanModelOption",
    "ScanThresholdOption",
    "SceneOption",
    "StudyArgument",
    "TurnOption",
    "ViewOption",
    "scan_form",
]

StudyArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="A folder with one study, a DICOM or picture file, or two of a view each.", show_default=False),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")]
ScanModelOption = Annotated[
    str,
    typer.Option("--model", help="A model's id (see `models list`) or folder.", show_default="demo-bonescan"),
]
ScanEngineOption = Annotated[
    str, typer.Option("--engine", help="openvino or onnxruntime.", show_default="the first that is installed")
]
MethodOption = Annotated[str, typer.Option("--method", help="Of the map: grad-cam, grad-cam++ or hirescam.")]
ScanThresholdOption = Annotated[
    str,
    typer.Option("--threshold", help="youden, sensitivity-90 or a probability.", show_default="the model's first"),
]
FastOption = Annotated[bool, typer.Option("--fast", help="The model's quicker form.")]
SanityOption = Annotated[
    bool, typer.Option("--sanity", help="Compare the map with those of networks of random weights.")
]
TurnOption = Annotated[
    int, typer.Option("--turn-deg", help="Turn pictures counter-clockwise first: 90, 180 or 270.", metavar="DEGREES")
]
ViewOption = Annotated[str, typer.Option("--view", help="What a single view shows: anterior or posterior.")]
PixelOption = Annotated[
    float | None, typer.Option("--pixel-mm", help="Distance of pixels, where the file does not say.", metavar="MM")
]
PatientOption = Annotated[
    str,
    typer.Option("--patient", help="Pseudonym in the scene and the report.", show_default="made from the UIDs"),
]
SceneOption = Annotated[
    bool | None,
    typer.Option("--scene/--no-scene", help="Write scene.mrb (needs slicer-core).", show_default="not with --each"),
]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", help="Take views and settings from a folder instead.", metavar="FOLDER")
]
OutBundleOption = Annotated[
    Path | None,
    typer.Option("--out-bundle", help="Write views, maps, foci and tables alone, to a folder.", metavar="FOLDER"),
]


def scan_form(
    *,
    model: str,
    engine: str,
    method: str,
    threshold: str,
    fast: bool,
    sanity: bool,
    turn_deg: int,
    view: str,
    pixel_mm: float | None,
    patient: str = "",
    scene: bool = True,
) -> ScanForm:
    """Make a form from what the user said, the defaults for the rest.

    Raises
    ------
    InputError
        If a value is not one of those that its option takes.
    """
    from oncologyai.pipelines import BoneScanConfig
    from oncologyai.scintigraphy import ScanReading
    from oncologyai.workflows import ScanForm

    said: dict[str, Any] = {"engine": engine, "method": method, "threshold": threshold, "fast": fast}
    said["sanity"] = sanity
    said |= {"model": model} if model else {}
    config = BoneScanConfig(**said)
    return ScanForm(config, ScanReading(turn_deg, view, pixel_mm), patient, scene)
