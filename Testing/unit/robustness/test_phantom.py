"""The phantom workflow: planted classes recovered, each rule alone, and what cannot be judged."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.progress import Silent
from oncologyai.robustness import (
    CombatConfig,
    PhantomConfig,
    PhantomScans,
    PlantedConfig,
    PlantedStudy,
    apply_combat,
    count_recovered,
    judge_phantom,
    lin_concordance,
    phantom_scans,
    plant_study,
)


def scans_of(study: PlantedStudy) -> PhantomScans:
    values = np.array([row[5:] for row in study.phantom.rows], dtype=float)
    names = ["|".join(str(cell) for cell in row[2:5]) for row in study.phantom.rows]
    return phantom_scans([str(row[0]) for row in study.phantom.rows], names, study.phantom.columns[5:], values)


def some_scans(response, *, regions: int = 12, noise: float = 0.02, seed: int = 0, scans: int = 2) -> PhantomScans:
    """One feature of three combinations; ``response(t, combination)`` of regions' own values t."""
    generator = np.random.default_rng(seed)
    t = np.linspace(-1.5, 1.5, regions)
    values = np.stack([np.stack([response(t, c)] * scans, axis=-1) for c in range(3)], axis=1)
    values = values + generator.normal(0, noise, values.shape)
    return PhantomScans(("x",), ("a", "b", "c"), tuple(f"r{n}" for n in range(regions)), values[..., np.newaxis])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("regions", "combinations"), [(16, 6), (10, 6), (12, 12)])
def test_every_planted_class_is_recovered(regions: int, combinations: int, seed: int) -> None:
    study = plant_study(PlantedConfig(regions, combinations, patients=0, features=10, seed=seed))
    found = judge_phantom(scans_of(study))
    counts = count_recovered(study.expected, {one.feature: one.stability for one in found.stability})
    assert [row[-2:] for row in counts.rows] == [(10, 0), (30, 0), (30, 0)]


def test_empirical_bayes_draws_a_phantoms_shifts_away() -> None:
    study = plant_study(PlantedConfig(10, 6, patients=0, features=10))
    found = judge_phantom(scans_of(study), PhantomConfig(combat=CombatConfig()))
    alone = judge_phantom(scans_of(study))
    assert len(found.features("harmonisable")) < len(alone.features("harmonisable")) == 30


def test_agreement_is_stable_and_a_shift_or_scale_harmonisable() -> None:
    for response, expected in (
        (lambda t, c: t, "stable"),
        (lambda t, c: t + c, "harmonisable"),
        (lambda t, c: t * (1 + c), "harmonisable"),
        (lambda t, c: np.roll(t, 3 * c), "rejected"),
    ):
        assert judge_phantom(some_scans(response)).stability[0].stability == expected


def test_scans_that_do_not_repeat_are_rejected_though_combinations_may_agree() -> None:
    scans = some_scans(lambda t, c: t)
    scans.values[:, 1, 1, 0] = scans.values[::-1, 1, 1, 0]
    found = judge_phantom(scans).stability[0]
    assert found.stability == "rejected" and found.reason.startswith("repeated scans differ: worst in b (CCC -")


def test_reasons_name_the_worst_pair_with_its_concordance() -> None:
    scans = some_scans(lambda t, c: t + (0.4 if c == 2 else 0.0) * 3)
    found = judge_phantom(scans).stability[0]
    value = min(
        lin_concordance(scans.values[:, a, 0, 0], scans.values[:, 2, 0, 0]).value for a in (0, 1)
    )  # fmt: skip
    assert f"and c (CCC {value:.3f}); after ComBat least between" in found.reason
    assert found.measure == "CCC" and found.low <= found.value <= found.high and found.limit == 0.9 and found.n == 12


def test_each_region_is_judged_by_estimates_from_the_others() -> None:
    # in c one region alone is off by far; ComBat that had seen it would hide a part of that
    def response(t: np.ndarray, c: int) -> np.ndarray:
        return t + c + np.where((c == 2) & (np.arange(len(t)) == 5), 4.0, 0.0)

    scans = some_scans(response, noise=0.001)
    found = judge_phantom(scans)
    rows = scans.values.reshape(-1, 1)
    assert found.stability[0].stability == "rejected"
    held_out = found.after.value[0]
    from oncologyai.robustness import fit_combat

    batches = np.tile(np.repeat(["a", "b", "c"], 2), len(scans.regions)).tolist()
    seen = apply_combat(
        fit_combat(rows, batches, ["x"], config=CombatConfig(empirical_bayes=False)), rows, batches
    ).reshape(scans.values.shape)  # fmt: skip
    assert held_out < min(lin_concordance(seen[:, a, 0, 0], seen[:, 2, 0, 0]).value for a in (0, 1))


