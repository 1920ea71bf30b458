"""A form that a signature describes: a field a feature, with its unit, range and categories."""

import qt
from slicer.i18n import tr as _

_WRONG = "color: #b00020"


class ClinicalForm:
    """Drives an empty QWidget: fields are made anew where another signature is chosen.

    Parameters
    ----------
    widget : QWidget
    onChanged : callable
        Called with the column and its text when the user changes a value.
    """

    def __init__(self, widget, onChanged):
        self._onChanged = onChanged
        self._layout = qt.QVBoxLayout(widget)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._form = None
        self._fields = None
        self._edits = {}
        self._busy = False

    def show(self, fields, values):
        """Show fields (``SignatureChoice.Field``) with their texts by column."""
        self._busy = True
        if fields != self._fields:
            self._make(fields)
        for field in fields:
            self._put(field, values.get(field.column, ""))
        self._busy = False

    def edit(self, column):
        """Give the widget of a column: a QComboBox of categories, a QLineEdit of a number."""
        return self._edits[column]

    def _make(self, fields):
        if self._form is not None:
            self._form.hide()
            self._layout.removeWidget(self._form)
            self._form.deleteLater()
        self._form = qt.QWidget()
        rows = qt.QFormLayout(self._form)
        rows.setContentsMargins(0, 0, 0, 0)
        self._fields, self._edits = fields, {}
        for field in fields:
            label = field.label + (f" ({field.unit})" if field.unit and not field.categories else "")
            edit = self._choice(field) if field.categories else self._number(field)
            edit.toolTip = field.description or field.label
            rows.addRow(f"{label}:", edit)
            self._edits[field.column] = edit
        self._layout.addWidget(self._form)

    def _number(self, field):
        edit = qt.QLineEdit()
        edit.clearButtonEnabled = True
        hints = [_("in training {range}").format(range=field.rangeText())] if field.rangeText() else []
        hints += [_("may be empty")] if field.optional else []
        edit.placeholderText = "; ".join(hints)
        edit.connect("textChanged(QString)", lambda text: self._changed(field.column, text))
        return edit

    def _choice(self, field):
        edit = qt.QComboBox()
        edit.addItem(_("unknown") if field.optional else _("choose"))
        for value, meaning in field.categories:
            edit.addItem(f"{value}: {meaning}" if meaning and meaning != value else value)
        values = ["", *(value for value, _meaning in field.categories)]
        edit.connect("currentIndexChanged(int)", lambda index: self._changed(field.column, values[max(index, 0)]))
        return edit

    def _put(self, field, text):
        edit = self._edits[field.column]
        if field.categories:
            values = ["", *(value for value, _meaning in field.categories)]
            edit.setCurrentIndex(values.index(text) if text in values else 0)
            return
        if edit.text != text:
            edit.text = text
        edit.styleSheet = _WRONG if text.strip() and field.problem(text) else ""

    def _changed(self, column, text):
        if not self._busy:
            self._onChanged(column, text)
