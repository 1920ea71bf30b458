"""Real MRML without the application: what Slicer's start-up adds to the ``slicer`` package, on slicer-core.

After ``start()`` scripts find ``slicer.mrmlScene``, ``slicer.app`` and ``slicer.modules`` as they do inside Slicer.
Inside Slicer itself ``start()`` finds them there and changes nothing.
"""

from __future__ import annotations

import atexit
import logging
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from oncologyai._atomic import make_unfinished, remove_unfinished
from oncologyai._interrupts import import_native
from oncologyai._optional import import_optional
from oncologyai.host.application import (
    Application,
    CoreModule,
    Modules,
    qSlicerScriptedLoadableModule,
    qSlicerScriptedLoadableModuleWidget,
)

__all__ = ["INSTALL_COMMAND", "clear", "is_started", "start", "stop"]

INSTALL_COMMAND = "pip install 'oncologyai[scene]'"
_log = logging.getLogger(__name__)

# Order as in Slicer: terminologies come before the segmentations that use them.
_LOGICS = (
    ("Terminologies", "vtkSlicerTerminologiesModuleLogic"),
    ("Units", "vtkSlicerUnitsLogic"),
    ("Volumes", "vtkSlicerVolumesLogic"),
    ("Segmentations", "vtkSlicerSegmentationsModuleLogic"),
    ("SubjectHierarchy", "vtkSlicerSubjectHierarchyModuleLogic"),
    ("Markups", "vtkSlicerMarkupsLogic"),
    ("Models", "vtkSlicerModelsLogic"),
    ("Tables", "vtkSlicerTablesLogic"),
    ("Plots", "vtkSlicerPlotsLogic"),
    ("Texts", "vtkSlicerTextsLogic"),
    ("Transforms", "vtkSlicerTransformLogic"),
    ("CropVolume", "vtkSlicerCropVolumeLogic"),
    ("VolumeRendering", "vtkSlicerVolumeRenderingLogic"),
)


_CLASSES = (qSlicerScriptedLoadableModule, qSlicerScriptedLoadableModuleWidget)


@dataclass
class _Session:
    """What must stay alive while the host runs, and what must go when it ends."""

    slicer: ModuleType
    scene: Any
    logics: list[Any]
    temporary_folder: Path


_sessions: list[_Session] = []  # at most one: MRML's factories are process-wide


def is_started() -> bool:
    """Tell whether ``slicer.mrmlScene`` was made by this host."""
    return bool(_sessions)


def start(*, qt: bool = False) -> ModuleType:
    """Make ``slicer`` ready for use; a second call gives the same scene.

    Parameters
    ----------
    qt : bool
        Whether panels are needed too: then ``qt``, ``ctk`` and the qMRML widgets become importable (PySide6).

    Returns
    -------
    module
        ``slicer``, with ``mrmlScene``, ``app`` and ``modules``.

    Raises
    ------
    MissingDependencyError
        If slicer-core, the terminologies of trame-slicer or, with ``qt``, PySide6 is absent.
    """
    slicer = import_native("slicer", feature="the scene", install=INSTALL_COMMAND)
    import_native("slicer.util", feature="the scene", install=INSTALL_COMMAND)
    if not _sessions and getattr(slicer, "mrmlScene", None) is None:
        _sessions.append(_start(slicer))
    if qt:
        from oncologyai.host.qt_names import install_qt_names

        install_qt_names(slicer)
    return slicer


def clear() -> None:
    """Empty the scene and its subject hierarchy; the singletons that Slicer itself keeps stay."""
    for session in _sessions:
        hierarchy = session.slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(session.scene)
        hierarchy.RemoveAllItems()  # without Slicer's plug-ins nobody takes the items of removed nodes away
        session.scene.Clear(False)
        if hierarchy.GetScene() is None:
            # The scene goes on answering with the node that it has just let go, for as long as someone holds it.
            session.scene.AddNode(hierarchy)


