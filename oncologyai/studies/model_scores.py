"""What a model says of the cases of a diagnostic study, from the table that a batch of it wrote."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from oncologyai._checks import check_range
from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.studies.tables import cell_number, table_cells
from oncologyai.types import Table

__all__ = ["ModelColumns", "ModelScores", "model_scores_from_table"]


@dataclass(frozen=True)
class ModelScores:
    """A model beside the readers.

    Parameters
    ----------
    name : str
        What tables call it.
    scores : mapping of str to float
        By case, the larger, the more probable the disease.
    threshold : float
        From here on the disease is called.
    seconds : mapping of str to float
        By case, where they are known.
    notes : tuple of str
        What could not be matched.
    """

    name: str
    scores: Mapping[str, float]
    threshold: float = 0.5
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelColumns:
    """Names of the columns of a model's table; ``seconds`` may be "" where there are none."""

    case: str = "case"
    score: str = "probability"
    seconds: str = ""


def model_scores_from_table(
    table: Table,
    place: str,
    sources: Mapping[str, str],
    *,
    name: str = "model",
    columns: ModelColumns | None = None,
    threshold: float = 0.5,
) -> ModelScores:
    """Find each case of a study in a model's table.

    Parameters
    ----------
    table : Table
        A row a scan; rows of other scans are passed over, rows without a score as well.
    place : str
        What messages call the table.
    sources : mapping of str to str
        By case, where its files were. A row belongs to a case if its cell is the case's name or source, or a path of
        which one part is the name, or that ends as the source does.
    name : str
        Of the model.
    columns : ModelColumns, optional
        What the columns are called.
    threshold : float
        From here on the disease is called.

    Raises
    ------
    InputError
        If a column is missing, a cell is no number, two rows are of one case, or the threshold is not finite.
    EmptyStudyError
        If no row is of a case of the study.
    """
    columns = columns or ModelColumns()
    check_range(threshold, -1e12, 1e12, "threshold")
    scores: dict[str, float] = {}
    seconds: dict[str, float] = {}
    lines: dict[str, str] = {}
    for where, cells in table_cells(table, place, (columns.case, columns.score, columns.seconds)):
        case = _case_of(cells[columns.case], sources, where)
        score = cell_number(cells[columns.score], where)
        if case is None or math.isnan(score):
            continue
        if case in scores:
            raise InputError(where, expected=f"one row of case {case}", got=f"another, {lines[case]}")
        lines[case] = where.removeprefix(f"{place} ")
        scores[case] = score
        taken = cell_number(cells.get(columns.seconds, ""), where, least=0.0)
        if not math.isnan(taken):
            seconds[case] = taken
    if not scores:
        raise EmptyStudyError(
            place, expected="rows of the study's cases", got="none that names one", remedy="check the column of cases"
        )
    missing = [case for case in sources if case not in scores]
    notes = (f"{name} has no score of {len(missing)} of {len(sources)} cases",) if missing else ()
    return ModelScores(name, scores, threshold, seconds, notes)


def _case_of(cell: str, sources: Mapping[str, str], where: str) -> str | None:
    if cell in sources:
        return cell
    parts = PurePath(cell).parts
    found = [case for case, source in sources.items() if case in parts or _same_place(parts, PurePath(source).parts)]
    if len(found) > 1:
        raise InputError(where, expected="a path of one case", got=f"{cell!r}, which fits {', '.join(found[:5])}")
    return found[0] if found else None


def _same_place(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Tell whether one path is the end of the other."""
    count = min(len(first), len(second))
    return count > 0 and first[-count:] == second[-count:]
