"""A whole-body bone scan as a command is asked about it, and what was found: a folder of neutral files, and back.

``bonescan.json`` names the files: views and their maps (.nrrd, each on its own grid), foci (.mrk.json), tables (.csv),
the model's card and the provenance (.json). Nothing in it names the patient: pseudonym only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_folder
from oncologyai.bundle.bundle import read_provenance
from oncologyai.bundle.markups import read_points, write_points
from oncologyai.bundle.tables import read_table, write_table
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.imaging import VIEWS, View, read_volume, write_volume
from oncologyai.progress import Provenance
from oncologyai.types import Point, Table, Volume

__all__ = ["BoneScanBundle", "read_bonescan", "write_bonescan"]

_FORMAT, _VERSION, _INDEX = "oncologyai-bonescan", 1, "bonescan.json"


@dataclass(frozen=True, eq=False)
class BoneScanBundle:
    """A request (views, settings) or a result (all of it).

    Parameters
    ----------
    name : str
        What the series is called; nodes are named after it.
    views : mapping of Volume by view
        One slice each; at least one.
    patient, study : str
        Pseudonyms, never names.
    settings : mapping
        The fields of a ``pipelines.BoneScanConfig``, as plain values.
    notes : tuple of str
        What was assumed or odd in reading, then in classifying.
    model_id : str
        Of the model that classified it.
    maps : mapping of Volume by view
        Where the class comes from, 0 to 1, on each view's own grid.
    foci : tuple of Point
        One a row of ``Lesions``, in its order; RAS mm.
    tables : tuple of Table
        ``Prediction``, one row; ``Lesions``, a row a focus of a view.
    model : mapping
        The model's card as JSON values.
    """

    name: str
    views: Mapping[View, Volume]
    patient: str = "anonymous"
    study: str = "study"
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    model_id: str = ""
    maps: Mapping[View, Volume] = field(default_factory=dict)
    foci: tuple[Point, ...] = ()
    tables: tuple[Table, ...] = ()
    model: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance | None = None

    def table(self, name: str) -> Table | None:
        """Give the table of that name, or None."""
        return next((t for t in self.tables if t.name == name), None)

    def value(self, column: str) -> str | float | int | None:
        """Give a cell of ``Prediction``; None without a prediction, or without a value."""
        table = self.table("Prediction")
        if table is None or not table.rows or column not in table.columns:
            return None
        return table.rows[0][table.columns.index(column)]

    def write(self, folder: Path) -> None:
        """Write it as a folder that lives for one run, as ``write_bonescan`` does."""
        write_bonescan(self, folder, compress=False)


def write_bonescan(bundle: BoneScanBundle, folder: Path, *, compress: bool = True) -> None:
    """Write a bone scan as a folder that appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    with atomic_folder(folder) as draft:
        index: dict[str, Any] = {
            "format": _FORMAT, "version": _VERSION, "name": bundle.name, "patient": bundle.patient,
            "study": bundle.study, "settings": dict(bundle.settings), "notes": list(bundle.notes),
            "model_id": bundle.model_id, "views": {}, "maps": {}, "foci": None, "tables": [], "model": None,
            "provenance": None,
        }  # fmt: skip
        for view, volume in bundle.views.items():
            index["views"][view] = {"file": f"{view}.nrrd", **_kept(volume)}
            write_volume(volume, draft / f"{view}.nrrd", compress=compress)
        for view, volume in bundle.maps.items():
            index["maps"][view] = f"map_{view}.nrrd"
            write_volume(volume, draft / index["maps"][view], compress=compress)
        if bundle.foci:
            index["foci"] = "foci.mrk.json"
            write_points(bundle.foci, draft / index["foci"])
        for table in bundle.tables:
            index["tables"].append({"name": table.name, "file": f"{table.name.lower()}.csv"})
            write_table(table, draft / index["tables"][-1]["file"])
        for name, content in (("model", bundle.model), ("provenance", bundle.provenance)):
            if content:
                index[name] = f"{name}.json"
                _write_json(content.to_dict() if isinstance(content, Provenance) else content, draft / index[name])
        _write_json(index, draft / _INDEX)


def read_bonescan(folder: Path) -> BoneScanBundle:
    """Read a folder written by ``write_bonescan``.

    Raises
    ------
    MissingFileError
        If the folder or a file that its index names is absent.
    UnreadableFileError
        If the index is damaged, incomplete or of another format.
    """
    index = _read_index(folder)
    try:
        return BoneScanBundle(
            name=index["name"],
            views={view: _view(folder, view, index["views"][view]) for view in VIEWS if view in index["views"]},
            patient=index["patient"],
            study=index["study"],
            settings=index["settings"],
            notes=tuple(index["notes"]),
            model_id=index["model_id"],
            maps={view: read_volume(folder / index["maps"][view]) for view in VIEWS if view in index["maps"]},
            foci=read_points(folder / index["foci"]) if index["foci"] else (),
            tables=tuple(read_table(folder / t["file"], t["name"]) for t in index["tables"]),
            model=_read_json(folder / index["model"]) if index["model"] else {},
            provenance=read_provenance(folder / index["provenance"]) if index["provenance"] else None,
        )
    except (KeyError, TypeError) as error:
        if isinstance(error, ValueError):  # one of our own input errors, which says it better
            raise
        raise UnreadableFileError(
            str(folder / _INDEX), expected="a complete index of a bone scan", got=f"no or a wrong {error}"
        ) from error


def _kept(volume: Volume) -> dict[str, Any]:
    """Give what a view's file cannot hold and the lesion list must know."""
    return {"pixel_size_assumed": bool(volume.meta.get("pixel_size_assumed", False))}


def _view(folder: Path, view: View, about: Mapping[str, Any]) -> Volume:
    volume = read_volume(folder / about["file"])
    meta = {**volume.meta, "view": view, "pixel_size_assumed": bool(about["pixel_size_assumed"])}
    return Volume(volume.array, volume.ijk_to_ras, volume.modality, volume.unit, meta)


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / _INDEX
    if not path.is_file():
        raise MissingFileError(str(folder), expected=f"a bone scan (a folder with {_INDEX})", got="none")
    index = _read_json(path)
    found = (index.get("format"), index.get("version")) if isinstance(index, dict) else (None, None)
    if found != (_FORMAT, _VERSION):
        got = f"{found[0]} version {found[1]}"
        raise UnreadableFileError(str(path), expected=f"format {_FORMAT} version {_VERSION}", got=got)
    return index


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise MissingFileError(str(path), expected="a file of the bone scan", got="none")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableFileError(str(path), expected="JSON", got=str(error)) from error
    return content


def _write_json(content: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
