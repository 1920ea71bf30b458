"""Foci of raised uptake."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.samples.bone_foci import Focus, draw_benign, draw_metastases, plant_metastases, uptake_of
from oncologyai.samples.patient_body import PatientBody, Pose, make_body


@pytest.fixture(scope="module")
def a_body() -> PatientBody:
    return make_body(Pose(), np.random.default_rng(0))


def test_focus_adds_uptake_within_its_radius_alone(a_body: PatientBody) -> None:
    rib = next(b for b in a_body.bones if b.name == "rib 6 L")
    centre = tuple(float(v) for v in rib.points[len(rib.points) // 2])
    weak, strong = (uptake_of(Focus("metastasis", "rib 6 L", centre, 15.0, f), a_body) for f in (1.0, 4.0))  # type: ignore[arg-type]
    assert np.linalg.norm(weak.points - centre, axis=1).max() <= 15.0
    assert strong.mass.sum() == pytest.approx(4.0 * weak.mass.sum())
    assert weak.mass.min() >= 0.0


def test_metastases_lie_in_red_marrow(a_body: PatientBody) -> None:
    foci = draw_metastases(a_body, np.random.default_rng(1), 300)
    assert {f.kind for f in foci} == {"metastasis"}
    sites = [f.site for f in foci]
    assert sum(s[0] in "TL" and s[1:].isdigit() for s in sites) > 90
    assert not any(s.startswith(("hand", "toes", "tibia", "wrist")) for s in sites)
    assert draw_metastases(a_body, np.random.default_rng(1), 0) == []


def test_benign_foci_are_of_each_kind_and_never_metastases(a_body: PatientBody) -> None:
    rng = np.random.default_rng(2)
    drawn = [draw_benign(a_body, rng) for _ in range(200)]
    kinds = [f.kind for foci in drawn for f in foci]
    assert set(kinds) == {"worn joint", "fracture", "Paget"}
    assert kinds.count("worn joint") / 200 == pytest.approx(5.0, abs=1.2)  # four, and some of both sides


def test_broken_ribs_are_neighbours_in_a_row(a_body: PatientBody) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        ribs = [f for f in draw_benign(a_body, rng) if f.kind == "fracture" and f.site.startswith("rib")]
        numbers = [int(f.site.split()[1]) for f in ribs]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
        assert len({f.site[-1] for f in ribs}) <= 1


def test_planted_metastases_lie_in_the_middle_of_the_bones_named(a_body: PatientBody) -> None:
    found = plant_metastases(a_body, ("T9", "rib 6 L"), radius_mm=14.0, factor=8.0)
    assert [(f.kind, f.site, f.radius_mm, f.factor) for f in found] == [
        ("metastasis", "T9", 14.0, 8.0), ("metastasis", "rib 6 L", 14.0, 8.0),
    ]  # fmt: skip
    for focus in found:
        points = np.concatenate([bone.points for bone in a_body.bones if bone.name == focus.site])
        away = np.linalg.norm(points - points.mean(axis=0), axis=1)
        assert np.linalg.norm(np.array(focus.centre_ras) - points.mean(axis=0)) == pytest.approx(away.min())
    with pytest.raises(InputError, match="sites: expected bones such as .*, got wing"):
        plant_metastases(a_body, ("wing",), radius_mm=14.0, factor=8.0)
