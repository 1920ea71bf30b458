"""Where every file of this package gets ``slicer``, ``vtk`` and the scene from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oncologyai._optional import import_optional
from oncologyai.errors import InstallationError

__all__ = ["all_or_nothing", "current_scene", "slicer", "vtk", "vtk_matrix"]

_INSTALL = "pip install 'oncologyai[scene]'"

slicer = import_optional("slicer", feature="the scene", install=_INSTALL)
vtk = import_optional("vtk", feature="the scene", install=_INSTALL)


def current_scene() -> Any:
    """Give ``slicer.mrmlScene``.

    Raises
    ------
    InstallationError
        If there is none: neither Slicer nor the host runs.
    """
    scene = getattr(slicer, "mrmlScene", None)
    if scene is None:
        raise InstallationError("slicer.mrmlScene: expected a scene, got none; call oncologyai.host.start() first")
    return scene


def vtk_matrix(values: Any) -> Any:
    """Give a 4x4 array as a vtkMatrix4x4."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy([float(v) for row in values for v in row])
    return matrix


@contextmanager
def all_or_nothing(scene: Any) -> Iterator[None]:
    """Leave the scene as it was, nodes and subject hierarchy, if the block raises (or is cancelled)."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    nodes_before, items_before = _nodes(scene), _items(hierarchy)
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            for node in [n for key, n in _nodes(scene).items() if key not in nodes_before]:
                scene.RemoveNode(node)
            for item in sorted(_items(hierarchy) - items_before, reverse=True):
                hierarchy.RemoveItem(item)


def _nodes(scene: Any) -> dict[str, Any]:
    nodes = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
    return {node.GetID(): node for node in nodes}


def _items(hierarchy: Any) -> set[int]:
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), children, True)
    return {children.GetId(n) for n in range(children.GetNumberOfIds())}
