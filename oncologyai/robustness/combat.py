"""ComBat's estimates, kept apart from the data they came from, and applied to any rows of the same batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_range
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.robustness.combat_design import Covariate, Covariates, covariate_columns

__all__ = ["CombatConfig", "CombatModel", "apply_combat", "read_combat", "write_combat"]


@dataclass(frozen=True)
class CombatConfig:
    """How ComBat is fitted.

    Parameters
    ----------
    empirical_bayes : bool
        Draw each feature's shift and scale towards those of all features of the batch. Without, each feature has its
        own estimates.
    parametric : bool
        Whether the distribution that they are drawn towards has a form (normal, inverse gamma), or is that of the
        other features' estimates.
    location_only : bool
        Leave the scale as it is.
    reference : str, optional
        The batch that stays as it is and that the others are brought to; without it, the mean of all.
    tolerance : float
        Relative change at which the parametric iteration ends, for the features of a batch together; 1e-4 is that of
        the published programs.

    Raises
    ------
    InputError
        If the tolerance is not from 1e-12 to 0.1.
    """

    empirical_bayes: bool = True
    parametric: bool = True
    location_only: bool = False
    reference: str | None = None
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        check_range(self.tolerance, 1e-12, 0.1, "tolerance")


@dataclass(frozen=True, eq=False)
class CombatModel:
    """Estimates of ComBat: a value of batch b becomes ``m + s ((x - m) / s - gamma) / sqrt(delta)``.

    Parameters
    ----------
    features, batches : tuple of str
    covariates : tuple of Covariate
    config : CombatConfig
    mean, deviation : ndarray, shape (features,)
        Of all batches, or the reference's; m is the mean and the covariates' effects, s the deviation.
    effects : ndarray, shape (p, features)
        Of the covariates' columns, in each feature's own unit.
    gamma, delta : ndarray, shape (batches, features)
        Shift, and ratio of variances, of standardised values.
    rows : tuple of int
        How many rows of each batch it was fitted on.
    fitted_on : tuple of str
        SHA-256 of the names of the rows it was fitted on, where they were given: whether data that it is applied to
        were among them can be told, their names cannot.
    unadjusted : tuple of str
        Features without any spread within the batches: they have no scale to adjust and pass unchanged.
    """

    features: tuple[str, ...]
    batches: tuple[str, ...]
    covariates: tuple[Covariate, ...]
    config: CombatConfig
    mean: np.ndarray
    deviation: np.ndarray
    effects: np.ndarray
    gamma: np.ndarray
    delta: np.ndarray
    rows: tuple[int, ...]
    fitted_on: tuple[str, ...] = ()
    unadjusted: tuple[str, ...] = ()

    def affine(self, batch: str) -> tuple[np.ndarray, np.ndarray]:
        """Give factor and offset (features,) of a batch where no covariate counts: x becomes factor x + offset.

        Raises
        ------
        InputError
            If the batch was not fitted.
        """
        place = _places(self, [batch])[0]
        factor = 1 / np.sqrt(self.delta[place])
        return factor, self.mean * (1 - factor) - self.deviation * self.gamma[place] * factor

    def only(self, features: Sequence[str]) -> CombatModel:
        """Give the same estimates of some features.

        Raises
        ------
        InputError
            If one was not fitted.
        """
        unknown = [name for name in features if name not in self.features]
        if unknown:
            raise InputError("features", expected="features that ComBat was fitted on", got=unknown[0])
        place = [self.features.index(name) for name in features]
        arrays = {name: getattr(self, name)[..., place] for name in ("mean", "deviation", "effects", "gamma", "delta")}
        unadjusted = tuple(name for name in features if name in self.unadjusted)
        return replace(self, features=tuple(features), unadjusted=unadjusted, **arrays)


def apply_combat(
    model: CombatModel, values: np.ndarray, batches: Sequence[str], covariates: Covariates | None = None
) -> np.ndarray:
    """Apply estimates to rows, which need not be those that they were fitted on.

    Parameters
    ----------
    model : CombatModel
    values : ndarray, shape (rows, features)
        In the order of the model's features. NaN stays NaN. No row gives none.
    batches : sequence of str
        One a row.
    covariates : mapping, optional
        All of the model's.

    Returns
    -------
    ndarray, shape (rows, features), float64

    Raises
    ------
    InputError
        If a batch was not fitted, a covariate is missing or has a new category, or shapes do not fit.
    """
    if values.ndim != 2 or values.shape != (len(batches), len(model.features)):
        expected = f"{len(batches)} rows of {len(model.features)} features"
        raise InputError("values", expected=expected, got=f"shape {values.shape}")
    place = _places(model, batches)
    columns = covariate_columns(model.covariates, covariates or {}, len(values))
    middle = model.mean + columns @ model.effects
    standard = (values - middle) / model.deviation
    harmonised = (standard - model.gamma[place]) / np.sqrt(model.delta[place]) * model.deviation + middle
    stays = np.isin(model.features, model.unadjusted)[np.newaxis] | _is_reference(model, place)[:, np.newaxis]
    return np.where(stays, values, harmonised)


def _places(model: CombatModel, batches: Sequence[str]) -> np.ndarray:
    known = {name: place for place, name in enumerate(model.batches)}
    new = sorted({str(batch) for batch in batches} - set(known))
    if new:
        raise InputError(
            "batches", expected="batches that ComBat was fitted on: " + ", ".join(model.batches), got=", ".join(new),
            remedy="no shift is known for them: fit on data that hold them, or leave their rows out",
        )  # fmt: skip
    return np.array([known[batch] for batch in batches], dtype=np.intp)


def _is_reference(model: CombatModel, place: np.ndarray) -> np.ndarray:
    if model.config.reference is None:
        return np.zeros(len(place), dtype=bool)
    return place == model.batches.index(model.config.reference)


class _Covariate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    categories: list[str]


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid")
    empirical_bayes: bool
    parametric: bool
    location_only: bool
    reference: str | None
    tolerance: float


class _Stored(BaseModel):
    """The file: numbers of each feature under its name would be ten times as long, so they stand in its order."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    form: Literal["oncologyai-combat-1"]
    features: list[str]
    batches: list[str]
    rows: list[int]
    covariates: list[_Covariate]
    config: _Config
    mean: list[float]
    deviation: list[float]
    effects: list[list[float]]
    gamma: list[list[float]]
    delta: list[list[float]]
    fitted_on: list[str] = []
    unadjusted: list[str] = []


