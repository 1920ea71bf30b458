"""What is known of a feature's stability, and the small table beside a feature table that carries it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.types import Table

__all__ = [
    "STABILITY_CLASSES",
    "FeatureStability",
    "find_stability",
    "read_stability",
    "stability_path",
    "stability_table",
    "worst_stability",
    "write_stability",
]

STABILITY_CLASSES: dict[str, str] = {
    "stable": "agrees as it is",
    "harmonisable": "agrees after the estimated shifts are applied, and only then",
    "rejected": "does not agree, or could not be judged",
}
"""The classes, the best first."""

_ORDER = tuple(STABILITY_CLASSES)


@dataclass(frozen=True)
class FeatureStability:
    """One study's verdict on one feature.

    Parameters
    ----------
    feature : str
        Name of its column.
    stability : str
        One of ``STABILITY_CLASSES``.
    measure : str
        What was compared with the limit: ``CCC``, ``ICC(1,1)``, ...
    value, low, high : float
        The measure and its interval; NaN where it could not be computed.
    limit : float
        At or above it the feature is stable.
    n : int
        Subjects, or regions of a phantom.
    setting : str
        ``test-retest``, ``inter-observer``, ``perturbation``, ``phantom``, ...
    source : str
        Where it was measured: the data, with the settings that matter.
    reason : str
        Why it is in its class.

    Raises
    ------
    InputError
        If the class is unknown.
    """

    feature: str
    stability: str
    measure: str
    value: float
    low: float
    high: float
    limit: float
    n: int
    setting: str
    source: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        check_choice(self.stability, STABILITY_CLASSES, "stability")


_COLUMNS = tuple(field.name for field in fields(FeatureStability))
_NUMBERS = ("value", "low", "high", "limit")


def stability_table(found: Iterable[FeatureStability]) -> Table:
    """Give verdicts as a table, a row each; NaN is no value."""
    rows = tuple(tuple(None if _is_nan(cell) else cell for cell in astuple(one)) for one in found)
    return Table("stability", _COLUMNS, rows)


def stability_path(features: Path) -> Path:
    """Give the place of the verdicts that go with a table of features: ``NAME.stability.csv`` beside ``NAME.csv``."""
    return features.with_name(f"{features.stem}.stability.csv")


def write_stability(found: Sequence[FeatureStability], path: Path) -> None:
    """Write verdicts as CSV.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    table = stability_table(found)
    with atomic_file(path) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])


def read_stability(path: Path) -> tuple[FeatureStability, ...]:
    """Read verdicts in the order in which they stand; a feature may have several.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If a column is missing, or a cell is not what it should be.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="verdicts on features (.stability.csv)", got="no such file")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise UnreadableFileError(str(path), expected="columns " + ", ".join(_COLUMNS), got=f"no {missing[0]}")
        return tuple(_verdict(path, number, row) for number, row in enumerate(reader, start=2))


def find_stability(features: Path) -> dict[str, FeatureStability]:
    """Give the worst verdict on each feature of a table from the file beside it; empty where there is none.

    Raises
    ------
    UnreadableFileError
        If the file beside it is damaged.
    """
    path = stability_path(features)
    return worst_stability(read_stability(path)) if path.is_file() else {}


def worst_stability(found: Iterable[FeatureStability]) -> dict[str, FeatureStability]:
    """Give for each feature the verdict of the worst class, of those the least value: what one may rely on.

    A value that could not be computed counts as the least.
    """
    worst: dict[str, FeatureStability] = {}
    for one in found:
        if one.feature not in worst or _badness(one) > _badness(worst[one.feature]):
            worst[one.feature] = one
    return worst


def _badness(one: FeatureStability) -> tuple[int, float]:
    return _ORDER.index(one.stability), math.inf if math.isnan(one.value) else -one.value


def _verdict(path: Path, number: int, row: Mapping[str, str | None]) -> FeatureStability:
    cells = {name: row[name] or "" for name in _COLUMNS}
    if cells["stability"] not in STABILITY_CLASSES:
        expected = "one of " + ", ".join(STABILITY_CLASSES)
        raise UnreadableFileError(f"{path} line {number}, stability", expected=expected, got=repr(cells["stability"]))
    try:
        value, low, high, limit = (float(cells[name]) if cells[name] else math.nan for name in _NUMBERS)
        n = int(cells["n"] or 0)
    except ValueError as error:
        raise UnreadableFileError(f"{path} line {number}", expected="numbers", got=str(error)) from error
    return FeatureStability(
        cells["feature"], cells["stability"], cells["measure"], value, low, high, limit, n,
        cells["setting"], cells["source"], cells["reason"],
    )  # fmt: skip


def _is_nan(cell: object) -> bool:
    return isinstance(cell, float) and math.isnan(cell)
