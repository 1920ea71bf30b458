"""Which features a phantom lets through: stable across scanning parameters, harmonisable, or rejected (ch. 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.robustness.combat import CombatConfig, CombatModel, apply_combat
from oncologyai.robustness.combat_fit import fit_combat
from oncologyai.robustness.concordance import concordance
from oncologyai.robustness.stability import FeatureStability

__all__ = ["PhantomConfig", "PhantomScans", "PhantomVerdict", "Worst", "judge_phantom", "phantom_scans"]

CONCORDANCE_LIMIT = 0.90  # ch. 2 prints none; 0.90 is what its authors' phantom studies took
_FEWEST_REGIONS = 4
_FEW_REGIONS = 10


@dataclass(frozen=True)
class PhantomConfig:
    """How a phantom is judged.

    Parameters
    ----------
    limit : float
        A concordance at or above it is agreement. Chapter 2 prints none.
    bound : str
        What is compared with it: the ``value``, or the ``low`` end of its interval.
    level : float
        Of the intervals.
    combat : CombatConfig
        Without empirical Bayes by default: a phantom's regions are the same in every batch, so that each feature's
        own shift and scale are known from the phantom alone, and other features' would pull them away.
    require_retest : bool
        Refuse scans without repetition. If not, features are judged without it, which is said.

    Raises
    ------
    InputError
        If a value is out of its range.
    """

    limit: float = CONCORDANCE_LIMIT
    bound: str = "value"
    level: float = 0.95
    combat: CombatConfig = field(default_factory=lambda: CombatConfig(empirical_bayes=False))
    require_retest: bool = True

    def __post_init__(self) -> None:
        check_range(self.limit, 0.0, 1.0, "limit")
        check_choice(self.bound, ("value", "low"), "bound")
        check_range(self.level, 0.5, 0.9999, "level")


@dataclass(frozen=True, eq=False)
class PhantomScans:
    """A phantom's features.

    Parameters
    ----------
    features, combinations, regions : tuple of str
        A combination is one set of scanning parameters, a region one insert or part of the phantom.
    values : ndarray, shape (regions, combinations, scans, features)
        NaN where a combination has fewer scans than others.
    """

    features: tuple[str, ...]
    combinations: tuple[str, ...]
    regions: tuple[str, ...]
    values: np.ndarray


class Worst(NamedTuple):
    """The least concordance of each feature, its interval, and between what or where it is; arrays of shape (f,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    where: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PhantomVerdict:
    """What a phantom tells of each feature, in the order of its features.

    ``across``: the worst pair of combinations. ``retest``: the worst combination; None where nothing was repeated.
    ``after``: the worst pair after ComBat, each region brought over by estimates from the other regions; NaN for
    features that were not harmonised. ``model``: ComBat of the harmonisable features, None where there is none.
    """

    stability: tuple[FeatureStability, ...]
    across: Worst
    retest: Worst | None
    after: Worst
    model: CombatModel | None
    notes: tuple[str, ...]

    def features(self, stability: str) -> tuple[str, ...]:
        """Give the features of a class."""
        return tuple(one.feature for one in self.stability if one.stability == stability)


def phantom_scans(
    regions: Sequence[str], combinations: Sequence[str], features: Sequence[str], rows: np.ndarray
) -> PhantomScans:
    """Arrange rows, each of one region in one scan; rows of one region and combination are repeated scans, in order.

    Raises
    ------
    InputError
        If there are fewer than 4 regions or 2 combinations, or a combination lacks a region.
    """
    if not len(regions) == len(combinations) == len(rows):
        raise InputError("rows", expected=f"{len(regions)}, one a region and scan", got=f"{len(rows)}")
    places: dict[tuple[str, str], list[int]] = {}
    for number, key in enumerate(zip(regions, combinations, strict=True)):
        places.setdefault(key, []).append(number)
    names, sets = tuple(dict.fromkeys(regions)), tuple(dict.fromkeys(combinations))
    if len(names) < _FEWEST_REGIONS:
        raise InputError("phantom", expected=f"at least {_FEWEST_REGIONS} regions", got=", ".join(names) or "none")
    if len(sets) < 2:
        raise InputError("phantom", expected="at least two combinations of parameters", got=", ".join(sets))
    missing = [f"{region} in {one}" for one in sets for region in names if (region, one) not in places]
    if missing:
        raise InputError(
            "phantom", expected="every region in every combination", got=f"no {missing[0]}",
            remedy="leave the region or the combination out",
        )  # fmt: skip
    scans = max(len(found) for found in places.values())
    values = np.full((len(names), len(sets), scans, len(features)), np.nan)
    for (region, one), found in places.items():
        values[names.index(region), sets.index(one), : len(found)] = rows[found]
    return PhantomScans(tuple(features), sets, names, values)


def judge_phantom(
    scans: PhantomScans, config: PhantomConfig | None = None, *, source: str = "", progress: Progress | None = None
) -> PhantomVerdict:
    """Class every feature as stable, harmonisable or rejected.

    Parameters
    ----------
    scans : PhantomScans
    config : PhantomConfig, optional
    source : str
        What the verdicts say of where they come from.
    progress : Progress, optional

    Returns
    -------
    PhantomVerdict
        Stable: the first scans of every pair of combinations agree, and the repeated scans of every combination.
        Harmonisable: repeated scans agree, combinations do not, but do after ComBat. Rejected: all others, with the
        reason. A feature of which a region lacks a value, or that does not vary between regions, is rejected.

    Raises
    ------
    InputError
        If nothing was scanned twice and the configuration asks for it.

    References
    ----------
    .. [1] Ibrahim A, Primakov S, Beuque M et al. Radiomics for precision medicine: current challenges, future
       prospects, and the proposal of a new framework. Methods 2021;188:20-29: section 3.4, figure 3 (chapter 2).
    """
    config, watch = config or PhantomConfig(), progress or Silent()
    first = scans.values[:, :, 0]
    retest, notes = _retest(scans, config)
    across = _worst_pair(first, scans.combinations, config, watch)
    repeats = np.ones(len(scans.features), dtype=bool) if retest is None else _agrees(retest, config)
    complete = np.isfinite(first).all(axis=(0, 1))
    candidates = np.flatnonzero(repeats & ~_agrees(across, config) & complete)
    combat, told = _usable(config.combat, len(candidates))
    after = _after_combat(scans, candidates, config, combat, watch)
    verdicts = _verdicts(scans, config, across, retest, after, source)
    kept = [one.feature for one in verdicts if one.stability == "harmonisable"]
    whole = _fit(scans.values[..., candidates], scans, [scans.features[place] for place in candidates], combat)
    model = whole.only(kept) if whole is not None and kept else None
    if len(scans.regions) < _FEW_REGIONS:
        notes.append(f"{len(scans.regions)} regions: intervals of concordance are wide, see them before trusting one")
    return PhantomVerdict(verdicts, across, retest, after, model, (*notes, *told))


def _agrees(worst: Worst, config: PhantomConfig) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(getattr(worst, config.bound) >= config.limit)


def _retest(scans: PhantomScans, config: PhantomConfig) -> tuple[Worst | None, list[str]]:
    """Give the worst combination's agreement of repeated scans, and what lacks repetition."""
    found: list[tuple[str, np.ndarray]] = []
    single = []
    for place, name in enumerate(scans.combinations):
        values = scans.values[:, place]
        there = np.isfinite(values).any(axis=(0, 2))
        if np.count_nonzero(there) < 2:
            single.append(name)
            continue
        estimates = concordance(values[:, there], level=config.level)
        found.append((name, np.stack([estimates.value, estimates.low, estimates.high])))
    if single and config.require_retest:
        raise InputError(
            "phantom", expected="two scans of every combination", got=f"one of {', '.join(single[:3])}",
            remedy="scan it again, or say that features may be judged without (--without-retest)",
        )  # fmt: skip
    notes = [f"not scanned twice, so that repeatability is not known there: {', '.join(single)}"] if single else []
    return (_least(found) if found else None), notes


def _worst_pair(values: np.ndarray, names: Sequence[str], config: PhantomConfig, watch: Progress) -> Worst:
    """Give the worst pair of combinations; values (regions, combinations, features)."""
    found = []
    pairs = list(combinations(range(len(names)), 2))
    for number, (a, b) in enumerate(pairs):
        check_cancelled(watch)
        watch.stage("concordance", number / len(pairs))
        estimates = concordance(values[:, [a, b]], level=config.level)
        enough = estimates.n == len(values)
        figures = np.stack([estimates.value, estimates.low, estimates.high])
        found.append((f"{names[a]} and {names[b]}", np.where(enough, figures, np.nan)))
    return _least(found)


def _least(found: Sequence[tuple[str, np.ndarray]]) -> Worst:
    """Give for each feature the figures with the least value; one that could not be computed is the least."""
    figures = np.stack([own for _, own in found])
    values = np.where(np.isnan(figures[:, 0]), -np.inf, figures[:, 0])
    place = values.argmin(axis=0)
    value, low, high = np.take_along_axis(figures, place[np.newaxis, np.newaxis], axis=0)[0]
    return Worst(value, low, high, tuple(found[n][0] for n in place))


def _usable(combat: CombatConfig, candidates: int) -> tuple[CombatConfig, tuple[str, ...]]:
    if combat.empirical_bayes and candidates == 1:
        note = "one feature alone was to be harmonised: it has none to learn from, so empirical Bayes was left out"
        return CombatConfig(False, reference=combat.reference, location_only=combat.location_only), (note,)
    return combat, ()


def _after_combat(
    scans: PhantomScans, candidates: np.ndarray, config: PhantomConfig, combat: CombatConfig, watch: Progress
) -> Worst:
    """Bring each region over by estimates from the other regions, and compare combinations again."""
    size = len(scans.features)
    empty = np.full(size, np.nan)
    nothing = Worst(empty, empty.copy(), empty.copy(), ("",) * size)
    if not len(candidates):
        return nothing
    names = [scans.features[place] for place in candidates]
    values = scans.values[..., candidates]
    brought = np.empty_like(values[:, :, 0])
    for region in range(len(scans.regions)):
        check_cancelled(watch)
        watch.stage("harmonisation", region / len(scans.regions))
        model = _fit(np.delete(values, region, axis=0), scans, names, combat)
        if model is not None:
            brought[region] = apply_combat(model, values[region, :, 0], scans.combinations)
    found = _worst_pair(brought, scans.combinations, config, Silent())
    for whole, own in ((nothing.value, found.value), (nothing.low, found.low), (nothing.high, found.high)):
        whole[candidates] = own
    where = dict(zip(names, found.where, strict=True))
    return nothing._replace(where=tuple(where.get(name, "") for name in scans.features))


def _fit(values: np.ndarray, scans: PhantomScans, names: Sequence[str], combat: CombatConfig) -> CombatModel | None:
    """Fit ComBat on every scan of some regions; values (regions, combinations, scans, features)."""
    if not names:
        return None
    rows = values.reshape(-1, len(names))
    batches = np.broadcast_to(np.array(scans.combinations)[:, np.newaxis], values.shape[:3]).ravel()
    there = np.isfinite(rows).all(axis=1)
    return fit_combat(rows[there], batches[there].tolist(), names, config=combat)


def _verdicts(
    scans: PhantomScans, config: PhantomConfig, across: Worst, retest: Worst | None, after: Worst, source: str
) -> tuple[FeatureStability, ...]:
    insensitive, harmonised = _agrees(across, config), _agrees(after, config)
    repeatable = np.ones(len(scans.features), dtype=bool) if retest is None else _agrees(retest, config)
    found = []
    for place, feature in enumerate(scans.features):
        if retest is not None and not repeatable[place]:
            kind, worst = "rejected", retest
            reason = f"repeated scans differ: worst in {_told(retest, place)}"
        elif insensitive[place]:
            kind, worst = "stable", across
            reason = f"agrees across all combinations: least between {_told(across, place)}"
        elif harmonised[place]:
            kind, worst = "harmonisable", after
            reason = f"differs between {_told(across, place)}; after ComBat least between {_told(after, place)}"
        else:
            kind, worst = "rejected", across
            reason = f"differs between {_told(across, place)}" + (
                "" if math.isnan(after.value[place]) else f"; after ComBat still between {_told(after, place)}"
            )
        numbers = (float(worst.value[place]), float(worst.low[place]), float(worst.high[place]))
        found.append(
            FeatureStability(
                feature, kind, "CCC", *numbers, config.limit, len(scans.regions), "phantom", source, reason
            )
        )
    return tuple(found)


def _told(worst: Worst, place: int) -> str:
    value = worst.value[place]
    return f"{worst.where[place]} (CCC {'not defined' if math.isnan(value) else f'{value:.3f}'})"
