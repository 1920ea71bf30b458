"""Estimate ComBat's shifts and scales of batches, with empirical Bayes or without."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from oncologyai.errors import InputError
from oncologyai.robustness.combat import CombatConfig, CombatModel
from oncologyai.robustness.combat_design import Covariates, code_covariates, covariate_columns

__all__ = ["fit_combat", "hash_row_name"]

_FLAT = 1e-10  # of a feature's largest value: less spread than this is rounding


class _Standard(NamedTuple):
    """Standardised rows, what they were standardised by, and where each batch's rows are."""

    values: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    effects: np.ndarray
    members: list[np.ndarray]


def hash_row_name(name: str) -> str:
    """Give the SHA-256 under which a model remembers a row that it was fitted on."""
    return hashlib.sha256(name.encode()).hexdigest()


def fit_combat(
    values: np.ndarray,
    batches: Sequence[str],
    features: Sequence[str],
    *,
    covariates: Covariates | None = None,
    config: CombatConfig | None = None,
    row_names: Sequence[str] = (),
) -> CombatModel:
    """Estimate the batches' shifts and scales.

    Parameters
    ----------
    values : ndarray, shape (rows, features)
        Complete: ComBat has no place for missing values.
    batches : sequence of str
        One a row; each batch at least twice, unless ``location_only``.
    features : sequence of str
        Names of the columns.
    covariates : mapping, optional
        What may differ between batches and is to be kept, a value a row. The outcome that a model will predict must
        not be among them: it is not known for a new patient, and adjusted features would carry it.
    config : CombatConfig, optional
    row_names : sequence of str
        Remembered as hashes, so that rows which were fitted on are known again.

    Returns
    -------
    CombatModel

    Raises
    ------
    InputError
        If there are fewer than two batches, a batch is too small, the reference is none of them, a value is missing,
        with empirical Bayes fewer than two features vary, or batches and covariates cannot be told apart.

    References
    ----------
    .. [1] Johnson WE, Li C, Rabinovic A. Adjusting batch effects in microarray expression data using empirical Bayes
       methods. Biostatistics 2007;8:118-127.
    .. [2] Fortin JP et al. Harmonization of cortical thickness measurements across scanners and sites. NeuroImage
       2018;167:104-120.
    """
    config = config or CombatConfig()
    names = _check(values, batches, features, config)
    coded = code_covariates(covariates or {})
    columns = covariate_columns(coded, covariates or {}, len(values))
    standard = _standardise(values, batches, names, columns, config)
    flat = standard.deviation <= _FLAT * np.abs(values).max(axis=0)
    varying = np.flatnonzero(~flat)
    if config.empirical_bayes and len(varying) < 2:
        raise InputError(
            "features", expected="two that vary, to learn from each other", got=str(len(varying)),
            remedy="fit without empirical Bayes",
        )  # fmt: skip
    gamma, delta = np.zeros((len(names), len(features))), np.ones((len(names), len(features)))
    for place, name in enumerate(names):
        if name != config.reference and len(varying):
            rows = standard.values[standard.members[place]][:, varying]
            gamma[place, varying], delta[place, varying] = _adjustments(rows, config)
    return CombatModel(
        features=tuple(features),
        batches=names,
        covariates=coded,
        config=config,
        mean=standard.mean,
        deviation=np.where(flat, 1.0, standard.deviation),
        effects=standard.effects,
        gamma=gamma,
        delta=delta,
        rows=tuple(len(rows) for rows in standard.members),
        fitted_on=tuple(sorted({hash_row_name(name) for name in row_names})),
        unadjusted=tuple(name for name, own in zip(features, flat, strict=True) if own),
    )


def _check(
    values: np.ndarray, batches: Sequence[str], features: Sequence[str], config: CombatConfig
) -> tuple[str, ...]:
    """Check the input; give the batches' names, sorted."""
    if values.ndim != 2 or values.shape != (len(batches), len(features)):
        raise InputError(
            "values", expected=f"{len(batches)} rows of {len(features)} features", got=f"shape {values.shape}"
        )
    missing = [name for name, full in zip(features, np.isfinite(values).all(axis=0), strict=True) if not full]
    if missing:
        raise InputError(
            "values", expected="no missing value", got=f"{len(missing)} features with some, the first {missing[0]}",
            remedy="leave these features or rows out",
        )  # fmt: skip
    names, counts = np.unique(np.asarray(batches, dtype=str), return_counts=True)
    if len(names) < 2:
        raise InputError("batches", expected="at least two", got=", ".join(names) or "none")
    fewest = 1 if config.location_only else 2
    small = [str(name) for name, count in zip(names, counts, strict=True) if count < fewest]
    if small:
        raise InputError(
            "batches", expected="at least two rows of each", got=f"one of {', '.join(small)}",
            remedy="leave it out, join batches, or adjust the location only",
        )  # fmt: skip
    if config.reference is not None and config.reference not in names:
        raise InputError("reference", expected="one of " + ", ".join(names), got=repr(config.reference))
    return tuple(str(name) for name in names)


