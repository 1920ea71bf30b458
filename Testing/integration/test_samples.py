"""Synthetic studies through the parts that must work on patients: the truth is known to the voxel."""

from pathlib import Path

import numpy as np
import pytest

from oncologyai.anatomy import isolate_lungs
from oncologyai.imaging import read_volume
from oncologyai.measure import measure_lesion
from oncologyai.samples import ThoraxSpec, make_thorax, write_sample
from oncologyai.segmenters import METHODS, SeedConfig, segment_from_seeds

pytestmark = pytest.mark.slow


def _dice(one: np.ndarray, two: np.ndarray) -> float:
    return 2.0 * float((one & two).sum()) / float(one.sum() + two.sum())


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_opaque_lung_is_kept(side: str) -> None:
    thorax = make_thorax(ThoraxSpec(opaque_lung=side), np.random.default_rng(1))  # type: ignore[arg-type]
    region = isolate_lungs(thorax.volume)
    masks = {mask.label: mask.array for mask in thorax.masks}
    for label in ("Lung L", "Lung R"):
        assert (region.region.array & masks[label]).sum() >= 0.97 * masks[label].sum()
    assert np.abs(region.spine_ras[:, 0]).max() < 10.0


def test_one_seed_finds_the_tumour_and_its_volume(tmp_path: Path) -> None:
    truth = write_sample("ct", tmp_path)
    volume = read_volume(truth.folder, modality="CT")
    for method in METHODS:
        found = segment_from_seeds(volume, truth.seeds_ras, config=SeedConfig(method=method))
        assert _dice(found.array, truth.masks[0].array) > 0.9
        assert found.volume_ml == pytest.approx(truth.volumes_ml["GTV-1"], rel=0.1)


def test_measured_suv_is_the_planted_one(tmp_path: Path) -> None:
    truth = write_sample("petct", tmp_path)
    suv = read_volume(truth.folder, modality="PT")
    found = segment_from_seeds(suv, truth.seeds_ras)
    for mask in (found, truth.pet_masks[0]):
        rows = {row.name: row.value for row in measure_lesion(mask, suv).rows}
        for name in ("SUVmax", "SUVmean", "SUVpeak"):
            assert rows[name] == pytest.approx(truth.suv["GTV-1"], rel=1e-4), (name, rows)
