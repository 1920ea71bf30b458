"""A Cox model as a nomogram: points for each feature's value, and the chance that their sum stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.outcome.chain import FittedChain
from oncologyai.outcome.cox import CoxModel
from oncologyai.outcome.data import OutcomeData

__all__ = ["Nomogram", "NomogramScale", "chain_nomogram", "nomogram"]

_POINTS = 100.0  # of the feature that moves the risk most over its range
_TICKS = 6
_CHANCES = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01)


@dataclass(frozen=True, eq=False)
class NomogramScale:
    """One line: values in their own unit, and the points each stands for."""

    name: str
    values: np.ndarray
    points: np.ndarray

    def at(self, value: float) -> float:
        """Give the points of a value; beyond the line they go on straight."""
        slope = (self.points[-1] - self.points[0]) / (self.values[-1] - self.values[0])
        return float(self.points[0] + slope * (value - self.values[0]))


@dataclass(frozen=True, eq=False)
class Nomogram:
    """A model to be read with a ruler.

    Attributes
    ----------
    scales : tuple of NomogramScale
        One a feature; 0 points is the value of least risk in its range.
    per_point : float
        Log relative hazard of a point.
    least : float
        The linear predictor at 0 points in all.
    horizon : float
        Days.
    baseline : float
        Survival at the horizon at a linear predictor of 0.
    """

    scales: tuple[NomogramScale, ...]
    per_point: float
    least: float
    horizon: float
    baseline: float

    @property
    def most(self) -> float:
        """The greatest sum of points within the ranges."""
        return float(sum(scale.points.max() for scale in self.scales))

    def total(self, values: Mapping[str, float]) -> float:
        """Give the sum of points of a patient; raises InputError where a feature is missing."""
        missing = [scale.name for scale in self.scales if scale.name not in values]
        if missing:
            raise InputError("values", expected="a value of every feature", got=f"none of {missing[0]}")
        return sum(scale.at(float(values[scale.name])) for scale in self.scales)

    def survival(self, points: Sequence[float] | np.ndarray) -> np.ndarray:
        """Give the survival at the horizon that sums of points stand for."""
        relative = np.exp(self.least + self.per_point * np.asarray(points, dtype=np.float64))
        return np.asarray(self.baseline**relative)

    def chance_ticks(self) -> tuple[np.ndarray, np.ndarray]:
        """Give round chances of survival within reach of the points, and where on the points' line they stand."""
        chances = np.array(_CHANCES)
        with np.errstate(divide="ignore", invalid="ignore"):
            points = (np.log(np.log(chances) / np.log(self.baseline)) - self.least) / self.per_point
        within = np.isfinite(points) & (points >= 0) & (points <= self.most)
        return chances[within], points[within]


def nomogram(
    model: CoxModel,
    ranges: Mapping[str, tuple[float, float]],
    horizon: float,
    *,
    scaling: Mapping[str, tuple[float, float]] | None = None,
) -> Nomogram:
    """Give the nomogram of a model.

    Parameters
    ----------
    model : CoxModel
    ranges : mapping of str to (float, float)
        Least and greatest value of each feature in training, in its own unit.
    horizon : float, > 0
        Days.
    scaling : mapping of str to (float, float), optional
        Mean and deviation by which a feature was scaled before the model saw it.

    Raises
    ------
    InputError
        If the model has no features, a range is missing or of no width, or the horizon lies before the first event.
    """
    check_positive(horizon, "horizon", "days")
    if not model.names:
        raise InputError("model", expected="features", got="none")
    survival = float(np.exp(-np.concatenate([[0.0], model.hazard])[np.searchsorted(model.times, horizon, "right")]))
    if not 0 < survival < 1:
        raise InputError("horizon", expected=f"days from the first event, {model.times[0]:g}", got=f"{horizon:g}")
    slopes, ends, least = [], [], 0.0
    for n, name in enumerate(model.names):
        if name not in ranges or not ranges[name][0] < ranges[name][1]:
            raise InputError("ranges", expected="a least and a greater value of each feature", got=f"none of {name}")
        shift, width = (scaling or {}).get(name, (0.0, 1.0))
        slope = float(model.coefficients[n]) / width
        low, high = ranges[name]
        start = low if slope >= 0 else high
        slopes.append(slope)
        ends.append((low, high, start))
        least += slope * (start - shift) - float(model.coefficients[n] * model.means[n])
    per_point = max(abs(slope) * (high - low) for slope, (low, high, _) in zip(slopes, ends, strict=True)) / _POINTS
    if per_point == 0:
        raise InputError("model", expected="a feature with an effect", got="none")
    scales = []
    for name, slope, (low, high, start) in zip(model.names, slopes, ends, strict=True):
        values = np.linspace(low, high, _TICKS)
        scales.append(NomogramScale(name, values, slope * (values - start) / per_point))
    return Nomogram(tuple(scales), per_point, least, horizon, survival)


def chain_nomogram(fitted: FittedChain, training: OutcomeData, horizon: float) -> Nomogram:
    """Give the nomogram of a chain that ends in Cox's model, in the features' own units.

    Ranges are those of the training patients; the z-score, if the chain has one, is undone.

    Parameters
    ----------
    fitted : FittedChain
    training : OutcomeData
        The patients that it was fitted on.
    horizon : float, > 0
        Days.

    Raises
    ------
    InputError
        If the chain does not end in Cox's model, or as ``nomogram``.
    """
    model = getattr(fitted.model, "model", None)
    if not isinstance(model, CoxModel):
        raise InputError("chain", expected="one that ends in Cox's model", got=fitted.name)
    scaling = {}
    for _, step in fitted.steps:
        told = step.told()
        if "sd" in told:
            scaling = dict(zip(told["features"], zip(told["mean"], told["sd"], strict=True), strict=True))
    values = {name: training.x[:, training.names.index(name)] for name in model.names}
    ranges = {name: (float(np.nanmin(x)), float(np.nanmax(x))) for name, x in values.items()}
    return nomogram(model, ranges, horizon, scaling=scaling)
