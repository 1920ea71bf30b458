"""A cohort's table as it is written: which columns hold what, paths to masks or metrics already computed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oncologyai.bundle import read_text_table
from oncologyai.errors import InputError
from oncologyai.metrics import METRIC_DEFINITIONS
from oncologyai.outcome import MISSING
from oncologyai.pipelines import CASE_VALUES, REFERENCE, CohortConfig, CohortRow
from oncologyai.types import Table

__all__ = ["ROLES", "CaseFiles", "CohortTable", "MaskCell", "ResultFile", "TableForm", "read_cohort"]

ROLES: dict[str, str] = {
    "case": "id of the case; the only column that must be there",
    "patient": "id of the patient, where a patient has several cases",
    "method": "method or reader of the row's result; with --result its name there",
    "session": "tells repeated contours of one method apart; the first that is listed counts, others are repetitions",
    "image": "image of the masks: a DICOM folder or a file; needed for an RTSTRUCT",
    "reference": "reference mask; the word none where there is no tumour",
    "reference_name": "its structure; several joined by ; are united, * unites all",
    "result": "mask of the row's method; the word none where it found nothing",
    "result_name": "its structure, likewise",
    "probability": "probability volume of the method",
    "against": "in a table of metrics: what the row was compared with, where that is another method",
    "against_session": "its session",
}
"""What a column of texts may be; numbers are those of ``CASE_VALUES`` and ``METRIC_DEFINITIONS``."""

_GIVEN = (
    "seconds", "reference_seconds", "predicted_dice", "predicted_low", "predicted_high", "score", "time_days", "event",
)  # fmt: skip
_OF_CASE = ("reference_seconds", "time_days", "event")  # never a method's own
_OVERRIDABLE = ("tumours", "slice_thickness_mm")  # computed, but a column of that name is taken where there is one
_YES_NO = {"true": "1", "false": "0", "yes": "1", "no": "0"}
_ONLY = "result"


@dataclass(frozen=True)
class TableForm:
    """How the table is laid out.

    ``columns``: column by role (``ROLES``) or value; a role without an entry is looked for under its own name.
    ``results``: column of masks by method, for a row a case; numbers of a method are then in columns that end in its
    name, such as ``seconds_A``. ``lungs``: column of masks by lung. ``sheet``: of a workbook. ``reference_name`` and
    ``result_name``: structures where no column names them. ``allow_missing_slices``: of the images.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    lungs: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    reference_name: str = ""
    result_name: str = ""
    allow_missing_slices: bool = False


@dataclass(frozen=True)
class MaskCell:
    """A mask's file, None for no tumour, and the structures in it, none for the only one."""

    path: Path | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultFile:
    """A method's mask of a case, and the numbers that the table gives for it."""

    method: str
    session: str
    mask: MaskCell
    probability: Path | None
    values: Mapping[str, float]


@dataclass(frozen=True)
class CaseFiles:
    """A case whose masks are to be compared."""

    case: str
    patient: str
    image: Path | None
    reference: MaskCell | None
    lungs: Mapping[str, MaskCell]
    groups: Mapping[str, str]
    results: tuple[ResultFile, ...]


@dataclass(frozen=True)
class CohortTable:
    """Cases with masks, or rows of metrics; one of both is empty. ``notes`` say what was left out."""

    path: Path
    sha256: str
    cases: tuple[CaseFiles, ...]
    rows: tuple[CohortRow, ...]
    notes: tuple[str, ...] = ()
    allow_missing_slices: bool = False


def read_cohort(path: Path, form: TableForm, config: CohortConfig) -> CohortTable:
    """Read a cohort's table; no image is opened.

    Parameters
    ----------
    path : Path
        .csv or .xlsx. Paths in it are relative to its folder.
    form : TableForm
    config : CohortConfig
        Its ``group_by`` columns are kept, its ``readers`` may do without a reference.

    Raises
    ------
    InputError
        If a column is missing or unknown, a cell is not what it should be, or a case, method and session come twice.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``read_text_table``.
    """
    table = read_text_table(path, sheet=form.sheet)
    reader = _Reader(path, table, form, config)
    if form.results or reader.has("result"):
        cases, notes = reader.cases()
        return CohortTable(path, _sha256(path), cases, (), notes, form.allow_missing_slices)
    return CohortTable(path, _sha256(path), (), reader.rows())


