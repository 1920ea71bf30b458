"""``oncology-ai features --cohort``: its options, and what it does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oncologyai.cli.batch_options import end_with, say
from oncologyai.cli.cohort_options import named_texts
from oncologyai.cli.reporting import ProgressMode, reporter
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.batch import BatchOptions

__all__ = [
    "CohortOption",
    "CohortRequest",
    "ColumnOption",
    "KeepOption",
    "SheetOption",
    "StateOption",
]

CohortOption = Annotated[
    Path | None,
    typer.Option("--cohort", help="Instead of IMAGE MASKS: CSV or XLSX, a row a case (image, mask, patient, ...)."),
]
ColumnOption = Annotated[
    list[str],
    typer.Option(
        "--column",
        help="Cohort: ROLE=COLUMN, where the table has other names; several times.",
        metavar="ROLE=COLUMN",
    ),
]
KeepOption = Annotated[
    list[str], typer.Option("--keep", help="Cohort: take this column over, such as an outcome; several times.")
]
SheetOption = Annotated[str, typer.Option("--sheet", help="Cohort: of a workbook.", show_default="the first")]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Cohort: folder of state and results, to go on in.", show_default="<out>-state"),
]


@dataclass(frozen=True)
class CohortRequest:
    """The cohort's options as they were typed."""

    column: Sequence[str]
    keep: Sequence[str]
    sheet: str
    state: Path | None
    strict: bool

    def require_none(self) -> None:
        """Raise InputError if one was given, since they mean nothing without a cohort."""
        for name, value in vars(self).items():
            if value:
                raise InputError(f"--{name}", expected="--cohort TABLE with it", got="no cohort")

    def run(
        self, table: Path, out: Path, settings: Mapping[str, Any], options: BatchOptions, progress: ProgressMode
    ) -> None:
        """Extract the features of every case into one table; ends the command with the exit code."""
        from oncologyai import batch
        from oncologyai.bundle import check_table_ending

        check_table_ending(out)
        with reporter(progress) as watch:
            report = batch.features_cohort(
                table,
                self.state or out.with_name(f"{out.stem}-state"),
                columns=named_texts(self.column, "--column"),
                keep=self.keep,
                sheet=self.sheet,
                settings=settings,
                options=options,
                progress=watch,
            )
            batch.write_results(report, out)
            watch.done(
                table=str(out), rows=len(report.table.rows), cases=len(report.cases), failed=len(report.failures),
                computed=report.computed, reused=report.reused,
            )  # fmt: skip
        say(report, out, progress)
        end_with(report, strict=self.strict)
