"""Charts as neutral files: what is drawn, in JSON, over tables in CSV, for Slicer's plots and any other program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from oncologyai._atomic import atomic_folder
from oncologyai._checks import check_choice
from oncologyai.bundle.tables import read_table, write_table
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.types import Table

__all__ = ["Chart", "ChartKind", "ChartSeries", "read_charts", "write_charts"]

ChartKind = Literal["line", "scatter", "bar"]

_FORMAT, _VERSION, _INDEX = "oncologyai-charts", 1, "charts.json"


@dataclass(frozen=True)
class ChartSeries:
    """Columns of a table as points, bars or a line.

    Parameters
    ----------
    name : str
        In the legend; not that of another series of all charts that are written together.
    table : Table
        Holds the columns; a cell that is None is not drawn.
    x, y : str
        Columns of numbers. Of bars ``x`` may be "": they stand side by side.
    kind : str
        One of ``ChartKind``.
    rgb : tuple of float, 0-1
    labels : str
        Column of texts that name the points, "" if none does.
    dashed : bool
        Of a line.
    """

    name: str
    table: Table
    x: str
    y: str
    kind: ChartKind = "line"
    rgb: tuple[float, float, float] = (0.0, 0.45, 0.7)
    labels: str = ""
    dashed: bool = False

    def __post_init__(self) -> None:
        check_choice(self.kind, get_args(ChartKind), "kind")
        for column in (self.x, self.y, self.labels):
            if column and column not in self.table.columns:
                raise InputError(self.name, expected=f"a column of {self.table.name}", got=repr(column))
        if not self.y or (not self.x and self.kind != "bar"):
            raise InputError(self.name, expected="columns x and y", got=f"{self.x!r} and {self.y!r}")


@dataclass(frozen=True)
class Chart:
    """Series under one pair of axes; ``title`` is drawn, ``name`` tells it from others."""

    name: str
    title: str
    x_title: str
    y_title: str
    series: tuple[ChartSeries, ...]


def write_charts(charts: Sequence[Chart], folder: Path) -> None:
    """Write charts and their tables as a folder that appears whole or not at all.

    Raises
    ------
    InputError
        If two charts have one name, or two different tables.
    OutputError
        If the folder cannot be written.
    """
    tables: dict[str, Table] = {}
    for series in (one for chart in charts for one in chart.series):
        if tables.setdefault(series.table.name, series.table) != series.table:
            raise InputError("charts", expected="tables of different names", got=f"{series.table.name} twice")
    names = [chart.name for chart in charts]
    if len(set(names)) < len(names):
        raise InputError("charts", expected="charts of different names", got=", ".join(names))
    listed = [{**_plain(chart), "series": [_plain(one) for one in chart.series]} for chart in charts]
    with atomic_folder(folder) as draft:
        for table in tables.values():
            write_table(table, draft / f"{table.name}.csv")
        content = json.dumps({"format": _FORMAT, "version": _VERSION, "charts": listed}, indent=2, ensure_ascii=False)
        (draft / _INDEX).write_text(content + "\n", encoding="utf-8")


def read_charts(folder: Path) -> tuple[Chart, ...]:
    """Read a folder written by ``write_charts``.

    Raises
    ------
    MissingFileError
        If the folder, or a table that it names, is absent.
    UnreadableFileError
        If it is damaged or of another format.
    """
    path = folder / _INDEX
    if not path.is_file():
        raise MissingFileError(str(folder), expected=f"charts (a folder with {_INDEX})", got="none")
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        found = index["format"], index["version"]
        if found != (_FORMAT, _VERSION):
            got = f"{found[0]} version {found[1]}"
            raise UnreadableFileError(str(path), expected=f"format {_FORMAT} version {_VERSION}", got=got)
        names = {one["table"] for chart in index["charts"] for one in chart["series"]}
        tables = {name: read_table(folder / f"{name}.csv", name) for name in names}
        return tuple(
            Chart(**{**chart, "series": tuple(_series(one, tables) for one in chart["series"])})
            for chart in index["charts"]
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):  # one of our own, which says it better
            raise
        raise UnreadableFileError(str(path), expected="a complete list of charts", got=f"{error}") from error


def _series(content: dict[str, Any], tables: dict[str, Table]) -> ChartSeries:
    return ChartSeries(**{**content, "table": tables[content["table"]], "rgb": tuple(content["rgb"])})


def _plain(one: Chart | ChartSeries) -> dict[str, Any]:
    content = asdict(one)
    if isinstance(one, ChartSeries):
        content["table"] = one.table.name
    return content
