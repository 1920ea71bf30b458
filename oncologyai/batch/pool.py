"""What a batch needs of its workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from oncologyai.batch.task import Outcome, Task

__all__ = ["Pool"]


class Pool(Protocol):
    """Workers, each a process with one task at a time; a native call in one of them holds up nobody else."""

    description: str
    """What they are, for people: '2 workers of 12.0 GiB'."""

    def free(self) -> int:
        """Tell how many tasks may be handed in now."""

    def submit(self, task: Task) -> None:
        """Hand a task in."""

    def finished(self, timeout_s: float) -> Sequence[Outcome]:
        """Give what has ended; waits so long for the first. A worker's death is an outcome: ``crash``."""

    def end(self, task: int, reason: str) -> None:
        """End a task's worker; its outcome will be ``time``, with this reason."""

    def stop(self) -> None:
        """End all workers now, whatever they do."""
