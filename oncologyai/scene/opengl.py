"""Whether this machine can draw, and the off-screen window that every picture is drawn in."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai._interrupts import is_end_expected
from oncologyai.errors import InstallationError
from oncologyai.scene._slicer import vtk

__all__ = ["new_window", "opengl_info", "save_picture"]

_OSMESA = ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")
_PACKAGES = "libegl-mesa0 libgl1-mesa-dri libosmesa6"


def opengl_info() -> str:
    """Give the renderer that pictures are drawn with, such as ``llvmpipe (LLVM 15.0.6, 256 bits), OpenGL 4.5``.

    Raises
    ------
    InstallationError
        If there is no OpenGL.
    """
    window, _ = new_window(16, 16)
    window.Render()
    found = dict(line.split(":", 1) for line in (window.ReportCapabilities() or "").splitlines() if ":" in line)
    renderer = found.get("OpenGL renderer string", "unknown renderer").strip()
    version = found.get("OpenGL version string", "").strip()
    window.Finalize()
    return f"{renderer}, OpenGL {version}" if version else renderer


def new_window(width: int, height: int) -> tuple[Any, Any]:
    """Give an off-screen window and its renderer.

    Raises
    ------
    InstallationError
        If there is no OpenGL.
    """
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)  # VTK tells at length of each way it tries in vain
    window = vtk.vtkRenderWindow()
    if window.GetClassName() == "vtkOSOpenGLRenderWindow" and not _has_osmesa():
        # VTK's last resort; it ends the whole process at the first picture where its library is absent.
        raise InstallationError(
            "OpenGL: expected a display, EGL or OSMesa to draw pictures with, got none; "
            f"on Debian: apt-get install {_PACKAGES}"
        )
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(width, height)
    renderer = vtk.vtkRenderer()
    window.AddRenderer(renderer)
    interactor = vtk.vtkGenericRenderWindowInteractor()
    interactor.SetRenderWindow(window)
    if is_end_expected():  # where Ctrl-C raises instead, VTK would end the whole program when it comes out of here
        window.AddObserver("AbortCheckEvent", _listen)
    return window, renderer


def save_picture(window: Any, path: str | Path) -> None:
    """Draw the window and write it as PNG; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.ShouldRerenderOff()
    with atomic_file(path) as draft:
        writer = vtk.vtkPNGWriter()
        writer.SetInputConnection(grab.GetOutputPort())
        writer.SetFileName(str(draft))
        writer.Write()


def _listen(_window: Any, _event: str) -> None:
    """Let Python hear signals in the midst of a picture, which takes a second where the processor draws it."""


def _has_osmesa() -> bool:
    for name in _OSMESA:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