def stop() -> None:
    """End the host: empty the scene, take its names out of ``slicer`` and remove its temporary folder."""
    while _sessions:
        session = _sessions.pop()
        for logic in reversed(session.logics):
            logic.SetMRMLScene(None)
        session.scene.Clear(True)
        session.logics.clear()
        for name in ("app", "mrmlScene", "modules", *(supplied.__name__ for supplied in _CLASSES)):
            delattr(session.slicer, name)
        remove_unfinished(session.temporary_folder)


def _start(slicer: ModuleType) -> _Session:
    share = _share_folder()
    _quiet_vtk()
    folder = make_unfinished("oncologyai-host-")
    atexit.register(stop)
    scene = slicer.vtkMRMLScene()
    application_logic = slicer.vtkSlicerApplicationLogic()
    application_logic.SetMRMLScene(scene)
    application_logic.SetTemporaryPath(str(folder))
    session = _Session(slicer, scene, [], folder)
    modules = Modules()
    _start_colors(application_logic, modules, scene)
    _start_remote_io(slicer, session, application_logic)
    slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(scene, True)
    _start_logics(session, modules, application_logic, share)
    session.logics.append(application_logic)
    slicer.mrmlScene = scene  # type: ignore[attr-defined]
    slicer.modules = modules  # type: ignore[attr-defined]
    for supplied in _CLASSES:
        setattr(slicer, supplied.__name__, supplied)
    slicer.app = Application(  # type: ignore[attr-defined]
        scene=scene,
        logic=application_logic,
        modules=modules,
        temporary_folder=folder,
        slicer_version=metadata.version("slicer-core"),
        home=share,
    )
    return session


def _share_folder() -> Path:
    """Find the terminology files, which slicer-core does not bring, in the wheel of trame-slicer."""
    package = import_optional("trame_slicer.resources", feature="SNOMED CT terminologies", install=INSTALL_COMMAND)
    return Path(str(resources.files(package)))


def _start_colors(application_logic: Any, modules: Modules, scene: Any) -> None:
    logic = application_logic.GetColorLogic()
    logic.SetMRMLScene(scene)
    application_logic.SetModuleLogic("Colors", logic)  # .mrb files name colour nodes that this logic makes
    modules.colors = CoreModule("Colors", logic)  # type: ignore[attr-defined]


def _start_remote_io(slicer: ModuleType, session: _Session, application_logic: Any) -> None:
    """Start what reading an .mrb needs: its files are fetched as if they were remote."""
    remote = slicer.vtkMRMLRemoteIOLogic()
    remote.SetMRMLScene(session.scene)
    remote.SetMRMLApplicationLogic(application_logic)
    cache = session.temporary_folder / "cache"
    cache.mkdir()
    remote.GetCacheManager().SetRemoteCacheDirectory(str(cache))
    data_io = slicer.vtkDataIOManagerLogic()
    data_io.SetMRMLScene(session.scene)
    data_io.SetMRMLApplicationLogic(application_logic)
    data_io.SetAndObserveDataIOManager(remote.GetDataIOManager())
    remote.AddDataIOToScene()
    session.logics += [remote, data_io]


def _start_logics(session: _Session, modules: Modules, application_logic: Any, share: Path) -> None:
    for name, class_name in _LOGICS:
        logic = getattr(session.slicer, class_name)()
        if name == "Terminologies":  # read when the scene is set, so the folder comes first
            logic.SetModuleShareDirectory(str(share / "terminologies"))
        logic.SetMRMLScene(session.scene)
        logic.SetMRMLApplicationLogic(application_logic)
        application_logic.SetModuleLogic(name, logic)
        setattr(modules, name.lower(), CoreModule(name, logic))
        session.logics.append(logic)


def _quiet_vtk() -> None:
    """Send VTK's messages to the log instead of the terminal, where they would drown the progress lines."""
    import vtk

    def keep(_window: Any, event: str, text: str) -> None:
        _log.log(logging.INFO if event == "ErrorEvent" else logging.DEBUG, "%s", text.strip())

    keep.CallDataType = "string0"  # type: ignore[attr-defined]
    window = vtk.vtkOutputWindow()
    window.SetDisplayModeToNever()
    window.AddObserver("ErrorEvent", keep)
    window.AddObserver("WarningEvent", keep)
    vtk.vtkOutputWindow.SetInstance(window)
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)
