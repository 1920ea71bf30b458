"""The patient's values: of the form, kept in the scene, or of a row of a table node."""

from oncologyai.scene import node_from_table
from oncologyai.types import Table


def test_values_of_the_form_are_kept_by_column_for_other_signatures_too(a_parameter_node):
    from RadiomicsOutcomeLib import clinicalValues
    from RadiomicsOutcomeLib.ClinicalValues import formValues, setFormValue

    setFormValue(a_parameter_node, "age", "61,5")
    setFormValue(a_parameter_node, "stage", "III")
    setFormValue(a_parameter_node, "stage", "")
    assert formValues(a_parameter_node) == {"age": "61,5"}
    found = clinicalValues(a_parameter_node)
    assert (found.texts, found.fromTable) == ({"age": "61,5"}, False)


def test_a_row_of_a_table_node_goes_before_the_form(a_parameter_node):
    from RadiomicsOutcomeLib import clinicalValues
    from RadiomicsOutcomeLib.ClinicalValues import rowNames

    node = node_from_table(Table("t", ("patient", "age", "sex"), (("P-1", 61.0, "f"), ("P-2", None, "m"))))
    a_parameter_node.clinicalTable = node
    a_parameter_node.clinicalRow = 7  # of a longer table that stood there before
    assert clinicalValues(a_parameter_node).texts == {"patient": "P-2", "age": "", "sex": "m"}
    a_parameter_node.clinicalRow = 0
    assert clinicalValues(a_parameter_node).texts["age"] == "61"
    assert rowNames(node) == ["1: P-1", "2: P-2"]


def test_what_was_broken_by_hand_is_no_value(a_parameter_node):
    from RadiomicsOutcomeLib import clinicalValues

    for text in ("{", "[1]"):
        a_parameter_node.clinicalValues = text
        assert clinicalValues(a_parameter_node).texts == {}
