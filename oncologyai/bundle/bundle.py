"""The bundle: what a run was given and what it made, in memory and as a folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_folder
from oncologyai.bundle.markups import read_line, read_points, write_line, write_points
from oncologyai.bundle.tables import read_table, write_table
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.imaging import read_masks, read_volume, write_seg_nrrd, write_volume
from oncologyai.progress import Provenance
from oncologyai.types import Line, Mask, Point, Table, Volume

__all__ = ["Bundle", "read_bundle", "read_provenance", "write_bundle"]

_FORMAT = "oncologyai-bundle"
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Bundle:
    """A request (image, seeds, settings) or a result (all of it).

    Parameters
    ----------
    name : str
        What the series is called; nodes are named after it.
    pipeline, method : str
        Which use case made it and with which model or method.
    patient, study : str
        Pseudonyms, never names.
    volume : Volume
        The image that the run was given.
    masks : tuple of Mask
        Segments on the grid of ``volume``, lesions first and by volume.
    inside, outside : tuple of Point
        Seeds.
    lines : tuple of Line
        RECIST diameters, ``<segment> long axis`` and ``<segment> short axis``.
    tables : tuple of Table
        ``Measurements``, ``Features``.
    settings : mapping
        The configuration of the pipeline, as plain values.
    channels : mapping of str to Volume
        Further images of a model, by channel, in any grids.
    probability, disagreement : Volume, optional
        Of a model, on the grid of ``volume``: the probability of lesion, and how far the model's members differ.
    model : mapping
        What a model says besides, as JSON values: ``card``, ``trust``, ``engine``, ``device``, ``weights_sha256``,
        ``estimate``. Empty without a model.
    maps : mapping of str to Volume
        Features voxel by voxel, by name, on the grid of ``volume``; NaN where there is no value.
    """

    name: str
    pipeline: str
    method: str
    volume: Volume
    patient: str = "anonymous"
    study: str = "study"
    masks: tuple[Mask, ...] = ()
    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance | None = None
    channels: Mapping[str, Volume] = field(default_factory=dict)
    probability: Volume | None = None
    disagreement: Volume | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    maps: Mapping[str, Volume] = field(default_factory=dict)

    def table(self, name: str) -> Table | None:
        """Give the table of that name, or None."""
        return next((t for t in self.tables if t.name == name), None)


def write_bundle(bundle: Bundle, folder: str | Path, *, compress: bool = True) -> None:
    """Write a bundle as a folder that appears whole or not at all.

    ``compress=False`` is for folders that live for one run: writing the image is then several times faster.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    with atomic_folder(folder) as draft:
        write_volume(bundle.volume, draft / "volume.nrrd", compress=compress)
        index: dict[str, Any] = {
            "format": _FORMAT,
            "version": _VERSION,
            "name": bundle.name,
            "pipeline": bundle.pipeline,
            "method": bundle.method,
            "patient": bundle.patient,
            "study": bundle.study,
            "settings": dict(bundle.settings),
            "volume": "volume.nrrd",
            "segmentation": None,
            "inside": None,
            "outside": None,
            "lines": [],
            "tables": [],
            "provenance": None,
            "channels": {},
            "probability": None,
            "disagreement": None,
            "model": None,
            "maps": {},
        }
        if bundle.masks:
            index["segmentation"] = "segmentation.seg.nrrd"
            write_seg_nrrd(bundle.masks, draft / "segmentation.seg.nrrd")
        for which in ("inside", "outside"):
            if points := getattr(bundle, which):
                index[which] = f"{which}.mrk.json"
                write_points(points, draft / index[which])
        for line in bundle.lines:
            index["lines"].append(f"{_file_stem(line.name)}.mrk.json")
            write_line(line, draft / index["lines"][-1])
        for table in bundle.tables:
            index["tables"].append({"name": table.name, "file": f"{_file_stem(table.name)}.csv"})
            write_table(table, draft / index["tables"][-1]["file"])
        _write_model_parts(bundle, draft, index, compress=compress)
        for number, (name, values) in enumerate(bundle.maps.items(), start=1):
            index["maps"][name] = f"map_{number}.nrrd"  # names of features may differ by signs and case alone
            write_volume(values, draft / index["maps"][name], compress=compress)
        if bundle.provenance is not None:
            index["provenance"] = "provenance.json"
            _write_json(bundle.provenance.to_dict(), draft / "provenance.json")
        _write_json(index, draft / "bundle.json")


