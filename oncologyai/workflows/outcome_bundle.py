"""Answer, by a bundle, a bundle that asks for a signature's prediction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import InputError
from oncologyai.features import load_settings, settings_from_parameters
from oncologyai.outcome import Given, find_signature, load_signature, model_bytes
from oncologyai.pipelines import predict_outcome
from oncologyai.progress import Progress
from oncologyai.types import Table
from oncologyai.workflows.outcome_apply import settings_of_provenance

__all__ = ["PredictionRequest", "apply_to_bundle", "prediction_of_bundle"]

_FEATURES = "Features"
_Cell = str | float | int | None


@dataclass(frozen=True)
class PredictionRequest:
    """The settings of a bundle that asks for a prediction.

    Parameters
    ----------
    segment, image : str
        Which row of the table ``Features``; needed where it has several.
    values : mapping of str to number or text
        What the panel was told, by the card's column: age, stage. They go before the table.
    columns, units : mapping of str to str
        As in ``Given``.
    settings : str or mapping
        Preset, parameter file or its sections that the features were computed with; without, the bundle's provenance.
    unchecked : bool
        As in ``Given``.
    """

    segment: str = ""
    image: str = ""
    values: Mapping[str, _Cell] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    settings: str | Mapping[str, Any] = ""
    unchecked: bool = False

    @classmethod
    def of(cls, bundle: Bundle) -> PredictionRequest:
        """Take it from a bundle; raises InputError where its settings hold something else."""
        known = {f.name for f in fields(cls)}
        if strange := sorted(set(bundle.settings) - known):
            raise InputError("settings", expected="some of " + ", ".join(sorted(known)), got=", ".join(strange))
        return cls(**bundle.settings)


def apply_to_bundle(
    card: str | Path, folder: str | os.PathLike[str], out: str | os.PathLike[str], *, progress: Progress | None = None
) -> Bundle:
    """Answer the request in a bundle's folder by another; raises as ``read_bundle`` and ``prediction_of_bundle``."""
    made = prediction_of_bundle(card, read_bundle(Path(folder)), progress=progress)
    write_bundle(made, Path(out), compress=False)
    return made


def prediction_of_bundle(card: str | Path, asked: Bundle, *, progress: Progress | None = None) -> Bundle:
    """Apply a signature to the patient of a bundle.

    Parameters
    ----------
    card : str or Path
        Id of a shipped signature, or a card's file.
    asked : Bundle
        The table ``Features`` (a row a segment, as a run for features gives it) with the provenance of that run, and
        in ``settings`` the fields of PredictionRequest.
    progress : Progress, optional

    Returns
    -------
    Bundle
        The same image and masks, and the tables ``Prediction``, ``Contributions``, ``Curves`` and ``Cautions`` of
        ``PredictResult``, for one patient: the bundle's.

    Raises
    ------
    InputError
        If the settings are not those of a request, no row or several are meant, or as ``apply_signature``.
    MissingFileError, UnreadableFileError
        As ``load_signature``.
    """
    request = PredictionRequest.of(asked)
    place = find_signature(card)
    signature = load_signature(place)
    cells = {**_row(asked, request), **{request.columns.get(name, name): v for name, v in request.values.items()}}
    patient = asked.patient or "patient"
    table = Table(_FEATURES, ("OncologyAI.Patient", *cells), ((patient, *cells.values()),))
    kept = asked.provenance.settings if asked.provenance is not None else {}
    settings, unit = settings_of_provenance(kept, request.image)
    if request.settings:
        told = request.settings
        settings = load_settings(told) if isinstance(told, str) else settings_from_parameters(told)
    given = Given("OncologyAI.Patient", request.columns, request.units, settings, unit, request.unchecked)
    result = predict_outcome(signature, table, given, model=model_bytes(signature, place.parent), progress=progress)
    return replace(
        asked, pipeline="outcome apply", method=signature.id, tables=result.tables, provenance=result.provenance,
        settings={"signature": signature.id, "version": signature.version, "digest": signature.digest},
    )  # fmt: skip


def _row(asked: Bundle, request: PredictionRequest) -> dict[str, _Cell]:
    """Give the features of the segment and image that are meant; nothing where there is no table."""
    table = asked.table(_FEATURES)
    if table is None:
        return {}
    wanted = {name: value for name, value in (("segment", request.segment), ("image", request.image)) if value}
    for name in wanted:
        if name not in table.columns:
            raise InputError(name, expected="a column of the table Features", got="none of that name")
    places = {table.columns.index(name): value for name, value in wanted.items()}
    rows = [row for row in table.rows if all(row[n] == value for n, value in places.items())]
    if len(rows) != 1:
        got = ", ".join(str(row[0]) for row in rows) or "none"
        raise InputError("segment", expected="one row of the table Features", got=got, remedy="name segment and image")
    return dict(zip(table.columns, rows[0], strict=True))
