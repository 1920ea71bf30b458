"""The planted study: what it holds, and that its kinds are what they are called."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import PLANTED_KINDS, PlantedConfig, count_recovered, plant_study


def test_tables_hold_every_region_in_every_combination_twice() -> None:
    study = plant_study(PlantedConfig(regions=5, combinations=3, patients=7, features=2))
    assert len(study.phantom.rows) == 5 * 3 * 2 and len(study.patients.rows) == 7
    assert study.phantom.columns[:5] == ("region", "scan", "kvp", "kernel", "slice_mm")
    assert len(study.expected) == 2 * len(PLANTED_KINDS) and study.truth.shape == (7, 14)
    assert set(study.expected.values()) == {"stable", "harmonisable", "rejected"}


def test_a_seed_gives_one_study() -> None:
    config = PlantedConfig(regions=4, combinations=2, patients=3, features=1, seed=4)
    assert plant_study(config).phantom.rows == plant_study(config).phantom.rows
    assert plant_study(config).phantom.rows != plant_study(PlantedConfig(4, 2, 3, 1, seed=5)).phantom.rows


def test_the_last_patient_is_scanned_as_no_phantom_was() -> None:
    study = plant_study(PlantedConfig(patients=4, features=1))
    known = {row[2:5] for row in study.phantom.rows}
    assert study.patients.rows[-1][1:4] not in known and {row[1:4] for row in study.patients.rows[:-1]} <= known


def test_stable_values_follow_the_truth_in_every_combination() -> None:
    study = plant_study(PlantedConfig(patients=400, features=1, seed=2))
    values = np.array([row[4:] for row in study.patients.rows], dtype=float)
    place = list(study.expected).index("original_planted_Stable1")
    assert np.corrcoef(values[:, place], study.truth[:, place])[0, 1] > 0.99


def test_recovery_is_counted_by_class() -> None:
    expected = {"a": "stable", "b": "stable", "c": "rejected"}
    found = count_recovered(expected, {"a": "stable", "b": "rejected", "c": "rejected"})
    assert found.rows[0] == ("stable", 1, 0, 1, 1, 1) and found.rows[2] == ("rejected", 0, 0, 1, 1, 0)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="regions: expected a number from 4 to 1000"):
        PlantedConfig(regions=3)
