"""Which Python the child of a panel runs on."""

import sys

import pytest

from oncologyai.errors import InstallationError


@pytest.fixture
def an_empty_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_slicers_own_python_comes_first(a_host, an_empty_path):
    from oncologyai.panels import pythonExecutable

    program = an_empty_path / "PythonSlicer"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert pythonExecutable() == str(program)


def test_elsewhere_it_is_this_python(a_host, an_empty_path):
    from oncologyai.panels import pythonExecutable

    assert pythonExecutable() == sys.executable


def test_an_application_without_its_python_is_told(a_host, an_empty_path, monkeypatch):
    from oncologyai.panels import pythonExecutable

    monkeypatch.setattr(sys, "executable", "/opt/Slicer/bin/SlicerApp-real")
    with pytest.raises(InstallationError, match="PythonSlicer: expected on the PATH"):
        pythonExecutable()
