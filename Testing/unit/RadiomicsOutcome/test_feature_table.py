"""A table node is shown with a row a feature; a value leads to its segment; the file holds the exact numbers."""

import math

import pytest

from oncologyai.bundle import read_table
from oncologyai.errors import InputError
from oncologyai.robustness import FeatureStability, find_stability, stability_table
from oncologyai.types import Table
from Testing.slice_views import distances_of_slice_views

THIRD = 1.0 / 3.0
ROWS = (("GTV-1", THIRD, 12.0), ("GTV-2", None, 1e-7))
VERDICTS = (
    FeatureStability("original_a_One", "stable", "CCC", 0.97, 0.9, 0.99, 0.9, 30, "test-retest", "phantom"),
    FeatureStability("original_a_Two", "rejected", "CCC", math.nan, math.nan, math.nan, 0.9, 30, "phantom", "", "same"),
)


@pytest.fixture
def a_node(a_sample):
    from oncologyai.scene import node_from_table

    node = node_from_table(Table("Features", ("segment", "original_a_One", "original_a_Two"), ROWS))
    node.SetNodeReferenceID("OncologyAI.Segmentation", a_sample.segmentationNode.GetID())
    node.SetNodeReferenceID("OncologyAI.InputVolume", a_sample.volumeNode.GetID())
    return node


@pytest.fixture
def verdicts_beside(a_node):
    from oncologyai.scene import node_from_table

    node = node_from_table(stability_table(VERDICTS))
    a_node.SetNodeReferenceID("OncologyAI.Stability", node.GetID())


def test_a_row_a_feature_with_rounded_values_and_exact_tips(a_node):
    from RadiomicsOutcomeLib import FeatureTable

    headers, rows = FeatureTable(a_node).cells()
    assert headers == ["Feature", "GTV-1", "GTV-2"]
    assert rows[0] == [
        ("original_a_One", "original_a_One"), ("0.33333", repr(THIRD)), ("", "Not defined for this segment"),
    ]  # fmt: skip
    assert rows[1][2] == ("1e-07", "1e-07")


def test_the_class_of_stability_stands_beside_each_feature(a_node, verdicts_beside):
    from RadiomicsOutcomeLib import FeatureTable

    headers, rows = FeatureTable(a_node).cells()
    assert headers == ["Feature", "Stability", "GTV-1", "GTV-2"]
    assert [row[1][0] for row in rows] == ["stable", "rejected"]
    assert rows[0][1][1].startswith("CCC 0.970, test-retest")


def test_of_several_images_the_header_says_which(a_sample):
    from RadiomicsOutcomeLib import FeatureTable

    from oncologyai.scene import node_from_table

    rows = (("GTV-1", "CT", 1.0), ("GTV-1", "PET", 2.0))
    table = FeatureTable(node_from_table(Table("Features", ("segment", "image", "original_a_One"), rows)))
    assert table.cells()[0] == ["Feature", "GTV-1 · CT", "GTV-1 · PET"]
    assert table.features == ("original_a_One",)


@pytest.mark.parametrize(("column", "where"), [(1, (-16.0, 0.0, 0.0)), (2, (18.0, 6.0, -8.0))])
def test_a_value_leads_to_its_segment(a_node, column, where):
    from RadiomicsOutcomeLib import FeatureTable

    FeatureTable(a_node).jump(column)
    assert distances_of_slice_views(where) == pytest.approx([0.0] * 3, abs=2.0)


def test_the_names_column_and_a_segment_that_has_gone_lead_nowhere(a_sample, a_node):
    from RadiomicsOutcomeLib import FeatureTable

    table = FeatureTable(a_node)
    table.jump(1)
    before = distances_of_slice_views((0.0, 0.0, 0.0))
    table.jump(0)
    a_sample.segmentationNode.GetSegmentation().RemoveSegment("GTV-2")
    table.jump(2)
    assert distances_of_slice_views((0.0, 0.0, 0.0)) == before


def test_the_file_holds_the_exact_values_after_the_pseudonym(a_node, tmp_path):
    from RadiomicsOutcomeLib import FeatureTable

    assert FeatureTable(a_node).write(tmp_path / "t.csv") == (tmp_path / "t.csv",)
    back = read_table(tmp_path / "t.csv")
    assert back.columns == ("patient", "segment", "original_a_One", "original_a_Two")
    assert back.rows == (("anonymous", *ROWS[0]), ("anonymous", *ROWS[1]))


def test_verdicts_are_written_where_explore_and_robustness_look_for_them(a_node, verdicts_beside, tmp_path):
    from RadiomicsOutcomeLib import FeatureTable

    FeatureTable(a_node).write(tmp_path / "t.csv")
    found = find_stability(tmp_path / "t.csv")
    assert {name: one.stability for name, one in found.items()} == {
        "original_a_One": "stable", "original_a_Two": "rejected",
    }  # fmt: skip


def test_an_ending_that_is_no_tables_is_refused(a_node, tmp_path):
    from RadiomicsOutcomeLib import FeatureTable

    with pytest.raises(InputError, match=r"\.csv"):
        FeatureTable(a_node).write(tmp_path / "t.doc")
