"""The tables of a study joined by patient, and what came of them: patients to analyse, who was left out, findings."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.study import CohortConfig, RolesPart, TablePart
from oncologyai.outcome.subjects import FollowUp
from oncologyai.outcome.table_checks import Finding, check_table
from oncologyai.outcome.tables import as_missing, counted_outcome_data, patients_of
from oncologyai.types import Table

__all__ = ["Flow", "JoinedTables", "StudyData", "check_study_tables", "frame_of", "join_study_tables", "study_data"]

_SHOWN = 3  # patients in a note


@dataclass(frozen=True)
class Flow:
    """One step from the rows of the first table to the patients analysed: why, and how many went."""

    step: str
    left_out: int
    left: int


@dataclass(frozen=True, eq=False)
class JoinedTables:
    """One row a row of the first table; the index is its line in that file.

    Attributes
    ----------
    frame : DataFrame
        ``roles.patient`` holds the patient.
    sources : mapping of str to str
        By column.
    flow : tuple of Flow
    notes : tuple of str
    """

    frame: pd.DataFrame
    sources: Mapping[str, str]
    flow: tuple[Flow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StudyData:
    """What is analysed.

    Attributes
    ----------
    data : OutcomeData
    flow : tuple of Flow
        From the rows read to the patients analysed.
    missing : tuple of (str, int)
        Features with missing values, and of how many patients, the most first.
    notes : tuple of str
    """

    data: OutcomeData
    flow: tuple[Flow, ...]
    missing: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def frame_of(table: Table) -> pd.DataFrame:
    """Give a table whose rows without any cell were kept as a frame without them; the index is the line in the file."""
    frame = pd.DataFrame(list(table.rows), columns=list(table.columns), dtype=object)
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame[frame.notna().any(axis=1)]


def join_study_tables(tables: Sequence[tuple[TablePart, pd.DataFrame]], study: CohortConfig) -> JoinedTables:
    """Join the tables by patient.

    Parameters
    ----------
    tables : sequence of (TablePart, DataFrame)
        Each as ``frame_of`` gives it; the first gives the rows.
    study : CohortConfig

    Raises
    ------
    InputError
        If a column is absent, a later table holds a patient twice, no patient is in two tables, or no row is left.
    """
    patient = study.roles.patient
    keyed = [_keyed(part, _without_marks(frame, study.missing), patient) for part, frame in tables]
    known = sorted({str(one) for frame in keyed[1:] for one in frame[patient].dropna()})
    first_part = tables[0][0]
    if len(keyed) > 1 and not first_part.key:
        keyed[0] = keyed[0].assign(**{patient: patients_of(keyed[0][patient], "", known)})
    out = keyed[0]
    sources = dict.fromkeys(out.columns, first_part.source)
    flow, notes = [Flow("rows read", 0, len(out))], []
    for (part, _), frame in zip(tables[1:], keyed[1:], strict=True):
        out, found, said = _joined(out, frame, part, patient)
        flow += found
        notes += said
        sources.update({name: part.source for name in frame.columns if name not in sources})
    out = _rows_that_count(out, study.where, flow)
    out = _with_competing(out, study.roles)
    return JoinedTables(out, {**sources, **_by_name(out, study.roles)}, tuple(flow), tuple(notes))


def check_study_tables(joined: JoinedTables, study: CohortConfig) -> tuple[Finding, ...]:
    """Say what is odd about the joined table; lines are those of the first table's file."""
    frame = joined.frame
    lines = frame.index.to_numpy()
    found = check_table(frame.reset_index(drop=True), study.roles.as_roles())
    return tuple(replace(one, rows=tuple(int(lines[row - 2]) for row in one.rows)) for one in found)


