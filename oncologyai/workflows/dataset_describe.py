"""``oncology-ai dataset describe``: a row a series, a summary, and the distributions on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import write_table, write_workbook
from oncologyai.errors import MissingDependencyError
from oncologyai.imaging import find_studies, is_localizer, structure_names
from oncologyai.pipelines import DESCRIBED, Cell, DescribeConfig, describe_series
from oncologyai.progress import Part, Progress, Silent
from oncologyai.report import Picture, draw_distribution, write_dataset_page
from oncologyai.types import Series, Study, Table
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, run_cases
from oncologyai.workflows.dataset_cases import drawn_structures
from oncologyai.workflows.pseudonym import patient_pseudonyms, with_name

__all__ = ["DescribeReport", "describe_case", "describe_dataset", "write_tables"]

_STORE = "cases"
_LEADING = ("patient", "study", "folder", "structures")
_NOT_DRAWN = ("description", "structures", "columns", "pixel_column_mm")
_COMPUTED = ("RTDOSE", "SEG")
_INDEXED, _READ = 0.2, 0.9  # shares of the work, roughly
_MOST_NAMED = 3
_MONTHS_AT_MOST = 24


@dataclass(frozen=True)
class DescribeReport:
    """``series`` and ``summary``: the tables. ``failed``: what could not be read. ``kept``: series done before."""

    series: Table
    summary: Table
    failed: tuple[tuple[str, str], ...]
    kept: int
    notes: tuple[str, ...]


def describe_dataset(
    source: Path,
    out: Path,
    *,
    tags: Sequence[str] = (),
    identity: bool = False,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> DescribeReport:
    """Describe every series of a folder of DICOM studies.

    Parameters
    ----------
    source : Path
        Searched with its subfolders.
    out : Path
        Gets ``series.csv``, ``summary.csv``, ``description.xlsx`` (both; left out with a note where openpyxl is
        absent), ``failures.csv``, ``figures/`` and ``description.html``; results are kept in ``cases/``, so that the
        same call goes on after an interruption.
    tags : sequence of str
        Further columns, as in ``DescribeConfig``.
    identity : bool
        Show Patient ID instead of a pseudonym.
    runner : CaseRunner
        Who runs the series.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a tag is unknown or the source holds no study.
    OutputError
        If ``out`` cannot be written.
    CancelledError
        If cancelled; the series done are kept.
    """
    config, watch = DescribeConfig(tuple(tags)), progress or Silent()
    studies = find_studies(source, progress=Part(watch, 0.0, _INDEXED))
    names = {p: p for p in (s.patient_id for s in studies)} if identity else patient_pseudonyms(studies)
    drawn = drawn_structures(studies)
    leading, patients, tasks = [], [], []
    for study in studies:
        for series in study.series:
            leading.append(_leading(source, study, series, names))
            patients.append(study.patient_id)
            tasks.append(_task(series, drawn.get(id(series), ()), config))
    outcomes = runner(tasks, out / _STORE, Part(watch, _INDEXED, _READ))
    watch.stage("distributions", _READ)
    table = _gathered(leading, patients, outcomes, config)
    summary = _summary(table)
    failed = tuple(
        (" ".join(str(v) for v in lead if v), outcome.reason.replace(f"{source}/", ""))
        for lead, outcome in zip(leading, outcomes, strict=True)
        if outcome.reason
    )
    notes = tuple(dict.fromkeys(note for study in studies for note in study.warnings))
    notes += _write(table, summary, failed, notes, out, source.name)
    return DescribeReport(table, summary, failed, sum(o.kept for o in outcomes), notes)


def describe_case(
    folder: Path,
    *,
    files: Sequence[Path],
    modality: str = "",
    description: str = "",
    structures: Sequence[Path] = (),
    tags: Sequence[str] = (),
    progress: Progress | None = None,
) -> Table:
    """Describe one series, a row; no file is made in ``folder``.

    Raises
    ------
    OncologyAIError
        As ``describe_series``.
    """
    config = DescribeConfig(tuple(tags))
    series = Series("", modality, description, tuple(str(f) for f in files))
    row = describe_series(series, config, progress=progress)
    drawn = list(dict.fromkeys(name for file in structures for name in structure_names(file)))
    return Table("series", ("structures", *config.columns), ((" | ".join(drawn) or None, *row.values()),))


def write_tables(tables: Sequence[Table], folder: Path, workbook: str) -> tuple[str, ...]:
    """Write tables as CSV files of their names, and all as a workbook; give a note where it cannot be made."""
    for table in tables:
        write_table(table, folder / f"{table.name}.csv")
    try:
        write_workbook(list(tables), folder / workbook)
    except MissingDependencyError as error:
        return (f"{workbook} was not written: {error}",)
    return ()


def _leading(source: Path, study: Study, series: Series, names: Mapping[str, str]) -> tuple[Cell, ...]:
    name = names[study.patient_id]
    folder = with_name(Path(series.files[0]).parent.relative_to(source).as_posix(), study.patient_id, name)
    return name, f"{study.date or 'undated'}-{study.uid[-6:]}", folder


def _task(series: Series, structures: Sequence[Path], config: DescribeConfig) -> CaseTask:
    arguments = {
        "files": [Path(f) for f in series.files],
        "modality": series.modality,
        "description": series.description,
        "structures": list(structures),
        "tags": list(config.tags),
    }
    scout = " scout" if is_localizer(series) else ""
    case = f"{series.patient_id} {series.study_uid} {series.uid} {series.modality}{scout}"
    return CaseTask(case, f"{__name__}:describe_case", arguments)


def _gathered(
    leading: Sequence[tuple[Cell, ...]],
    patients: Sequence[str],
    outcomes: Sequence[CaseOutcome],
    config: DescribeConfig,
) -> Table:
    """Join what a series is with what was found; no text keeps a patient's id that is hidden."""
    columns = (*_LEADING, *config.columns)
    rows = []
    for lead, patient, outcome in zip(leading, patients, outcomes, strict=True):
        if outcome.table is not None:
            cells = (*lead, *outcome.table.rows[0])
            rows.append(tuple(with_name(c, patient, str(lead[0])) if isinstance(c, str) else c for c in cells))
    return Table("series", columns, tuple(rows))


