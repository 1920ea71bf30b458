"""An index like the Bone Scan Index: weights, areas, what is left out."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import (
    BONE_MASSES,
    BONE_REGIONS,
    LesionList,
    WholeBodyScan,
    estimate_bone_scan_index,
    figure_of,
    list_hot_spots,
    region_areas_mm2,
)
from Testing.unit.scintigraphy.conftest import as_view, draw_body


@pytest.fixture
def a_scan() -> WholeBodyScan:
    return WholeBodyScan(*(as_view(draw_body(view), view) for view in ("anterior", "posterior")))


def test_weights_are_those_of_a_whole_skeleton_and_every_bone_region_has_one() -> None:
    assert sum(mass for mass, _ in BONE_MASSES.values()) == pytest.approx(100.0, abs=0.2)
    weighed = [region for _, regions in BONE_MASSES.values() for region in regions]
    assert sorted(weighed) == sorted(set(BONE_REGIONS) - {"kidney", "bladder"})


def test_regions_have_areas_and_those_of_one_view_have_none_in_the_other(a_scan: WholeBodyScan) -> None:
    figure = figure_of(a_scan)
    front, back = (region_areas_mm2(figure, view) for view in ("anterior", "posterior"))
    assert "sternum" in front and "sternum" not in back
    assert "scapula" in back and "scapula" not in front
    wide = region_areas_mm2(replace(figure, half_width_mm=2.0 * figure.half_width_mm), "anterior")
    assert wide["femur"] == pytest.approx(2.0 * front["femur"])


def test_the_index_is_the_share_of_area_times_the_weight_of_the_better_view(a_scan: WholeBodyScan) -> None:
    spots = list_hot_spots(a_scan)
    first = spots.foci[0]
    areas = {view: region_areas_mm2(figure_of(a_scan), view) for view in a_scan.views}
    femur = areas["posterior"]["femur"] + areas["posterior"]["knee"]
    foci = (
        replace(first, view="posterior", region="femur", area_mm2=0.1 * femur),
        replace(first, view="anterior", region="knee", area_mm2=0.02 * femur),
        replace(first, view="posterior", region="kidney", area_mm2=1e5),
    )
    found = estimate_bone_scan_index(a_scan, LesionList(foci, spots.labels))
    assert found.percent == pytest.approx(17.8 * 0.1)
    assert found.involved["femora"] == pytest.approx(0.1) and found.involved["ribs"] == 0.0
    assert [row[0] for row in found.table().rows] == ["femora", "all"]


def test_no_focus_no_index_and_no_bone_is_more_than_whole(a_scan: WholeBodyScan) -> None:
    spots = list_hot_spots(a_scan)
    assert estimate_bone_scan_index(a_scan, LesionList((), spots.labels)).percent == 0.0
    huge = replace(spots.foci[0], region="sternum", view="anterior", area_mm2=1e9)
    assert estimate_bone_scan_index(a_scan, LesionList((huge,), spots.labels)).percent == pytest.approx(0.3)


def test_rejects_a_list_of_other_views(a_scan: WholeBodyScan) -> None:
    with pytest.raises(InputError, match="lesions: expected a list of anterior, got anterior, posterior"):
        estimate_bone_scan_index(WholeBodyScan(anterior=a_scan.anterior), list_hot_spots(a_scan))


def test_all_hot_spots_give_a_finite_index(a_scan: WholeBodyScan) -> None:
    found = estimate_bone_scan_index(a_scan, list_hot_spots(a_scan))
    assert np.isfinite(found.percent) and 0.0 < found.percent <= 100.1
