"""How a widget follows the scene: it is told when nodes come and go."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import slicer
from PySide6 import QtCore

__all__ = ["SceneObserver", "node_label"]


def node_label(node: Any) -> str:
    """Give the text that stands for a node in a list."""
    return str(node.GetName() or node.GetID())


class SceneObserver:
    """Calls a widget's method when the scene's list of nodes changes, until the widget is gone."""

    def __init__(self, scene: Any, changed: Callable[[], None], widget: QtCore.QObject) -> None:
        self._scene = scene
        method = weakref.WeakMethod(changed)  # the scene must not keep a closed panel alive

        def call(*_: Any) -> None:
            live = method()
            if live is not None and not scene.IsClosing() and not scene.IsImporting():
                live()

        events = (
            slicer.vtkMRMLScene.NodeAddedEvent,
            slicer.vtkMRMLScene.NodeRemovedEvent,
            slicer.vtkMRMLScene.EndCloseEvent,
            slicer.vtkMRMLScene.EndImportEvent,
            slicer.vtkMRMLScene.EndBatchProcessEvent,
        )
        self._tags = [scene.AddObserver(event, call) for event in events]
        widget.destroyed.connect(self.stop)

    def stop(self, *_: Any) -> None:
        """Follow the scene no more."""
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._tags.clear()