def _summary(table: Table) -> Table:
    """Give, for every column, how many scans have a value, and which."""
    images = _scans(table)
    rows = []
    for number, name in enumerate(table.columns):
        if name == "folder":
            continue
        values = [row[number] for row in images if row[number] is not None]
        numbers = [float(v) for v in values if isinstance(v, int | float)]
        numeric = bool(numbers) and len(numbers) == len(values)
        common = Counter(values).most_common(_MOST_NAMED)
        rows.append(
            (
                name, len(values), len(images) - len(values), len(set(values)),
                min(numbers) if numeric else None, median(numbers) if numeric else None,
                max(numbers) if numeric else None, "; ".join(f"{_short(v)} ({n})" for v, n in common) or None,
            )
        )  # fmt: skip
    columns = ("column", "with_value", "without", "different", "min", "median", "max", "most_frequent")
    return Table("summary", columns, tuple(rows))


def _scans(table: Table) -> list[tuple[Cell, ...]]:
    """Give the rows of scans: series with slices that nobody computed."""
    slices, modality = table.columns.index("slices"), table.columns.index("modality")
    return [row for row in table.rows if row[slices] is not None and row[modality] not in _COMPUTED]


def _short(value: Cell) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _write(
    table: Table, summary: Table, failed: Sequence[tuple[str, str]], notes: Sequence[str], out: Path, name: str
) -> tuple[str, ...]:
    failures = Table("failures", ("series", "reason"), tuple(failed))
    with atomic_folder(out) as draft:
        more = write_tables([table, summary, failures], draft, "description.xlsx")
        figures = _figures(table, draft / "figures")
        write_dataset_page(
            draft / "description.html",
            title=f"Dataset: {name}",
            facts=_facts(table),
            tables=[summary, failures, table],
            about={
                "summary": "Over the scans: series of images but for doses and segmentations.",
                "series": "Where slices differ: the most frequent size or spacing, the median of a number.",
            },
            figures=figures,
            notes=[*notes, *more],
        )
    return more


def _facts(table: Table) -> list[tuple[str, str]]:
    def column(name: str) -> list[Cell]:
        return [row[table.columns.index(name)] for row in table.rows]

    modalities = Counter(str(m) for m in column("modality")).most_common()
    return [
        ("Patients", str(len(set(column("patient"))))),
        ("Studies", str(len(set(zip(column("patient"), column("study"), strict=True))))),
        ("Series", ", ".join(f"{count} {modality}" for modality, count in modalities) or "none"),
    ]


def _figures(table: Table, folder: Path) -> list[Picture]:
    """Draw the distribution of every column that has a value in a scan."""
    images = _scans(table)
    pictures = []
    for number, name in enumerate(table.columns):
        values = [row[number] for row in images]
        if name in (*_LEADING, *_NOT_DRAWN) or all(v is None for v in values):
            continue
        if name.endswith("_date"):
            values = _by_month(values)
        plain = "".join(c if c.isalnum() else "-" for c in name).strip("-")
        draw_distribution(values, folder / f"{plain}.png", label=name)
        pictures.append(Picture(folder / f"{plain}.png", f"{DESCRIBED.get(name, name)}"))
    return pictures


def _by_month(dates: Sequence[Cell]) -> list[Cell]:
    """Give YYYY-MM of each date, or the year alone where there are many months."""
    months = [None if d is None else f"{str(d)[:4]}-{str(d)[4:6]}" for d in dates]
    return [m and m[:4] for m in months] if len(set(months)) > _MONTHS_AT_MOST else list(months)
