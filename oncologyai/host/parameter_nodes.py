"""``slicer.parameterNodeWrapper``: a vtkMRMLScriptedModuleNode with typed, checked members, kept in the scene.

Values are written as Slicer documents them (numbers and paths as text, ``True``/``False``, enum members by name, nodes
as node references, lists as ``<name>_len`` and ``<name>_<index>``), so that a scene saved here opens there.
"""

# ruff: noqa: N802, N803, N815 - the names are Slicer's
from __future__ import annotations

import typing
from typing import Any, TypeVar

from oncologyai.host.parameter_serializers import Serializer, serializer_for, split_annotated
from oncologyai.host.parameter_validators import (
    Choice,
    Decimals,
    Default,
    Exclude,
    IsInstance,
    Maximum,
    Minimum,
    NotNone,
    SingleStep,
    Validator,
    WithinRange,
)

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "IsInstance",
    "Maximum",
    "Minimum",
    "NotNone",
    "SingleStep",
    "Validator",
    "WithinRange",
    "isParameterNodeWrapper",
    "parameterNodeWrapper",
]

_Class = TypeVar("_Class", bound=type)
_MODIFIED = "ModifiedEvent"


class _Parameter:
    """One member: a property that reads and writes the parameter node."""

    def __init__(self, name: str, annotated: Any, default: Any) -> None:
        self.name, self.annotated = name, annotated
        kind, notes = split_annotated(annotated)
        self.serializer: Serializer = serializer_for(kind)
        self.validators = [*self.serializer.checks(), *(n for n in notes if isinstance(n, Validator))]
        noted = next((n.value for n in notes if isinstance(n, Default)), None)
        fallback = self.serializer.default() if noted is None else noted
        self.default = fallback if default is _UNSET else default

    def __get__(self, wrapper: Any, owner: type | None = None) -> Any:
        return self if wrapper is None else self.serializer.read(wrapper.parameterNode, self.name)

    def __set__(self, wrapper: Any, value: Any) -> None:
        for validator in self.validators:
            validator.validate(value)
        node = wrapper.parameterNode
        modified = node.StartModify()
        try:
            self.serializer.write(node, self.name, value)
        finally:
            node.EndModify(modified)


_UNSET = object()


class _Wrapper:
    """What every wrapper class can do; ``parameterNode`` is the node itself."""

    allParameters: typing.ClassVar[dict[str, _Parameter]] = {}

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        if prefix:
            raise ValueError("prefix: this host keeps parameters under their own names only")
        self.parameterNode = parameterNode
        self._guis: dict[int, tuple[list[Any], int]] = {}
        for name, parameter in self.allParameters.items():
            if not parameter.serializer.is_in(parameterNode, name):
                setattr(self, name, parameter.default)

    def _parameter(self, name: str) -> _Parameter:
        if name not in self.allParameters:
            raise ValueError(f"Cannot find a param with the given name: {name} (there are {list(self.allParameters)})")
        return self.allParameters[name]

    def default(self, name: str) -> Default:
        """Give the default of a parameter."""
        return Default(self._parameter(name).default)

    def dataType(self, name: str) -> Any:
        """Give the annotated type of a parameter."""
        return self._parameter(name).annotated

    def getValue(self, name: str) -> Any:
        """Give a parameter by its name."""
        self._parameter(name)
        return getattr(self, name)

    def setValue(self, name: str, value: Any) -> None:
        """Set a parameter by its name."""
        self._parameter(name)
        setattr(self, name, value)

    def StartModify(self) -> int:
        """Hold back ModifiedEvent."""
        return int(self.parameterNode.StartModify())

    def EndModify(self, previous: int) -> None:
        """Send the ModifiedEvent that was held back."""
        self.parameterNode.EndModify(previous)

    def Modified(self) -> None:
        """Send a ModifiedEvent."""
        self.parameterNode.Modified()

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        """Observe the node."""
        return int(self.parameterNode.AddObserver(event, callback, priority))

    def RemoveObserver(self, tag: int) -> None:
        """Observe no more."""
        self.parameterNode.RemoveObserver(tag)

    def connectGui(self, gui: Any) -> int:
        """Bind every widget that has the property ``SlicerParameterName``; gives a tag for ``disconnectGui``.

        ``gui`` is a widget with children or what ``slicer.util.childWidgetVariables`` gave.
        """
        from PySide6 import QtWidgets

        found = gui.findChildren(QtWidgets.QWidget) if isinstance(gui, QtWidgets.QWidget) else vars(gui).values()
        mapping = {name: widget for widget in found if (name := widget.property("SlicerParameterName"))}
        return self.connectParametersToGui(mapping)

    def connectParametersToGui(self, mapping: dict[str, Any]) -> int:
        """Bind widgets by parameter name, both ways."""
        from oncologyai.host.parameter_gui import bind

        links = [bind(self, name, widget) for name, widget in mapping.items()]

        def show(*_: Any) -> None:
            for link in links:
                link.show()

        show()
        tag = max(self._guis, default=-1) + 1
        self._guis[tag] = (links, self.AddObserver(_MODIFIED, show))
        return tag

    def disconnectGui(self, tag: int) -> None:
        """Unbind what ``connectGui`` bound."""
        links, observer = self._guis.pop(tag, ([], None))
        for link in links:
            link.stop()
        if observer is not None:
            self.RemoveObserver(observer)


def isParameterNodeWrapper(classOrObj: Any) -> bool:
    """Tell whether a class or an object was made by ``parameterNodeWrapper``."""
    kind = classOrObj if isinstance(classOrObj, type) else type(classOrObj)
    return issubclass(kind, _Wrapper)


def parameterNodeWrapper(classtype: Any = None) -> Any:
    """Turn a class of annotated members into a wrapper of a parameter node.

    Raises
    ------
    TypeError
        If a member's type cannot be kept in a parameter node.
    ValueError
        If a member has a name that the wrapper needs itself.
    """
    return _wrap if classtype is None else _wrap(classtype)


def _wrap(cls: _Class) -> _Class:
    hints = typing.get_type_hints(cls, include_extras=True)
    reserved = [name for name in hints if hasattr(_Wrapper, name)]
    if reserved:
        raise ValueError(f"Cannot use reserved name '{reserved[0]}' in a parameterNodeWrapper")
    parameters = {name: _Parameter(name, hint, getattr(cls, name, _UNSET)) for name, hint in hints.items()}
    members = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
    wrapped: Any = type(cls.__name__, (*(b for b in cls.__bases__ if b is not object), _Wrapper), members)
    wrapped.allParameters = parameters
    for name, parameter in parameters.items():
        setattr(wrapped, name, parameter)
    return wrapped
