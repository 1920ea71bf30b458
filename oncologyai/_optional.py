"""Optional packages: imported where they are needed, with an error that names the feature."""

from __future__ import annotations

import importlib
from types import ModuleType

from oncologyai.errors import MissingDependencyError

__all__ = ["import_optional"]


def import_optional(module: str, *, feature: str, install: str) -> ModuleType:
    """Import ``module`` for ``feature``.

    Raises
    ------
    MissingDependencyError
        If it is not installed; the message names the feature and the ``install`` command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{module}: expected to be installed for {feature}, got {error}; run: {install}"
        ) from error
