"""Tables: numbers stay numbers, gaps stay gaps."""

import vtk

from oncologyai.host import clear
from oncologyai.scene.storage import load_mrb, save_mrb
from oncologyai.scene.tables import fill_table, keep_digits, node_from_table, table_from_node
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


def test_a_saved_scene_holds_every_digit_of_a_table_whose_digits_are_kept(slicer, tmp_path):
    table = Table("Features", ("segment", "value", "n"), (("größe 1", 1.0 / 3.0, 30), ("b", None, 123456789)))
    keep_digits(node_from_table(table), table)
    node_from_table(Table("Plain", ("value",), ((1.0 / 3.0,),)))
    save_mrb(tmp_path / "s.mrb")
    clear()
    load_mrb(tmp_path / "s.mrb")
    found = {node.GetName(): table_from_node(node) for node in slicer.util.getNodesByClass("vtkMRMLTableNode")}
    assert found["Features"] == table
    assert found["Plain"].rows == ((0.333333,),)  # why it is needed


def test_digits_of_what_a_table_held_before_are_given_up(slicer):
    table = Table("t", ("value",), ((1.0 / 3.0,),))
    node = node_from_table(table)
    keep_digits(node, table)
    fill_table(node, Table("t", ("value",), ((2.5,),)))
    assert table_from_node(node).rows == ((2.5,),)
    assert slicer.util.getNodesByClass("vtkMRMLTextNode") == []
