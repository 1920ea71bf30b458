"""Python packages that the library needs and Slicer does not bring: installed on Apply, if the user agrees."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import slicer
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__all__ = ["ensureRequirements", "missingRequirements"]


def ensureRequirements(path: str | Path) -> bool:
    """See to it that the packages of a requirements file are there; in testing mode nothing is installed.

    Slicer 5.11 and later asks, installs and shows progress itself (slicer.packaging).

    Returns
    -------
    bool
        False if the user does not want them installed.
    """
    if slicer.app.testingEnabled() or not missingRequirements(path):
        return True
    try:
        from slicer.packaging import load_requirements, pip_ensure
    except ImportError:
        return _installBefore511(path)
    pip_ensure(load_requirements(path), requester="OncologyAI")
    return not missingRequirements(path)


def missingRequirements(path: str | Path) -> list[str]:
    """Give the lines of a requirements file that this Python does not fulfil."""
    from packaging.requirements import Requirement

    missing = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text and not _isFulfilled(Requirement(text)):
            missing.append(text)
    return missing


def _isFulfilled(requirement: Requirement) -> bool:
    try:
        return requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def _installBefore511(path: str | Path) -> bool:
    missing = missingRequirements(path)
    question = _("OncologyAI needs these Python packages: {names}. Install them now?").format(names=", ".join(missing))
    if not slicer.util.confirmOkCancelDisplay(question):
        return False
    slicer.util.pip_install(missing)
    return True
