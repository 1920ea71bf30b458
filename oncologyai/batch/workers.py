"""Which workers a batch gets."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from oncologyai.batch.child_pool import ChildPool
from oncologyai.batch.dask_pool import DaskPool
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.pool import Pool

__all__ = ["open_pool"]


def open_pool(options: BatchOptions, tasks: int, *, log: Path) -> Pool:
    """Open workers: those of a scheduler, several by Dask, or one child.

    Parameters
    ----------
    options : BatchOptions
        Without a number of workers there is one a core where Dask is installed, but none without a task; else one.
    tasks : int
        How many there are.
    log : Path
        Of a child.

    Raises
    ------
    InputError, MissingDependencyError
        As ``DaskPool`` raises.
    """
    ahead = 1 if options.time_limit_s else 2  # the time of a task that waits for its worker would run already
    if options.scheduler:
        return DaskPool(scheduler=options.scheduler, ahead=ahead)
    workers = options.workers
    if workers is None:
        workers = _cores() if find_spec("distributed") is not None else 1
    workers = max(1, min(workers, tasks))
    return ChildPool(log) if workers == 1 else DaskPool(workers=workers, memory=options.memory, ahead=ahead)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
