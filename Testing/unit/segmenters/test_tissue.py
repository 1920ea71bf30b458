"""What the seeds teach about the lesion's values."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.segmenters.tissue import learn_nodule, learn_tissue


def test_ct_soft_tissue_leaves_out_fat_bone_and_air() -> None:
    values = np.random.default_rng(0).normal(40.0, 10.0, 500)
    tissue = learn_tissue([values], "CT", values[:1])
    assert tissue.holds(np.array([-850.0, -100.0, 40.0, 300.0])).tolist() == [False, False, True, False]
    assert tissue.edge == -400.0


def test_a_ct_seed_in_a_bronchus_does_not_count() -> None:
    rng = np.random.default_rng(0)
    tissue = learn_tissue([rng.normal(40.0, 10.0, 500), rng.normal(-900.0, 30.0, 500)], "CT", np.array([40.0, -900.0]))
    assert tissue.holds(np.array([40.0, -900.0])).tolist() == [True, False]


def test_ct_seeds_in_ground_glass_alone_teach_ground_glass() -> None:
    tissue = learn_tissue([np.random.default_rng(0).normal(-550.0, 40.0, 500)], "CT", np.array([-550.0]))
    assert tissue.holds(np.array([-550.0, 40.0, -900.0])).tolist() == [True, False, False]
    assert tissue.edge is None


def test_pet_takes_the_share_of_the_mean_of_the_seeds_maxima() -> None:
    tissue = learn_tissue([np.array([4.0, 10.0]), np.array([2.0, 6.0])], "PT", np.array([10.0, 6.0]))
    assert tissue.low == pytest.approx(0.41 * 8.0)
    assert np.isinf(tissue.high)


def test_constant_values_are_no_trouble() -> None:
    for modality in ("CT", "PT", "MR"):
        assert learn_tissue([np.zeros(5)], modality, np.zeros(1)).spread > 0


def test_a_ct_seed_in_a_nodule_that_fills_little_of_its_surroundings_counts() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(30.0, 10.0, 60), rng.normal(-860.0, 30.0, 440)])
    tissue = learn_tissue([values], "CT", values[:1])
    assert tissue.holds(np.array([30.0, -860.0])).tolist() == [True, False]


def test_lung_around_ground_glass_does_not_widen_it() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(-500.0, 20.0, 200), rng.normal(-860.0, 20.0, 300)])
    tissue = learn_tissue([values], "CT", values[:1])
    assert tissue.holds(np.array([-500.0, -860.0])).tolist() == [True, False]


def test_a_nodule_s_border_is_half_way_between_its_top_and_the_lung() -> None:
    tissue = learn_nodule([np.array([-300.0, -100.0])], np.array([-850.0, -840.0, -860.0, 40.0]))
    assert tissue is not None
    assert tissue.low == pytest.approx((-100.0 - 850.0) / 2.0)


@pytest.mark.parametrize(
    ("top", "around"), [(-700.0, [-850.0, -850.0]), (40.0, [30.0, 30.0, 30.0, 30.0, 30.0, -850.0])]
)
def test_faint_spots_and_solid_surroundings_are_no_nodule(top: float, around: list[float]) -> None:
    assert learn_nodule([np.array([top])], np.array(around)) is None
