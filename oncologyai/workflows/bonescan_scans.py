"""The scans that a bone-scan training learns from: of a table, or drawn by the generator."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.samples import CENTRES, Camera, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import WholeBodyScan, read_whole_body

if TYPE_CHECKING:
    from oncologyai.training import BoneScanCase, BoneScanSource, SyntheticCentres

__all__ = ["TrainingScan", "coarse_camera", "find_training_scans"]


@dataclass(frozen=True, eq=False)
class TrainingScan:
    """A scan to be read when it is needed; ``origin`` changes where its content may have changed."""

    case: BoneScanCase
    origin: str
    read: Callable[[], WholeBodyScan]


def find_training_scans(source: BoneScanSource | SyntheticCentres) -> tuple[TrainingScan, ...]:
    """Give the scans that a configuration names, in the table's order or centre by centre.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the table or a scan is not there, or the table lacks a column.
    InputError
        If there is no scan, no such centre, or a name stands twice.
    """
    found = _of_table(source) if source.kind == "table" else _drawn(source)
    if not found:
        raise InputError("data", expected="at least one scan", got="none")
    return found


def coarse_camera(camera: Camera) -> Camera:
    """Give a camera with half the matrix and a quarter of the counts: a scan takes half the time."""
    return replace(
        camera,
        rows=camera.rows // 2,
        columns=camera.columns // 2,
        pixel_mm=2 * camera.pixel_mm,
        counts=(camera.counts[0] / 4, camera.counts[1] / 4),
    )


def _drawn(source: SyntheticCentres) -> tuple[TrainingScan, ...]:
    from oncologyai.training import BoneScanCase

    found = []
    for centre, count in source.centres.items():
        camera = coarse_camera(CENTRES[centre].camera) if source.coarse and centre in CENTRES else None
        for drawn in draw_cohort(centre, count, seed=source.seed, camera=camera):

            def read(drawn=drawn) -> WholeBodyScan:  # type: ignore[no-untyped-def]
                views = make_cohort_case(drawn).views
                return WholeBodyScan(views["anterior"], views["posterior"], name=f"synthetic {drawn.name}")

            case = BoneScanCase(drawn.name, int(drawn.has_metastases), drawn.name, centre)
            found.append(TrainingScan(case, f"{drawn.name} {drawn.seed} {drawn.spec}", read))
    return tuple(found)


def _of_table(source: BoneScanSource) -> tuple[TrainingScan, ...]:
    from oncologyai.training import BoneScanCase

    table = Path(source.table)
    if not table.is_file():
        raise MissingFileError(str(table), expected="a CSV of scans", got="none")
    try:
        with table.open(newline="", encoding="utf-8-sig") as stream:
            rows = list(csv.DictReader(stream))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFileError(str(table), expected="a CSV in UTF-8", got=str(error)) from error
    wanted = [name for name in (source.scan, source.label, source.case, source.patient, source.centre) if name]
    for name in wanted:
        if rows and name not in rows[0]:
            raise UnreadableFileError(
                str(table), expected=f"a column {name}", got=", ".join(filter(None, rows[0])), remedy="name the column"
            )
    found = []
    for number, row in enumerate(rows, start=2):
        place = table.parent / row[source.scan]
        if not place.exists():
            raise MissingFileError(f"{table}, line {number}", expected="a scan", got=f"nothing at {place}")
        if not row[source.label]:
            raise UnreadableFileError(f"{table}, line {number}", expected=f"a {source.label}", got="an empty cell")
        name = row[source.case] if source.case else row[source.scan]
        case = BoneScanCase(
            name,
            int(row[source.label] == source.positive),
            row[source.patient] if source.patient else name,
            row[source.centre] if source.centre else "",
        )
        found.append(TrainingScan(case, f"{name} {_state(place)}", lambda place=place: read_whole_body(place)))  # type: ignore[misc]
    return tuple(found)


def _state(place: Path) -> str:
    """Say the sizes and times of a scan's files."""
    files: Sequence[Path] = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    return " ".join(f"{p.name}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in files)
