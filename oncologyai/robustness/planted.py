"""A phantom study whose answer is known: planted shifts, scales and noise, and patients scanned likewise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.types import Table

__all__ = ["PLANTED_KINDS", "PlantedConfig", "PlantedStudy", "count_recovered", "plant_study"]

PLANTED_KINDS: dict[str, str] = {
    "stable": "stable",
    "shifted": "harmonisable",
    "scaled": "harmonisable",
    "shifted and scaled": "harmonisable",
    "noisy": "rejected",
    "noisy in one": "rejected",
    "bent": "rejected",
}
"""What is planted, and the class that it should be found in."""

_Head = tuple[str | float | int | None, ...]
_NAMES = {"stable": "Stable", "shifted": "Shifted", "scaled": "Scaled", "shifted and scaled": "ShiftedScaled",
          "noisy": "Noisy", "noisy in one": "NoisyInOne", "bent": "Bent"}  # fmt: skip


@dataclass(frozen=True)
class PlantedConfig:
    """How large the study is.

    ``regions`` of the phantom, ``combinations`` of parameters, ``patients``, ``features`` of each kind; ``noise`` of a
    scan in standard deviations between regions, for all that is not planted noisy.

    Raises
    ------
    InputError
        If a number is out of its range.
    """

    regions: int = 16
    combinations: int = 6
    patients: int = 60
    features: int = 20
    noise: float = 0.08
    seed: int = 0

    def __post_init__(self) -> None:
        check_range(self.regions, 4, 1000, "regions")
        check_range(self.combinations, 2, 12, "combinations")
        check_range(self.patients, 0, 10**6, "patients")
        check_range(self.features, 1, 10**4, "features")
        check_range(self.noise, 0, 1, "noise")


@dataclass(frozen=True, eq=False)
class PlantedStudy:
    """Tables as a site would have them, and what nobody has: the class of each feature and the patients' true values.

    ``phantom``: region, scan, kvp, kernel, slice_mm, features. ``patients``: patient, kvp, kernel, slice_mm, features;
    one patient is scanned with parameters that the phantom lacks. ``expected``: class by feature. ``truth``: float64
    (patients, features), without shift, scale and noise.
    """

    phantom: Table
    patients: Table
    expected: dict[str, str]
    truth: np.ndarray


def plant_study(config: PlantedConfig | None = None) -> PlantedStudy:
    """Make a study.

    Values of a feature are level + spread (a + b t + noise), where t is a region's or a patient's own standard normal
    value and a, b are the combination's: 0 and 1 for the stable, else far enough apart that at least one pair of
    combinations cannot agree. Bent features follow the sine of t by another phase in each combination: repeatable, and
    no shift or scale brings them together. Noise of 0.8 standard deviations makes the noisy ones.
    """
    config = config or PlantedConfig()
    generator = np.random.default_rng(config.seed)
    kinds = [kind for kind in PLANTED_KINDS for _ in range(config.features)]
    names = [f"original_planted_{_NAMES[kind]}{n % config.features + 1}" for n, kind in enumerate(kinds)]
    level, spread = generator.uniform(10, 100, len(names)), generator.uniform(1, 20, len(names))
    shift, scale, noise, phase = (
        np.stack(part, axis=-1) for part in zip(*(_plant(k, config, generator) for k in kinds), strict=True)
    )

    def measured(t: np.ndarray, combination: np.ndarray) -> np.ndarray:
        """Give rows of features; t (rows, features), combination (rows,)."""
        bent = np.isfinite(phase[combination])
        response = np.where(bent, np.sin(2 * t + np.nan_to_num(phase[combination])), t)
        error = generator.normal(size=t.shape) * noise[combination]
        return np.asarray(level + spread * (shift[combination] + scale[combination] * response + error))

    parameters = _parameters(config.combinations)
    regions = _spread_evenly(config.regions, len(names), generator)
    region, combination, scan = (part.ravel() for part in np.indices((config.regions, config.combinations, 2)))
    head: list[_Head] = [
        (f"region {r + 1}", int(s) + 1, *parameters[c]) for r, c, s in zip(region, combination, scan, strict=True)
    ]
    phantom = _table("phantom", ("region", "scan"), head, names, measured(regions[region], combination))
    own = generator.normal(size=(config.patients, len(names)))
    where = generator.integers(0, config.combinations, config.patients)
    people: list[_Head] = [(f"P{n + 1:03d}", *parameters[c]) for n, c in enumerate(where)]
    if people:
        people[-1] = (f"P{config.patients:03d}", 100, "B80f", 5.0)
    patients = _table("patients", ("patient",), people, names, measured(own, where))
    expected = {name: PLANTED_KINDS[kind] for name, kind in zip(names, kinds, strict=True)}
    return PlantedStudy(phantom, patients, expected, level + spread * own)


def count_recovered(expected: dict[str, str], found: dict[str, str]) -> Table:
    """Count features by planted and found class: ``planted``, a column a class, ``right``, ``false``."""
    classes = list(dict.fromkeys(PLANTED_KINDS.values()))
    rows: list[_Head] = []
    for planted in classes:
        counts = [sum(found[f] == one for f, own in expected.items() if own == planted) for one in classes]
        right = counts[classes.index(planted)]
        rows.append((planted, *counts, right, sum(counts) - right))
    return Table("recovered", ("planted", *classes, "right", "false"), tuple(rows))


def _plant(kind: str, config: PlantedConfig, generator: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Give shift, scale, noise and phase of one feature by combination; a phase of NaN bends nothing."""
    n = config.combinations
    shift, scale, noise, phase = np.zeros(n), np.ones(n), np.full(n, config.noise), np.full(n, np.nan)
    if kind in ("shifted", "shifted and scaled"):
        shift = generator.permutation(np.linspace(-1.2, 1.2, n)) + generator.uniform(-0.1, 0.1, n)
    if kind in ("scaled", "shifted and scaled"):
        scale = np.exp(generator.permutation(np.linspace(-0.6, 0.6, n)))
    if kind == "noisy":
        noise = np.full(n, 0.8)
    if kind == "noisy in one":
        noise[generator.integers(n)] = 0.8
    if kind == "bent":
        phase = generator.permutation(np.linspace(0, np.pi, n, endpoint=False))
    return shift, scale, noise * scale, phase


def _spread_evenly(regions: int, features: int, generator: np.random.Generator) -> np.ndarray:
    """Give standardised values of the regions: a phantom's inserts are chosen to differ."""
    steps = np.linspace(-1.6, 1.6, regions)[:, np.newaxis] + generator.uniform(-0.1, 0.1, (regions, features))
    return np.asarray(generator.permuted(steps, axis=0))


def _parameters(count: int) -> list[tuple[int, str, float]]:
    every = [(kvp, kernel, thick) for kvp in (120, 140) for kernel in ("B19f", "B30f", "B50f") for thick in (1.5, 3.0)]
    return every[:count]


def _table(
    name: str,
    first: tuple[str, ...],
    head: list[_Head],
    features: list[str],
    values: np.ndarray,
) -> Table:
    rows = tuple(own + tuple(map(float, numbers)) for own, numbers in zip(head, values, strict=True))
    return Table(name, (*first, "kvp", "kernel", "slice_mm", *features), rows)
