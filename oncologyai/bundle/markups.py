"""Points and lines as Slicer's markups files (.mrk.json, schema 1.0.3), in LPS as Slicer writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.types import Line, Point

__all__ = ["read_line", "read_points", "write_line", "write_points"]

_SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/"
    "markups-schema-v1.0.3.json#"
)


def write_points(points: Sequence[Point], path: Path) -> None:
    """Write a point list ('Fiducial' markup); an empty one is allowed."""
    _write("Fiducial", [(p.name, p.ras) for p in points], path)


def read_points(path: Path) -> tuple[Point, ...]:
    """Read the defined points of any markups file.

    Raises
    ------
    UnreadableFileError
        If the file is not a markups file.
    """
    return tuple(Point(name, ras) for name, ras in _read(path))


def write_line(line: Line, path: Path) -> None:
    """Write a line markup whose name is kept in the labels of its two control points."""
    _write("Line", [(f"{line.name}-1", line.start_ras), (f"{line.name}-2", line.end_ras)], path)


def read_line(path: Path) -> Line:
    """Read a line markup written by ``write_line``.

    Raises
    ------
    UnreadableFileError
        If the file does not hold exactly two points.
    """
    points = _read(path)
    if len(points) != 2:
        raise UnreadableFileError(str(path), expected="a line of two points", got=f"{len(points)} points")
    return Line(points[0][0].removesuffix("-1"), points[0][1], points[1][1])


def _write(kind: str, points: Sequence[tuple[str, tuple[float, float, float]]], path: Path) -> None:
    markup = {
        "type": kind,
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "locked": False,
        "labelFormat": "%N-%d",
        "controlPoints": [
            {
                "id": str(n),
                "label": label,
                "position": [-ras[0], -ras[1], ras[2]],
                "selected": True,
                "locked": False,
                "visibility": True,
                "positionStatus": "defined",
            }
            for n, (label, ras) in enumerate(points, start=1)
        ],
    }
    text = json.dumps({"@schema": _SCHEMA, "markups": [markup]}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _read(path: Path) -> list[tuple[str, tuple[float, float, float]]]:
    if not path.is_file():
        raise MissingFileError(str(path), expected="a markups file (.mrk.json)", got="no such file")
    try:
        markup: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["markups"][0]
        sign = -1.0 if markup.get("coordinateSystem", "LPS") == "LPS" else 1.0
        return [
            (str(p.get("label", "")), (sign * p["position"][0], sign * p["position"][1], float(p["position"][2])))
            for p in markup["controlPoints"]
            if p.get("positionStatus", "defined") == "defined"
        ]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UnreadableFileError(
            str(path), expected="a markups file (.mrk.json)", got=f"{type(error).__name__} {error}"
        ) from error
