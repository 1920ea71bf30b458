"""``ctk``: the CTK widgets that the modules' panels use, drawn, with their documented properties and signals."""

# ruff: noqa: N802, N815, N801 - the names are CTK's
from __future__ import annotations

from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Property, Signal

__all__ = ["ctkCollapsibleButton", "ctkDoubleSpinBox", "ctkPathLineEdit", "ctkSliderWidget"]

_HEADER_PX = 24
_FILTERS = ("Dirs", "Files", "Readable", "Writable")  # of QDir, as in CTK


class ctkCollapsibleButton(QtWidgets.QWidget):
    """A titled section that a click on its header opens and closes."""

    contentsCollapsed = Signal(bool)

    def __init__(self, parent: QtWidgets.QWidget | str | None = None) -> None:
        super().__init__(parent if isinstance(parent, QtWidgets.QWidget) else None)
        self._text = parent if isinstance(parent, str) else ""
        self._collapsed = False
        self.setContentsMargins(0, _HEADER_PX, 0, 0)

    def _get_text(self) -> str:
        return self._text

    def _set_text(self, text: str) -> None:
        self._text = text
        self.update()

    def _get_collapsed(self) -> bool:
        return self._collapsed

    def setCollapsed(self, collapsed: bool) -> None:
        """Close or open the section."""
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        for child in self.findChildren(QtWidgets.QWidget, options=QtCore.Qt.FindChildOption.FindDirectChildrenOnly):
            child.setVisible(not collapsed)
        self.setMaximumHeight(_HEADER_PX if collapsed else 16777215)
        self.update()
        self.contentsCollapsed.emit(collapsed)

    text = Property(str, _get_text, _set_text)
    collapsed = Property(bool, _get_collapsed, setCollapsed)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        """Open or close on a click on the header."""
        if event.position().y() <= _HEADER_PX:
            self.setCollapsed(not self._collapsed)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """Draw the header with its arrow, and a frame."""
        painter = QtGui.QPainter(self)
        palette = self.palette()
        header = QtCore.QRect(0, 0, self.width(), _HEADER_PX - 2)
        painter.fillRect(header, palette.color(QtGui.QPalette.ColorRole.Mid))
        painter.setPen(palette.color(QtGui.QPalette.ColorRole.ButtonText))
        arrow = "▸" if self._collapsed else "▾"
        inside = header.adjusted(6, 0, 0, 0)
        painter.drawText(inside, QtCore.Qt.AlignmentFlag.AlignVCenter, f"{arrow}  {self._text}")
        painter.setPen(palette.color(QtGui.QPalette.ColorRole.Mid))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class ctkDoubleSpinBox(QtWidgets.QDoubleSpinBox):
    """A spin box for real numbers."""


class ctkSliderWidget(QtWidgets.QWidget):
    """A slider with a spin box at its right."""

    valueChanged = Signal(float)
    _STEPS = 1000

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, self._STEPS)
        self._box = QtWidgets.QDoubleSpinBox(self)
        self._box.setRange(0.0, 100.0)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._slider, 1)
        row.addWidget(self._box)
        self._slider.valueChanged.connect(self._on_slider)
        self._box.valueChanged.connect(self._on_box)

    def _on_slider(self, step: int) -> None:
        low, high = self._box.minimum(), self._box.maximum()
        self._box.setValue(low + (high - low) * step / self._STEPS)

    def _on_box(self, value: float) -> None:
        self._place_slider()
        self.valueChanged.emit(value)

    def _place_slider(self) -> None:
        low, high = self._box.minimum(), self._box.maximum()
        share = (self._box.value() - low) / (high - low) if high > low else 0.0
        blocked = self._slider.blockSignals(True)  # the slider's steps are coarser than the value
        self._slider.setValue(round(share * self._STEPS))
        self._slider.blockSignals(blocked)

    def _set_minimum(self, value: float) -> None:
        self._box.setMinimum(value)
        self._place_slider()

    def _set_maximum(self, value: float) -> None:
        self._box.setMaximum(value)
        self._place_slider()

    def setRange(self, minimum: float, maximum: float) -> None:
        """Set both ends."""
        self._set_minimum(minimum)
        self._set_maximum(maximum)

    def setValue(self, value: float) -> None:
        """Set the value, limited to the range."""
        self._box.setValue(value)

    value = Property(float, lambda self: self._box.value(), setValue, notify=valueChanged)
    minimum = Property(float, lambda self: self._box.minimum(), _set_minimum)
    maximum = Property(float, lambda self: self._box.maximum(), _set_maximum)
    singleStep = Property(float, lambda self: self._box.singleStep(), lambda self, v: self._box.setSingleStep(v))
    decimals = Property(int, lambda self: self._box.decimals(), lambda self, v: self._box.setDecimals(v))
    suffix = Property(str, lambda self: self._box.suffix(), lambda self, v: self._box.setSuffix(v))


class ctkPathLineEdit(QtWidgets.QWidget):
    """A path with a button that asks for one: an existing file, a file to write, or a folder."""

    currentPathChanged = Signal(str)
    Dirs, Files, Readable, Writable = (int(getattr(QtCore.QDir.Filter, n).value) for n in _FILTERS)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = QtWidgets.QLineEdit(self)
        self._button = QtWidgets.QToolButton(self)
        self._button.setText("…")
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._edit, 1)
        row.addWidget(self._button)
        self._edit.textChanged.connect(self.currentPathChanged)
        self._button.clicked.connect(self.browse)
        self._filters = self.Files | self.Dirs | self.Readable

    def _set_filters(self, filters: int) -> None:
        self._filters = filters

    def browse(self, *_: Any) -> None:
        """Ask the user for a path of the kind that ``filters`` says."""
        if not self._filters & self.Files:
            path = QtWidgets.QFileDialog.getExistingDirectory(self)
        elif self._filters & self.Writable:
            path, _filter = QtWidgets.QFileDialog.getSaveFileName(self)
        else:
            path, _filter = QtWidgets.QFileDialog.getOpenFileName(self)
        if path:
            self.setCurrentPath(path)

    def setCurrentPath(self, path: str) -> None:
        """Set the path."""
        self._edit.setText(path)

    currentPath = Property(str, lambda self: self._edit.text(), setCurrentPath)
    filters = Property(int, lambda self: self._filters, _set_filters)
