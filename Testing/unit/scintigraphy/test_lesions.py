"""Lists of foci: from maps, from uptake; one lesion seen twice is one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.imaging import View
from oncologyai.scintigraphy import BONE_REGIONS, WholeBodyScan, list_hot_spots, list_lesions
from oncologyai.types import Volume
from Testing.unit.scintigraphy.conftest import HOT_RAS_X, HOT_ROW, PIXEL_MM, SIZE, as_view, draw_body

HOT_Z = ((SIZE[0] - 1) / 2 - HOT_ROW) * PIXEL_MM[0]


@pytest.fixture
def a_scan() -> WholeBodyScan:
    return WholeBodyScan(*(as_view(draw_body(view), view) for view in ("anterior", "posterior")))


def maps_around(scan: WholeBodyScan, places: Mapping[View, list[tuple[float, float, float]]]) -> dict[View, Volume]:
    """Give maps of cells of 60 mm about places (RAS x, z, value)."""
    found = {}
    for view, volume in scan.views.items():
        j, i = np.mgrid[: volume.shape[1], : volume.shape[2]]
        values = np.zeros(volume.shape[1:], dtype=np.float32)
        for x, z, value in places.get(view, []):
            column, row, _ = volume.ijk_from_ras((x, 0.0, z))
            away = np.hypot(j - row, i - column) * PIXEL_MM[0]
            values = np.maximum(values, value * np.clip(1.0 - away / 60.0, 0.0, 1.0))
        found[view] = volume.with_array(values[None].astype(np.float32), unit="arbitrary")
    return found


def test_a_region_of_the_map_is_placed_on_the_hot_spot_in_it_in_both_views_as_one_lesion(a_scan: WholeBodyScan) -> None:
    beside = (HOT_RAS_X + 18.0, HOT_Z + 15.0, 1.0)
    found = list_lesions(a_scan, maps_around(a_scan, {"anterior": [beside], "posterior": [beside]}))
    assert found.count == 1 and len(found.foci) == 2
    for focus in found.foci:
        assert focus.number == 1 and focus.side == "left"
        assert focus.ras[0] == pytest.approx(HOT_RAS_X, abs=10.0) and focus.ras[2] == pytest.approx(HOT_Z, abs=10.0)
        assert focus.compared_with == "opposite side" and focus.uptake_ratio > 4.0
        assert focus.map_share == pytest.approx(0.5, abs=0.2) and focus.map_peak == pytest.approx(1.0, abs=0.05)
        np.testing.assert_allclose(
            a_scan.views[focus.view].ras_from_ijk((focus.column, focus.row, 0)), focus.ras, atol=1e-9
        )
    assert [focus.view for focus in found.foci] == ["anterior", "posterior"]


def test_a_region_of_one_view_is_a_lesion_of_its_own_and_the_larger_share_comes_first(a_scan: WholeBodyScan) -> None:
    maps = maps_around(a_scan, {"anterior": [(0.0, 500.0, 0.5)], "posterior": [(HOT_RAS_X, HOT_Z, 1.0)]})
    found = list_lesions(a_scan, maps, level=0.2)
    assert [(f.number, f.view, f.side) for f in found.foci] == [(1, "posterior", "left"), (2, "anterior", "midline")]
    assert found.foci[1].compared_with == "surroundings"


def test_labels_cover_what_the_foci_do(a_scan: WholeBodyScan) -> None:
    found = list_lesions(a_scan, maps_around(a_scan, {"posterior": [(HOT_RAS_X, HOT_Z, 1.0)]}), level=0.5)
    (focus,) = found.foci
    labels = found.labels["posterior"]
    assert labels.same_grid(a_scan.views["posterior"])
    assert np.count_nonzero(labels.array == 1) * PIXEL_MM[0] * PIXEL_MM[1] == pytest.approx(focus.area_mm2)
    assert labels.array[0, focus.row, focus.column] == 1
    assert focus.area_mm2 == pytest.approx(np.pi * 30.0**2, rel=0.15)
    assert not found.labels["anterior"].array.any()


def test_no_map_no_lesions_and_a_table_without_rows(a_scan: WholeBodyScan) -> None:
    found = list_lesions(a_scan, maps_around(a_scan, {}))
    assert found.count == 0 and found.foci == () and found.table().rows == () and found.points() == ()


def test_table_and_points_have_a_row_and_a_point_a_focus(a_scan: WholeBodyScan) -> None:
    place = (HOT_RAS_X, HOT_Z, 1.0)
    found = list_lesions(a_scan, maps_around(a_scan, {"anterior": [place], "posterior": [place]}))
    table = found.table()
    assert len(table.rows) == len(found.points()) == 2
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["side"] == "left" and row["number"] == 1 and row["region"] in BONE_REGIONS
    assert found.points()[0].name == f"1 left {row['region']}"


def test_hot_spots_are_listed_without_a_map_and_told_what_the_map_says_with_one(a_scan: WholeBodyScan) -> None:
    plain = list_hot_spots(a_scan)
    hottest = [f for f in plain.foci if np.hypot(f.ras[0] - HOT_RAS_X, f.ras[2] - HOT_Z) < 15.0]
    assert {f.view for f in hottest} == {"anterior", "posterior"}
    assert len({f.number for f in hottest}) == 1
    assert np.isnan(hottest[0].map_peak) and plain.table().rows[0][-1] is None
    maps = maps_around(a_scan, {"anterior": [(HOT_RAS_X, HOT_Z, 1.0)], "posterior": [(HOT_RAS_X, HOT_Z, 1.0)]})
    pointed = list_hot_spots(a_scan, maps, least_map=0.5)
    assert 0 < pointed.count < plain.count
    assert all(f.map_peak >= 0.5 for f in pointed.foci)


def test_a_full_bladder_is_called_so_and_not_by_the_bone_behind_it(a_scan: WholeBodyScan) -> None:
    found = list_hot_spots(WholeBodyScan(anterior=a_scan.anterior))
    (bladder,) = [f for f in found.foci if abs(f.row - 258) < 6 and abs(f.column - 64) < 6]
    assert bladder.region == "bladder"


def test_a_mirrored_view_keeps_the_patients_side(a_scan: WholeBodyScan) -> None:
    """A view that was turned over left to right lies so in the scene, and the side stays the patient's."""
    view = a_scan.views["anterior"]
    matrix = view.ijk_to_ras.copy()
    matrix[:3, 0] *= -1.0
    matrix[:3, 2] *= -1.0
    matrix[:3, 3] = -matrix[:3, :2] @ ((np.array(view.shape[:0:-1]) - 1.0) / 2.0)
    turned = replace(view, array=np.ascontiguousarray(view.array[..., ::-1]), ijk_to_ras=matrix)
    found = list_hot_spots(WholeBodyScan(anterior=turned))
    assert found.foci[0].side == "left"
    assert found.foci[0].ras[0] == pytest.approx(HOT_RAS_X, abs=10.0)


def test_rejects_maps_that_do_not_fit(a_scan: WholeBodyScan) -> None:
    maps = maps_around(a_scan, {})
    with pytest.raises(InputError, match="maps: expected a map of the posterior view, got anterior"):
        list_lesions(a_scan, {"anterior": maps["anterior"]})
    with pytest.raises(GeometryMismatchError, match=r"maps\[posterior\]"):
        list_lesions(a_scan, {"anterior": maps["anterior"], "posterior": maps["anterior"]})
    with pytest.raises(InputError, match="level: expected a number from"):
        list_lesions(a_scan, maps, level=0.0)
    with pytest.raises(InputError, match="least_ratio: expected a number from"):
        list_hot_spots(a_scan, least_ratio=1.0)
    with pytest.raises(InputError, match="maps: expected maps to compare with least_map"):
        list_hot_spots(a_scan, least_map=0.5)