def _standardise(
    values: np.ndarray, batches: Sequence[str], names: tuple[str, ...], columns: np.ndarray, config: CombatConfig
) -> _Standard:
    labels = np.asarray(batches, dtype=str)
    members = [np.flatnonzero(labels == name) for name in names]
    of_batch = (labels[:, np.newaxis] == np.asarray(names)).astype(np.float64)
    design = np.hstack([of_batch, columns])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError(
            "covariates", expected="batches and covariates that can be told apart",
            got="a design in which one follows from the others",
            remedy="leave a covariate out: where each batch has one value of it alone, its effect is the batch's",
        )  # fmt: skip
    fitted = np.linalg.lstsq(design, values, rcond=None)[0]
    means, effects = fitted[: len(names)], fitted[len(names) :]
    residuals = (values - design @ fitted) ** 2
    if config.reference is None:
        mean, variance = of_batch.mean(axis=0) @ means, residuals.mean(axis=0)
    else:
        place = names.index(config.reference)
        mean, variance = means[place], residuals[members[place]].mean(axis=0)
    deviation = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):  # features without spread are left out later
        return _Standard((values - mean - columns @ effects) / deviation, mean, deviation, effects, members)


def _adjustments(rows: np.ndarray, config: CombatConfig) -> tuple[np.ndarray, np.ndarray]:
    """Give shift and ratio of variances of one batch; rows (n, f) are standardised and vary."""
    shift = rows.mean(axis=0)
    ratio = np.ones(rows.shape[1]) if config.location_only else rows.var(axis=0, ddof=1)
    ratio = np.where(ratio == 0, 1.0, ratio)
    if not config.empirical_bayes:
        return shift, ratio
    if not config.parametric:
        return _non_parametric(rows, shift, ratio)
    if config.location_only:
        return _posterior_mean(shift, 1, np.ones_like(ratio)), ratio
    return _parametric(rows, shift, ratio, config.tolerance)


def _posterior_mean(shift: np.ndarray, n: int, ratio: np.ndarray) -> np.ndarray:
    centre, spread = shift.mean(), shift.var(ddof=1)
    return np.asarray((spread * n * shift + ratio * centre) / (spread * n + ratio))


def _parametric(
    rows: np.ndarray, shift: np.ndarray, ratio: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Iterate the two posterior means [1, section 3.1] until no feature changes by more than the tolerance.

    The published programs divide the change by the signed shift, so that a negative one never holds the iteration
    up; that is kept, so that results are theirs to more digits than the tolerance.
    """
    n, average, spread = len(rows), ratio.mean(), ratio.var(ddof=1)
    if spread == 0:  # all alike: the prior is a point
        return _posterior_mean(shift, n, ratio), ratio
    form, scale = (2 * spread + average**2) / spread, (average * spread + average**3) / spread
    gamma, delta, change = shift, ratio, np.inf
    while change > tolerance:
        new_gamma = _posterior_mean(shift, n, delta)
        squares = ((rows - new_gamma) ** 2).sum(axis=0)
        new_delta = (0.5 * squares + scale) / (n / 2 + form - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            changes = np.concatenate([np.abs(new_gamma - gamma) / gamma, np.abs(new_delta - delta) / delta])
        change, gamma, delta = float(np.nanmax(changes)), new_gamma, new_delta
    return gamma, delta


def _non_parametric(rows: np.ndarray, shift: np.ndarray, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the other features' estimates by how likely they make this feature's rows [1, section 3.2]."""
    n, features = rows.shape
    gamma, delta = np.empty(features), np.empty(features)
    sums, squares = rows.sum(axis=0), (rows**2).sum(axis=0)
    for place in range(features):
        others = np.arange(features) != place
        g, d = shift[others], ratio[others]
        residual = squares[place] - 2 * g * sums[place] + n * g**2
        likelihood = -n / 2 * np.log(2 * np.pi * d) - residual / (2 * d)
        weights = np.exp(likelihood - likelihood.max())
        gamma[place], delta[place] = weights @ g / weights.sum(), weights @ d / weights.sum()
    return gamma, delta
