"""Bones named by position, against the synthetic skeleton's truth."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.samples import CAMERAS, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import BONE_REGIONS, BodyFigure, WholeBodyScan, bone_regions_at, figure_of, side_at
from Testing.benchmarks.bone_sites import region_of_site, side_of_site

FIGURE = BodyFigure(900.0, 1800.0, 230.0, head_x_mm=0.0, pelvis_x_mm=0.0, legs_x_mm=0.0)


def region(x_mm: float, below: float, seen: str | None = None) -> str:
    """Name the region at RAS x, and thousandths of the height below the top."""
    place = np.array((x_mm, 0.0, 900.0 - 1.8 * below))
    return BONE_REGIONS[int(bone_regions_at(FIGURE, place, seen=seen))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x_mm", "below", "expected"),
    [(0, 40, "skull"), (0, 160, "cervical spine"), (0, 390, "lumbar spine"), (0, 445, "sacrum"), (90, 430, "pelvis"),
     (-85, 470, "hip"), (100, 600, "femur"), (-100, 695, "knee"), (100, 820, "lower leg"), (-105, 950, "foot"),
     (85, 280, "ribs"), (165, 198, "shoulder"), (-230, 357, "elbow"), (230, 520, "hand"), (62, 370, "kidney")],
)  # fmt: skip
def test_names_the_bones_of_a_usual_body(x_mm: float, below: float, expected: str) -> None:
    assert region(x_mm, below) == expected


def test_the_chest_in_front_is_the_breast_bone_and_behind_the_spine() -> None:
    assert region(0, 250, "anterior") == "sternum"
    assert region(0, 250, "posterior") == "thoracic spine"
    assert region(105, 240, "posterior") == "scapula"
    assert region(105, 240, "anterior") == "ribs"


def test_sides_are_the_patients() -> None:
    assert side_at(FIGURE, np.array((100.0, 0.0, 0.0))) == "right"
    assert side_at(FIGURE, np.array((-100.0, 0.0, 0.0))) == "left"
    assert side_at(FIGURE, np.array((5.0, 0.0, 0.0))) == "midline"


def test_names_nine_of_ten_foci_of_patients_who_differ_in_size_and_pose() -> None:
    camera = replace(CAMERAS["gamma"], rows=512, columns=256, pixel_mm=3.9, counts=(5e5, 1.2e6))
    right = sides = count = paired = 0
    for case in draw_cohort("C", 8, seed=31, camera=camera):
        scan = make_cohort_case(case)
        figure = figure_of(WholeBodyScan(scan.views["anterior"], scan.views["posterior"]))
        for placed in scan.foci:
            if placed.focus.kind == "Paget" or max(placed.contrast.values()) < 0.08:
                continue
            site, ras = placed.focus.site, np.array(placed.focus.centre_ras)
            seen = max(placed.contrast, key=lambda view: placed.contrast[view])
            count += 1
            right += BONE_REGIONS[int(bone_regions_at(figure, ras, seen=seen))] == region_of_site(site)
            if side_of_site(site) != "midline":
                paired += 1
                sides += side_at(figure, ras) == side_of_site(site)
    assert count >= 40
    assert right >= 0.9 * count
    assert sides >= 0.95 * paired
