"""slicer.app and slicer.modules answer to Slicer's names and to no other."""

import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from oncologyai import host


@pytest.fixture
def slicer():
    return host.start()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (lambda s: s.app, "mainWindow"),
        (lambda s: s.app, "anythingAtAll"),
        (lambda s: s.modules, "nosuchmodule"),
        (lambda s: s.modules.volumes, "widgetRepresentation"),
        (lambda s: s.app.coreIOManager(), "openAddDataDialog"),
        (lambda s: s.app.moduleManager(), "factoryManager"),
    ],
)
def test_a_name_that_is_not_supplied_raises(slicer, owner, name):
    assert not hasattr(owner(slicer), name)
    with pytest.raises(AttributeError, match=rf"slicer\..*{name}: this host does not supply it"):
        getattr(owner(slicer), name)


def test_the_application_is_the_scenes(slicer):
    assert slicer.app.mrmlScene() is slicer.mrmlScene
    assert slicer.app.applicationLogic().GetMRMLScene() is slicer.mrmlScene
    assert slicer.app.ioManager() is slicer.app.coreIOManager()


def test_it_runs_as_slicer_does_in_testing_without_a_window(slicer):
    assert slicer.app.layoutManager() is None
    assert slicer.app.testingEnabled()
    assert slicer.util.mainWindow.__module__ == "slicer.util"
    assert slicer.app.translate("Context", "text") == "text"
    assert "PATH" in slicer.app.startupEnvironment()
    slicer.app.processEvents()
    slicer.app.pauseRender()
    slicer.app.resumeRender()


def test_the_version_is_that_of_slicer_core(slicer):
    assert (slicer.app.majorVersion, slicer.app.minorVersion) >= (5, 10)
    assert slicer.app.applicationVersion.startswith(f"{slicer.app.majorVersion}.{slicer.app.minorVersion}.")


def test_modules_are_found_by_name(slicer):
    manager = slicer.app.moduleManager()
    assert manager.module("SubjectHierarchy") is slicer.modules.subjecthierarchy
    assert manager.module("NoSuchModule") is None
    assert {"Volumes", "Segmentations", "Markups", "Colors", "Terminologies"} <= set(manager.modulesNames())
    assert slicer.util.getModule("Volumes") is slicer.modules.volumes


def test_settings_live_in_the_hosts_own_folder(slicer):
    pytest.importorskip("PySide6.QtCore")
    settings = slicer.app.userSettings()
    settings.setValue("a/b", "c")
    assert settings.fileName().startswith(slicer.app.temporaryPath)
    assert slicer.app.settings().value("a/b") == "c"
