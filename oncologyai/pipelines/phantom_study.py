"""Chapter 2's workflow: scanning parameters, phantom, test-retest, ComBat, list of features, patients harmonised."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.pipelines.repeat_study import summarise_stability
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.robustness import (
    PhantomConfig,
    PhantomScans,
    PhantomVerdict,
    Worst,
    apply_combat,
    judge_phantom,
    phantom_scans,
)
from oncologyai.types import Table

__all__ = ["PatientRows", "PhantomRows", "PhantomStudyResult", "judge_phantom_study"]

_BEYOND = 0.05  # share of patients' values outside the phantom's range from which it is told

Cell = str | float | int | None


@dataclass(frozen=True, eq=False)
class PhantomRows:
    """A phantom's table: ``regions`` and ``combinations`` of parameters, one a row; rows of both alike are repeats."""

    regions: tuple[str, ...]
    combinations: tuple[str, ...]
    features: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class PatientRows:
    """Patients' table: names and ``combinations`` of parameters, one a row; ``values`` (rows, features)."""

    patients: tuple[str, ...]
    combinations: tuple[str, ...]
    features: tuple[str, ...] = ()
    values: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class PhantomStudyResult:
    """What the workflow gives.

    Attributes
    ----------
    config : PhantomConfig
    verdict : PhantomVerdict
    combinations : Table
        A row a combination: phantom's scans of a region, patients.
    features : Table
        A row a feature: class, reason, concordance across combinations, of repeated scans and after ComBat.
    classes : Table
        As ``summarise_stability`` gives it.
    harmonised : Table or None
        Patients with the stable features as they are and the harmonisable ones brought over; rejected ones left out.
    left_out : tuple of str
        Patients whose combination no phantom was scanned with.
    provenance : Provenance
    notes : tuple of str
    """

    config: PhantomConfig
    verdict: PhantomVerdict
    combinations: Table
    features: Table
    classes: Table
    harmonised: Table | None
    left_out: tuple[str, ...]
    provenance: Provenance
    notes: tuple[str, ...]