def study_data(joined: JoinedTables, study: CohortConfig) -> StudyData:
    """Bring the joined table to patients with features and an outcome.

    Raises
    ------
    InputError
        As ``outcome_data``; also if nobody has the event, or there is one class.
    """
    roles = study.roles.as_roles()
    data, left_out = counted_outcome_data(joined.frame, roles, lesions=study.lesions)
    flow, left = list(joined.flow), len(joined.frame)
    for step, count in left_out:
        left -= count
        flow += [Flow(step, count, left)] if count else []
    if data.groups:
        flow.append(Flow("lesions analysed", 0, len(data)))
    flow.append(Flow("patients analysed", 0, len(set(data.units))))
    if study.censor_at_days is not None:
        data = data.with_outcome(_censored(data.follow_up, study.censor_at_days))
    _require_outcome(data, study)
    data = replace(data, sources=tuple(joined.sources.get(_column(name, study.roles), "") for name in data.names))
    counts = np.isnan(data.x).sum(axis=0)
    order = np.argsort(-counts, kind="stable")
    missing = tuple((data.names[n], int(counts[n])) for n in order if counts[n])
    return StudyData(data, tuple(flow), missing, (*joined.notes, *_texts_left_out(joined.frame, study.roles)))


def _keyed(part: TablePart, frame: pd.DataFrame, patient: str) -> pd.DataFrame:
    """Give the wanted columns under their prefix, and the patient under the study's name for it."""
    column = part.patient or patient
    if column not in frame.columns:
        listed = ", ".join(map(str, list(frame.columns)[:12])) + (", ..." if len(frame.columns) > 12 else "")
        raise InputError(column, expected=f"a column of {_name(part)}", got=f"no such one among {listed}")
    who = patients_of(as_missing(frame[[column]])[column], part.key)
    wanted = [n for n in map(str, frame.columns) if n != column and n and _matches(n, part.columns)]
    kept = frame[[n for n in wanted if not _matches(n, part.exclude)]]
    kept = kept.rename(columns={name: part.prefix + name for name in kept.columns})
    if patient in kept.columns:
        raise InputError(patient, expected=f"one column of patients in {_name(part)}", got="two")
    kept.insert(0, patient, who)
    return kept


def _without_marks(frame: pd.DataFrame, marks: Sequence[str]) -> pd.DataFrame:
    """Empty the cells that mean a missing value in this study."""
    return frame.mask(frame.isin(list(marks))) if marks else frame


def _joined(
    out: pd.DataFrame, frame: pd.DataFrame, part: TablePart, patient: str
) -> tuple[pd.DataFrame, list[Flow], list[str]]:
    frame = frame[frame[patient].notna()].drop_duplicates()
    twice = frame[patient][frame[patient].duplicated()]
    if len(twice):
        raise InputError(
            f"{_name(part)}: {part.patient or patient}", expected="each patient once", got=f"{twice.iloc[0]} again",
            remedy="name the table with several rows a patient first",
        )  # fmt: skip
    there = out[patient].isin(frame[patient])
    if not there.any():
        raise InputError(
            f"{_name(part)}: {part.patient or patient}", expected=f"patients such as {out[patient].iloc[0]}",
            got=f"others, such as {frame[patient].iloc[0]}" if len(frame) else "none",
            remedy="give a key that finds the patient in the cell",
        )  # fmt: skip
    notes = []
    if shared := [name for name in frame.columns if name != patient and name in out.columns]:
        more = f" and {len(shared) - 1} more columns" if len(shared) > 1 else ""
        notes.append(f"{_name(part)}: {shared[0]}{more} stand in a table before, whose values count; give a prefix")
    if others := sorted(set(frame[patient]) - set(out[patient].dropna())):
        listed = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        notes.append(f"{_name(part)}: {len(others)} patients who are not in the first table ({listed})")
    right = frame.drop(columns=shared).set_index(patient)
    joined = out.join(right, on=patient)
    if not part.required:
        absent = int((~there).sum())
        return joined, [], [*notes, f"{_name(part)}: values missing in {absent} rows"] if absent else notes
    joined = joined[there]
    return joined, [Flow(f"not in {_name(part)}", int((~there).sum()), len(joined))], notes