def read_bundle(folder: str | Path) -> Bundle:
    """Read a folder written by ``write_bundle``.

    Raises
    ------
    MissingFileError
        If the folder or a file that its index names is absent.
    UnreadableFileError
        If the index is damaged or of another format.
    """
    folder = Path(folder)
    index = _read_index(folder)
    try:
        masks = read_masks(folder / index["segmentation"]) if index["segmentation"] else ()
        return Bundle(
            name=index["name"],
            pipeline=index["pipeline"],
            method=index["method"],
            patient=index["patient"],
            study=index["study"],
            settings=index["settings"],
            volume=read_volume(folder / index["volume"]),
            masks=masks,
            inside=read_points(folder / index["inside"]) if index["inside"] else (),
            outside=read_points(folder / index["outside"]) if index["outside"] else (),
            lines=tuple(read_line(folder / name) for name in index["lines"]),
            tables=tuple(read_table(folder / t["file"], t["name"]) for t in index["tables"]),
            provenance=read_provenance(folder / index["provenance"]) if index["provenance"] else None,
            # bundles written before there were models, or maps, lack them
            channels={name: read_volume(folder / file) for name, file in (index.get("channels") or {}).items()},
            probability=read_volume(folder / index["probability"]) if index.get("probability") else None,
            disagreement=read_volume(folder / index["disagreement"]) if index.get("disagreement") else None,
            model=_read_json(folder / index["model"]) if index.get("model") else {},
            maps={name: read_volume(folder / file) for name, file in (index.get("maps") or {}).items()},
        )
    except (KeyError, TypeError) as error:
        if isinstance(error, ValueError):  # one of our own input errors, which says it better
            raise
        raise UnreadableFileError(
            str(folder / "bundle.json"), expected="a complete bundle index", got=f"no or a wrong {error}"
        ) from error


def _write_model_parts(bundle: Bundle, draft: Path, index: dict[str, Any], *, compress: bool) -> None:
    for name, volume in bundle.channels.items():
        index["channels"][name] = f"channel_{_file_stem(name)}.nrrd"
        write_volume(volume, draft / index["channels"][name], compress=compress)
    for which in ("probability", "disagreement"):
        if (found := getattr(bundle, which)) is not None:
            index[which] = f"{which}.nrrd"
            write_volume(found, draft / index[which], compress=compress)
    if bundle.model:
        index["model"] = "model.json"
        _write_json(bundle.model, draft / "model.json")


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / "bundle.json"
    if not path.is_file():
        raise MissingFileError(str(folder), expected="a bundle (a folder with bundle.json)", got="none")
    index = _read_json(path)
    found = (index.get("format"), index.get("version")) if isinstance(index, dict) else (None, None)
    if found != (_FORMAT, _VERSION):
        raise UnreadableFileError(
            str(path), expected=f"format {_FORMAT} version {_VERSION}", got=f"{found[0]} version {found[1]}"
        )
    return index


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise MissingFileError(str(path), expected="a file of the bundle", got="none")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableFileError(str(path), expected="JSON", got=str(error)) from error
    return content


def read_provenance(path: Path) -> Provenance:
    """Read what ``Provenance.to_dict`` gave as JSON; keys of later versions are left out.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is no JSON.
    """
    raw = _read_json(path)
    known = {f.name for f in fields(Provenance)}
    raw["warnings"] = tuple(raw.get("warnings", ()))
    return Provenance(**{key: value for key, value in raw.items() if key in known})


def _write_json(content: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _file_stem(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name).lower()
