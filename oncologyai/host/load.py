"""Module files of the extension, loaded unchanged and shown without the application."""

# ruff: noqa: N802 - the names are Slicer's
from __future__ import annotations

import atexit
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from oncologyai.errors import MissingFileError
from oncologyai.host.application import qSlicerScriptedLoadableModule, qSlicerScriptedLoadableModuleWidget
from oncologyai.host.start import start

__all__ = ["ScriptedModule", "load_module"]


class ScriptedModule(qSlicerScriptedLoadableModule):
    """``slicer.modules.<name>`` of a scripted module."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, str(path)
        self.title = ""
        self.categories: list[str] = []
        self.dependencies: list[str] = []
        self.contributors: list[str] = []
        self.helpText = ""
        self.acknowledgementText = ""
        self.hidden = False
        self.icon: Any = None
        self._python: ModuleType | None = None
        self._instance: Any = None
        self._panels: list[Any] = []
        self._representation: qSlicerScriptedLoadableModuleWidget | None = None

    def python(self) -> Any:
        """Give the Python module that the file became."""
        return self._python

    def self(self) -> Any:
        """Give the instance of the file's Module class, as Slicer's scripted modules do."""
        return self._instance

    def widgetRepresentation(self) -> qSlicerScriptedLoadableModuleWidget:
        """Give the module's one panel, made when first asked for."""
        if self._representation is None:
            self._representation = qSlicerScriptedLoadableModuleWidget(self.createNewWidgetRepresentation())
        return self._representation

    def createNewWidgetRepresentation(self) -> Any:
        """Make a panel: the instance of the file's Widget class, set up in a qMRMLWidget of its own."""
        import slicer
        from PySide6 import QtWidgets

        parent = slicer.qMRMLWidget()
        parent.setLayout(QtWidgets.QVBoxLayout())
        parent.setMRMLScene(slicer.mrmlScene)
        widget = getattr(self._python, f"{self.name}Widget")(parent)
        widget.setup()
        if not self._panels:
            atexit.register(self.closePanels)  # before the scene goes, as in Slicer
        self._panels.append(widget)
        return widget

    def closePanels(self) -> None:
        """End every panel that was made: ``cleanup``, then its window."""
        from PySide6 import QtCore, QtWidgets

        self._representation = None
        while self._panels:
            widget = self._panels.pop()
            widget.cleanup()
            widget.parent.close()
            widget.parent.deleteLater()
            QtWidgets.QApplication.sendPostedEvents(widget.parent, QtCore.QEvent.Type.DeferredDelete.value)


def load_module(path: str | Path) -> ScriptedModule:
    """Load a scripted module's file as Slicer does: unchanged, its folder on ``sys.path``.

    A second call with the same path gives the same module.

    Parameters
    ----------
    path : path
        ``.../<Name>.py`` with the classes ``<Name>``, ``<Name>Widget``, ``<Name>Logic`` and ``<Name>Test``.

    Raises
    ------
    MissingFileError
        If there is no such file.
    MissingDependencyError
        If slicer-core or PySide6 is absent.
    """
    path = Path(path).resolve()
    if not path.is_file():
        raise MissingFileError(str(path), expected="a scripted module's file", got="no such file")
    slicer: Any = start(qt=True)
    name = path.stem
    loaded = vars(slicer.modules).get(name.lower())
    if isinstance(loaded, ScriptedModule) and loaded.path == str(path):
        return loaded
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    from oncologyai.host.qt_pythonqt import finder

    finder().names.update({name, f"{name}Lib"})
    module = ScriptedModule(name, path)
    module._python = importlib.import_module(name)
    module._instance = getattr(module._python, name)(module)
    setattr(slicer.modules, name.lower(), module)
    return module
