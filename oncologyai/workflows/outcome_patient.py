"""A signature applied to one patient of a scene: features that are not there are computed with the card's settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from oncologyai.bundle import Bundle, PatientAsked, PatientPrediction, read_patient, write_prediction
from oncologyai.errors import InputError, UnitsError
from oncologyai.outcome import (
    Given,
    Signature,
    find_signature,
    image_columns,
    image_parameters,
    load_signature,
    model_bytes,
)
from oncologyai.pipelines import predict_outcome
from oncologyai.progress import Part, Progress, Stages
from oncologyai.types import Table
from oncologyai.workflows.features_bundle import features_of_bundle
from oncologyai.workflows.outcome_apply import settings_of_provenance
from oncologyai.workflows.outcome_charts import contributions_table, prediction_charts

__all__ = ["patient_to_prediction", "predict_patient"]

_FEATURES_SHARE = 0.9
_PATIENT = "OncologyAI.Patient"  # no card has a column of that name


def patient_to_prediction(
    source: str | Path, folder: Path, out: Path, *, progress: Progress | None = None
) -> PatientPrediction:
    """Answer a folder written by ``write_patient`` by one that ``read_prediction`` reads; raises as its parts."""
    told = predict_patient(source, read_patient(folder), progress=progress)
    write_prediction(told, out)
    return told


def predict_patient(source: str | Path, asked: PatientAsked, *, progress: Progress | None = None) -> PatientPrediction:
    """Apply a signature to one patient.

    Parameters
    ----------
    source : str or Path
        A shipped signature's id, or a card.
    asked : PatientAsked
        Values; features of an image, or the image and its lesion where the card's are not there.
    progress : Progress, optional

    Raises
    ------
    InputError
        If the card needs features that are neither there nor can be computed, the image is of another modality, or as
        ``apply_signature`` raises; ``load_signature`` and ``features_of_bundle`` raise as they do.
    UnitsError
        If the image's values are in another unit.
    """
    stages = Stages(progress)
    path = find_signature(source)
    card = load_signature(path)
    computed: Bundle | None = None
    values: dict[str, str | float | int | None] = {_PATIENT: asked.name, **dict.fromkeys(card.columns), **asked.values}
    given = Given(_PATIENT)
    if needed := image_columns(card):
        features, kept = asked.features, asked.provenance
        if not set(needed) <= set(features):
            with stages("features", share=0.0):
                computed = _computed(card, asked, Part(stages.progress, 0.0, _FEATURES_SHARE))
            features = _row(computed.tables[0], needed)
            kept = computed.provenance.to_dict() if computed.provenance is not None else {}
        values |= {name: features.get(name) for name in needed}
        settings, unit = settings_of_provenance(kept.get("settings") or {}, asked.name)
        given = Given(_PATIENT, settings=settings, image_unit="" if unit == "arbitrary" else unit)
    table = Table("patient", tuple(values), (tuple(values.values()),))
    part = Part(stages.progress, _FEATURES_SHARE, 1.0)
    result = predict_outcome(card, table, given, model=model_bytes(card, path.parent), progress=part)
    columns = result.prediction.columns[1:]  # without the patient: it is in the scene
    prediction = Table(result.prediction.name, columns, (result.prediction.rows[0][1:],))
    seconds = {**{name: round(s, 3) for name, s in stages.seconds.items()}, **result.provenance.seconds}
    return PatientPrediction(
        asked.name, f"{card.id} {card.version}", card.to_json(), prediction, contributions_table(result.applied),
        prediction_charts(result.applied), replace(result.provenance, seconds=seconds), computed,
    )  # fmt: skip


def _computed(card: Signature, asked: PatientAsked, progress: Progress) -> Bundle:
    """Compute the card's features of the lesion."""
    image, wanted = asked.image, card.image
    if image is None or wanted is None:
        raise InputError(
            "features", expected=f"those of the signature, such as {image_columns(card)[0]}",
            got="neither they nor an image", remedy="choose an image and its lesion",
        )  # fmt: skip
    if not wanted.settings:
        raise InputError(
            card.id, expected="a card with the settings of its image features, or a table that holds these",
            got="neither", remedy="extract the features and apply the signature to their table",
        )  # fmt: skip
    if wanted.modality and image.volume.modality not in (wanted.modality, "OT"):
        raise InputError(asked.name, expected=f"an image of modality {wanted.modality}", got=image.volume.modality)
    if wanted.unit and image.volume.unit not in (wanted.unit, "arbitrary"):
        raise UnitsError(asked.name, expected=f"values in {wanted.unit}", got=image.volume.unit)
    if len(image.masks) != 1:
        raise InputError("segmentation", expected="one lesion", got=str(len(image.masks)), remedy="choose one")
    return features_of_bundle(replace(image, settings={"settings": image_parameters(card)}), progress=progress)


def _row(table: Table, columns: tuple[str, ...]) -> dict[str, float]:
    cells = dict(zip(table.columns, table.rows[0], strict=True))
    if missing := [name for name in columns if name not in cells]:
        raise InputError("settings of the card", expected=f"settings that give {missing[0]}", got="others")
    return {name: float(cell) for name in columns if (cell := cells[name]) is not None}
