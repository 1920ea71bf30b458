"""Where every file of this package gets ``slicer``, ``vtk`` and the scene from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oncologyai._interrupts import import_native
from oncologyai.errors import InstallationError

__all__ = ["all_or_nothing", "current_scene", "nothing_kept", "only_node", "slicer", "vtk", "vtk_matrix"]

_INSTALL = "pip install 'oncologyai[scene]'"

slicer = import_native("slicer", feature="the scene", install=_INSTALL)
vtk = import_native("vtk", feature="the scene", install=_INSTALL)


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


def only_node(class_name: str, tag: str) -> Any:
    """Give the scene's only node of a class, which the application has and a bare scene may lack."""
    scene = current_scene()
    node = scene.GetFirstNodeByClass(class_name)
    if node is None:
        node = getattr(slicer, class_name)()
        node.SetSingletonTag(tag)
        node = scene.AddNode(node)
    return node


def vtk_matrix(values: Any) -> Any:
    """Give a 4x4 array as a vtkMatrix4x4."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy([float(v) for row in values for v in row])
    return matrix


@contextmanager
def all_or_nothing(scene: Any) -> Iterator[None]:
    """Leave the scene as it was, nodes and subject hierarchy, if the block raises (or is cancelled)."""
    mark = _Mark(scene)
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            mark.go_back()


@contextmanager
def nothing_kept(scene: Any) -> Iterator[None]:
    """Remove every node that the block added, such as those of a view that is drawn once."""
    mark = _Mark(scene)
    try:
        yield
    finally:
        mark.go_back()


class _Mark:
    """What was in the scene at one moment."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self._hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
        self._nodes_then, self._items_then = set(self._nodes()), self._items()

    def go_back(self) -> None:
        """Remove what was added since."""
        for item in sorted(self._items() - self._items_then, reverse=True):
            self._hierarchy.RemoveItem(item, False, False)
        for node in [node for key, node in self._nodes().items() if key not in self._nodes_then]:
            self._scene.RemoveNode(node)

    def _nodes(self) -> dict[str, Any]:
        nodes = (self._scene.GetNthNode(n) for n in range(self._scene.GetNumberOfNodes()))
        return {node.GetID(): node for node in nodes}

    def _items(self) -> set[int]:
        children = vtk.vtkIdList()
        self._hierarchy.GetItemChildren(self._hierarchy.GetSceneItemID(), children, True)
        return {children.GetId(n) for n in range(children.GetNumberOfIds())}
