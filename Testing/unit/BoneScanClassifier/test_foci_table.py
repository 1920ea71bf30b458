"""The lesion list in the panel, and where a row leads."""

import pytest

from oncologyai.types import Table

COLUMNS = ("number", "view", "side", "region", "x_mm", "z_mm", "area_mm2", "uptake_ratio", "compared_with", "map_share")


@pytest.fixture
def a_table(a_module):
    from BoneScanClassifierLib import FociTable

    from oncologyai.scene import node_from_table

    rows = (
        (1, "anterior", "right", "ribs", 81.5, 210.0, 412.0, 2.346, "opposite side", 0.61),
        (2, "posterior", "midline", "lumbar spine", -3.0, -40.5, 90.0, None, "surroundings", 0.2),
    )
    return FociTable(node_from_table(Table("Lesions", COLUMNS, rows)))


def test_rows_show_what_a_reader_asks_for(a_table):
    assert a_table.headers() == ["No.", "View", "Side", "Region", "Ratio", "mm²", "Map"]
    assert a_table.rows()[0] == ["1", "anterior", "right", "ribs", "2.35", "412", "61%"]
    assert a_table.rows()[1][4] == ""


def test_a_row_leads_to_its_place_in_the_plane_of_the_views(a_table):
    assert a_table.place(0) == (81.5, 0.0, 210.0)
    assert a_table.place(1) == (-3.0, 0.0, -40.5)