def _rows_that_count(frame: pd.DataFrame, where: Mapping[str, tuple[str, ...]], flow: list[Flow]) -> pd.DataFrame:
    for column, values in where.items():
        if column not in frame.columns:
            raise InputError(f"where.{column}", expected="a column of the tables", got="no such one")
        stays = _texts(frame[column]).isin(set(values))
        if not stays.any():
            found = ", ".join(sorted(set(_texts(frame[column]).dropna()))[:8])
            raise InputError(f"where.{column}", expected=f"values of the column ({found})", got=", ".join(values))
        frame = frame[stays.to_numpy()]
        flow.append(Flow(f"{column} other than {', '.join(values)}", int((~stays).sum()), len(frame)))
    return frame


def _texts(column: pd.Series) -> pd.Series:
    """Give cells as text, whole numbers without a point."""
    clean = as_missing(column.to_frame("a"))["a"]
    if pd.api.types.is_numeric_dtype(clean):
        return clean.map(lambda v: f"{v:g}", na_action="ignore").astype("string")
    return clean.astype("string")


def _with_competing(frame: pd.DataFrame, roles: RolesPart) -> pd.DataFrame:
    """Put another event, told by columns of its own, into the event's column where it came first."""
    for name, days in roles.competes.items():
        for column in (name, days, roles.event, roles.time):
            if column not in frame.columns:
                raise InputError(f"competes.{name}", expected="columns of the tables", got=f"{column}, which is none")
        clean = as_missing(frame[[name, days, roles.event, roles.time]])
        happened = _texts(frame[name]).isin({"1", "true", "yes"}) & _texts(frame[roles.event]).isin(
            {"0", "false", "no", *roles.censored}
        )
        first = happened.to_numpy() & clean[days].notna().to_numpy()
        event, time = frame[roles.event].astype(object), frame[roles.time].astype(object)
        event[first], time[first] = name, clean[days][first].astype(object)
        frame = frame.assign(**{roles.event: event, roles.time: time})
    return frame


def _by_name(frame: pd.DataFrame, roles: RolesPart) -> dict[str, str]:
    return {
        str(name): source
        for source, patterns in roles.sources.items()
        for name in frame.columns
        if _matches(str(name), patterns)
    }


def _column(feature: str, roles: RolesPart) -> str:
    """Give the column that a feature was made of."""
    return next((name for name in roles.categories if feature.startswith(f"{name}=")), feature)


def _censored(follow_up: FollowUp, days: float) -> FollowUp:
    late = follow_up.times > days
    return FollowUp(np.minimum(follow_up.times, days), np.where(late, 0, follow_up.events))


def _require_outcome(data: OutcomeData, study: CohortConfig) -> None:
    if data.is_survival:
        data.follow_up.require()
    elif len(np.unique(data.labels)) < 2:
        value = study.roles.positive if data.labels.all() else f"other than {study.roles.positive}"
        raise InputError(study.roles.label, expected="two classes", got=f"one: all patients are {value}")


def _texts_left_out(frame: pd.DataFrame, roles: RolesPart) -> list[str]:
    """Say which columns that might be features are not, since they hold text."""
    taken = {*roles.as_roles().named, *roles.categories, *roles.exclude, *roles.competes, *roles.competes.values()}
    names = [
        n for n in map(str, frame.columns) if n not in taken and not _matches(n, (*roles.exclude, "diagnostics_*"))
    ]
    names = [n for n in names if not roles.features or _matches(n, roles.features)]
    clean = as_missing(frame[names])
    texts = [n for n in names if not pd.api.types.is_numeric_dtype(clean[n]) and clean[n].notna().any()]
    if not texts:
        return []
    listed = ", ".join(texts[:_SHOWN]) + (", ..." if len(texts) > _SHOWN else "")
    what = f"{len(texts)} columns of text are no features: {listed}"
    return [f"{what}; name them among the categories, or their cells among missing"]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _name(part: TablePart) -> str:
    return part.path.replace("\\", "/").rpartition("/")[2]
