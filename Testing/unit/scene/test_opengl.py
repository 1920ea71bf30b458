"""What can draw here, and a clear word where nothing can."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import vtk

from oncologyai.errors import InstallationError
from oncologyai.scene.opengl import new_window, opengl_info

ROOT = Path(__file__).parents[3]


@pytest.fixture
def needs_opengl():
    try:
        new_window(8, 8)
    except InstallationError as error:
        pytest.skip(str(error))


def test_the_renderer_is_named(needs_opengl):
    assert "OpenGL" in opengl_info()


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are hidden through the loader of Linux")
def test_without_any_library_it_is_an_installation_error_not_a_crash(tmp_path):
    for name in ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so", "libEGL.so.1", "libEGL.so", "libGL.so.1"):
        (tmp_path / name).write_text("no library")
    hidden = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    hidden["LD_LIBRARY_PATH"] = str(tmp_path)
    code = (
        "from oncologyai.errors import InstallationError\n"
        "from oncologyai.scene import opengl_info\n"
        "try:\n    opengl_info()\nexcept InstallationError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=hidden, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("OpenGL: expected a display, EGL or OSMesa")
    assert "apt-get install" in done.stdout


def test_the_error_says_what_to_install(monkeypatch):
    class LastResort:
        def GetClassName(self):  # noqa: N802 - VTK's name
            return "vtkOSOpenGLRenderWindow"

    monkeypatch.setattr("oncologyai.scene.opengl.vtk.vtkRenderWindow", LastResort)
    monkeypatch.setattr("oncologyai.scene.opengl._OSMESA", ("libthere_is_none.so",))
    with pytest.raises(InstallationError, match="got none; on Debian: apt-get install libegl-mesa0"):
        new_window(8, 8)


@pytest.mark.parametrize("expected", [True, False])
def test_python_gets_its_turn_within_a_picture_only_where_a_signal_ends_the_process(
    expected, needs_opengl, monkeypatch
):
    turns = []
    monkeypatch.setattr("oncologyai.scene.opengl.is_end_expected", lambda: expected)
    monkeypatch.setattr("oncologyai.scene.opengl._listen", lambda _window, event: turns.append(event))
    window, renderer = new_window(8, 8)
    ball = vtk.vtkSphereSource()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(ball.GetOutputPort())
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window.Render()
    window.Finalize()
    assert set(turns) == ({"AbortCheckEvent"} if expected else set())