def write_combat(model: CombatModel, path: Path) -> None:
    """Write estimates as JSON, every number in its shortest exact form.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    arrays = {name: getattr(model, name).tolist() for name in ("mean", "deviation", "effects", "gamma", "delta")}
    names = {name: list(getattr(model, name)) for name in ("features", "batches", "rows", "fitted_on", "unadjusted")}
    covariates = [_Covariate(name=one.name, categories=list(one.categories)) for one in model.covariates]
    stored = _Stored(
        form="oncologyai-combat-1", covariates=covariates, config=_Config(**asdict(model.config)), **names, **arrays
    )
    with atomic_file(path) as draft:
        draft.write_text(stored.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_combat(path: Path) -> CombatModel:
    """Read estimates.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is not what ``write_combat`` writes.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="estimates of ComBat (.json)", got="no such file")
    try:
        stored = _Stored.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UnreadableFileError(str(path), expected="estimates of ComBat", got=f"{where}: {first['msg']}") from error
    f, b = len(stored.features), len(stored.batches)
    arrays: Mapping[str, np.ndarray] = {
        "mean": np.array(stored.mean), "deviation": np.array(stored.deviation), "gamma": np.array(stored.gamma),
        "delta": np.array(stored.delta), "effects": np.array(stored.effects, dtype=np.float64).reshape(-1, f),
    }  # fmt: skip
    shapes = {"mean": (f,), "deviation": (f,), "gamma": (b, f), "delta": (b, f)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise UnreadableFileError(
                f"{path}, {name}", expected=f"numbers of shape {shape}", got=f"{arrays[name].shape}"
            )
    return CombatModel(
        features=tuple(stored.features),
        batches=tuple(stored.batches),
        covariates=tuple(Covariate(one.name, tuple(one.categories)) for one in stored.covariates),
        config=CombatConfig(**stored.config.model_dump()),
        rows=tuple(stored.rows),
        fitted_on=tuple(stored.fitted_on),
        unadjusted=tuple(stored.unadjusted),
        **arrays,
    )
