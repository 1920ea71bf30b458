"""How loops over voxels are compiled: numba, with the machine code kept where a folder can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["compiled"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function at its first call; the interpreter's lock is free while it runs.

    The machine code is kept beside the source or, where that folder cannot be written, in the user's cache folder
    (``NUMBA_CACHE_DIR`` names another); where neither can be, each process compiles anew.
    """
    try:
        return numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # numba finds no folder that it can write
        return numba.njit(function, nogil=True)