class _Reader:
    """Looks cells up by role."""

    def __init__(self, path: Path, table: Table, form: TableForm, config: CohortConfig) -> None:
        self.name, self.folder, self.table, self.form, self.config = path.name, path.parent, table, form, config
        known = {*ROLES, *CASE_VALUES, *METRIC_DEFINITIONS, *config.metrics}
        for role, column in form.columns.items():
            if role not in known:
                raise InputError("--column", expected="a name such as " + ", ".join(ROLES), got=repr(role))
            self._require(column, f"--column {role}")
        for option, columns in (("--result", form.results), ("--lung", form.lungs)):
            for name, column in columns.items():
                self._require(column, f"{option} {name}")
        if not self.has("case"):
            self._require("case", self.name, "name it with --column case=COLUMN")
        if not table.rows:
            raise InputError(self.name, expected="a row a case", got="none")
        self._seen: set[tuple[str, ...]] = set()

    def has(self, role: str) -> bool:
        return self.form.columns.get(role, role) in self.table.columns

    def cases(self) -> tuple[tuple[CaseFiles, ...], tuple[str, ...]]:
        """Give the cases of a table of masks."""
        self._check_groups({*CASE_VALUES, *METRIC_DEFINITIONS} - set(_GIVEN) - {"positive", "found"})
        taken = [
            f for f in self.config.group_by if f in self.table.columns and f in {*CASE_VALUES, *METRIC_DEFINITIONS}
        ]
        for factor in (name for name in taken if name not in (*_OVERRIDABLE, *_GIVEN)):
            raise InputError(
                f"--group-by {factor}", expected="a column of another name", got="one that is also computed",
                remedy="rename the table's column",
            )  # fmt: skip
        if not self.has("reference") and not self.config.readers:
            self._require("reference", self.name, "name it with --column reference=COLUMN")
        found: dict[str, CaseFiles] = {}
        empty = []
        for number, row in enumerate(self.table.rows, start=1):
            case = self._case(row, number)
            results = self._results(row, case.case)
            before = found.get(case.case)
            if before and (before.reference, before.image) != (case.reference, case.image):
                raise InputError(f"{self.name} case {case.case}", expected="one reference and image", got="several")
            kept = before or case
            found[case.case] = CaseFiles(**{**vars(kept), "results": (*kept.results, *results)})
            if self.has("reference") and case.reference is None:
                raise InputError(
                    f"{self.name} case {case.case}, reference", expected="a mask", got="an empty cell",
                    remedy="write none where there is no tumour",
                )  # fmt: skip
        empty = [name for name, case in found.items() if not case.results]
        notes = (f"no result for {len(empty)} cases: {', '.join(empty)}",) if empty else ()
        return tuple(found.values()), notes

    def rows(self) -> tuple[CohortRow, ...]:
        """Give the rows of a table of metrics."""
        numbers = [n for n in dict.fromkeys((*METRIC_DEFINITIONS, *CASE_VALUES, *self.config.metrics)) if self.has(n)]
        if not set(numbers) - {"time_days", "event"}:
            raise InputError(
                self.name, expected="a column of masks (result, or --result NAME=COLUMN) or of metrics (dice, ...)",
                got=", ".join(self.table.columns), remedy="name it with --column dice=COLUMN",
            )  # fmt: skip
        self._check_groups(set(numbers))
        rows = []
        for number, row in enumerate(self.table.rows, start=1):
            case = self._text(row, "case")
            if not case:
                raise InputError(f"{self.name} row {number}", expected="a case", got="an empty cell")
            method = self._text(row, "method") or _ONLY
            values = {name: self._number(row, self._column(name), case, name) for name in numbers}
            session, against = self._text(row, "session"), self._text(row, "against") or REFERENCE
            self._once(case, method, session, against, self._text(row, "against_session"))
            rows.append(
                CohortRow(
                    case, method, {name: v for name, v in values.items() if not math.isnan(v)},
                    self._text(row, "patient") or case, session, against, self._text(row, "against_session"),
                    self._groups(row, numbers),
                )
            )  # fmt: skip
        return tuple(rows)

    def _case(self, row: Sequence[object], number: int) -> CaseFiles:
        case = self._text(row, "case")
        if not case:
            raise InputError(f"{self.name} row {number}", expected="a case", got="an empty cell")
        image = self._text(row, "image")
        lungs = {
            name: cell for name, column in self.form.lungs.items() if (cell := self._mask(self._cell(row, column), ""))
        }
        reference = self._mask(
            self._text(row, "reference"), self._text(row, "reference_name") or self.form.reference_name
        )
        return CaseFiles(
            case, self._text(row, "patient") or case, self.folder / image if image else None, reference, lungs,
            self._groups(row, ()), (),
        )  # fmt: skip

    def _results(self, row: Sequence[object], case: str) -> list[ResultFile]:
        session = self._text(row, "session")
        listed = [(name, self._cell(row, column), f"_{name}") for name, column in self.form.results.items()]
        if not self.form.results:
            listed = [(self._text(row, "method") or _ONLY, self._text(row, "result"), "")]
        found = []
        for method, text, ending in listed:
            self._once(case, method, session, REFERENCE, "")
            name = self._own(row, "result_name", ending) or self.form.result_name
            mask = self._mask(text, name)
            if mask is None:
                continue
            probability = self._own(row, "probability", ending)
            values = {n: self._number(row, self._own_column(n, ending), case, n) for n in _GIVEN}
            given = {n: v for n, v in values.items() if not math.isnan(v)}
            found.append(ResultFile(method, session, mask, self.folder / probability if probability else None, given))
        return found

    def _own_column(self, role: str, ending: str) -> str:
        """Give a method's own column where the table has one; else the common one, if there is only one method."""
        own = self._column(role) + ending
        if own in self.table.columns:
            return own
        return self._column(role) if len(self.form.results) < 2 or role in _OF_CASE else own

    def _own(self, row: Sequence[object], role: str, ending: str) -> str:
        return self._cell(row, self._own_column(role, ending))

    def _mask(self, text: str, names: str) -> MaskCell | None:
        path, _, written = text.partition("::")
        if not path:
            return None
        if path.lower() == "none":
            return MaskCell(None)
        return MaskCell(self.folder / path, tuple(n.strip() for n in (written or names).split(";") if n.strip()))

    def _groups(self, row: Sequence[object], numbers: Sequence[str]) -> dict[str, str]:
        factors = [f for f in self.config.group_by if f in self.table.columns and f not in numbers]
        return {factor: text for factor in factors if (text := self._cell(row, factor))}

    def _check_groups(self, computed: set[str]) -> None:
        for factor in self.config.group_by:
            if factor not in self.table.columns and factor not in computed:
                there = ", ".join((*self.table.columns, *sorted(computed & set(CASE_VALUES))))
                raise InputError("--group-by", expected=f"one of {there}", got=repr(factor))

    def _once(self, case: str, method: str, session: str, *against: str) -> None:
        key = (case, method, session, *against)
        if key in self._seen:
            named = f"case {case}, method {method}" + (f", session {session}" if session else "")
            raise InputError(self.name, expected="each case and method once", got=f"{named} twice")
        self._seen.add(key)

    def _require(self, column: str, argument: str, remedy: str = "") -> None:
        if column not in self.table.columns:
            there = ", ".join(self.table.columns)
            raise InputError(argument, expected=f"a column of {self.name} ({there})", got=repr(column), remedy=remedy)

    def _column(self, role: str) -> str:
        return self.form.columns.get(role, role)

    def _text(self, row: Sequence[object], role: str) -> str:
        return self._cell(row, self._column(role))

    def _cell(self, row: Sequence[object], column: str) -> str:
        if column not in self.table.columns:
            return ""
        value = row[self.table.columns.index(column)]
        return "" if value is None else str(value)

    def _number(self, row: Sequence[object], column: str, case: str, role: str) -> float:
        text = self._cell(row, column)
        if text.lower() in MISSING:
            return math.nan
        try:
            value = float(_YES_NO.get(text.lower(), text))
        except ValueError as error:
            where = f"{self.name} case {case}, {column}"
            raise InputError(where, expected="a number such as 0.85", got=repr(text)) from error
        if role in ("event", "positive", "found") and value not in (0.0, 1.0):
            raise InputError(f"{self.name} case {case}, {column}", expected="0 or 1", got=repr(text))
        if role in ("time_days", "seconds", "reference_seconds") and not 0 <= value < math.inf:
            raise InputError(f"{self.name} case {case}, {column}", expected="a number of at least 0", got=repr(text))
        return value


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
