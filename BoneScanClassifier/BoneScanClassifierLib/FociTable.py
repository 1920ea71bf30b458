"""The lesion list as the panel shows it, and where each focus lies."""

from slicer.i18n import tr as _

_SHOWN = ("number", "view", "side", "region", "uptake_ratio", "area_mm2", "map_share")
_FORMATS = {"uptake_ratio": "{:.2f}", "map_share": "{:.0%}"}  # others are whole numbers


class FociTable:
    """A table node ``Lesions``.

    Parameters
    ----------
    node : vtkMRMLTableNode
        A row a focus and view.
    """

    def __init__(self, node):
        from oncologyai.scene import table_from_node

        table = table_from_node(node)
        self._columns = [name for name in _SHOWN if name in table.columns]
        self._rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def headers(self):
        """Give the headers."""
        known = {
            "number": _("No."),
            "view": _("View"),
            "side": _("Side"),
            "region": _("Region"),
            "uptake_ratio": _("Ratio"),
            "area_mm2": _("mm²"),
            "map_share": _("Map"),
        }
        return [known.get(name, name) for name in self._columns]

    def rows(self):
        """Give the cells as texts."""
        return [[_text(name, row[name]) for name in self._columns] for row in self._rows]

    def place(self, row):
        """Give the RAS place of the focus in a row; y is that of the plane in which the views lie."""
        return float(self._rows[row]["x_mm"]), 0.0, float(self._rows[row]["z_mm"])


def _text(name, value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return _FORMATS.get(name, "{:.0f}").format(value)
