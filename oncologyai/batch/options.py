"""How a batch is run; nothing of it changes a result."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai._checks import check_positive, check_range

__all__ = ["BatchOptions"]


@dataclass(frozen=True)
class BatchOptions:
    """How a batch is run; nothing of it changes a result.

    Attributes
    ----------
    workers : int or None
        Processes on this machine. 1 needs no Dask; None: one a core where Dask is installed, else 1. Never more than
        there are tasks.
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers see the same files under the same
        paths; then ``workers`` does not count.
    memory : str
        Limit of each of several local workers, such as ``4GiB``; ``auto`` parts the machine's memory.
    retries : int
        Further attempts at a task whose worker died or had no memory left. Errors of the input are not tried again.
    time_limit_s : float or None
        A task that takes longer is ended and has failed.
    """

    workers: int | None = None
    scheduler: str = ""
    memory: str = "auto"
    retries: int = 2
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        if self.workers is not None:
            check_range(self.workers, 1, 4096, "--workers")
        check_range(self.retries, 0, 100, "--retries")
        if self.time_limit_s is not None:
            check_positive(self.time_limit_s, "--time-limit-s", "s")
