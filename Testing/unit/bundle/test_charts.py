"""Charts come back as they were written, and what cannot be drawn is refused."""

import json
from dataclasses import replace

import pytest

from oncologyai.bundle import Chart, ChartSeries, read_charts, write_charts
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.types import Table

TABLE = Table("values", ("name", "x", "y"), (("a", 1.5, 2.0), ("b", None, 3.0)))
POINTS = ChartSeries("points, größer", TABLE, "x", "y", "scatter", (0.1, 0.2, 0.3), labels="name")
BARS = ChartSeries("bars", TABLE, "", "y", "bar")
CHARTS = (
    Chart("One", "First", "x", "y", (POINTS, BARS)),
    Chart("Two", "Second", "a", "b", (replace(BARS, dashed=True),)),
)


def test_charts_come_back(tmp_path) -> None:
    write_charts(CHARTS, tmp_path / "charts")
    assert sorted(p.name for p in (tmp_path / "charts").iterdir()) == ["charts.json", "values.csv"]
    assert read_charts(tmp_path / "charts") == CHARTS
    write_charts((), tmp_path / "none")
    assert read_charts(tmp_path / "none") == ()


def test_what_cannot_be_drawn_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="s: expected a column of values, got 'z'"):
        ChartSeries("s", TABLE, "x", "z")
    with pytest.raises(InputError, match="s: expected columns x and y, got '' and 'y'"):
        ChartSeries("s", TABLE, "", "y")
    with pytest.raises(InputError, match="kind: expected one of bar, line, scatter"):
        ChartSeries("s", TABLE, "x", "y", "pie")
    other = replace(POINTS, table=Table("values", TABLE.columns, ()))
    with pytest.raises(InputError, match="tables of different names, got values twice"):
        write_charts((Chart("One", "", "", "", (POINTS, other)),), tmp_path / "charts")
    with pytest.raises(InputError, match="charts of different names, got One, One"):
        write_charts((CHARTS[0], CHARTS[0]), tmp_path / "charts")
    assert not (tmp_path / "charts").exists()


def test_damaged_folders_are_told(tmp_path) -> None:
    with pytest.raises(MissingFileError, match=r"expected charts \(a folder with charts.json\)"):
        read_charts(tmp_path)
    write_charts(CHARTS, tmp_path)
    index = json.loads((tmp_path / "charts.json").read_text())
    (tmp_path / "charts.json").write_text(json.dumps({**index, "version": 9}))
    with pytest.raises(UnreadableFileError, match="expected format oncologyai-charts version 1, got .* version 9"):
        read_charts(tmp_path)
    for broken in ("{", "[]", '{"format": "oncologyai-charts", "version": 1, "charts": [{"series": [{}]}]}'):
        (tmp_path / "charts.json").write_text(broken)
        with pytest.raises(UnreadableFileError, match="expected a complete list of charts"):
            read_charts(tmp_path)
    (tmp_path / "charts.json").write_text(json.dumps(index))
    (tmp_path / "values.csv").unlink()
    with pytest.raises(MissingFileError, match="values.csv"):
        read_charts(tmp_path)
