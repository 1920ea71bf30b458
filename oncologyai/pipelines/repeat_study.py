"""Features measured again - by another scan, another reader, or after a perturbation: how far each can be relied on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.metrics import BlandAltman, bland_altman
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.robustness import (
    ICC_FORMS,
    Estimates,
    FeatureStability,
    Measurements,
    Origin,
    concordance,
    intraclass_correlation,
    origin_of,
    repeatability,
)
from oncologyai.types import Table

__all__ = ["REPEAT_MEASURES", "RepeatConfig", "RepeatResult", "judge_repeats", "summarise_stability"]

REPEAT_MEASURES = ("CCC", *(f"ICC({form})" for form in ICC_FORMS))
"""What may be compared with the limit."""

_ORDINARY_PAIR = 2
Cell = str | float | int | None


@dataclass(frozen=True)
class RepeatConfig:
    """How repeated measurements are judged.

    Parameters
    ----------
    measure : str
        One of ``REPEAT_MEASURES``: what is compared with the limit. All are in the table.
    limit : float
        At or above it a feature is stable.
    bound : str
        What is compared: the ``value``, or the ``low`` end of its interval.
    level : float
        Of the intervals.
    setting : str
        What was repeated: ``test-retest``, ``inter-observer``, ``perturbation``, ...
    source : str
        What the verdicts say of where they come from.

    Raises
    ------
    InputError
        If a value is out of its range.
    """

    measure: str = "ICC(1,1)"
    limit: float = 0.90
    bound: str = "value"
    level: float = 0.95
    setting: str = "test-retest"
    source: str = ""

    def __post_init__(self) -> None:
        check_choice(self.measure, REPEAT_MEASURES, "--measure")
        check_range(self.limit, 0.0, 1.0, "--limit")
        check_choice(self.bound, ("value", "low"), "--bound")
        check_range(self.level, 0.5, 0.9999, "--level")


@dataclass(frozen=True, eq=False)
class RepeatResult:
    """What repeated measurements tell.

    Attributes
    ----------
    config : RepeatConfig
    measurements : Measurements
    features : Table
        A row a feature: image and family, complete subjects, every coefficient with its interval, within-subject
        deviation, repeatability coefficient and variation, and of two measurements bias and limits of agreement.
    classes : Table
        A row an image and family: features, stable ones, least, median and largest coefficient.
    stability : tuple of FeatureStability
    provenance : Provenance
    notes : tuple of str
    """

    config: RepeatConfig
    measurements: Measurements
    features: Table
    classes: Table
    stability: tuple[FeatureStability, ...]
    provenance: Provenance
    notes: tuple[str, ...] = field(default=())

    def differences(self, feature: str) -> BlandAltman:
        """Give Bland and Altman's figures of a feature, its second measurement less its first.

        Raises
        ------
        InputError
            If there is no such feature.
        """
        if feature not in self.measurements.features:
            raise InputError("feature", expected="a feature of the table", got=repr(feature))
        values = self.measurements.values[:, :_ORDINARY_PAIR, self.measurements.features.index(feature)]
        return bland_altman(values[:, 0].tolist(), values[:, 1].tolist(), level=self.config.level)


def judge_repeats(
    measurements: Measurements,
    config: RepeatConfig | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> RepeatResult:
    """Judge every feature by how far its measurements agree.

    Parameters
    ----------
    measurements : Measurements
    config : RepeatConfig, optional
    settings : mapping, optional
        Goes into the provenance.
    notes : sequence of str
        Of how the measurements came about.
    progress : Progress, optional

    Raises
    ------
    InputError
        If there are fewer than 3 subjects or 2 measurements.
    """
    config = config or RepeatConfig()
    n, k, _ = measurements.values.shape
    if n < 3 or k < 2:
        raise InputError(
            "measurements", expected="at least 3 subjects, each measured twice", got=f"{n} subjects, {k} measurements"
        )
    stages = Stages(progress or Silent())
    with stages("agreement", share=0.0):
        values = measurements.values
        found = {"CCC": concordance(values, level=config.level)}
        found |= {f"ICC({form})": intraclass_correlation(values, form, level=config.level) for form in ICC_FORMS}
    with stages("repeatability", share=0.7):
        features = _features(measurements, found, config)
        stability = tuple(
            _verdict(measurements, place, found[config.measure], config) for place in range(values.shape[2])
        )
    provenance = make_provenance(
        "robustness", inputs={}, settings={"judgement": asdict(config), **(settings or {})}, stages=stages
    )
    told = (*notes, *_missing(measurements))
    return RepeatResult(config, measurements, features, summarise_stability(stability), stability, provenance, told)


def summarise_stability(stability: Sequence[FeatureStability]) -> Table:
    """Count features by image and family, in the order in which they come.

    Columns: ``image``, ``family``, ``features``, a column a class that occurs, ``minimum``, ``median``, ``maximum`` of
    the measure; a coefficient that could not be computed counts as a feature and not in these three.
    """
    groups: dict[Origin, list[FeatureStability]] = {}
    for one in stability:
        groups.setdefault(origin_of(one.feature), []).append(one)
    classes = [name for name in ("stable", "harmonisable", "rejected") if any(s.stability == name for s in stability)]
    rows: list[tuple[Cell, ...]] = []
    for (image, family), own in groups.items():
        known = [one.value for one in own if not math.isnan(one.value)]
        counts = [sum(one.stability == name for one in own) for name in classes]
        spread: list[Cell] = [min(known), median(known), max(known)] if known else [None, None, None]
        rows.append((image, family, len(own), *counts, *spread))
    return Table("classes", ("image", "family", "features", *classes, "minimum", "median", "maximum"), tuple(rows))


def _verdict(measurements: Measurements, place: int, found: Estimates, config: RepeatConfig) -> FeatureStability:
    value, low, high = (float(part[place]) for part in found[:3])
    compared = {"value": value, "low": low}[config.bound]
    what = config.measure if config.bound == "value" else f"the low end of {config.measure}"
    if math.isnan(compared):
        kind, reason = "rejected", f"{what} is not defined: no spread between subjects, or too few complete ones"
    elif compared >= config.limit:
        kind, reason = "stable", f"{what} {compared:.3f} is at least {config.limit:g}"
    else:
        kind, reason = "rejected", f"{what} {compared:.3f} is below {config.limit:g}"
    return FeatureStability(
        measurements.features[place], kind, config.measure, value, low, high, config.limit, int(found.n[place]),
        config.setting, config.source, reason,
    )  # fmt: skip


def _features(measurements: Measurements, found: Mapping[str, Estimates], config: RepeatConfig) -> Table:
    spread = repeatability(measurements.values, level=config.level)
    figures = {
        **found,
        "within_sd": spread.within_sd,
        "repeatability": spread.coefficient,
        "within_cv": spread.within_cv,
    }
    pair = measurements.values.shape[1] == _ORDINARY_PAIR
    columns = ["feature", "image", "family", "n"]
    columns += [f"{name}{end}" for name in figures for end in ("", "_low", "_high")]
    columns += ["bias", "lower_limit", "upper_limit"] if pair else []
    rows = []
    for place, feature in enumerate(measurements.features):
        cells: list[Cell] = [feature, *origin_of(feature), int(found["CCC"].n[place])]
        cells += [_cell(part[place]) for figure in figures.values() for part in figure[:3]]
        if pair:
            own = bland_altman(*measurements.values[:, :, place].T.tolist(), level=config.level)
            cells += [_cell(interval.value) for interval in (own.bias, own.lower, own.upper)]
        rows.append(tuple(cells))
    return Table("features", tuple(columns), tuple(rows))


def _missing(measurements: Measurements) -> list[str]:
    """Say how many features lack values, and how many never vary."""
    complete = np.isfinite(measurements.values).all(axis=1).sum(axis=0)
    short = int(np.count_nonzero(complete < len(measurements.subjects)))
    if not short:
        return []
    return [f"{short} of {len(complete)} features lack a value in some subject; it is left out of theirs alone"]


def _cell(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
