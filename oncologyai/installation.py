"""Examine the installation: what is there, what is not, how to mend it.

It stands outside ``workflows`` and imports nothing at its top that a broken installation may lack.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import oncologyai
from oncologyai.errors import InstallationError

__all__ = ["Finding", "examine_installation"]

State = Literal["ok", "absent", "fault"]

_REQUIRED = {  # package: module
    "numpy": "numpy",
    "scipy": "scipy.ndimage",
    "scikit-image": "skimage",
    "SimpleITK": "SimpleITK",
    "pandas": "pandas",
    "pydicom": "pydicom",
    "highdicom": "highdicom",
    "matplotlib": "matplotlib",
    "jinja2": "jinja2",
    "typer": "typer",
    "rich": "rich",
}
_CODECS = {
    "JPEG-LS": ("jpeg_ls", "pyjpegls", "pyjpegls"),
    "JPEG 2000": ("openjpeg", "pylibjpeg-openjpeg", "pylibjpeg pylibjpeg-openjpeg"),
    "JPEG": ("gdcm", "python-gdcm", "python-gdcm"),
}
_ENGINES = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime", "torch": "PyTorch"}
_MIN_PYTHON = (3, 11)
_MIN_MEMORY_GB = 4.0


@dataclass(frozen=True)
class Finding:
    """One thing examined; ``absent`` is optional and not there, ``fault`` must be mended."""

    subject: str
    state: State
    found: str
    remedy: str = ""


def examine_installation() -> tuple[Finding, ...]:
    """Examine Python, packages, codecs, scene, OpenGL, engines, workers, GPU, memory and write access."""
    return (
        _python(),
        *_packages(),
        *_codecs(),
        *_scene(),
        *_engines(),
        _workers(),
        _gpu(),
        _memory(),
        _writable("temporary files", Path(tempfile.gettempdir())),
        _writable("current folder", Path.cwd()),
    )


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.platform()}; oncologyai {oncologyai.__version__}"
    if sys.version_info < _MIN_PYTHON:
        return Finding("Python", "fault", text, "install Python 3.11 or later and set up again")
    return Finding("Python", "ok", text)


def _packages() -> Iterator[Finding]:
    for name, module in _REQUIRED.items():
        try:
            import_module(module)
            yield Finding(name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, "fault", "not installed", f"pip install {name}")
        except (ImportError, OSError, RuntimeError, AttributeError, ValueError) as error:  # half an installation
            if isinstance(error, ModuleNotFoundError) and error.name == module.partition(".")[0]:
                yield Finding(name, "fault", "not installed", f"pip install {name}")
            else:
                yield Finding(name, "fault", f"does not load: {_line(error)}", f"pip install --force-reinstall {name}")


def _codecs() -> Iterator[Finding]:
    for form, (module, package, install) in _CODECS.items():
        if find_spec(module) is None:
            yield Finding(f"codec {form}", "fault", "not installed", f"pip install {install}")
        else:
            yield Finding(f"codec {form}", "ok", f"{package} {metadata.version(package)}")


def _scene() -> Iterator[Finding]:
    if find_spec("slicer") is None:
        yield Finding(
            "scene", "absent", "slicer-core is not installed: no scene.mrb, no 3D", "pip install 'oncologyai[scene]'"
        )
        return
    try:
        from oncologyai import host, scene

        host.start()
    except (InstallationError, ImportError, OSError, RuntimeError, AttributeError) as error:
        remedy = "pip install --force-reinstall 'oncologyai[scene]', or run with --no-scene"
        yield Finding("scene", "fault", f"slicer-core does not start: {_line(error)}", remedy)
        return
    yield Finding("scene", "ok", f"slicer-core {_version('slicer-core')}, vtk {_version('vtk')}")
    try:
        yield Finding("OpenGL", "ok", scene.opengl_info())
    except InstallationError as error:
        yield Finding(
            "OpenGL",
            "absent",
            f"no off-screen rendering, so no 3D picture: {_line(error)}",
            "Debian: apt-get install libegl-mesa0 libgl1-mesa-dri libosmesa6",
        )


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "of Slicer"


def _engines() -> Iterator[Finding]:
    for module, name in _ENGINES.items():
        if find_spec(module) is None:
            yield Finding(f"engine {name}", "absent", "not installed; seeded segmentation does not need it")
        else:
            yield Finding(f"engine {name}", "ok", metadata.version(module))


def _workers() -> Finding:
    if find_spec("distributed") is None:
        return Finding(
            "workers", "absent", "Dask is not installed: a batch has one worker", "pip install 'oncologyai[batch]'"
        )
    return Finding("workers", "ok", f"Dask {metadata.version('distributed')}")


def _gpu() -> Finding:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Finding("GPU", "absent", "no NVIDIA driver; everything here runs on the processor")
    query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("GPU", "absent", f"nvidia-smi does not answer: {error}", "reinstall the NVIDIA driver")
    if done.returncode:
        return Finding("GPU", "absent", done.stderr.strip() or done.stdout.strip(), "reinstall the NVIDIA driver")
    return Finding("GPU", "ok", done.stdout.strip().replace("\n", "; "))


def _memory() -> Finding:
    cores = os.cpu_count() or 1
    if not hasattr(os, "sysconf"):
        return Finding("processor", "ok", f"{cores} cores")
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    text = f"{cores} cores, {gigabytes:.1f} GiB memory"
    if gigabytes < _MIN_MEMORY_GB:
        return Finding("processor", "fault", text, f"a chest CT needs 2 GB; use a machine with {_MIN_MEMORY_GB:g} GiB")
    return Finding("processor", "ok", text)


def _writable(subject: str, folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(subject, "fault", f"{folder}: {error.strerror}", "choose another folder or mend its permissions")
    free = shutil.disk_usage(folder).free / 2**30
    return Finding(subject, "ok", f"{folder} can be written, {free:.1f} GiB free")
