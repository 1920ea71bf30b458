"""How loops over voxels are compiled: numba, with the machine code kept where a folder can be written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

__all__ = ["compiled"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function at its first call; the interpreter's lock is free while it runs.

    The machine code is kept beside the source or, where that folder cannot be written, in the user's cache folder
    (``NUMBA_CACHE_DIR`` names another); where neither can be, each process compiles anew.
    """
    settings: Any = numba.config
    given = settings.CACHE_DIR
    settings.CACHE_DIR = str(Path(given or _writable()) / f"kernels-{_digest()}")
    try:
        return numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # numba finds no folder that it can write
        return numba.njit(function, nogil=True)
    finally:
        settings.CACHE_DIR = given


@cache
def _digest() -> str:
    """Name the text of all kernels.

    numba looks at the file of a function only, not at those of the functions that it calls and has taken in: a change
    of one of these would leave old machine code in use.
    """
    here = Path(__file__).parent
    text = hashlib.sha256()
    for file in sorted(here.rglob("*.py")):
        text.update(file.relative_to(here).as_posix().encode())
        text.update(file.read_bytes())
    return text.hexdigest()[:12]


@cache
def _writable() -> str:
    here = Path(__file__).parent
    if os.access(here, os.W_OK):
        return str(here / "__pycache__")
    local = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return str(Path(local) / "oncologyai")
