"""Slicer's qMRML widgets on this host: small, drawn, and live on the real scene.

They have the documented properties, methods and signals that the modules use, and no others.
"""

# ruff: noqa: N802, N803, N815, N801 - the names are Slicer's
from __future__ import annotations

from typing import Any

import slicer
from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Property, Signal

from oncologyai.host.widgets_scene import SceneObserver, node_label

__all__ = ["qMRMLNodeComboBox", "qMRMLTableView", "qMRMLWidget", "qSlicerMarkupsPlaceWidget"]


class qMRMLWidget(QtWidgets.QWidget):
    """A widget that knows the scene and tells those connected to it."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    def mrmlScene(self) -> Any:
        """Give the scene, None before it is set."""
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        """Set the scene."""
        if scene is not self._scene:
            self._scene = scene
            self.mrmlSceneChanged.emit(scene)


def _option(kind: type, name: str, default: Any, *, refill: bool = False) -> Any:
    """Make a documented property that is only kept, and redraws the list where ``refill`` is set."""
    key = f"_option_{name}"

    def get(self: Any) -> Any:
        return self.__dict__.get(key, default)

    def put(self: Any, value: Any) -> None:
        self.__dict__[key] = value
        if refill:
            self._fill()

    return Property(kind, get, put)


class qMRMLNodeComboBox(qMRMLWidget):
    """Chooses a node of the scene by its class; can make, rename and delete one."""

    currentNodeChanged = Signal(object)
    currentNodeIDChanged = Signal(str)
    nodeAdded = Signal(object)
    nodeAddedByUser = Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._types: list[str] = []
        self._attributes: dict[str, dict[str, str | None]] = {}
        self._box = QtWidgets.QComboBox(self)
        self._box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        self._box.activated.connect(self._on_activated)
        self._observer: SceneObserver | None = None
        self._current_id = ""
        self._filling = False

    def setMRMLScene(self, scene: Any) -> None:
        """Set the scene whose nodes are offered."""
        if self._observer is not None:
            self._observer.stop()
        super().setMRMLScene(scene)
        self._observer = SceneObserver(scene, self._fill, self) if scene is not None else None
        self._fill()

    def currentNode(self) -> Any:
        """Give the chosen node, None if none is."""
        scene = self.mrmlScene()
        return scene.GetNodeByID(self._current_id) if scene is not None and self._current_id else None

    def setCurrentNode(self, node: Any) -> None:
        """Choose a node (or None)."""
        self.setCurrentNodeID(node.GetID() if node is not None else "")

    def setCurrentNodeID(self, node_id: str) -> None:
        """Choose a node by its ID; an unknown one chooses none."""
        self._choose(node_id or "")
        self._fill()

    def addAttribute(self, nodeType: str, attributeName: str, attributeValue: str | None = None) -> None:
        """Offer only those nodes of a class that have an attribute (of this value)."""
        self._attributes.setdefault(nodeType, {})[attributeName] = attributeValue
        self._fill()

    def addNode(self, className: str = "") -> Any:
        """Make a node of the first (or the given) class and, as Slicer does, choose it on request."""
        if self.mrmlScene() is None or not self._types:
            return None
        class_name = className or self._types[0]
        base = self.baseName or self.mrmlScene().GetTagByClassName(class_name)
        node = self.mrmlScene().AddNewNodeByClass(class_name, self.mrmlScene().GenerateUniqueName(base))
        self.nodeAdded.emit(node)
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        return node

    def nodeCount(self) -> int:
        """Give the number of nodes that can be chosen."""
        return len(self._nodes())

    def _get_types(self) -> list[str]:
        return self._types

    def _set_types(self, types: list[str]) -> None:
        self._types = [str(t) for t in types]
        self._fill()

    nodeTypes = Property("QStringList", _get_types, _set_types)  # type: ignore[arg-type]
    currentNodeID = Property(str, lambda self: self._current_id, setCurrentNodeID)
    noneEnabled = _option(bool, "noneEnabled", False, refill=True)
    noneDisplay = _option(str, "noneDisplay", "None", refill=True)
    addEnabled = _option(bool, "addEnabled", True, refill=True)
    showHidden = _option(bool, "showHidden", False, refill=True)
    showChildNodeTypes = _option(bool, "showChildNodeTypes", True, refill=True)
    removeEnabled = _option(bool, "removeEnabled", True)
    renameEnabled = _option(bool, "renameEnabled", False)
    editEnabled = _option(bool, "editEnabled", False)
    selectNodeUponCreation = _option(bool, "selectNodeUponCreation", True)
    baseName = _option(str, "baseName", "")

    def _nodes(self) -> list[Any]:
        scene = self.mrmlScene()
        if scene is None:
            return []
        nodes = []
        for class_name in self._types:
            for n in range(scene.GetNumberOfNodesByClass(class_name)):
                node = scene.GetNthNodeByClass(n, class_name)
                exact = self.showChildNodeTypes or node.GetClassName() == class_name
                visible = self.showHidden or not node.GetHideFromEditors()
                if exact and visible and self._has_attributes(node, class_name) and node not in nodes:
                    nodes.append(node)
        return nodes

    def _has_attributes(self, node: Any, class_name: str) -> bool:
        wanted = self._attributes.get(class_name, {}).items()
        found = [(node.GetAttribute(name), value) for name, value in wanted]
        return all(has is not None and value in (None, has) for has, value in found)

    def _fill(self) -> None:
        """Show the scene's nodes as they are now; the choice is kept while its node lives."""
        if self._filling:
            return
        self._filling = True
        nodes = self._nodes()
        ids = [node.GetID() for node in nodes]
        self._box.clear()
        if self.noneEnabled or not nodes:
            self._box.addItem(self.noneDisplay, "")
        for node in nodes:
            self._box.addItem(node_label(node), node.GetID())
        if self.addEnabled and self._types and self.mrmlScene() is not None:
            self._box.insertSeparator(self._box.count())
            tag = self.mrmlScene().GetTagByClassName(self._types[0]) or self._types[0]
            self._box.addItem(f"Create new {tag}", "+")
        self._filling = False
        if self._current_id not in ids:
            self._choose("" if self.noneEnabled or not ids else ids[0])
        self._box.setCurrentIndex(max(self._box.findData(self._current_id), 0))

    def _choose(self, node_id: str) -> None:
        if node_id != self._current_id:
            self._current_id = node_id
            self.currentNodeChanged.emit(self.currentNode())
            self.currentNodeIDChanged.emit(node_id)

    def _on_activated(self, index: int) -> None:
        chosen = self._box.itemData(index)
        if chosen == "+":
            self.nodeAddedByUser.emit(self.addNode())
            self._fill()
        elif chosen is not None:
            self._choose(chosen)


