"""What every command of robustness leaves behind: tables, classes beside the features, report, provenance."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import write_table, write_workbook
from oncologyai.errors import MissingDependencyError
from oncologyai.progress import Provenance
from oncologyai.robustness import FeatureStability, write_stability
from oncologyai.types import Table

__all__ = ["Draft", "STABILITY_FILE", "study_folder"]

STABILITY_FILE = "features.stability.csv"


@dataclass(frozen=True)
class Draft:
    """A folder of results as it is being written."""

    folder: Path
    notes: list[str]

    def tables(self, tables: Sequence[Table], stability: Sequence[FeatureStability], provenance: Provenance) -> None:
        """Write tables as CSV and, where openpyxl is there, as one workbook; classes of features; provenance."""
        for table in tables:
            write_table(table, self.folder / f"{table.name}.csv")
        write_stability(stability, self.folder / STABILITY_FILE)
        try:
            write_workbook(tables, self.folder / "robustness.xlsx")
        except MissingDependencyError as error:
            self.notes.append(f"robustness.xlsx was not written: {error}")
        content = json.dumps(provenance.to_dict(), indent=2, ensure_ascii=False) + "\n"
        (self.folder / "provenance.json").write_text(content, encoding="utf-8")

    def report(self, write: Callable[..., None]) -> None:
        """Write ``report.html`` by a function that takes page, folder of figures and notes."""
        write(path=self.folder / "report.html", figures=self.folder / "figures", notes=tuple(self.notes))


@contextmanager
def study_folder(out: Path) -> Iterator[Draft]:
    """Yield a draft that becomes ``out`` if the block ends well.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_folder(out) as folder:
        yield Draft(folder, [])
