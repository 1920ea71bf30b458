"""A cohort's masks compared case by case, each case kept as it is done, so that an interrupted cohort goes on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

import oncologyai
from oncologyai._atomic import atomic_file
from oncologyai.errors import AmbiguousStudyError, CancelledError, EmptyMaskError, InputError
from oncologyai.imaging import read_masks, read_volume
from oncologyai.pipelines import REFERENCE, CohortConfig, CohortRow, DetectionUnit, detect_in_case, evaluate_case
from oncologyai.progress import Part, Progress, check_cancelled
from oncologyai.types import Mask, Volume
from oncologyai.workflows.cohort_table import CaseFiles, CohortTable, MaskCell, ResultFile

__all__ = ["CasesReport", "Failure", "compare_cases"]

# What a damaged or unfit file may raise while it is read; anything else is a fault of ours and ends the run.
_UNFIT = (InputError, OSError, ValueError, RuntimeError, LookupError)
_FORM = 1  # of the kept files; another number makes them be computed again
_ONE_VOXEL = Mask(np.zeros((1, 1, 1), dtype=np.bool_), np.eye(4))


@dataclass(frozen=True)
class Failure:
    """A case, or one method's result of it, that could not be compared; ``method`` is empty where all are meant."""

    case: str
    method: str
    reason: str


@dataclass(frozen=True)
class CasesReport:
    """Everything compared; ``kept`` counts the cases that an earlier run had done."""

    rows: tuple[CohortRow, ...]
    units: tuple[DetectionUnit, ...]
    slice_dices: Mapping[str, tuple[float, ...]]
    failures: tuple[Failure, ...]
    kept: int


def compare_cases(table: CohortTable, store: Path, config: CohortConfig, *, progress: Progress) -> CasesReport:
    """Compare the masks of every case.

    Parameters
    ----------
    table : CohortTable
        Its ``cases``.
    store : Path
        Folder of the kept files, one a case; a case is computed again where a file, a structure's name, the
        tolerance or the version has changed, or where something failed.
    config : CohortConfig
        ``tolerance_mm`` and ``readers`` count here.
    progress : Progress

    Raises
    ------
    CancelledError
        If cancelled; the cases done are kept.
    OutputError
        If the store cannot be written.
    """
    rows: list[CohortRow] = []
    units: list[DetectionUnit] = []
    slices: dict[str, list[float]] = {}
    failures: list[Failure] = []
    kept = 0
    for number, case in enumerate(table.cases):
        check_cancelled(progress)
        part = Part(progress, number / len(table.cases), (number + 1) / len(table.cases))
        part.stage(f"case {number + 1} of {len(table.cases)}", 0.0)
        place, key = _place(store, case, table, config)
        found = _load(place, key)
        kept += found is not None
        if found is None:
            found, failed = _Comparison(case, table, config, part).run()
            failures += failed
            if not failed:
                _save(place, key, found)
        rows += _rows(case, found)
        units += _units(case, found)
        for method, values in found["slices"].items():
            slices.setdefault(method, []).extend(values)
    return CasesReport(tuple(rows), tuple(units), {m: tuple(v) for m, v in slices.items()}, tuple(failures), kept)


