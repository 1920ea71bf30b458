"""Seeded segmentation of real lesions, from a few points and nothing else of the truth."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from oncologyai.imaging import read_masks, read_volume
from oncologyai.segmenters import SeedConfig, segment_from_seeds
from oncologyai.types import Mask, Volume

PATIENTS = {
    "LUNG1-001_20180209_CT": (-93.3, 208.6, -459.5),
    "LUNG1-002_20180526_CT": (75.2, -17.6, -16.4),
}


@pytest.fixture(scope="session")
def a_seed_tool() -> ModuleType:
    """The script beside this file that finds the seeds."""
    spec = importlib.util.spec_from_file_location("seed_points", Path(__file__).with_name("seed_points.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=PATIENTS)
def a_patient(request: pytest.FixtureRequest, shared_data: Path) -> tuple[Volume, Mask, tuple[float, float, float]]:
    """CT, GTV-1 and the deepest point of GTV-1 as published with the task."""
    study = shared_data / "lung1" / request.param
    volume = read_volume(study, modality="CT")
    (truth,) = read_masks(study, grid=volume, names=["GTV-1"])
    return volume, truth, PATIENTS[request.param]


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2.0 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other))


@pytest.mark.slow
def test_the_tool_finds_the_deepest_point(
    a_patient: tuple[Volume, Mask, tuple[float, float, float]], a_seed_tool: ModuleType
) -> None:
    _, truth, deepest = a_patient
    assert np.abs(a_seed_tool.seed_points(truth)[0] - np.array(deepest)).max() <= 1.0


@pytest.mark.slow
def test_one_seed_gives_a_usable_lesion(a_patient: tuple[Volume, Mask, tuple[float, float, float]]) -> None:
    volume, truth, deepest = a_patient
    assert dice(segment_from_seeds(volume, [deepest]).array, truth.array) > 0.80


@pytest.mark.slow
@pytest.mark.parametrize("within", [False, True])
def test_three_seeds_reach_four_fifths(
    within: bool, a_patient: tuple[Volume, Mask, tuple[float, float, float]], a_seed_tool: ModuleType
) -> None:
    volume, truth, _ = a_patient
    seeds = a_seed_tool.seed_points(truth, within=within)
    assert dice(segment_from_seeds(volume, seeds).array, truth.array) > 0.80


@pytest.mark.slow
def test_growing_stays_with_the_lesion(a_patient: tuple[Volume, Mask, tuple[float, float, float]]) -> None:
    volume, truth, deepest = a_patient
    mask = segment_from_seeds(volume, [deepest], config=SeedConfig(method="growing"))
    assert dice(mask.array, truth.array) > 0.55


@pytest.mark.slow
def test_one_seed_in_pet_finds_most_of_the_sarcomas(shared_data: Path, a_seed_tool: ModuleType) -> None:
    found = []
    for path in sorted((shared_data / "sts").glob("STS_*/PET_image.nii.gz")):
        volume = read_volume(path, modality="PT")
        (truth,) = read_masks(path.with_name("PET_mask.nii.gz"))
        seed = a_seed_tool.seed_points(truth)[:1]
        found.append(dice(segment_from_seeds(volume, seed).array, truth.array))
    assert len(found) >= 40
    assert np.mean(found) > 0.64
