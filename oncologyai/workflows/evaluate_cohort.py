"""``oncology-ai evaluate --cohort``: from a table of cases to metrics, tables, figures and the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai.bundle import write_table, write_workbook
from oncologyai.errors import CancelledError, InputError, MissingDependencyError, OutputError
from oncologyai.outcome import require_lifelines
from oncologyai.pipelines import CohortConfig, CohortResult, evaluate_cohort
from oncologyai.progress import Part, Progress, Silent
from oncologyai.report import write_cohort_report
from oncologyai.types import Table
from oncologyai.workflows.cohort_cases import CasesReport, Failure, compare_cases
from oncologyai.workflows.cohort_table import CohortTable, TableForm, read_cohort

__all__ = ["CohortReport", "evaluate_cohort_table"]

_STORE = "cases"
_OWN_FILES = ("metrics", "summary")  # stand beside the report, the other tables in the folder tables
_COMPARED, _ANALYSED = 0.85, 0.92  # shares of the work, roughly


@dataclass(frozen=True)
class CohortReport:
    """``result``: the analysis. ``failures``: what could not be compared. ``kept``: cases that were done before.

    ``notes``: what else the reader must know.
    """

    result: CohortResult
    failures: tuple[Failure, ...]
    kept: int
    notes: tuple[str, ...]


def evaluate_cohort_table(
    path: Path,
    out: Path,
    *,
    form: TableForm | None = None,
    config: CohortConfig | None = None,
    progress: Progress | None = None,
) -> CohortReport:
    """Evaluate the cases of a table.

    Parameters
    ----------
    path : Path
        .csv or .xlsx, of masks or of metrics already computed; see ``read_cohort``.
    out : Path
        Folder for ``metrics.csv``, ``summary.csv``, ``summary.xlsx`` (every table; left out with a note where
        openpyxl is absent), ``failures.csv``, ``tables/``, ``figures/``, ``report.html``, ``provenance.json``, and
        ``cases/``, where each case is kept as it is done: the same call after an interruption goes on.
    form : TableForm, optional
        Which columns hold what.
    config : CohortConfig, optional
        What is asked.
    progress : Progress, optional

    Returns
    -------
    CohortReport

    Raises
    ------
    InputError
        If the table or a request is not usable; or if every case failed, of which ``failures.csv`` tells.
    OutputError
        If ``out`` cannot be written.
    MissingDependencyError
        If outcomes are given and lifelines is not installed, before any image is read.
    CancelledError
        If cancelled; the cases done are kept, results of an earlier run stay.
    """
    form, config, watch = form or TableForm(), config or CohortConfig(), progress or Silent()
    table = read_cohort(path, form, config)
    if out.exists() and not out.is_dir():
        raise OutputError(str(out), expected="a folder", got="a file", remedy="give another output folder")
    if _has_outcomes(table):
        require_lifelines()
    compared = _compare(table, out, config, watch)
    failures = _failures_table(compared.failures)
    if not compared.rows:
        with atomic_file(out / "failures.csv") as draft:
            write_table(failures, draft)
        first = compared.failures[0].reason if compared.failures else "no result in any case"
        raise InputError(
            path.name, expected="at least one case that can be compared", got=f"none; the first: {first}",
            remedy=f"see {out / 'failures.csv'}" if compared.failures else "",
        )  # fmt: skip
    result = evaluate_cohort(
        compared.rows,
        config,
        units=compared.units if table.cases else None,
        slice_dices=compared.slice_dices,
        settings={"table_sha256": table.sha256, "columns": dict(form.columns), "results": dict(form.results)},
        notes=table.notes,
        progress=Part(watch, _COMPARED, _ANALYSED),
    )
    watch.stage("report", _ANALYSED)
    notes = _write(result, failures, out, path.stem)
    return CohortReport(result, compared.failures, compared.kept, (*notes, *result.notes))


def _compare(table: CohortTable, out: Path, config: CohortConfig, watch: Progress) -> CasesReport:
    if not table.cases:
        return CasesReport(table.rows, (), {}, (), 0)
    try:
        return compare_cases(table, out / _STORE, config, progress=Part(watch, 0.0, _COMPARED))
    except CancelledError as error:
        raise CancelledError(f"cancelled: the cases done are kept, the same command goes on in {out}") from error


def _has_outcomes(table: CohortTable) -> bool:
    of_cases = [result.values for case in table.cases for result in case.results]
    values = [*of_cases, *(row.values for row in table.rows)]
    return any("time_days" in own and "event" in own for own in values)


def _write(result: CohortResult, failures: Table, out: Path, name: str) -> tuple[str, ...]:
    """Write everything, or nothing; give what could not be made."""
    notes: list[str] = []
    with atomic_folder(out) as draft:
        for table in result.tables.values():
            folder = draft if table.name in _OWN_FILES else draft / "tables"
            folder.mkdir(exist_ok=True)
            write_table(table, folder / f"{table.name}.csv")
        for table_name in _OWN_FILES:
            if table_name not in result.tables:
                write_table(Table(table_name, ("case", "method"), ()), draft / f"{table_name}.csv")
        write_table(failures, draft / "failures.csv")
        try:
            write_workbook([*result.tables.values(), failures], draft / "summary.xlsx")
        except MissingDependencyError as error:
            notes.append(f"summary.xlsx was not written: {error}")
        write_cohort_report(result, draft / "report.html", draft / "figures", name=name, failures=failures, notes=notes)
        content = json.dumps(result.provenance.to_dict(), indent=2, ensure_ascii=False) + "\n"
        (draft / "provenance.json").write_text(content, encoding="utf-8")
    return tuple(notes)


def _failures_table(failures: Sequence[Failure]) -> Table:
    return Table("failures", ("case", "method", "reason"), tuple(astuple(failure) for failure in failures))
