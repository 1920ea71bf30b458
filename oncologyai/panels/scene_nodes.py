"""Nodes that a result is made of: whether they are still there, and how they go."""

from __future__ import annotations

from typing import Any

import slicer

__all__ = ["isInScene", "removeNode"]


def isInScene(node: Any) -> bool:
    """Tell whether a node is part of the scene; None is not."""
    return node is not None and node.GetScene() is slicer.mrmlScene


def removeNode(node: Any) -> None:
    """Take a node out of the scene with its display, and with its item, which MRML alone would leave there."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(node)
    if item:
        hierarchy.RemoveItem(item, False, False)
    if node.IsA("vtkMRMLDisplayableNode") and node.GetDisplayNode() is not None:
        slicer.mrmlScene.RemoveNode(node.GetDisplayNode())
    slicer.mrmlScene.RemoveNode(node)