class _Comparison:
    """The comparison of one case."""

    def __init__(self, case: CaseFiles, table: CohortTable, config: CohortConfig, progress: Progress) -> None:
        self.case, self.table, self.config, self.progress = case, table, config, progress
        self.failures: list[Failure] = []
        self.rows: list[dict[str, Any]] = []
        self.units: list[dict[str, Any]] = []
        self.slices: dict[str, list[float]] = {}

    def run(self) -> tuple[dict[str, Any], list[Failure]]:
        """Give rows, units and slices as plain data, and what failed."""
        try:
            grid = None if self.case.image is None else self._grid(self.case.image)
            reference = None if self.case.reference is None else self._read(self.case.reference, grid)
        except CancelledError:
            raise
        except _UNFIT as error:
            self._fail("", error)
            return self._found(), self.failures
        masks: list[tuple[ResultFile, Mask]] = []
        first: set[str] = set()
        for result in self.case.results:
            check_cancelled(self.progress)
            try:
                mask = self._compare(result, reference, grid, result.method not in first)
            except CancelledError:
                raise
            except _UNFIT as error:
                self._fail(result.method, error)
                continue
            first.add(result.method)
            if mask is not None:
                masks.append((result, mask))
        self._compare_pairs(masks)
        return self._found(), self.failures

    def _compare(self, result: ResultFile, reference: Mask | None, grid: Volume | None, is_first: bool) -> Mask | None:
        """Compare a result with the reference where there is one; give its mask where pairs will need it."""
        mask = self._read(result.mask, grid or (reference if result.mask.path is None else None))
        if self.case.reference is None:
            self._row(result, REFERENCE, "", {})
            return mask
        if self.case.reference.path is None and grid is None:
            reference = Mask.on(mask, np.zeros_like(mask.array), "none")
        if reference is None:  # the case has one, so it was read
            return None
        reference.require_same_grid(mask, f"result of {result.method}")
        numbers = evaluate_case(reference, mask, tolerance_mm=self.config.tolerance_mm)
        if is_first:  # its units come first: where they fail, the result is in no table
            self._detect(result, reference, mask)
            self.slices[result.method] = list(numbers.slice_dices)
        self._row(result, REFERENCE, "", numbers.values)
        return mask

    def _detect(self, result: ResultFile, reference: Mask, mask: Mask) -> None:
        lungs = {name: self._read(cell, reference) for name, cell in self.case.lungs.items()}
        probability = None
        if result.probability is not None:
            probability = read_volume(result.probability, unit="probability", progress=self.progress)
        for unit in detect_in_case(reference, mask, lungs=lungs, probability=probability):
            self.units.append({"method": result.method, **asdict(unit)})

    def _compare_pairs(self, masks: Sequence[tuple[ResultFile, Mask]]) -> None:
        for (one, first), (other, second) in _pairs(masks, self.config.readers):
            check_cancelled(self.progress)
            try:
                first.require_same_grid(second, f"result of {other.method}")
                numbers = evaluate_case(first, second, tolerance_mm=self.config.tolerance_mm)
            except _UNFIT as error:
                self._fail(f"{one.method} – {other.method}", error)
                continue
            self._row(other, one.method, one.session, numbers.values)

    def _grid(self, image: Path) -> Volume:
        # SUV is not needed to place a mask, so a PET without weight will do
        gaps = self.table.allow_missing_slices
        return read_volume(image, suv="none", allow_missing_slices=gaps, progress=self.progress)

    def _read(self, cell: MaskCell, grid: Volume | Mask | None) -> Mask:
        return _mask(cell, grid, self.progress)

    def _row(self, result: ResultFile, against: str, session: str, values: Mapping[str, float]) -> None:
        self.rows.append(
            {
                "method": result.method, "session": result.session, "against": against, "against_session": session,
                "values": dict(values),
            }
        )  # fmt: skip

    def _fail(self, method: str, error: BaseException) -> None:
        """Note a failure; paths are told from the table's folder on."""
        reason = " ".join(str(error).split()) or type(error).__name__
        self.failures.append(Failure(self.case.case, method, reason.replace(f"{self.table.path.parent}/", "")))

    def _found(self) -> dict[str, Any]:
        return {"rows": self.rows, "units": self.units, "slices": self.slices}


def _pairs(
    masks: Sequence[tuple[ResultFile, Mask]], readers: Sequence[str]
) -> Iterator[tuple[tuple[ResultFile, Mask], tuple[ResultFile, Mask]]]:
    """Give first contours of two methods of which one is a reader, and every method's first with its repetitions."""
    first: dict[str, tuple[ResultFile, Mask]] = {}
    for entry in masks:
        if entry[0].method in first:
            yield first[entry[0].method], entry
        else:
            first[entry[0].method] = entry
    for one, other in combinations(first, 2):
        if one in readers or other in readers:
            yield first[one], first[other]


