"""The names that panels import, and that unknown ones raise."""

import importlib

import pytest

from oncologyai.host import start

slicer = start(qt=True)


@pytest.fixture(autouse=True)
def a_started_host():
    """Another test of this process may have ended the host."""
    start(qt=True)


@pytest.mark.parametrize("name", ["QPushButton", "QTimer", "QProcess", "QIcon", "Qt", "QUiLoader"])
def test_qt_has_all_of_qts_classes_in_one_module(name):
    assert getattr(importlib.import_module("qt"), name) is not None


@pytest.mark.parametrize("module", ["qt", "ctk", "slicer", "slicer.parameterNodeWrapper", "slicer.i18n"])
def test_unknown_names_raise_and_are_never_mocked(module):
    with pytest.raises(AttributeError, match="vtkMRMLNoSuchThing"):
        _ = importlib.import_module(module).vtkMRMLNoSuchThing


def test_texts_stay_as_they_are_written():
    from slicer.i18n import tr, translate

    assert (tr("Apply"), translate("context", "Apply")) == ("Apply", "Apply")


def test_a_second_call_keeps_the_modules():
    import qt

    start(qt=True)
    assert importlib.import_module("qt") is qt


def test_slicer_util_finds_widgets_by_name():
    import qt

    outer, inner = qt.QWidget(), qt.QLabel()
    inner.setParent(outer)
    inner.setObjectName("statusLabel")
    assert slicer.util.childWidgetVariables(outer).statusLabel is inner


def test_ui_file_with_an_unknown_widget_is_refused(tmp_path):
    path = tmp_path / "strange.ui"
    path.write_text('<ui version="4.0"><class>S</class><widget class="qMRMLStrangeWidget" name="S"/></ui>')
    with pytest.raises(AttributeError, match="qMRMLStrangeWidget"):
        slicer.util.loadUI(str(path))


def test_ui_file_that_connects_a_missing_widget_is_refused(tmp_path):
    path = tmp_path / "broken.ui"
    path.write_text(
        '<ui version="4.0"><class>S</class><widget class="qMRMLWidget" name="S"/><connections><connection>'
        "<sender>S</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>"
        "<receiver>absent</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection></connections></ui>"
    )
    with pytest.raises(AttributeError, match="absent"):
        slicer.util.loadUI(str(path))
