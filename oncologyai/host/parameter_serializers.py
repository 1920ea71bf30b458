"""How each type of parameter is kept in a parameter node's text parameters and node references."""

from __future__ import annotations

import enum
import pathlib
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, MutableSequence
from typing import Any

import slicer

from oncologyai.host.parameter_validators import IsInstance, NotNone, Validator

__all__ = ["Serializer", "serializer_for", "split_annotated"]


def split_annotated(annotated: Any) -> tuple[Any, tuple[Any, ...]]:
    """Give the bare type of ``Annotated[type, ...]`` and its notes."""
    if typing.get_origin(annotated) is typing.Annotated:
        kind, *notes = typing.get_args(annotated)
        return kind, tuple(notes)
    return annotated, ()


class Serializer(ABC):
    """Reads and writes one type."""

    @abstractmethod
    def default(self) -> Any:
        """Give the value before any was set."""

    @abstractmethod
    def write(self, node: Any, name: str, value: Any) -> None:
        """Keep a value."""

    @abstractmethod
    def read(self, node: Any, name: str) -> Any:
        """Give the value kept."""

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether a value is kept."""
        return bool(node.HasParameter(name))

    def checks(self) -> list[Validator]:
        """Give what every value of the type must satisfy."""
        return []


class _Text(Serializer):
    """A type that turns into text and back."""

    def __init__(self, kind: type, accepted: type | tuple[type, ...], default: Any) -> None:
        self.kind, self.accepted, self._default = kind, accepted, default

    def default(self) -> Any:
        return self._default

    def write(self, node: Any, name: str, value: Any) -> None:
        node.SetParameter(name, str(value))

    def read(self, node: Any, name: str) -> Any:
        return self.kind(node.GetParameter(name))

    def checks(self) -> list[Validator]:
        return [NotNone(), IsInstance(self.accepted)]


class _Bool(_Text):
    def __init__(self) -> None:
        super().__init__(bool, bool, False)

    def read(self, node: Any, name: str) -> bool:
        return bool(node.GetParameter(name) == "True")


class _Enum(_Text):
    def __init__(self, kind: type[enum.Enum]) -> None:
        super().__init__(kind, kind, next(iter(kind)))
        self.members = kind.__members__

    def write(self, node: Any, name: str, value: enum.Enum) -> None:
        node.SetParameter(name, value.name)

    def read(self, node: Any, name: str) -> enum.Enum:
        return self.members[node.GetParameter(name)]


class _Node(Serializer):
    """A node of the scene: a node reference, so that it survives saving, reopening and renumbered IDs."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        self.kinds = kinds

    def default(self) -> None:
        return None

    def write(self, node: Any, name: str, value: Any) -> None:
        node.SetParameter(name, "")  # says that the parameter was set even where the reference is to nothing
        node.SetNodeReferenceID(name, value.GetID() if value is not None else None)

    def read(self, node: Any, name: str) -> Any:
        return node.GetNodeReference(name)

    def checks(self) -> list[Validator]:
        return [IsInstance(self.kinds)]


class _KeptList(MutableSequence[Any]):
    """A list that writes itself back to its parameter node on every change."""

    def __init__(self, items: list[Any], keep: Callable[[list[Any]], None]) -> None:
        self._items, self._keep = items, keep

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self._items[index] = value
        self._keep(self._items)

    def __delitem__(self, index: Any) -> None:
        del self._items[index]
        self._keep(self._items)

    def insert(self, index: int, value: Any) -> None:
        self._items.insert(index, value)
        self._keep(self._items)

    def __eq__(self, other: object) -> bool:
        return list(self._items) == list(other) if isinstance(other, (list, _KeptList)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class _List(Serializer):
    """A list of one type."""

    def __init__(self, element: Any) -> None:
        kind, notes = split_annotated(element)
        self.element = serializer_for(kind)
        self.validators = [*self.element.checks(), *(n for n in notes if isinstance(n, Validator))]

    def default(self) -> list[Any]:
        return []

    def is_in(self, node: Any, name: str) -> bool:
        return bool(node.HasParameter(f"{name}_len"))

    def write(self, node: Any, name: str, value: Any) -> None:
        for item in value:
            for validator in self.validators:
                validator.validate(item)
        for index, item in enumerate(value):
            self.element.write(node, f"{name}_{index}", item)
        old = int(node.GetParameter(f"{name}_len") or 0)
        for index in range(len(value), old):
            node.UnsetParameter(f"{name}_{index}")
            node.RemoveNodeReferenceIDs(f"{name}_{index}")
        node.SetParameter(f"{name}_len", str(len(value)))

    def read(self, node: Any, name: str) -> _KeptList:
        count = int(node.GetParameter(f"{name}_len") or 0)
        items = [self.element.read(node, f"{name}_{index}") for index in range(count)]
        return _KeptList(items, lambda values: self.write(node, name, values))


def serializer_for(kind: Any) -> Serializer:
    """Give the serializer of a bare type.

    Raises
    ------
    TypeError
        If there is none.
    """
    simple: dict[Any, Serializer] = {
        str: _Text(str, str, ""),
        int: _Text(int, int, 0),
        float: _Text(float, (int, float), 0.0),
        bool: _Bool(),
        pathlib.Path: _Text(pathlib.Path, pathlib.Path, pathlib.Path()),
    }
    if kind in simple:
        return simple[kind]
    if typing.get_origin(kind) is list:
        return _List(typing.get_args(kind)[0])
    members = _node_classes(kind)
    if members:
        return _Node(members)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _Enum(kind)
    raise TypeError(f"{kind}: expected a node class, str, bool, int, float, an Enum, pathlib.Path or a list of those")


def _node_classes(kind: Any) -> tuple[type, ...]:
    """Give the node classes of a class or of a union of classes with None; nothing for other types."""
    union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    members = tuple(m for m in typing.get_args(kind) if m is not type(None)) if union else (kind,)
    return members if all(isinstance(m, type) and issubclass(m, slicer.vtkMRMLNode) for m in members) else ()