def _mask(cell: MaskCell, grid: Volume | Mask | None, progress: Progress) -> Mask:
    """Read one mask: a label map without any label is an empty one, several named structures are united."""
    if cell.path is None:
        base: Volume | Mask = _ONE_VOXEL if grid is None else grid
        return Mask.on(base, np.zeros(base.shape, dtype=np.bool_), "none")
    every = not cell.names or cell.names == ("*",)
    found = read_masks(cell.path, grid=grid, names=None if every else cell.names, progress=progress)
    if not found:
        return _empty(cell.path, grid, progress)
    if not cell.names and len(found) > 1:
        listed = ", ".join(mask.label for mask in found)
        raise AmbiguousStudyError(
            str(cell.path), expected="one structure", got=f"{len(found)} ({listed})",
            remedy="name it in the table, or * for all together",
        )  # fmt: skip
    if len(found) == 1:
        return found[0]
    for mask in found[1:]:
        found[0].require_same_grid(mask, mask.label)
    return Mask.on(found[0], np.logical_or.reduce([mask.array for mask in found]), "+".join(m.label for m in found))


def _empty(path: Path, grid: Volume | Mask | None, progress: Progress) -> Mask:
    """Give the empty mask that a label map of zeros is."""
    if path.suffix.lower() == ".dcm" or path.is_dir():
        raise EmptyMaskError(str(path), expected="at least one structure", got="none")
    base = grid or read_volume(path, progress=progress)
    return Mask.on(base, np.zeros(base.shape, dtype=np.bool_), "none")


def _rows(case: CaseFiles, found: Mapping[str, Any]) -> Iterator[CohortRow]:
    """Make the rows of a case: what was computed with what the table gives."""
    given = {(result.method, result.session): result.values for result in case.results}
    for row in found["rows"]:
        own = given.get((row["method"], row["session"]), {}) if row["against"] == REFERENCE else {}
        yield CohortRow(
            case.case, row["method"], {**row["values"], **own}, case.patient, row["session"], row["against"],
            row["against_session"], case.groups,
        )  # fmt: skip


def _units(case: CaseFiles, found: Mapping[str, Any]) -> Iterator[DetectionUnit]:
    """Make the units of a case; a score of the table ranks a whole case without a probability volume."""
    results = {result.method: result for result in reversed(case.results)}
    for cells in found["units"]:
        unit = DetectionUnit(case=case.case, patient=case.patient, **cells)
        result = results[unit.method]
        if not case.lungs and result.probability is None and "score" in result.values:
            unit = replace(unit, score=result.values["score"])
        yield unit


def _place(store: Path, case: CaseFiles, table: CohortTable, config: CohortConfig) -> tuple[Path, str]:
    """Give the kept file of a case, and the key of everything that its numbers depend on."""
    cells = [case.reference, *case.lungs.values(), *(result.mask for result in case.results)]
    files = [case.image, *(cell.path if cell else None for cell in cells), *(r.probability for r in case.results)]
    facts = {
        "form": _FORM,
        "version": oncologyai.__version__,
        "tolerance_mm": config.tolerance_mm,
        "allow_missing_slices": table.allow_missing_slices,
        "readers": sorted(config.readers),
        "lungs": list(case.lungs),
        "methods": [(result.method, result.session) for result in case.results],
        "names": [None if cell is None else (cell.path is None, cell.names) for cell in cells],
        "files": [_fingerprint(file) for file in files],
    }
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    name = hashlib.sha256(case.case.encode()).hexdigest()[:12]
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", case.case).strip("-.")[:40]
    return store / f"{plain}_{name}.json", key


def _fingerprint(path: Path | None) -> list[Any]:
    """Give what changes when a file, or a file of a folder, does."""
    if path is None or not path.exists():
        return [None if path is None else str(path)]
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return [str(path), [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]]


def _load(place: Path, key: str) -> dict[str, Any] | None:
    """Give a kept case, None where there is none of this key."""
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("key") == key else None


def _save(place: Path, key: str, found: Mapping[str, Any]) -> None:
    with atomic_file(place) as draft:
        draft.write_text(json.dumps({"key": key, **found}), encoding="utf-8")
