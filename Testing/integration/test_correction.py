"""Simulated clicks on real lesions whose truth is hidden; the figures are in ``bench_correction.py``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.imaging import read_masks, read_volume
from oncologyai.segmenters import Stroke, correct_mask, segment_from_seeds
from oncologyai.types import Mask, Volume

SEED = (-93.3, 208.6, -459.5)


@pytest.fixture(scope="session")
def a_user() -> ModuleType:
    """The script beside this file that clicks."""
    place = Path(__file__).with_name("simulated_clicks.py")
    spec = importlib.util.spec_from_file_location("simulated_clicks", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


def corrected(volume: Volume):
    def correct(mask: Mask, click: Stroke, said: tuple[Stroke, ...]) -> Mask:
        found = correct_mask(volume, mask, click, earlier=said)
        changed = np.argwhere(found.mask.array != mask.array)
        away = np.linalg.norm(volume.ras_from_ijk(changed[:, ::-1]) - np.array(click.points_ras[0]), axis=1)
        assert away.max(initial=0.0) <= found.reach_mm + 1e-6
        return found.mask

    return correct


@pytest.mark.slow
def test_clicks_better_the_seeded_result_of_a_lung_tumour(shared_data: Path, a_user: ModuleType) -> None:
    study = shared_data / "lung1" / "LUNG1-001_20180209_CT"
    volume = read_volume(study, modality="CT")
    (truth,) = read_masks(study, grid=volume, names=["GTV-1"])
    said = (Stroke("inside", (SEED,)),)
    start = segment_from_seeds(volume, [SEED])
    shown = [s.dice for s in a_user.clicks_in_a_row(start, truth, corrected(volume), count=5, said=said)]
    assert shown[0] < shown[1] < shown[3] < shown[5]
    assert shown[5] > 0.865


@pytest.mark.slow
def test_clicks_better_a_threshold_on_sarcomas_in_the_mean(shared_data: Path, a_user: ModuleType) -> None:
    found = []
    for path in sorted((shared_data / "sts").glob("STS_*/PET_image.nii.gz")):
        if int(path.parent.name[-3:]) % 5:
            continue  # those were tuned on
        volume = read_volume(path, modality="PT")
        (truth,) = read_masks(path.with_name("PET_mask.nii.gz"))
        labels, _ = ndimage.label(volume.array > 2.5)
        largest = labels == np.bincount(labels.ravel())[1:].argmax() + 1
        row = a_user.clicks_in_a_row(Mask.on(volume, largest), truth, corrected(volume), count=5)
        found.append([s.dice for s in row])
    assert len(found) == 8
    mean = np.mean(found, axis=0)
    assert (np.diff(mean) > 0).all()
    assert mean[1] > mean[0] + 0.1
    assert mean[5] > 0.75
