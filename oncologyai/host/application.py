"""``slicer.app`` and ``slicer.modules``: the few names of the application that modules need.

Each name is one that Slicer 5.10 documents and behaves as it does under ``Slicer --no-main-window --testing``. Any
other name raises AttributeError, so that a module cannot come to depend on something that only this host answers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from oncologyai._optional import import_optional
from oncologyai.host.io import CoreIOManager

__all__ = [
    "Application",
    "CoreModule",
    "ModuleManager",
    "Modules",
    "SuppliedNames",
    "qSlicerScriptedLoadableModule",
    "qSlicerScriptedLoadableModuleWidget",
]


class SuppliedNames:
    """Base of stand-ins: what is not written down raises AttributeError that names Slicer's API."""

    _api = "slicer"

    def __getattr__(self, name: str) -> Any:
        """Raise AttributeError; Python calls this only for names that were not found."""
        raise AttributeError(f"{type(self)._api}.{name}: this host does not supply it (see docs/slicer-api.md)")


class CoreModule(SuppliedNames):
    """A loadable module of Slicer's core: its name and its logic, without a widget."""

    _api = "slicer.modules.<module>"

    def __init__(self, name: str, logic: Any) -> None:
        self.name, self.title, self._logic = name, name, logic

    def logic(self) -> Any:
        """Give the module's logic (qSlicerAbstractCoreModule::logic)."""
        return self._logic


class qSlicerScriptedLoadableModule(SuppliedNames):  # noqa: N801 - Slicer's name
    """What ``slicer.util.getModuleLogic`` tells a scripted module from a module of the core by."""

    _api = "slicer.modules.<scripted module>"


class qSlicerScriptedLoadableModuleWidget:  # noqa: N801 - Slicer's name
    """A scripted module's panel as the application holds it; ``self()`` is the Python object."""

    def __init__(self, panel: Any) -> None:
        self._panel = panel

    def self(self) -> Any:
        """Give the instance of the file's Widget class."""
        return self._panel


class Modules(SuppliedNames):
    """``slicer.modules``: loaded modules as attributes in lower case."""

    _api = "slicer.modules"


class ModuleManager(SuppliedNames):
    """``slicer.app.moduleManager()``."""

    _api = "slicer.app.moduleManager()"

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def module(self, name: str) -> Any | None:
        """Give a loaded module by its name, None if there is none."""
        return vars(self._modules).get(name.lower())

    def modulesNames(self) -> tuple[str, ...]:  # noqa: N802 - Slicer's name
        """Give the names of the loaded modules."""
        return tuple(sorted(str(module.name) for module in vars(self._modules).values() if hasattr(module, "name")))


class Application(SuppliedNames):
    """``slicer.app`` (qSlicerApplication) of a session without a main window, in testing mode."""

    _api = "slicer.app"

    def __init__(
        self, *, scene: Any, logic: Any, modules: Modules, temporary_folder: Path, slicer_version: str, home: Path
    ) -> None:
        self._scene, self._logic = scene, logic
        self._module_manager = ModuleManager(modules)
        self._io = CoreIOManager(scene, modules)
        self.applicationName = "Slicer"
        self.temporaryPath = str(temporary_folder)
        self.slicerHome = str(home)
        self.applicationVersion = slicer_version
        major, minor, *_ = slicer_version.split(".")
        self.majorVersion, self.minorVersion = int(major), int(minor)

    def mrmlScene(self) -> Any:  # noqa: N802
        """Give the scene, the same as ``slicer.mrmlScene``."""
        return self._scene

    def applicationLogic(self) -> Any:  # noqa: N802
        """Give the vtkSlicerApplicationLogic."""
        return self._logic

    def coreIOManager(self) -> CoreIOManager:  # noqa: N802
        """Give the reader and writer of nodes."""
        return self._io

    def ioManager(self) -> CoreIOManager:  # noqa: N802
        """Give the same: without a window it has no dialogs."""
        return self._io

    def moduleManager(self) -> ModuleManager:  # noqa: N802
        """Give the list of loaded modules."""
        return self._module_manager

    def layoutManager(self) -> None:  # noqa: N802
        """Give None, as Slicer does without a main window."""
        return

    def testingEnabled(self) -> bool:  # noqa: N802
        """Tell that dialogs must not wait for an answer."""
        return True

    def startupEnvironment(self) -> dict[str, str]:  # noqa: N802
        """Give the environment of child processes: here it is this process's own."""
        return dict(os.environ)

    def processEvents(self) -> None:  # noqa: N802
        """Let Qt work through its events, where a QApplication runs."""
        widgets = sys.modules.get("PySide6.QtWidgets")
        instance = widgets.QApplication.instance() if widgets is not None else None
        if instance is not None:
            instance.processEvents()

    def pauseRender(self) -> None:  # noqa: N802
        """Do nothing: no view renders by itself."""

    def resumeRender(self) -> None:  # noqa: N802
        """Do nothing: no view renders by itself."""

    def translate(self, context: str, text: str) -> str:
        """Give the text untranslated."""
        return text

    def userSettings(self) -> Any:  # noqa: N802
        """Give settings that live as long as the host (a QSettings).

        Raises
        ------
        MissingDependencyError
            If PySide6 is absent.
        """
        core = import_optional("PySide6.QtCore", feature="settings", install="pip install 'oncologyai[test]'")
        return core.QSettings(str(Path(self.temporaryPath) / "Slicer.ini"), core.QSettings.Format.IniFormat)

    settings = userSettings
