"""A patient as a signature is asked about, and what it said: folders of neutral files, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_folder
from oncologyai.bundle.bundle import Bundle, read_bundle, read_provenance, write_bundle
from oncologyai.bundle.charts import Chart, read_charts, write_charts
from oncologyai.bundle.tables import read_table, write_table
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.progress import Provenance
from oncologyai.types import Table

__all__ = [
    "PatientAsked",
    "PatientPrediction",
    "read_patient",
    "read_prediction",
    "write_patient",
    "write_prediction",
]

_PATIENT, _PREDICTION, _VERSION = "oncologyai-patient", "oncologyai-prediction", 1
_INDEX, _IMAGE, _CHARTS, _FEATURES = "index.json", "image", "charts", "features"


@dataclass(frozen=True, eq=False)
class PatientAsked:
    """What is known of one patient.

    Parameters
    ----------
    name : str
        What the result is named after: a series, or the patient's pseudonym.
    values : mapping of str to str
        Texts by column, as in a form: categories, and numbers with a decimal point or comma.
    features : mapping of str to float
        Features of an image that are there already, by column.
    provenance : mapping
        Of ``features``, as JSON values: what they were computed with.
    image : Bundle, optional
        The image with one mask, the lesion: for features that are not there.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, float] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    image: Bundle | None = None

    def write(self, folder: Path) -> None:
        """Write it as a folder, as ``write_patient`` does."""
        write_patient(self, folder)


@dataclass(frozen=True, eq=False)
class PatientPrediction:
    """What a signature said of one patient.

    Parameters
    ----------
    name : str
        As asked.
    signature : str
        The card's id and version.
    card : mapping
        The card itself.
    prediction, contributions : Table
        ``Prediction``, one row; ``Contributions``, a row a feature, the largest first.
    charts : tuple of Chart
    provenance : Provenance
    features : Bundle, optional
        Features that were computed for it, as a run for features gives them.
    """

    name: str
    signature: str
    card: Mapping[str, Any]
    prediction: Table
    contributions: Table
    charts: tuple[Chart, ...]
    provenance: Provenance
    features: Bundle | None = None


def write_patient(asked: PatientAsked, folder: Path) -> None:
    """Write what is known of a patient; the folder appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    content = {
        "name": asked.name,
        "values": dict(asked.values),
        "features": dict(asked.features),
        "provenance": dict(asked.provenance),
        "image": asked.image is not None,
    }
    with atomic_folder(folder) as draft:
        if asked.image is not None:
            write_bundle(asked.image, draft / _IMAGE, compress=False)
        _write_index(content, _PATIENT, draft)


def read_patient(folder: Path) -> PatientAsked:
    """Read a folder written by ``write_patient``.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If it is none, incomplete, or damaged.
    """
    index = _read_index(folder, _PATIENT)
    image = read_bundle(folder / _IMAGE) if index.pop("image", False) else None
    return _made(PatientAsked, folder, **index, image=image)


def write_prediction(told: PatientPrediction, folder: Path) -> None:
    """Write what a signature said; the folder appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    content: dict[str, Any] = {"name": told.name, "signature": told.signature, "card": dict(told.card)}
    content |= {"features": told.features is not None}
    with atomic_folder(folder) as draft:
        for table in (told.prediction, told.contributions):
            write_table(table, draft / f"{table.name.lower()}.csv")
        write_charts(told.charts, draft / _CHARTS)
        text = json.dumps(told.provenance.to_dict(), indent=2, ensure_ascii=False) + "\n"
        (draft / "provenance.json").write_text(text, encoding="utf-8")
        if told.features is not None:
            write_bundle(told.features, draft / _FEATURES, compress=False)
        _write_index(content, _PREDICTION, draft)


def read_prediction(folder: Path) -> PatientPrediction:
    """Read a folder written by ``write_prediction``.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If it is none, incomplete, or damaged.
    """
    index = _read_index(folder, _PREDICTION)
    features = read_bundle(folder / _FEATURES) if index.pop("features", False) else None
    return _made(
        PatientPrediction, folder, **index, features=features,
        prediction=read_table(folder / "prediction.csv", "Prediction"),
        contributions=read_table(folder / "contributions.csv", "Contributions"),
        charts=read_charts(folder / _CHARTS),
        provenance=read_provenance(folder / "provenance.json"),
    )  # fmt: skip


def _made(kind: Any, folder: Path, **content: Any) -> Any:
    try:
        return kind(**content)
    except TypeError as error:
        raise UnreadableFileError(str(folder / _INDEX), expected="a complete index", got=str(error)) from error


def _write_index(content: Mapping[str, Any], kind: str, folder: Path) -> None:
    text = json.dumps({"format": kind, "version": _VERSION, **content}, indent=2, ensure_ascii=False)
    (folder / _INDEX).write_text(text + "\n", encoding="utf-8")


def _read_index(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / _INDEX
    if not path.is_file():
        raise MissingFileError(str(folder), expected=f"a folder with {_INDEX}", got="none")
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableFileError(str(path), expected="JSON", got=str(error)) from error
    found = (index.pop("format", None), index.pop("version", None)) if isinstance(index, dict) else (None, None)
    if found != (kind, _VERSION):
        got = f"{found[0]} version {found[1]}"
        raise UnreadableFileError(str(path), expected=f"format {kind} version {_VERSION}", got=got)
    content: dict[str, Any] = index
    return content
