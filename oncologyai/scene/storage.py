"""The scene as one file (.mrb), and back."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, OutputError, UnreadableFileError
from oncologyai.scene._slicer import current_scene, slicer

__all__ = ["load_mrb", "save_mrb"]


def save_mrb(path: str | os.PathLike[str]) -> None:
    """Write the scene with all its data; the file appears whole or not at all.

    Raises
    ------
    InputError
        If the name does not end in .mrb.
    OutputError
        If the place cannot be written.
    """
    _check_suffix(path)
    scene = current_scene()
    with atomic_file(path) as draft:
        if not scene.WriteToMRB(str(draft), None) or not draft.is_file():
            raise OutputError(
                str(path), expected="a place that can be written", got="a failure while writing the scene",
                remedy="look for room on the disk",
            )  # fmt: skip


def load_mrb(path: str | os.PathLike[str]) -> None:
    """Replace the scene by the one of a file.

    Raises
    ------
    InputError
        If the name does not end in .mrb.
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is damaged.
    """
    _check_suffix(path)
    scene = current_scene()
    if not Path(path).is_file():
        raise MissingFileError(str(path), expected="a scene (.mrb)", got="no such file")
    _check_archive(path)
    slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene).RemoveAllItems()  # Clear() would leave them
    if not scene.ReadFromMRB(str(path), True):
        raise UnreadableFileError(str(path), expected="a scene (.mrb)", got="a damaged file")


def _check_archive(path: str | os.PathLike[str]) -> None:
    """Look before MRML does: an archive that it cannot unpack leaves it unable to read any other."""
    try:
        with zipfile.ZipFile(path) as archive:
            whole = archive.testzip() is None and any(name.endswith(".mrml") for name in archive.namelist())
    except (zipfile.BadZipFile, zlib.error):
        whole = False
    if not whole:
        raise UnreadableFileError(str(path), expected="a scene (.mrb)", got="a damaged file")


def _check_suffix(path: str | os.PathLike[str]) -> None:
    if Path(path).suffix.lower() != ".mrb":
        raise InputError(str(path), expected="a name that ends in .mrb", got=repr(Path(path).name))
