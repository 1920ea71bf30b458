"""The options of ``oncology-ai explore``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "AlphaOption",
    "AreaOption",
    "ClassesOption",
    "ClinicalOption",
    "ClinicalPatientOption",
    "ClinicalSheetOption",
    "EventOption",
    "ExcludeOption",
    "ExcludePatientOption",
    "FeaturesArgument",
    "GroupOption",
    "HorizonOption",
    "IncludeOption",
    "KeyOption",
    "Missing",
    "MissingOption",
    "OutOption",
    "OutcomeOption",
    "PageOption",
    "PatientOption",
    "PositiveOption",
    "RepeatsOption",
    "Rows",
    "RowsOption",
    "SceneOption",
    "SheetOption",
    "StabilityOption",
    "VolumeOption",
    "VolumeThresholdOption",
]


def _option(text: str, *names: str, shown: str | bool = False) -> Any:
    return typer.Option(*names, help=text, show_default=shown)


class Rows(StrEnum):
    """What ``--rows`` takes."""

    all = "all"
    first = "first"
    largest = "largest"


class Missing(StrEnum):
    """What ``--missing`` takes."""

    keep = "keep"
    rows = "rows"
    features = "features"


FeaturesArgument = Annotated[
    Path, typer.Argument(help="CSV, XLSX or Parquet of features, a row a lesion.", show_default=False)
]
OutcomeOption = Annotated[str, _option("Column of classes; of days with --horizon-days.")]
OutOption = Annotated[Path, _option("Folder for page, tables and figures.", "--out", "-o", shown=True)]
ClinicalOption = Annotated[Path | None, _option("CSV, XLSX or Parquet of patients that holds the outcome.")]
StabilityOption = Annotated[
    Path | None, _option("Verdicts on features, from robustness.", shown="FEATURES' own .stability.csv")
]
HorizonOption = Annotated[float | None, _option("Two classes: the event by this day, or none.")]
EventOption = Annotated[str, _option("Column of 1 (event) and 0 (end of follow-up), with --horizon-days.")]
ClassesOption = Annotated[list[str], _option("Only these, such as I,IIIb; repeat or commas.", "--classes")]
PositiveOption = Annotated[str, _option("Of two classes the one that areas are of.", shown="last")]
VolumeOption = Annotated[str, _option("Feature that is the volume.", shown="pyradiomics' VoxelVolume or MeshVolume")]
PatientOption = Annotated[str, _option("Column of patients in FEATURES.", shown="by usual names")]
ClinicalPatientOption = Annotated[str, _option("The same in the clinical table.", shown="likewise")]
KeyOption = Annotated[
    str,
    _option(r"Pattern of the patient's id in a row's name, such as 'LUNG1-\d+'.", shown="the id that begins the name"),
]
RowsOption = Annotated[Rows, _option("Which of a patient's rows count.", shown=True)]
MissingOption = Annotated[Missing, _option("Keep missing values, or leave their rows or features out.", shown=True)]
RepeatsOption = Annotated[bool, _option("Count rows that repeat another exactly.", "--keep-repeats")]
IncludeOption = Annotated[list[str], _option("Only features of this name, * for any text; repeat.", "--include")]
ExcludeOption = Annotated[list[str], _option("No features of this name, likewise.", "--exclude")]
ExcludePatientOption = Annotated[list[str], _option("Leave this patient out; repeat.", "--exclude-patient")]
AlphaOption = Annotated[float, _option("A corrected p below it stands out.", shown=True)]
AreaOption = Annotated[float, _option("An area above it stands out.", shown=True)]
VolumeThresholdOption = Annotated[float, _option("A correlation with volume above it stands out.", shown=True)]
GroupOption = Annotated[float, _option("Mean correlation that makes features one group.", shown=True)]
SheetOption = Annotated[str, _option("Sheet of FEATURES.", shown="the first")]
ClinicalSheetOption = Annotated[str, _option("Sheet of the clinical table.", shown="the first")]
SceneOption = Annotated[Path | None, _option("A .mrb for 3D Slicer: tables, plots, correlations.")]
PageOption = Annotated[bool, _option("Write the interactive page (needs plotly).", "--page/--no-page", shown=True)]