class qSlicerMarkupsPlaceWidget(QtWidgets.QWidget):
    """Places control points of a markups node; without slice views it shows how many there are."""

    activeMarkupsPlaceModeChanged = Signal(bool)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._tags: list[int] = []
        self._scene: Any = None
        self._button = QtWidgets.QToolButton(self)
        self._button.setCheckable(True)
        self._button.setIcon(QtGui.QIcon(_point_picture()))
        self._button.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._button)
        self._button.toggled.connect(self.activeMarkupsPlaceModeChanged)
        self._show_count()

    def setMRMLScene(self, scene: Any) -> None:
        """Set the scene."""
        self._scene = scene

    def setCurrentNode(self, node: Any) -> None:
        """Place into this markups node (or none)."""
        while self._tags:
            self._node.RemoveObserver(self._tags.pop())
        self._node = node
        kind = slicer.vtkMRMLMarkupsNode
        for event in (kind.PointPositionDefinedEvent, kind.PointPositionUndefinedEvent, kind.PointRemovedEvent):
            if node is not None:
                self._tags.append(node.AddObserver(event, lambda *_: self._show_count()))
        self._show_count()

    def currentNode(self) -> Any:
        """Give the markups node, None if none is set."""
        return self._node

    def placeButton(self) -> Any:
        """Give the button that turns placing on."""
        return self._button

    def setPlaceModeEnabled(self, enabled: bool) -> None:
        """Turn placing on or off."""
        self._button.setChecked(enabled)

    placeModeEnabled = Property(bool, lambda self: self._button.isChecked(), setPlaceModeEnabled)

    def _show_count(self) -> None:
        count = self._node.GetNumberOfDefinedControlPoints() if self._node is not None else 0
        self._button.setText(str(count))
        self._button.setEnabled(self._node is not None)


class qMRMLTableView(QtWidgets.QTableWidget):
    """Shows a table node."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._tag = 0
        self.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()

    def setMRMLTableNode(self, node: Any) -> None:
        """Show this vtkMRMLTableNode (or nothing)."""
        if self._node is not None:
            self._node.RemoveObserver(self._tag)
        self._node = node
        if node is not None:
            self._tag = node.AddObserver("ModifiedEvent", lambda *_: self._show())
        self._show()

    def mrmlTableNode(self) -> Any:
        """Give the table node shown, None if none is."""
        return self._node

    def _show(self) -> None:
        rows, columns = (self._node.GetNumberOfRows(), self._node.GetNumberOfColumns()) if self._node else (0, 0)
        self.setRowCount(rows)
        self.setColumnCount(columns)
        self.setHorizontalHeaderLabels([self._node.GetColumnName(c) for c in range(columns)])
        for row in range(rows):
            for column in range(columns):
                self.setItem(row, column, QtWidgets.QTableWidgetItem(self._node.GetCellText(row, column)))
        self.resizeColumnsToContents()


def _point_picture() -> QtGui.QPixmap:
    picture = QtGui.QPixmap(16, 16)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtGui.QPen(QtGui.QColor(200, 60, 40), 1.5))
    painter.drawLine(8, 1, 8, 15)
    painter.drawLine(1, 8, 15, 8)
    painter.setBrush(QtGui.QColor(230, 120, 60))
    painter.drawEllipse(5, 5, 6, 6)
    painter.end()
    return picture
