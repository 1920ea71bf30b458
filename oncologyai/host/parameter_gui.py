"""Widgets bound to parameters both ways, for the pairs of widget and type that Slicer documents."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6 import QtWidgets

from oncologyai.host import ctk_widgets, widgets
from oncologyai.host.parameter_serializers import split_annotated
from oncologyai.host.parameter_validators import Choice, Decimals, Maximum, Minimum, SingleStep, WithinRange

__all__ = ["bind"]


@dataclass
class _Link:
    """One widget and one parameter."""

    signal: Any
    read: Callable[[], Any]
    put: Callable[[Any], None]
    parameter: Any
    name: str
    busy: bool = False

    def start(self) -> None:
        self.signal.connect(self.changed)

    def stop(self) -> None:
        self.signal.disconnect(self.changed)

    def changed(self, *_: Any) -> None:
        if not self.busy:
            self.parameter.setValue(self.name, self.read())

    def show(self) -> None:
        value = self.parameter.getValue(self.name)
        if value != self.read():
            self.busy = True
            self.put(value)
            self.busy = False


def bind(parameters: Any, name: str, widget: Any) -> _Link:
    """Bind a widget to a parameter, limits and choices included.

    Raises
    ------
    RuntimeError
        If Slicer binds no such widget to that type.
    ValueError
        If there is no parameter of that name.
    """
    kind, notes = split_annotated(parameters.dataType(name))
    for classes, make in _MAKERS:
        parts = make(widget, kind, notes) if isinstance(widget, classes) else None
        if parts is not None:
            link = _Link(*parts, parameters, name)
            link.start()
            return link
    raise RuntimeError(f"Unable to create GUI connector from datatype '{kind}' to widget type '{type(widget)}'")


_Parts = tuple[Any, Callable[[], Any], Callable[[Any], None]]


def _node_box(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts:
    return widget.currentNodeChanged, widget.currentNode, widget.setCurrentNode


def _check_box(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts | None:
    return (widget.toggled, widget.isChecked, widget.setChecked) if kind is bool else None


def _number(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts | None:
    whole = isinstance(widget, (QtWidgets.QSpinBox, QtWidgets.QSlider))
    if kind is not (int if whole else float):
        return None
    for note in notes:
        if isinstance(note, (WithinRange, Minimum)):
            widget.setProperty("minimum", note.minimum)
        if isinstance(note, (WithinRange, Maximum)):
            widget.setProperty("maximum", note.maximum)
        if isinstance(note, (Decimals, SingleStep)):
            widget.setProperty("decimals" if isinstance(note, Decimals) else "singleStep", note.value)
    return widget.valueChanged, lambda: widget.property("value"), lambda value: widget.setValue(kind(value))


def _combo_box(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts | None:
    choice = next((note for note in notes if isinstance(note, Choice)), None)
    if choice is not None:
        values, labels = choice.choices, [str(value) for value in choice.choices]
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = list(kind)
        labels = [str(value.label()) if hasattr(value, "label") else value.name for value in values]
    else:
        return None
    widget.clear()
    widget.addItems(labels)
    return (
        widget.currentIndexChanged,
        lambda: values[widget.currentIndex()],
        lambda value: widget.setCurrentIndex(values.index(value)),
    )


def _line_edit(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts | None:
    return (widget.textChanged, widget.text, widget.setText) if kind is str else None


def _path_edit(widget: Any, kind: Any, notes: tuple[Any, ...]) -> _Parts | None:
    def put(value: Path) -> None:
        widget.setCurrentPath(str(value))

    return (widget.currentPathChanged, lambda: Path(widget.property("currentPath")), put) if kind is Path else None


_MAKERS: tuple[tuple[Any, Callable[[Any, Any, tuple[Any, ...]], _Parts | None]], ...] = (
    (widgets.qMRMLNodeComboBox, _node_box),
    (QtWidgets.QCheckBox, _check_box),
    ((QtWidgets.QSpinBox, QtWidgets.QSlider, QtWidgets.QDoubleSpinBox, ctk_widgets.ctkSliderWidget), _number),
    (QtWidgets.QComboBox, _combo_box),
    (QtWidgets.QLineEdit, _line_edit),
    (ctk_widgets.ctkPathLineEdit, _path_edit),
)
