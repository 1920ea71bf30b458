"""PythonQt's manners on PySide6, for module files that are read unchanged.

PythonQt gives Qt properties as plain attributes (``button.text = "Apply"``) and connects by signature
(``button.connect("clicked(bool)", f)``). The loader here translates the attribute accesses of a module's source while
it is compiled; nothing else of the source changes, and no byte code is written.
"""

from __future__ import annotations

import ast
import copy
import sys
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from PySide6 import QtCore

__all__ = ["PythonQtFinder", "connect", "finder", "disconnect", "get_attribute", "set_attribute", "translate"]

_GET, _SET = "__pythonqt_get__", "__pythonqt_set__"
_C_MODULES = ("PySide6", "oncologyai.host")
_slots: weakref.WeakKeyDictionary[Any, dict[tuple[str, Any], Callable[..., Any]]] = weakref.WeakKeyDictionary()


def get_attribute(target: Any, name: str) -> Any:
    """Give ``target.name`` as PythonQt does: the value of a Qt property, else the attribute.

    Raises
    ------
    AttributeError
        If there is no such property, method or signal.
    """
    if not isinstance(target, QtCore.QObject):
        return getattr(target, name)
    if name in _MEMBERS:
        return _MEMBERS[name](target)
    if target.metaObject().indexOfProperty(name) >= 0:
        return target.property(name)
    return getattr(target, name)


def set_attribute(value: Any, target: Any, name: str) -> None:
    """Set ``target.name = value`` as PythonQt does; the value comes first, as Python evaluates it first.

    Raises
    ------
    AttributeError
        If ``target`` is a Qt object without such a property, or the property does not take the value.
    """
    if not isinstance(target, QtCore.QObject):
        setattr(target, name, value)
    elif name == "name":
        target.setObjectName(value)
    elif target.metaObject().indexOfProperty(name) >= 0:
        if not target.setProperty(name, value):
            raise AttributeError(f"{type(target).__name__}.{name} does not take {value!r}")
    elif type(target).__module__.startswith(_C_MODULES):
        raise AttributeError(
            f"{type(target).__name__}.{name} does not exist, and Qt objects take no new attributes in PythonQt"
        )
    else:
        setattr(target, name, value)


def connect(target: Any, signature: str, slot: Callable[..., Any]) -> bool:
    """Connect a signal by its C++ signature; the slot gets as many arguments as the signature names.

    Raises
    ------
    AttributeError
        If the object has no signal of that name and number of arguments.
    """
    name, _, rest = signature.partition("(")
    types = [t for t in rest.rstrip(")").split(",") if t.strip()]
    _check_signal(target, name.strip(), types)
    call = _CALLS[len(types)](slot)
    _slots.setdefault(target, {})[(signature, slot)] = call
    getattr(target, name.strip()).connect(call)
    return True


# PySide counts a slot's parameters to choose what it passes, so each count needs a function of its own.
_CALLS: dict[int, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    0: lambda slot: lambda: slot(),  # noqa: PLW0108
    1: lambda slot: lambda a: slot(a),  # noqa: PLW0108
    2: lambda slot: lambda a, b: slot(a, b),  # noqa: PLW0108
    3: lambda slot: lambda a, b, c: slot(a, b, c),  # noqa: PLW0108
}


def disconnect(target: Any, signature: str, slot: Callable[..., Any]) -> bool:
    """Undo ``connect``; False if it was not connected."""
    call = _slots.get(target, {}).pop((signature, slot), None)
    if call is not None:
        getattr(target, signature.partition("(")[0].strip()).disconnect(call)
    return call is not None


def _check_signal(target: Any, name: str, types: Sequence[str]) -> None:
    meta = target.metaObject()
    methods = [meta.method(n) for n in range(meta.methodCount())]
    counts = {
        m.parameterCount()
        for m in methods
        if m.methodType() == QtCore.QMetaMethod.MethodType.Signal and bytes(m.name().data()).decode() == name
    }
    if len(types) not in counts:
        raise AttributeError(f"{meta.className()} has no signal {name}({', '.join(types)})")


def _class_name(target: Any) -> str:
    return str(target.metaObject().className())


_MEMBERS: dict[str, Callable[[Any], Any]] = {
    "name": lambda target: target.objectName(),
    "className": lambda target: partial(_class_name, target),
    "connect": lambda target: partial(connect, target),
    "disconnect": lambda target: partial(disconnect, target),
    "exec_": lambda target: target.exec,
}


class _Translator(ast.NodeTransformer):
    """Turns attribute accesses into calls of ``get_attribute`` and ``set_attribute``."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or node.attr.startswith("__"):
            return node
        return _call(node, _GET, [node.value, ast.Constant(node.attr)])

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Attribute) or target.attr.startswith("__"):
            return node
        call = _call(node, _SET, [node.value, target.value, ast.Constant(target.attr)])
        return ast.copy_location(ast.Expr(call), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        target = node.target
        if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
            return node
        old = _call(node, _GET, [copy.deepcopy(target.value), ast.Constant(target.attr)])
        new = ast.copy_location(ast.BinOp(old, node.op, node.value), node)
        return ast.copy_location(ast.Expr(_call(node, _SET, [new, target.value, ast.Constant(target.attr)])), node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node


def _call(place: ast.AST, function: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.copy_location(ast.Call(ast.Name(function, ast.Load()), arguments, []), place)


def translate(source: bytes | str, path: str) -> CodeType:
    """Compile a module's source with its attribute accesses in PythonQt's manner."""
    tree = _Translator().visit(ast.parse(source, path))
    code: CodeType = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    return code


class _PythonQtLoader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return translate(self.get_data(path), path)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update({_GET: get_attribute, _SET: set_attribute})
        super().exec_module(module)


class PythonQtFinder(MetaPathFinder):
    """Finds the modules and packages that were added to ``names`` and loads them in PythonQt's manner.

    The library's own ``oncologyai.panels`` is among them from the start.
    """

    def __init__(self) -> None:
        self.names = {"oncologyai.panels"}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module as Python does, with our loader."""
        if not any(fullname == name or fullname.startswith(f"{name}.") for name in self.names):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _PythonQtLoader(fullname, spec.loader.path)
        return spec


_finders: list[PythonQtFinder] = []


def finder() -> PythonQtFinder:
    """Give the one finder, which stands on Python's path of finders from the first call on."""
    if not _finders:
        _finders.append(PythonQtFinder())
        sys.meta_path.insert(0, _finders[0])
    return _finders[0]
