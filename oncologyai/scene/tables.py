"""Tables as table nodes, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from oncologyai.scene._slicer import current_scene, vtk
from oncologyai.types import Table

__all__ = ["fill_table", "keep_digits", "node_from_table", "table_from_node"]

_DIGITS = "OncologyAI.Digits"

_Cell = str | float | int | None


def node_from_table(table: Table) -> Any:
    """Add a table node; a column of numbers is one of doubles with NaN for no value, any other is text."""
    node = current_scene().AddNewNodeByClass("vtkMRMLTableNode", table.name)
    node.SetUseColumnTitleAsColumnHeader(True)  # a column without a title is headed by its name
    fill_table(node, table)
    node.SetLocked(True)
    return node


def fill_table(node: Any, table: Table) -> None:
    """Put a table into a table node in place of what it held; the node keeps its name."""
    if (kept := node.GetNodeReference(_DIGITS)) is not None:  # they were those of what the table held
        current_scene().RemoveNode(kept)
    modified = node.StartModify()
    node.RemoveAllColumns()
    for n, name in enumerate(table.columns):
        node.AddColumn(_column(name, [row[n] for row in table.rows]))
    node.EndModify(modified)


def keep_digits(node: Any, table: Table) -> Any:
    """Add a hidden text node that holds a table node's numbers in full, and give it.

    A saved scene holds the numbers of a table node with six digits only; ``table_from_node`` then takes these.
    """
    text = current_scene().AddNewNodeByClass("vtkMRMLTextNode", f"{node.GetName()} digits")
    text.SetHideFromEditors(True)
    text.SetText(json.dumps({"columns": table.columns, "rows": table.rows}, ensure_ascii=False))
    node.SetNodeReferenceID(_DIGITS, text.GetID())
    return text


def table_from_node(node: Any) -> Table:
    """Give the table of a node, with all digits where ``keep_digits`` kept them; NaN and empty text become None."""
    content = node.GetTable()
    kept = node.GetNodeReference(_DIGITS)
    if kept is not None and kept.GetText():
        exact = json.loads(kept.GetText())
        size = (len(exact["columns"]), len(exact["rows"]))
        if size == (content.GetNumberOfColumns(), content.GetNumberOfRows()):
            return Table(node.GetName(), tuple(exact["columns"]), tuple(tuple(row) for row in exact["rows"]))
    columns = tuple(content.GetColumnName(n) for n in range(content.GetNumberOfColumns()))
    rows = tuple(
        tuple(_cell(content.GetValue(r, c)) for c in range(len(columns))) for r in range(content.GetNumberOfRows())
    )
    return Table(node.GetName(), columns, rows)


def _column(name: str, cells: Sequence[_Cell]) -> Any:
    numeric = any(cell is not None for cell in cells) and not any(isinstance(cell, str) for cell in cells)
    column = vtk.vtkDoubleArray() if numeric else vtk.vtkStringArray()
    column.SetName(name)
    for cell in cells:
        if numeric:
            column.InsertNextValue(math.nan if cell is None else float(cell))
        else:
            column.InsertNextValue("" if cell is None else str(cell))
    return column


def _cell(value: Any) -> _Cell:
    if value.IsString():
        return str(value.ToString()) or None
    number = float(value.ToDouble())
    return None if math.isnan(number) else number
