"""``oncology-ai dataset check``: every series of images against what a study needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_folder
from oncologyai._optional import import_optional
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.imaging import find_studies, is_image, is_localizer
from oncologyai.pipelines import CHECKS, CheckLimits, Neighbour, check_series, limits_from_mapping
from oncologyai.progress import Part, Progress, Silent
from oncologyai.report import write_dataset_page
from oncologyai.types import Series, Study, Table
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, run_cases
from oncologyai.workflows.dataset_describe import write_tables
from oncologyai.workflows.pseudonym import patient_pseudonyms, with_name

__all__ = ["CheckReport", "check_case", "check_dataset", "limits_from_file"]

_STORE = "cases"
_CHECKED = ("CT", "PT", "MR", "NM")
_LEADING = ("patient", "study", "folder", "series_modality", "description")
_INDEXED, _READ = 0.3, 0.95  # shares of the work, roughly
_WORDS = {True: "pass", False: "fail", None: None}


@dataclass(frozen=True)
class CheckReport:
    """``checks``: a row a series, with ``pass``, ``fail`` or nothing in each check's column.

    ``passed`` and ``failing`` count series; ``failed`` names those that could not even be read, with the reason.
    """

    checks: Table
    passed: int
    failing: int
    failed: tuple[tuple[str, str], ...]
    kept: int
    notes: tuple[str, ...]


def limits_from_file(path: Path) -> CheckLimits:
    """Read limits from YAML: the fields of ``CheckLimits``.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If there is no such file, or it is not YAML of names and values.
    InputError
        If a limit is unknown or not of its kind.
    """
    yaml = import_optional("yaml", feature="limits from a file", install="pip install pyyaml")
    if not path.is_file():
        raise MissingFileError(str(path), expected="a YAML file of limits", got="no such file")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        text = " ".join(str(error).split())
        raise UnreadableFileError(str(path), expected="a YAML file of limits", got=text) from error
    if not isinstance(content, dict):
        raise UnreadableFileError(str(path), expected="limits by name", got=type(content).__name__)
    return limits_from_mapping(content)


def check_dataset(
    source: Path,
    out: Path,
    *,
    limits: CheckLimits | None = None,
    identity: bool = False,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> CheckReport:
    """Check every CT, PET, MR and NM series of a folder of DICOM studies; localizers are left out.

    Parameters
    ----------
    source : Path
        Searched with its subfolders.
    out : Path
        Gets ``checks.csv``, ``checks.xlsx``, ``failures.csv`` and ``checks.html``; results are kept in ``cases/``, so
        that the same call goes on after an interruption.
    limits : CheckLimits, optional
        What is wanted.
    identity : bool
        Show Patient ID instead of a pseudonym.
    runner : CaseRunner
        Who runs the series.
    progress : Progress, optional

    Raises
    ------
    InputError
        If the source holds no study.
    OutputError
        If ``out`` cannot be written.
    CancelledError
        If cancelled; the series done are kept.
    """
    limits, watch = limits or CheckLimits(), progress or Silent()
    studies = find_studies(source, progress=Part(watch, 0.0, _INDEXED))
    names = {s.patient_id: s.patient_id for s in studies} if identity else patient_pseudonyms(studies)
    images = [(study, s) for study in studies for s in study.series if _is_checked(s)]
    neighbours = _neighbours([series for _, series in images])
    leading = [_leading(source, study, series, names) for study, series in images]
    tasks = [_task(series, limits, neighbours[id(series)]) for _, series in images]
    outcomes = runner(tasks, out / _STORE, Part(watch, _INDEXED, _READ))
    watch.stage("report", _READ)
    table = _gathered(leading, outcomes)
    failed = tuple(
        (" ".join(str(v) for v in lead if v), outcome.reason.replace(f"{source}/", ""))
        for lead, outcome in zip(leading, outcomes, strict=True)
        if outcome.reason
    )
    notes = tuple(dict.fromkeys(note for study in studies for note in study.warnings))
    place = table.columns.index("passed")
    passed = sum(row[place] == "pass" for row in table.rows)
    report = CheckReport(table, passed, len(table.rows) - passed, failed, sum(o.kept for o in outcomes), notes)
    return replace(report, notes=(*notes, *_write(report, limits, out, source.name)))


def check_case(
    folder: Path,
    *,
    files: Sequence[Path],
    modality: str = "",
    patient: str = "",
    limits: Mapping[str, Any] | None = None,
    neighbours: Sequence[Sequence[Any]] = (),
    progress: Progress | None = None,
) -> Table:
    """Check one series, a row: ``passed``, an outcome a check, and the reasons; no file is made in ``folder``.

    Parameters
    ----------
    files, modality, patient
        Of the series.
    limits : mapping, optional
        The fields of ``CheckLimits``.
    neighbours : sequence of (patient, modality, UID, files)
        Of the other series in its folder.

    Raises
    ------
    OncologyAIError
        As ``check_series`` and ``limits_from_mapping``.
    """
    series = Series("", modality, "", tuple(str(f) for f in files), patient_id=patient)
    near = [Neighbour(*values) for values in neighbours]
    found = check_series(series, limits_from_mapping(limits or {}), neighbours=near, progress=progress)
    reasons = "; ".join(f"{name}: {reason}" for name, reason in found.reasons.items())
    outcomes = [_WORDS[found.outcomes[name]] for name in CHECKS]
    return Table("checks", ("passed", *CHECKS, "reasons"), ((_WORDS[found.passed], *outcomes, reasons or None),))


def _is_checked(series: Series) -> bool:
    return series.modality in _CHECKED and is_image(series) and not is_localizer(series)


def _leading(source: Path, study: Study, series: Series, names: Mapping[str, str]) -> tuple[str, ...]:
    name = names[study.patient_id]
    folder = with_name(Path(series.files[0]).parent.relative_to(source).as_posix(), study.patient_id, name)
    when = f"{study.date or 'undated'}-{study.uid[-6:]}"
    return name, when, folder, series.modality, with_name(series.description, study.patient_id, name)


def _task(series: Series, limits: CheckLimits, neighbours: Sequence[Neighbour]) -> CaseTask:
    arguments = {
        "files": [Path(f) for f in series.files],
        "modality": series.modality,
        "patient": series.patient_id,
        "limits": {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(limits).items()},
        "neighbours": [[n.patient, n.modality, n.uid, n.files] for n in neighbours],
    }
    case = f"{series.patient_id} {series.study_uid} {series.uid} {series.modality}"
    return CaseTask(case, f"{__name__}:check_case", arguments)


def _neighbours(images: Sequence[Series]) -> dict[int, list[Neighbour]]:
    """Give, by ``id``, the other series of images that have files in one of a series' folders."""
    by_folder: dict[Path, list[tuple[Series, int]]] = {}
    folders: dict[int, set[Path]] = {}
    for series in images:
        places = [Path(f).parent for f in series.files]
        folders[id(series)] = set(places)
        for place in folders[id(series)]:
            by_folder.setdefault(place, []).append((series, places.count(place)))
    found: dict[int, list[Neighbour]] = {}
    for series in images:
        near = [(s, n) for place in sorted(folders[id(series)]) for s, n in by_folder[place] if s is not series]
        found[id(series)] = [Neighbour(s.patient_id, s.modality, s.uid, n) for s, n in near]
    return found


