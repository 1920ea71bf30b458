"""What goes to a worker and what comes back: plain data, so that it may travel by any way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from oncologyai.batch.fingerprint import KnownFile
from oncologyai.batch.step import Step

__all__ = ["FailureKind", "Outcome", "Task"]

FailureKind = Literal["input", "installation", "resources", "fault", "crash", "time", "earlier"]
"""Why a task failed: the user's input, a missing package, memory or disk, a fault of ours, a worker that died, its time
was over, or an earlier step of the case had failed."""


@dataclass(frozen=True)
class Task:
    """One step of one case.

    ``arguments`` are JSON values. ``store`` is the folder of the results, ``known`` the hashes of files that may be
    met. ``failed_key`` and ``failed_reason``: of an earlier failure that the input was to blame for.
    """

    id: int
    step: Step
    arguments: Mapping[str, Any]
    store: str
    known: tuple[KnownFile, ...] = ()
    failed_key: str = ""
    failed_reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Task:
        """Make one from what ``to_json`` gave."""
        known = tuple(KnownFile(*file) for file in content["known"])
        return cls(**{**content, "step": Step(**content["step"]), "known": known})


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes
    ----------
    task : int
    key : str
        Of the result; empty where the inputs could not even be read.
    reused : bool
        Whether the result, or the same failure, was there before.
    failure : str
        A ``FailureKind``, empty where the task is done.
    reason, trace : str
        One line for people, and the traceback of a fault.
    worker : str
        ``machine:process``.
    seconds : float
    files : tuple of KnownFile
        Newly hashed.
    """

    task: int
    key: str = ""
    reused: bool = False
    failure: FailureKind | Literal[""] = ""
    reason: str = ""
    trace: str = ""
    worker: str = ""
    seconds: float = 0.0
    files: tuple[KnownFile, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Outcome:
        """Make one from what ``to_json`` gave."""
        return cls(**{**content, "files": tuple(KnownFile(*file) for file in content["files"])})
