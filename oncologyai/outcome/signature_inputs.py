"""Whether a table fits a signature, and the numbers that its model takes from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from oncologyai.errors import InputError, UnitsError
from oncologyai.features import FeatureSettings, comparable_settings, settings_digest
from oncologyai.outcome.signature import Signature
from oncologyai.outcome.signature_parts import Feature, ImageSettings
from oncologyai.outcome.tables import as_missing

__all__ = ["Caution", "Given", "SignatureInputs", "check_settings", "signature_inputs"]

_UNIT = re.compile(r"^(?P<name>.*\S)\s*(?:\[(?P<square>[^\]]+)\]|\((?P<round>[^)]+)\))$")


class Caution(NamedTuple):
    """Something to know before a prediction is believed; ``patient`` and ``feature`` are empty where all are meant."""

    patient: str
    feature: str
    text: str


@dataclass(frozen=True)
class Given:
    """What is known of a table besides its cells.

    Parameters
    ----------
    patient : str
        Column of the patients' names; rows are numbered where it is empty.
    columns : mapping of str to str
        The table's column by the card's, where they differ.
    units : mapping of str to str
        By the card's column, where the table's header does not tell them (``age [years]``).
    settings : FeatureSettings, optional
        That the table's image features were computed with.
    image_unit : str
        Of the image's values; empty where nobody knows.
    unchecked : bool
        Go on where settings are not known; a caution says so.
    """

    patient: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    settings: FeatureSettings | None = None
    image_unit: str = ""
    unchecked: bool = False


@dataclass(frozen=True, eq=False)
class SignatureInputs:
    """What the model takes: ``x`` is (patients, features), before scaling, nothing missing."""

    patients: tuple[str, ...]
    x: np.ndarray
    cautions: tuple[Caution, ...]


def signature_inputs(card: Signature, frame: pd.DataFrame, given: Given | None = None) -> SignatureInputs:
    """Read the card's features from a table.

    Raises
    ------
    InputError
        If a column is absent, a value is text where a number belongs, unknown as a category or missing where it may
        not be, there is no row, a patient has two, or image features were computed with other settings.
    UnitsError
        If a unit is another one, or a value cannot be meant in the card's.
    """
    given = given or Given()
    _check_names(card, given)
    cautions = list(check_settings(card, given))
    if not len(frame):
        raise InputError("table", expected="at least one patient", got="none")
    table = as_missing(frame)
    patients = _patients(table, given)
    x = np.empty((len(table), len(card.features)))
    for place, feature in enumerate(card.features):
        values = _values(feature, _column(table, feature, given))
        _check_limits(feature, values, patients)
        cautions += _outside(feature, values, patients)
        x[:, place], filled = _filled(feature, values, patients)
        cautions += filled
    return SignatureInputs(patients, x, tuple(dict.fromkeys(cautions)))


def check_settings(card: Signature, given: Given) -> tuple[Caution, ...]:
    """Compare the settings that image features were computed with; cautions where they cannot be compared.

    Raises
    ------
    InputError
        If they are others, or not known and ``given`` does not say that they need not be.
    UnitsError
        If the image's values were in another unit.
    """
    image = card.image
    if image is None:
        return ()
    if image.unit and given.image_unit and image.unit != given.image_unit:
        raise UnitsError("image", expected=f"values in {image.unit}", got=given.image_unit)
    if image.sha256 is None:
        return (
            Caution("", "", f"image settings were not published in full and cannot be compared: {image.described}"),
        )
    if given.settings is None:
        if given.unchecked:
            return (Caution("", "", "nobody compared the settings of the image features with the card's"),)
        raise InputError(
            "settings", expected="features whose settings are known, to compare them with the card's", got="none told",
            remedy="keep the .provenance.json beside the table, or name the settings",
        )  # fmt: skip
    names = _image_features(card)
    if settings_digest(given.settings, names) != image.sha256:
        raise InputError(
            "settings", expected="features computed with the card's settings",
            got=_difference(image, comparable_settings(given.settings, names)),
            remedy="extract them again with the settings that `outcome show` writes",
        )  # fmt: skip
    if image.unit and not given.image_unit:
        return (Caution("", "", f"nobody knows whether the image's values were in {image.unit}"),)
    return ()


def _image_features(card: Signature) -> list[str]:
    return [feature.column for feature in card.features if feature.source != "clinical"]


def _difference(image: ImageSettings, found: Mapping[str, object]) -> str:
    said = []
    for section in ("imageType", "setting"):
        card, own = image.settings.get(section), found.get(section)
        one, other = (dict(part) if isinstance(part, Mapping) else {} for part in (card, own))
        for name in sorted({*one, *other}):
            if one.get(name, _DEFAULT) != other.get(name, _DEFAULT):
                said.append(f"{name} {other.get(name, 'by default')}, not {one.get(name, 'by default')}")
    return "; ".join(said[:4]) or "others"


_DEFAULT = object()


def _check_names(card: Signature, given: Given) -> None:
    for argument, names in (("columns", given.columns), ("units", given.units)):
        for name in names:
            if name not in card.columns:
                raise InputError(argument, expected="columns of the card: " + ", ".join(card.columns), got=name)


def _patients(table: pd.DataFrame, given: Given) -> tuple[str, ...]:
    if not given.patient:
        return tuple(str(n + 1) for n in range(len(table)))
    if given.patient not in table.columns:
        raise InputError("patient", expected="a column of the table", got=given.patient)
    names = _texts(table[given.patient])
    if names.isna().any():
        raise InputError(given.patient, expected="a patient in every row", got=f"none in line {_line(names.isna())}")
    if names.duplicated().any():
        raise InputError(
            given.patient, expected="one row a patient", got=f"several of {names[names.duplicated()].iloc[0]}",
            remedy="choose rows, such as those of one segment",
        )  # fmt: skip
    return tuple(map(str, names))


def _column(table: pd.DataFrame, feature: Feature, given: Given) -> pd.Series:
    wanted = given.columns.get(feature.column, feature.column)
    for name in map(str, table.columns):
        told = _UNIT.match(name)
        if name != wanted and (told is None or told["name"] != wanted):
            continue
        unit = given.units.get(feature.column, "")
        if name != wanted and told is not None:
            unit = told["square"] or told["round"]
        if unit and unit != feature.unit:
            raise UnitsError(name, expected=f"values in {feature.unit or 'no unit'}", got=unit, remedy="convert them")
        return table[name]
    raise InputError(
        wanted, expected="a column of the table: the signature needs it", got="none",
        remedy="name the column that holds it, or use another signature",
    )  # fmt: skip


def _values(feature: Feature, column: pd.Series) -> np.ndarray:
    if feature.categories:
        texts = _texts(column)
        known = texts.isna() | texts.isin(list(feature.categories))
        if not known.all():
            raise InputError(
                feature.column, expected="one of " + ", ".join(feature.categories),
                got=f"{texts[~known].iloc[0]!r} in line {_line(~known)}",
            )  # fmt: skip
        if feature.level:
            return np.where(texts.isna(), np.nan, (texts == feature.level).fillna(False).to_numpy(dtype=np.float64))
        column = pd.to_numeric(texts)
    if column.isna().all():
        return np.full(len(column), np.nan)
    if not pd.api.types.is_numeric_dtype(column):
        texts = pd.to_numeric(column, errors="coerce")
        wrong = texts.isna() & column.notna()
        raise InputError(feature.column, expected="numbers", got=f"{column[wrong].iloc[0]!r} in line {_line(wrong)}")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise InputError(feature.column, expected="finite numbers", got=f"infinity in line {_line(np.isinf(values))}")
    return np.asarray(values)


def _texts(column: pd.Series) -> pd.Series:
    """Give values as text, whole numbers without a point."""
    if pd.api.types.is_numeric_dtype(column):
        return column.map(lambda v: f"{v:.15g}", na_action="ignore").astype("string")
    return column.astype("string").str.strip()


def _check_limits(feature: Feature, values: np.ndarray, patients: tuple[str, ...]) -> None:
    if feature.limits is None:
        return
    low, high = feature.limits
    with np.errstate(invalid="ignore"):
        wrong = (values < low) | (values > high)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise UnitsError(
            feature.column, expected=f"{feature.unit or 'numbers'} from {low:g} to {high:g}",
            got=f"{values[place]:g} of {patients[place]}", remedy="check the unit",
        )  # fmt: skip


def _outside(feature: Feature, values: np.ndarray, patients: tuple[str, ...]) -> list[Caution]:
    if feature.range is None or feature.level:
        return []
    low, high = feature.range
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero((values < low) | (values > high))
    told = f"outside the training range, {low:g} to {high:g}"
    return [Caution(patients[n], feature.name, f"{values[n]:g} lies {told}") for n in places]


def _filled(feature: Feature, values: np.ndarray, patients: tuple[str, ...]) -> tuple[np.ndarray, tuple[Caution, ...]]:
    missing = np.isnan(values)
    if not missing.any():
        return values, ()
    who = patients[int(np.flatnonzero(missing)[0])]
    if feature.imputation is None:
        raise InputError(
            feature.column, expected="a value of every patient: the signature cannot do without", got=f"none of {who}"
        )
    told = f"missing: {feature.imputation:g} was taken, which stands for it in training"
    cautions = tuple(Caution(patients[n], feature.name, told) for n in np.flatnonzero(missing))
    return np.where(missing, feature.imputation, values), cautions


def _line(where: pd.Series | np.ndarray) -> int:
    return int(np.flatnonzero(np.asarray(where, dtype=bool))[0]) + 2
