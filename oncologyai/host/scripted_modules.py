"""``slicer.ScriptedLoadableModule``: the base classes of scripted modules, by their documented behaviour."""

# ruff: noqa: N802, N803 - the names are Slicer's
from __future__ import annotations

import importlib
import unittest
from pathlib import Path
from typing import Any

import slicer
from PySide6 import QtGui, QtWidgets

__all__ = [
    "ScriptedLoadableModule",
    "ScriptedLoadableModuleLogic",
    "ScriptedLoadableModuleTest",
    "ScriptedLoadableModuleWidget",
]

_NODE_CLASS = "vtkMRMLScriptedModuleNode"


class ScriptedLoadableModule:
    """What a module says of itself; ``parent`` is the application's module object."""

    def __init__(self, parent: Any) -> None:
        self.parent = parent
        self.moduleName = type(self).__name__
        parent.title = ""
        parent.categories = []
        parent.dependencies = []
        parent.contributors = []
        parent.helpText = ""
        parent.acknowledgementText = ""
        icon = Path(self.resourcePath(f"Icons/{self.moduleName}.png"))
        if icon.is_file():
            parent.icon = QtGui.QIcon(str(icon))
        if not hasattr(slicer, "selfTests"):
            slicer.selfTests = {}
        slicer.selfTests[self.moduleName] = self.runTest

    def resourcePath(self, filename: str) -> str:
        """Give the path of a file in the module's ``Resources`` folder."""
        return str(Path(self.parent.path).parent / "Resources" / filename)

    def getDefaultModuleDocumentationLink(self, docPage: str | None = None) -> str:
        """Give the sentence that links to the module's page; this host has no pages, so it is empty."""
        return ""

    def runTest(self, msec: int = 100, **kwargs: Any) -> None:
        """Run the class ``<module>Test`` of the module's file.

        Raises
        ------
        AssertionError
            If there is none, or one of its checks fails.
        """
        name = f"{self.moduleName}Test"
        test_class = getattr(importlib.import_module(type(self).__module__), name, None)
        if test_class is None:
            raise AssertionError(f"{type(self).__module__}.{name}: no such test class")
        test = test_class()
        test.messageDelay = msec
        test.runTest(**kwargs)


class ScriptedLoadableModuleWidget:
    """The module's panel, built by ``setup`` into ``parent``."""

    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = False
        self.parent = parent
        if parent is None:
            self.parent = slicer.qMRMLWidget()
            self.parent.setLayout(QtWidgets.QVBoxLayout())
            self.parent.setMRMLScene(slicer.mrmlScene)
        self.layout = self.parent.layout()
        if parent is None:
            self.setup()
            self.parent.show()

    def resourcePath(self, filename: str) -> str:
        """Give the path of a file in the module's ``Resources`` folder."""
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        """Build the panel; without developer mode the base class adds nothing."""

    def cleanup(self) -> None:
        """Called before the module is unloaded."""


class ScriptedLoadableModuleLogic:
    """The module's work, usable without its panel."""

    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:
        """Give the module's parameter node in the scene; one is made if there is none."""
        if self.isSingletonParameterNode:
            node = slicer.mrmlScene.GetSingletonNode(self.moduleName, _NODE_CLASS)
            if node is not None:
                node.SetAttribute("ModuleName", self.moduleName)  # closing the scene takes it away
                return node
        else:
            nodes = self.getAllParameterNodes()
            if nodes:
                return nodes[0]
        return slicer.mrmlScene.AddNode(self.createParameterNode())

    def getAllParameterNodes(self) -> list[Any]:
        """Give every parameter node of this module in the scene."""
        nodes = slicer.util.getNodesByClass(_NODE_CLASS)
        return [node for node in nodes if node.GetAttribute("ModuleName") == self.moduleName]

    def createParameterNode(self) -> Any:
        """Make a parameter node that is not in the scene yet."""
        node = slicer.mrmlScene.CreateNodeByClass(_NODE_CLASS)
        node.UnRegister(None)  # the caller owns the only reference, as with every wrapped vtkObject
        if self.isSingletonParameterNode:
            node.SetSingletonTag(self.moduleName)
        node.SetModuleName(self.moduleName)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """The module's self-test; ``runTest`` is what Slicer calls."""

    def __init__(self, methodName: str = "runTest", *args: Any, **kwargs: Any) -> None:
        super().__init__(methodName, *args, **kwargs)
        self.messageDelay = 0

    def delayDisplay(self, message: str, requestedDelay: int | None = None, msec: int | None = None) -> None:
        """Log a message; nobody watches this host, so it does not wait."""
        slicer.util.delayDisplay(message, 0)

    def runTest(self, **kwargs: Any) -> None:
        """Run nothing; modules override it."""
