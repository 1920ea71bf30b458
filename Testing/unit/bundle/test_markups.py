"""Markups files keep points, in Slicer's own form."""

import json
from pathlib import Path

import pytest

from oncologyai.bundle import read_line, read_points, write_line, write_points
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.types import Line, Point

POINTS = (Point("Inside-1", (1.5, -2.0, 3.25)), Point("Inside-2", (0.0, 0.0, -7.0)))


def test_points_come_back_as_they_were(tmp_path: Path) -> None:
    write_points(POINTS, tmp_path / "a.mrk.json")
    assert read_points(tmp_path / "a.mrk.json") == POINTS


def test_file_is_lps_as_slicer_writes_it(tmp_path: Path) -> None:
    write_points(POINTS[:1], tmp_path / "a.mrk.json")
    markup = json.loads((tmp_path / "a.mrk.json").read_text())["markups"][0]
    assert markup["coordinateSystem"] == "LPS"
    assert markup["controlPoints"][0]["position"] == [-1.5, 2.0, 3.25]


def test_reads_ras_files_and_leaves_out_undefined_points(tmp_path: Path) -> None:
    points = [
        {"label": "a", "position": [1, 2, 3]},
        {"label": "b", "position": [0, 0, 0], "positionStatus": "undefined"},
    ]
    text = json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": points}]})
    (tmp_path / "a.mrk.json").write_text(text)
    assert read_points(tmp_path / "a.mrk.json") == (Point("a", (1, 2, 3)),)


def test_line_keeps_its_name(tmp_path: Path) -> None:
    line = Line("GTV-1 long axis", (0.0, 1.0, 2.0), (3.0, 4.0, 5.0))
    write_line(line, tmp_path / "l.mrk.json")
    assert read_line(tmp_path / "l.mrk.json") == line


def test_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        read_points(tmp_path / "absent.mrk.json")
    (tmp_path / "bad.mrk.json").write_text("{}")
    with pytest.raises(UnreadableFileError, match="expected a markups file"):
        read_points(tmp_path / "bad.mrk.json")
    write_points(POINTS[:1], tmp_path / "one.mrk.json")
    with pytest.raises(UnreadableFileError, match="expected a line of two points, got 1 points"):
        read_line(tmp_path / "one.mrk.json")
