"""Whether features say the same as others: as the volume, and as those of another source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.metrics import spearman_with
from oncologyai.outcome.data import OutcomeData

__all__ = ["Association", "associations_between", "volume_correlation"]


@dataclass(frozen=True)
class Association:
    """Two features of the same patients.

    Attributes
    ----------
    first, second : str
    kind : {'point-biserial', 'spearman'}
        The first where one of them has two values only.
    n : int
        Patients who have both.
    r, p : float
        Two-sided p, each pair by itself; NaN where one is constant.
    """

    first: str
    second: str
    kind: str
    n: int
    r: float
    p: float


def volume_correlation(data: OutcomeData, volume: np.ndarray | str) -> np.ndarray:
    """Give every feature's Spearman correlation with the volume, (p,): near 1, a feature is another word for it.

    Parameters
    ----------
    data : OutcomeData
    volume : ndarray (n,) or str
        Of the patients, or the name of the feature that it is.

    Raises
    ------
    InputError
        If there is no such feature, or not one value a patient.
    """
    if isinstance(volume, str):
        if volume not in data.names:
            raise InputError("volume", expected="a feature of the table", got=volume)
        volume = data.x[:, data.names.index(volume)]
    values = np.asarray(volume, dtype=np.float64)
    if values.shape != (len(data),):
        raise InputError("volume", expected=f"{len(data)} values, one a patient", got=f"shape {values.shape}")
    return spearman_with(data.x, values)


def associations_between(data: OutcomeData, first: str, second: str) -> tuple[Association, ...]:
    """Give the correlation of each feature of one source with each of another, strongest first.

    Point-biserial where one of the two is of two values, as ch. 3 has it; Spearman's otherwise, which ch. 3 does not
    name and whose point-biserial form is not defined.

    Raises
    ------
    InputError
        If a source has no feature.
    """
    parts = [data.of_source(source) for source in (first, second)]
    for source, part in zip((first, second), parts, strict=True):
        if not part.names:
            raise InputError("source", expected="a source with features", got=source)
    found = [
        _pair(one, other, parts[0].x[:, i], parts[1].x[:, j])
        for i, one in enumerate(parts[0].names)
        for j, other in enumerate(parts[1].names)
    ]
    return tuple(sorted(found, key=lambda a: -np.nan_to_num(abs(a.r), nan=-1.0)))


def _pair(first: str, second: str, x: np.ndarray, y: np.ndarray) -> Association:
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    values = [len(np.unique(v)) for v in (x, y)]
    binary = 2 in values
    kind = "point-biserial" if binary else "spearman"
    if len(x) < 3 or min(values) < 2:
        return Association(first, second, kind, len(x), float("nan"), float("nan"))
    test = stats.pearsonr(x, y) if binary else stats.spearmanr(x, y)
    return Association(first, second, kind, len(x), float(test[0]), float(test[1]))
