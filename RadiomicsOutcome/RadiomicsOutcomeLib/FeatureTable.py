"""A table node of features as the panel shows and writes it: a row a feature, a column a segment."""

import dataclasses

from slicer.i18n import tr as _

from .ResultNodes import STABILITY

_NAMES = ("segment", "image")


class FeatureTable:
    """The content of a table node that an extraction made.

    Parameters
    ----------
    node : vtkMRMLTableNode
        A row a segment (and image), a column a feature.

    Attributes
    ----------
    features : tuple of str
        Names, a row each.
    hasStability : bool
        Whether the second column says how stable each feature is.
    """

    def __init__(self, node):
        from oncologyai.scene import table_from_node

        self._node = node
        self._table = table_from_node(node)
        self._first = sum(name in _NAMES for name in self._table.columns[:2])
        self.features = self._table.columns[self._first :]
        verdicts = node.GetNodeReference(STABILITY)
        self._verdicts = table_from_node(verdicts) if verdicts is not None else None
        self.hasStability = verdicts is not None

    def cells(self):
        """Give the headers and, for each feature, pairs of text and tooltip."""
        headers = [_("Feature"), *([_("Stability")] if self.hasStability else [])]
        headers += [" · ".join(str(cell) for cell in row[: self._first]) for row in self._table.rows]
        verdicts = self._verdictCells() if self.hasStability else {}
        rows = []
        for number, name in enumerate(self.features, start=self._first):
            verdict = [verdicts.get(name, ("", _("Nothing is known of this feature.")))] if self.hasStability else []
            rows.append([(name, name), *verdict, *(_valueCell(row[number]) for row in self._table.rows)])
        return headers, rows

    def jump(self, column):
        """Go in the slice views to the segment that a column is of; nothing where it is of none, or has gone."""
        from oncologyai.scene import mask_from_segment, show_lesion

        row = column - (2 if self.hasStability else 1)
        segmentation = self._node.GetNodeReference("OncologyAI.Segmentation")
        volume = self._node.GetNodeReference("OncologyAI.InputVolume")
        if not 0 <= row < len(self._table.rows) or segmentation is None or volume is None:
            return
        segmentId = segmentation.GetSegmentation().GetSegmentIdBySegmentName(str(self._table.rows[row][0]))
        if segmentId:
            mask = mask_from_segment(segmentation, segmentId, volume)
            show_lesion(volume, None if mask.is_empty else mask)

    def write(self, path):
        """Write the table, the patient's pseudonym before its columns, and verdicts beside it; give the files.

        Raises
        ------
        InputError, OutputError, MissingDependencyError
            As ``oncologyai.bundle.write_table_file``.
        """
        from oncologyai.bundle import write_table_file
        from oncologyai.robustness import stability_path
        from oncologyai.scene import patient_of

        volume = self._node.GetNodeReference("OncologyAI.InputVolume")
        patient = patient_of(volume)[0] if volume is not None else "anonymous"
        columns = ("patient", *self._table.columns)
        rows = tuple((patient, *row) for row in self._table.rows)
        write_table_file(dataclasses.replace(self._table, columns=columns, rows=rows), path)
        if self._verdicts is None:
            return (path,)
        write_table_file(_withCounts(self._verdicts), stability_path(path))
        return path, stability_path(path)

    def _verdictCells(self):
        columns = self._verdicts.columns
        found = {}
        for row in self._verdicts.rows:
            verdict = dict(zip(columns, row, strict=True))
            value = "" if verdict["value"] is None else f" {verdict['value']:.3f}"
            tip = f"{verdict['measure']}{value}, {verdict['setting'] or ''}: {verdict['reason'] or ''}"
            found[verdict["feature"]] = (str(verdict["stability"]), tip)
        return found


def _withCounts(verdicts):
    """Give verdicts with their numbers of subjects as whole numbers again: a table node knows only real ones."""
    at = verdicts.columns.index("n")
    rows = tuple((*row[:at], int(row[at] or 0), *row[at + 1 :]) for row in verdicts.rows)
    return dataclasses.replace(verdicts, rows=rows)


def _valueCell(value):
    if value is None:
        return "", _("Not defined for this segment")
    return (f"{value:.5g}", repr(value)) if isinstance(value, float) else (str(value), str(value))