def judge_phantom_study(
    phantom: PhantomRows,
    patients: PatientRows | None = None,
    config: PhantomConfig | None = None,
    *,
    every_combination: bool = False,
    skip_unknown: bool = False,
    source: str = "",
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> PhantomStudyResult:
    """Run the workflow.

    Parameters
    ----------
    phantom : PhantomRows
    patients : PatientRows, optional
        Which combinations matter; with values, they are harmonised. Without, all of the phantom's combinations count.
    config : PhantomConfig, optional
    every_combination : bool
        Judge by all of the phantom's combinations, also those that no patient was scanned with.
    skip_unknown : bool
        Leave patients out whose combination the phantom lacks, instead of refusing.
    source, settings, notes
        As ``judge_repeats``.
    progress : Progress, optional

    Raises
    ------
    InputError
        If the phantom lacks a combination of the patients and ``skip_unknown`` is not set, fewer than two are left,
        the patients lack a feature, or as ``phantom_scans`` and ``judge_phantom``.
    """
    config = config or PhantomConfig()
    stages = Stages(progress or Silent())
    told = list(notes)
    with stages("parameters", share=0.0):
        table, left_out = _match(phantom, patients, skip_unknown)
        used = _used(phantom, patients, every_combination)
        told += _matched_notes(phantom, used, left_out)
        kept = [place for place, name in enumerate(phantom.combinations) if name in used]
        scans = phantom_scans(
            [phantom.regions[place] for place in kept], [phantom.combinations[place] for place in kept],
            phantom.features, phantom.values[kept],
        )  # fmt: skip
    with stages("phantom", share=0.1):
        verdict = judge_phantom(scans, config, source=source, progress=stages.progress)
    with stages("patients", share=0.9):
        harmonised, beyond = _harmonise(verdict, scans, patients, left_out)
    provenance = make_provenance(
        "phantom", inputs={}, settings={"judgement": asdict(config), **(settings or {})}, stages=stages
    )
    return PhantomStudyResult(
        config, verdict, table, _features(verdict), summarise_stability(verdict.stability), harmonised, left_out,
        provenance, (*told, *verdict.notes, *beyond),
    )  # fmt: skip


def _match(phantom: PhantomRows, patients: PatientRows | None, skip_unknown: bool) -> tuple[Table, tuple[str, ...]]:
    """Give the combinations with their numbers, and the patients without a phantom."""
    of_patients = patients.combinations if patients else ()
    unknown = [name for name in dict.fromkeys(of_patients) if name not in set(phantom.combinations)]
    if unknown and not skip_unknown:
        raise InputError(
            "patients", expected="combinations of parameters that the phantom was scanned with",
            got=f"{len(unknown)} others, the first: {unknown[0]}",
            remedy="scan the phantom with them, or leave these patients out (--skip-unknown)",
        )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for name in dict.fromkeys((*phantom.combinations, *of_patients)):
        regions = [r for r, own in zip(phantom.regions, phantom.combinations, strict=True) if own == name]
        scans = max((regions.count(region) for region in set(regions)), default=0)
        rows.append((name, scans, sum(own == name for own in of_patients) if patients else None))
    pairs = zip(patients.patients, patients.combinations, strict=True) if patients else ()
    left_out = tuple(who for who, own in pairs if own in unknown)
    return Table("combinations", ("combination", "phantom_scans", "patients"), tuple(rows)), left_out


def _used(phantom: PhantomRows, patients: PatientRows | None, every: bool) -> set[str]:
    known = set(phantom.combinations)
    return known if patients is None or every else known & set(patients.combinations)


def _matched_notes(phantom: PhantomRows, used: set[str], left_out: Sequence[str]) -> list[str]:
    notes = []
    spare = [name for name in dict.fromkeys(phantom.combinations) if name not in used]
    if spare:
        notes.append(f"{len(spare)} combinations of the phantom belong to no patient and were not judged by")
    if left_out:
        listed = ", ".join(left_out[:5]) + (f" and {len(left_out) - 5} more" if len(left_out) > 5 else "")
        notes.append(f"{len(left_out)} patients left out, no phantom was scanned with their parameters: {listed}")
    return notes


def _harmonise(
    verdict: PhantomVerdict, scans: PhantomScans, patients: PatientRows | None, left_out: Sequence[str]
) -> tuple[Table | None, list[str]]:
    """Give the patients' table of usable features, and what was extrapolated."""
    if patients is None or patients.values is None:
        return None, []
    wanted = [one.feature for one in verdict.stability if one.stability != "rejected"]
    missing = [name for name in wanted if name not in patients.features]
    if missing:
        raise InputError(
            "patients", expected="every feature that the phantom lets through", got=f"no {missing[0]}",
            remedy="extract the patients' features with the phantom's settings",
        )  # fmt: skip
    gone = set(left_out)
    rows = [place for place, who in enumerate(patients.patients) if who not in gone]
    values = patients.values[np.ix_(rows, [patients.features.index(name) for name in wanted])].copy()
    batches = [patients.combinations[place] for place in rows]
    notes = _beyond(values, batches, wanted, scans)
    if verdict.model is not None and rows:
        place = [wanted.index(name) for name in verdict.model.features]
        values[:, place] = apply_combat(verdict.model, values[:, place], batches)
    cells = [
        (patients.patients[row], batch, *(_cell(v) for v in numbers))
        for row, batch, numbers in zip(rows, batches, values, strict=True)
    ]
    return Table("harmonised", ("patient", "combination", *wanted), tuple(cells)), notes


def _beyond(values: np.ndarray, batches: Sequence[str], wanted: Sequence[str], scans: PhantomScans) -> list[str]:
    """Say where patients' values lie outside what the phantom showed in their combination."""
    place = [scans.features.index(name) for name in wanted]
    outside = np.zeros(len(wanted))
    for name in set(batches):
        own = scans.values[:, scans.combinations.index(name)][..., place]
        low, high = np.nanmin(own, axis=(0, 1)), np.nanmax(own, axis=(0, 1))
        mine = values[[batch == name for batch in batches]]
        outside += ((mine < low) | (mine > high)).sum(axis=0)
    share = outside / max(len(batches), 1)
    far = int(np.count_nonzero(share > _BEYOND))
    if not far:
        return []
    return [
        f"{far} of {len(wanted)} features have more than {_BEYOND:.0%} of the patients' values outside the phantom's "
        f"range (the worst {share.max():.0%}): shifts and scales are extrapolated there"
    ]


def _features(verdict: PhantomVerdict) -> Table:
    groups = {"across": verdict.across, "retest": verdict.retest, "after": verdict.after}
    given = {name: worst for name, worst in groups.items() if worst is not None}
    columns = ["feature", "stability", "reason"]
    columns += [f"{name}{end}" for name in given for end in ("", "_low", "_high", "_where")]
    rows = []
    for place, one in enumerate(verdict.stability):
        cells: list[Cell] = [one.feature, one.stability, one.reason]
        for worst in given.values():
            cells += _worst_cells(worst, place)
        rows.append(tuple(cells))
    return Table("features", tuple(columns), tuple(rows))


def _worst_cells(worst: Worst, place: int) -> list[Cell]:
    figures = [_cell(part[place]) for part in (worst.value, worst.low, worst.high)]
    return [*figures, worst.where[place] or None]


def _cell(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