def _gathered(leading: Sequence[tuple[str, ...]], outcomes: Sequence[CaseOutcome]) -> Table:
    rows = [
        (*lead, *outcome.table.rows[0])
        for lead, outcome in zip(leading, outcomes, strict=True)
        if outcome.table is not None
    ]
    return Table("checks", (*_LEADING, "passed", *CHECKS, "reasons"), tuple(rows))


def _write(report: CheckReport, limits: CheckLimits, out: Path, name: str) -> tuple[str, ...]:
    failures = Table("failures", ("series", "reason"), report.failed)
    wanted = {field: str(value) for field, value in asdict(limits).items() if value not in (None, (), (None, None))}
    rows = tuple((check, meaning, _failing(report.checks, check)) for check, meaning in CHECKS.items())
    meanings = Table("what_is_checked", ("check", "passes_where", "series_failing"), rows)
    asked = Table("limits", ("limit", "value"), tuple(wanted.items()))
    with atomic_folder(out) as draft:
        more = write_tables([report.checks, failures], draft, "checks.xlsx")
        write_dataset_page(
            draft / "checks.html",
            title=f"Checks: {name}",
            facts=[
                ("Series", str(len(report.checks.rows))),
                ("Passed", str(report.passed)),
                ("Failing", str(report.failing)),
                ("Not readable", str(len(report.failed))),
            ],
            tables=[_first_failing(report.checks), failures, meanings, asked],
            about={"checks": "Failing series first; a dash where a check was not asked for or does not apply."},
            notes=[*report.notes, *more],
        )
    return more


def _failing(table: Table, check: str) -> int:
    return sum(row[table.columns.index(check)] == "fail" for row in table.rows)


def _first_failing(table: Table) -> Table:
    place = table.columns.index("passed")
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: row[place] != "fail")))
