"""What is odd about a table before anything is learned from it: each finding with its rows."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from oncologyai.outcome.tables import MISSING, Roles, as_missing, patients_of

__all__ = ["Finding", "check_table"]

_ALMOST = 0.95  # share of rows in which two columns agree that should always
_MOST_VALUES = 12  # of a column that is taken for a code
_LEAST_ROWS = 20
_MOSTLY = 0.5  # share of numbers in a column that is meant as one of numbers
_SHOWN = 8  # line numbers in a sentence
_GIVEN_AWAY, _TELLS_MUCH = 0.7, 0.35  # shares of the errors of guessing that one column takes away


@dataclass(frozen=True)
class Finding:
    """One thing to know of a table.

    Attributes
    ----------
    kind : {'error', 'warning', 'note'}
        An error stops learning; a warning is likely to mislead it.
    column : str
    text : str
    rows : tuple of int
        Lines of the file that it is about, the header being line 1.
    """

    kind: str
    column: str
    text: str
    rows: tuple[int, ...] = ()

    def sentence(self) -> str:
        """Give it as a line of text."""
        listed = ", ".join(map(str, self.rows[:_SHOWN])) + (", ..." if len(self.rows) > _SHOWN else "")
        return f"{self.kind}: {self.column}: {self.text}" + (f" (lines {listed})" if listed else "")


def check_table(frame: pd.DataFrame, roles: Roles) -> tuple[Finding, ...]:
    """Look for what misleads: missing marks, repeated patients, impossible times, constant and tell-tale columns.

    Parameters
    ----------
    frame : DataFrame
        As read from the file, one row a line.
    roles : Roles
        Columns that are absent are found too.

    Returns
    -------
    tuple of Finding
        Errors first.
    """
    absent = [name for name in (*roles.named, *roles.categories) if name not in frame.columns]
    if absent:
        return tuple(Finding("error", name, "is no column of the table") for name in absent)
    clean = as_missing(frame)
    found = [
        *_marks(frame),
        *_patients(clean, roles),
        *_outcomes(clean, roles),
        *_columns(clean, roles),
        *_odd_cells(clean, roles),
        *_pairs(clean, roles),
        *_giveaways(clean, roles),
    ]
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.kind]))


def _lines(where: pd.Series | np.ndarray) -> tuple[int, ...]:
    return tuple(int(n) + 2 for n in np.flatnonzero(np.asarray(where, dtype=bool)))


def _marks(frame: pd.DataFrame) -> Iterator[Finding]:
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column):
            continue
        text = column.astype("string").str.strip().str.lower()
        marked = (text.isin(MISSING) & (text != "")).fillna(False)
        if marked.any():
            marks = ", ".join(repr(m) for m in sorted(set(text[marked])))
            yield Finding(
                "note", str(name), f"{int(marked.sum())} cells hold {marks}, taken as missing", _lines(marked)
            )


def _patients(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    patients = patients_of(frame[roles.patient], roles.key)
    if patients.isna().any():
        yield Finding("warning", roles.patient, "rows without a patient are left out", _lines(patients.isna()))
    others = [c for c in frame.columns if c != roles.patient and pd.api.types.is_numeric_dtype(frame[c])]
    others = [c for c in others if not c.startswith("Unnamed:")]  # an index that a program wrote
    exact = frame[others].assign(_patient=patients).duplicated(keep=False) & patients.notna()
    if exact.any():
        yield Finding("note", roles.patient, "rows that repeat another in every number", _lines(exact))
    several = patients.duplicated(keep=False) & ~exact & patients.notna()
    if several.any():
        count = patients[several].nunique()
        yield Finding("warning", roles.patient, f"{count} patients have several rows: lesions?", _lines(several))


def _outcomes(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    if roles.label:
        counts = frame[roles.label].value_counts()
        if len(counts) < 2:
            yield Finding("error", roles.label, f"{len(counts)} class: two are needed")
        elif counts.iloc[-1] < 5:
            yield Finding("warning", roles.label, f"only {int(counts.iloc[-1])} rows of {counts.index[-1]!r}")
        yield from _without(frame[roles.label], roles.label)
        return
    times, events = frame[roles.time], frame[roles.event]
    yield from _without(times, roles.time)
    yield from _without(events, roles.event)
    if not pd.api.types.is_numeric_dtype(times):
        yield Finding("error", roles.time, "holds text where days are wanted")
        return
    if (times < 0).any():
        yield Finding("error", roles.time, "negative days", _lines(times < 0))
    if (times == 0).any():
        yield Finding(
            "note", roles.time, "days of 0: the patient tells nothing of what comes after", _lines(times == 0)
        )
    codes = set(events.dropna().map(lambda v: f"{v:g}" if isinstance(v, float | int) else str(v)))
    known = {"0", "1", "true", "false", "yes", "no", *roles.censored, *roles.competing}
    if strange := sorted(code for code in codes if code.lower() not in known and code not in known):
        yield Finding("error", roles.event, f"codes that nobody named: {', '.join(strange)}")
    elif not codes & {"1", "true", "yes"}:
        yield Finding("error", roles.event, "nobody has the event")


def _without(column: pd.Series, name: str) -> Iterator[Finding]:
    if column.isna().any():
        yield Finding("warning", name, f"{int(column.isna().sum())} rows without an outcome", _lines(column.isna()))


def _columns(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    constant = []
    for name in frame.columns:
        column = frame[name]
        if name in roles.named:
            continue
        if column.isna().all():
            yield Finding("warning", name, "no row has a value")
        elif column.nunique(dropna=True) == 1 and not column.isna().any():
            constant.append(name)
        elif column.isna().mean() > 0.5:
            yield Finding("warning", name, f"missing in {100 * column.isna().mean():.0f} % of the rows")
    if constant:
        listed = ", ".join(constant[:5]) + (", ..." if len(constant) > 5 else "")
        yield Finding("note", constant[0], f"{len(constant)} columns say the same of all: {listed}")


def _odd_cells(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    """Find columns of numbers that a few cells of text keep from being features."""
    for name in frame.columns:
        if name in roles.named or name in roles.categories or pd.api.types.is_numeric_dtype(frame[name]):
            continue
        known = frame[name].dropna()
        numbers = pd.to_numeric(known.str.replace(",", ".", regex=False), errors="coerce")
        if len(known) and _MOSTLY <= numbers.notna().mean() < 1.0:
            odd = frame[name].notna() & ~frame.index.isin(numbers.index[numbers.notna()])
            cells = ", ".join(repr(str(cell)) for cell in dict.fromkeys(frame[name][odd]))
            text = f"holds text among numbers ({cells[:80]}), so it is no feature: repair it, or say that it is missing"
            yield Finding("warning", name, text, _lines(odd))


def _codes(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    return [n for n in names if 2 <= frame[n].nunique(dropna=True) <= _MOST_VALUES]


def _pairs(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    """Find two columns of codes of which one gives the other in almost every row: they should say the same."""
    names = _codes(frame, [c for c in frame.columns if c not in (roles.patient, roles.group)])
    for first, second in combinations(names, 2):
        both = frame[[first, second]].dropna()
        if len(both) < _LEAST_ROWS or both[first].nunique() != both[second].nunique():
            continue
        counts = pd.crosstab(both[first], both[second])
        usual = counts.idxmax(axis=1)
        if usual.nunique() != len(usual):
            continue
        agrees = both[first].map(usual) == both[second]
        most = counts.to_numpy().max(axis=1).sum() / len(both)
        chance = both[second].value_counts(normalize=True).iloc[0]
        if _ALMOST <= most < 1.0 and most > (1 + chance) / 2:
            rows = frame.index.get_indexer(agrees.index[~agrees])
            text = f"says otherwise than {second} in {int((~agrees).sum())} of {len(both)} rows, which else agree"
            yield Finding("warning", first, text, tuple(int(n) + 2 for n in rows))


def _giveaways(frame: pd.DataFrame, roles: Roles) -> Iterator[Finding]:
    """Find what may be a feature and tells the outcome by itself: a consequence of it, or another name for it."""
    outcome = frame[roles.label] if roles.label else frame[roles.event]
    named = roles.label or roles.event
    for name in frame.columns:
        if name in roles.named or not _may_be_feature(name, roles):
            continue
        both = pd.DataFrame({"a": frame[name], "b": outcome}).dropna()
        if len(both) < _LEAST_ROWS or both["b"].nunique() < 2:
            continue
        told = _told(both["a"], both["b"])
        if told >= _GIVEN_AWAY:
            text = f"gives {named} away ({100 * told:.0f} % of what guessing gets wrong): leave it out of the features"
            yield Finding("warning", name, text)
        elif told >= _TELLS_MUCH:
            text = f"tells much of {named} ({100 * told:.0f} % of what guessing gets wrong): is it known before?"
            yield Finding("warning", name, text)


def _may_be_feature(name: str, roles: Roles) -> bool:
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in roles.exclude):
        return False
    return name in roles.categories or any(fnmatch.fnmatchcase(name, one) for one in roles.features or ("*",))


def _told(values: pd.Series, outcome: pd.Series) -> float:
    """Give the share of errors, of guessing the most frequent class, that one column by itself takes away."""
    chance = float(outcome.value_counts(normalize=True).iloc[0])
    if values.nunique() <= _MOST_VALUES:
        counts = pd.crosstab(values, outcome).to_numpy()
        return float((counts.max(axis=1).sum() / counts.sum() - chance) / (1.0 - chance))
    if not pd.api.types.is_numeric_dtype(values) or outcome.nunique() != 2:
        return 0.0
    return _best_cut(values.to_numpy(dtype=np.float64), (outcome == outcome.iloc[0]).to_numpy(), chance)


def _best_cut(values: np.ndarray, positive: np.ndarray, chance: float) -> float:
    order = np.argsort(values, kind="stable")
    v, p = values[order], positive[order]
    below = np.cumsum(np.where(p, 1, -1))
    edge = np.append(np.diff(v) > 0, True)
    total, n = int(p.sum()), len(p)
    # right where positives lie above the cut, or below it
    right = np.concatenate([[total], total - below[edge]])
    most = max(int(right.max()), n - int(right.min()))
    return (most / n - chance) / (1.0 - chance)
