"""``qt.QUiLoader``: builds a panel from a .ui file with this host's widgets in the place of Slicer's."""

# ruff: noqa: N802, N803 - the names are Qt's
from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from PySide6 import QtCore, QtUiTools, QtWidgets

from oncologyai.host import ctk_widgets, widgets

__all__ = ["QUiLoader"]

_STAND_INS: dict[str, type] = {
    name: getattr(source, name) for source in (widgets, ctk_widgets) for name in source.__all__
}


class QUiLoader(QtUiTools.QUiLoader):
    """Qt's loader, with connections made by name: the signals of stand-ins carry Python objects."""

    def createWidget(self, className: str, parent: Any = None, name: str = "") -> Any:
        """Make a widget; refuses a class that neither Qt nor this host has.

        Raises
        ------
        AttributeError
            If the class is unknown.
        """
        if className in _STAND_INS:
            widget = _STAND_INS[className](parent)
            widget.setObjectName(name)
            return widget
        if className not in self.availableWidgets() and not hasattr(QtWidgets, className):
            raise AttributeError(f"{className}: this host has no such widget (see docs/slicer-api.md)")
        return super().createWidget(className, parent, name)

    def load(self, device: Any, parentWidget: Any = None) -> Any:
        """Build the widgets of an open .ui file and make its connections."""
        root = ElementTree.fromstring(bytes(device.readAll().data()))
        wires = [
            tuple(wire.findtext(part, "") for part in ("sender", "signal", "receiver", "slot"))
            for wire in root.iter("connection")
        ]
        for connections in root.findall("connections"):
            root.remove(connections)
        buffer = QtCore.QBuffer()
        buffer.setData(ElementTree.tostring(root))
        buffer.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
        widget = super().load(buffer, parentWidget)
        for sender, signal, receiver, slot in wires:
            source, target = _find(widget, sender), _find(widget, receiver)
            getattr(source, signal.partition("(")[0]).connect(getattr(target, slot.partition("(")[0]))
        return widget


def _find(root: Any, name: str) -> Any:
    found = root if root.objectName() == name else root.findChild(QtCore.QObject, name)
    if found is None:
        raise AttributeError(f"{name}: the .ui file connects a widget that it does not have")
    return found
