"""``oncology-ai outcome apply --bundle``: one patient of a scene, for a program that does not compute itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, reporter

__all__ = ["OutPatientOption", "PatientOption", "answer_patient"]

PatientOption = Annotated[
    Path | None,
    typer.Option("--bundle", help="Take one patient's values, or image and lesion, from a folder.", metavar="FOLDER"),
]
OutPatientOption = Annotated[
    Path | None,
    typer.Option("--out-bundle", help="With --bundle: write tables and plots to a folder.", metavar="FOLDER"),
]


def answer_patient(card: str, folder: Path, out: Path, progress: ProgressMode) -> None:
    """Apply a signature to the patient of a folder; raises as ``workflows.patient_to_prediction``."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        told = workflows.patient_to_prediction(card, folder, out, progress=watch)
        cautions = list(told.provenance.warnings)
        watch.done(bundle=str(out), signature=told.signature, cautions=cautions)
    if progress is not ProgressMode.JSON:
        for caution in cautions:
            typer.echo(f"caution: {caution}", err=True)
        typer.echo(f"{out}: {told.signature}. Research software, not for clinical use.")
