"""The body of a bone scan's patient."""

import numpy as np
import pytest

from oncologyai.samples.patient_body import PatientBody, Pose, draw_pose, make_body, uptake_variation


@pytest.fixture(scope="module")
def a_body() -> PatientBody:
    return make_body(Pose(), np.random.default_rng(0))


def test_paired_bones_are_on_both_sides(a_body: PatientBody) -> None:
    names = {bone.name for bone in a_body.bones}
    right = {name.removesuffix(" R") for name in names if name.endswith(" R")}
    assert right == {name.removesuffix(" L") for name in names if name.endswith(" L")}
    assert {f"rib {n}" for n in range(1, 13)} | {"ilium", "femur", "humerus", "scapula"} <= right
    for bone in a_body.bones:
        middle = np.average(bone.points[:, 0], weights=bone.mass)
        assert middle * (bone.name.endswith(" R") - bone.name.endswith(" L")) >= 0.0, bone.name


def test_bones_lie_under_the_skin(a_body: PatientBody) -> None:
    low, high = a_body.soft.points.min(axis=0) - 8.0, a_body.soft.points.max(axis=0) + 8.0
    for bone in a_body.bones:
        inside = np.all((bone.points >= low) & (bone.points <= high), axis=1)
        assert inside.mean() > 0.97, bone.name


def test_order_from_head_to_foot(a_body: PatientBody) -> None:
    names = ("skull", "C4", "T1", "T12", "L1", "L5", "femur R", "tibia R", "heel R")
    heights = [next(b for b in a_body.bones if b.name == n).points[:, 2].mean() for n in names]
    assert heights == sorted(heights, reverse=True)


def test_soft_tissue_counts_once_where_limbs_meet_the_trunk(a_body: PatientBody) -> None:
    assert len(np.unique(np.round(a_body.soft.points, 3), axis=0)) == len(a_body.soft.points)
    assert 5.5e7 < a_body.soft.mass.sum() < 9.5e7  # mm3 of an adult


def test_taller_and_wider_patients_are() -> None:
    small, large = (
        make_body(Pose(height=h, girth=g), np.random.default_rng(0)).soft.points for h, g in ((0.9, 0.9), (1.05, 1.2))
    )
    assert np.ptp(large[:, 2]) / np.ptp(small[:, 2]) == pytest.approx(1.05 / 0.9, rel=0.02)
    assert np.ptp(large[:, 1]) > 1.2 * np.ptp(small[:, 1])


def test_uptake_varies_and_is_the_same_from_the_same_seed() -> None:
    names = ["L1", "L2", "knee R", "knee L"]
    one, again = (uptake_variation(names, np.random.default_rng(5)) for _ in range(2))
    assert one == again
    many = [uptake_variation(names, np.random.default_rng(n)) for n in range(300)]
    sides = [np.log(f["knee R"] / f["knee L"]) for f in many]
    parts = [np.log(f["knee R"] / f["L1"]) for f in many]
    assert np.std(sides) < np.std(parts)
    assert draw_pose(np.random.default_rng(1)) == draw_pose(np.random.default_rng(1))
