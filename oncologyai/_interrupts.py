"""What a signal may do at this moment: raise an exception, wait a little, or end the process.

A signal's handler runs in the midst of whatever the main thread does. An exception raised there does no harm to Python
code that undoes its work as it unwinds. It does where C++ called that code (a callback of VTK, the initialisation of an
extension module) or where a half-built scene is taken apart: the process crashes. So from the import of such a library
on, ``has_native_code`` tells whoever handles signals to end the process instead.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from oncologyai._optional import import_optional

__all__ = ["expect_end", "has_native_code", "held", "import_native", "is_end_expected", "is_held"]

_native: set[str] = set()  # the libraries, from just before their import
_expected: list[None] = []  # one where a handler ends the process
_holds: list[None] = []  # one for each block of any thread; appending and popping are atomic, counting is not
_waiting: list[int] = []  # signals that came meanwhile


def import_native(module: str, *, feature: str, install: str) -> ModuleType:
    """Import a library through which no exception of a signal may go; else as ``import_optional``.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    _native.add(module)
    return import_optional(module, feature=feature, install=install)


def has_native_code() -> bool:
    """Tell whether a signal must not raise in this process any more."""
    return bool(_native)


def expect_end() -> None:
    """Say, as whoever handles the signals, that from native code on they end the process."""
    _expected.append(None)


def is_end_expected() -> bool:
    """Tell whether C++ may call Python only that a signal is heard; it must not where Python then raises."""
    return bool(_expected)


@contextmanager
def held() -> Iterator[None]:
    """Let signals wait until the end of the block, which must be short and is not interrupted half-way."""
    _holds.append(None)
    try:
        yield
    finally:
        _holds.pop()
        if _waiting and not _holds:
            number = _waiting.pop()
            _waiting.clear()  # several at once are one, as they are for the system
            signal.raise_signal(number)


def is_held(number: int) -> bool:
    """Tell whether signal ``number`` has to wait; if so, it comes again at the end of the last block."""
    if not _holds:
        return False
    _waiting.append(number)
    return True