def test_the_model_brings_new_objects_together() -> None:
    study = plant_study(PlantedConfig(patients=300, features=5, seed=3))
    scans = scans_of(study)
    model = judge_phantom(scans).model
    assert model is not None and set(model.features) == {f for f, c in study.expected.items() if c == "harmonisable"}
    place = [study.patients.columns.index(name) for name in model.features]
    rows = study.patients.rows[:-1]
    values = np.array([[row[n] for n in place] for row in rows], dtype=float)
    truth = study.truth[:-1, [list(study.expected).index(name) for name in model.features]]
    found = apply_combat(model, values, ["|".join(str(cell) for cell in row[1:4]) for row in rows])

    def agreement(of: np.ndarray) -> float:
        return float(np.median([np.corrcoef(of[:, n], truth[:, n])[0, 1] for n in range(len(place))]))

    assert agreement(found) > 0.98 and agreement(values) < 0.9


def test_the_limit_and_its_bound_are_options() -> None:
    scans = some_scans(lambda t, c: t, noise=0.25)
    value = judge_phantom(scans).stability[0]
    assert value.stability == "stable"
    assert judge_phantom(scans, PhantomConfig(limit=0.999)).stability[0].stability == "rejected"
    assert judge_phantom(scans, PhantomConfig(bound="low", limit=value.value)).stability[0].stability == "rejected"


def test_what_was_not_repeated_is_refused_or_told() -> None:
    scans = some_scans(lambda t, c: t)
    scans.values[:, 2, 1] = np.nan
    with pytest.raises(InputError, match="phantom: expected two scans of every combination, got one of c"):
        judge_phantom(scans)
    found = judge_phantom(scans, PhantomConfig(require_retest=False))
    assert "repeatability is not known there: c" in found.notes[0] and found.retest is not None
    single = some_scans(lambda t, c: t, scans=1)
    assert judge_phantom(single, PhantomConfig(require_retest=False)).retest is None


def test_constant_and_missing_features_are_rejected() -> None:
    scans = some_scans(lambda t, c: t)
    flat, holes = np.full_like(scans.values, 3.0), scans.values.copy()
    holes[0, 0, 0, 0] = np.nan
    both = PhantomScans(
        ("x", "flat", "holes"), scans.combinations, scans.regions, np.concatenate([scans.values, flat, holes], -1)
    )
    found = judge_phantom(both)
    assert [one.stability for one in found.stability] == ["stable", "rejected", "rejected"]
    assert "not defined" in found.stability[1].reason and math.isnan(found.stability[1].value)


def test_few_regions_are_told_and_too_few_refused() -> None:
    assert (
        "6 regions: intervals of concordance are wide" in judge_phantom(some_scans(lambda t, c: t, regions=6)).notes[0]
    )
    with pytest.raises(InputError, match="phantom: expected at least 4 regions, got r"):
        phantom_scans(["r"] * 2, ["a", "b"], ["x"], np.ones((2, 1)))
    four = [f"r{n}" for n in range(4)]
    with pytest.raises(InputError, match="phantom: expected at least two combinations of parameters, got a"):
        phantom_scans(four, ["a"] * 4, ["x"], np.ones((4, 1)))
    with pytest.raises(InputError, match="phantom: expected every region in every combination, got no r3 in b"):
        phantom_scans([*four, *four[:3]], ["a"] * 4 + ["b"] * 3, ["x"], np.ones((7, 1)))
    with pytest.raises(InputError, match="rows: expected 1, one a region and scan, got 2"):
        phantom_scans(["r"], ["a"], ["x"], np.ones((2, 1)))
    with pytest.raises(InputError, match="bound: expected one of low, value"):
        PhantomConfig(bound="high")


def test_it_can_be_cancelled() -> None:
    class Cancelled(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        judge_phantom(some_scans(lambda t, c: t), progress=Cancelled())


def test_one_feature_to_be_harmonised_cannot_learn_from_others() -> None:
    found = judge_phantom(some_scans(lambda t, c: t + c), PhantomConfig(combat=CombatConfig()))
    assert found.stability[0].stability == "harmonisable" and "empirical Bayes was left out" in found.notes[-1]
