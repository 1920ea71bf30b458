"""``qt``, ``ctk``, the qMRML widgets and the scripted module classes, where Slicer's modules look for them."""

from __future__ import annotations

import ctypes
import os
import sys
from types import ModuleType
from typing import Any

__all__ = ["install_qt_names"]

_SPARE_REFERENCES = 1 << 40
_applications: list[Any] = []  # Qt wants its application object to outlive every widget


def install_qt_names(slicer: ModuleType) -> None:
    """Make the names that panels need importable; a second call changes nothing.

    Without a display Qt draws off screen.

    Raises
    ------
    MissingDependencyError
        If PySide6 is absent.
    """
    from oncologyai._optional import import_optional

    _choose_platform()
    for name in ("QtCore", "QtGui", "QtWidgets", "QtUiTools"):
        import_optional(f"PySide6.{name}", feature="panels", install="pip install 'oncologyai[test]'")
    from PySide6 import QtWidgets

    from oncologyai.host.qt_garbage import collect_in_this_thread

    if not _applications:
        _keep_singletons_alive()
        application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["Slicer"])
        collect_in_this_thread(application)
        _applications.append(application)
    if "qt" not in sys.modules:
        from oncologyai.host.qt_pythonqt import finder

        finder()
        _install(slicer)


def _keep_singletons_alive() -> None:
    """Give None, True and False references to spare before Python 3.12 makes them immortal by itself.

    PySide6 6.12 gives one back too many on every call that returns nothing; after some thousand calls Python 3.11
    would end with "deallocating None".
    """
    if sys.version_info < (3, 12):
        for singleton in (None, True, False):
            ctypes.c_ssize_t.from_address(id(singleton)).value += _SPARE_REFERENCES


def _choose_platform() -> None:
    has_display = sys.platform != "linux" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if not has_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _install(slicer: ModuleType) -> None:
    from PySide6 import QtCore

    from oncologyai.host import ctk_widgets, parameter_nodes, scripted_i18n, scripted_modules, widgets

    # slicer.util reads this property of PythonQt from every widget.
    QtCore.QObject.name = property(  # type: ignore[attr-defined]
        lambda target: target.objectName(), lambda target, value: target.setObjectName(value)
    )
    sys.modules["qt"] = _qt_module()
    sys.modules["ctk"] = _module("ctk", "CTK's widgets", ctk_widgets)
    for name in widgets.__all__:
        setattr(slicer, name, getattr(widgets, name))
    for name, source in (
        ("ScriptedLoadableModule", scripted_modules),
        ("i18n", scripted_i18n),
        ("parameterNodeWrapper", parameter_nodes),
    ):
        module = _module(f"slicer.{name}", f"slicer.{name}", source)
        sys.modules[f"slicer.{name}"] = module
        setattr(slicer, name, module)


class _QtModule(ModuleType):
    """All of Qt's classes in one module, as PythonQt has them; each is fetched when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        from PySide6 import QtCore, QtGui, QtWidgets

        for source in (QtCore, QtGui, QtWidgets):
            value = None if name.startswith("_") else getattr(source, name, None)
            if value is not None:
                setattr(self, name, value)
                return value
        raise AttributeError(f"qt.{name}: Qt has no such name")


def _qt_module() -> ModuleType:
    from oncologyai.host.qt_ui_loader import QUiLoader

    module = _QtModule("qt", "Qt as PythonQt names it.")
    module.__dict__["QUiLoader"] = QUiLoader
    return module


def _module(name: str, docstring: str, source: ModuleType) -> ModuleType:
    """Give a module that has just the public names of ``source``: any other raises AttributeError."""
    module = ModuleType(name, docstring)
    module.__dict__.update({key: getattr(source, key) for key in source.__all__}, __all__=list(source.__all__))
    return module
