"""The values of a patient that are no features of an image: those of the form, or of a row of a table node."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class ClinicalValues:
    """Texts by column, and where they come from.

    Attributes
    ----------
    texts : dict of str to str
    fromTable : bool
    """

    texts: dict
    fromTable: bool = False


def clinicalValues(parameters):
    """Take the values from the chosen row of the chosen table, or from the form."""
    node = parameters.clinicalTable
    if node is None:
        return ClinicalValues(formValues(parameters))
    from oncologyai.scene import table_from_node

    table = table_from_node(node)
    if not table.rows:
        return ClinicalValues({}, fromTable=True)
    row = table.rows[min(parameters.clinicalRow, len(table.rows) - 1)]
    texts = {name: _text(cell) for name, cell in zip(table.columns, row, strict=True)}
    return ClinicalValues(texts, fromTable=True)


def formValues(parameters):
    """Give the texts of the form by column; what was kept there of other signatures is among them."""
    try:
        kept = json.loads(parameters.clinicalValues)
    except ValueError:  # a scene that was edited by hand
        return {}
    return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def setFormValue(parameters, column, text):
    """Keep a text of the form."""
    values = {**formValues(parameters), column: text}
    parameters.clinicalValues = json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)


def rowNames(node):
    """Give what the rows of a table node are called: the cells of its first column."""
    from oncologyai.scene import table_from_node

    table = table_from_node(node)
    return [f"{number}: {_text(row[0])}" if row else str(number) for number, row in enumerate(table.rows, start=1)]


def _text(cell):
    if cell is None:
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
