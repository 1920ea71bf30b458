"""Tables: numbers stay numbers, gaps stay gaps."""

import vtk

from oncologyai.scene.tables import fill_table, node_from_table, table_from_node
from oncologyai.types import Table


def test_a_table_comes_back(slicer):
    table = Table("Measurements", ("name", "value", "note"), (("a", 1.25, None), ("b", None, "x"), ("c", 3, "")))
    back = table_from_node(node_from_table(table))
    assert back == Table("Measurements", table.columns, (("a", 1.25, None), ("b", None, "x"), ("c", 3.0, None)))


def test_numbers_become_a_column_of_doubles_and_mixed_ones_text(slicer):
    node = node_from_table(Table("t", ("n", "mixed"), ((1, 1.5), (2.5, "high"))))
    assert isinstance(node.GetTable().GetColumnByName("n"), vtk.vtkDoubleArray)
    assert node.GetTable().GetColumnByName("mixed").GetValue(0) == "1.5"


def test_an_empty_table_keeps_its_columns(slicer):
    assert table_from_node(node_from_table(Table("t", ("a", "b"), ()))).columns == ("a", "b")


def test_a_table_is_filled_again_with_one_event(slicer):
    node = node_from_table(Table("Corrections", ("step", "action"), ((1, "inside"),)))
    seen = []
    node.AddObserver("ModifiedEvent", lambda *_: seen.append(node.GetNumberOfRows()))
    fill_table(node, Table("Corrections", ("step", "ml"), ((1, 2.5), (2, 0.5))))
    assert table_from_node(node) == Table("Corrections", ("step", "ml"), ((1.0, 2.5), (2.0, 0.5)))
    assert seen == [2]
