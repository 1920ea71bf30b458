"""Which workers a batch gets."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from oncologyai.batch.child_pool import ChildPool
from oncologyai.batch.dask_pool import DaskPool
from oncologyai.batch.pool import Pool

__all__ = ["open_pool"]


def open_pool(workers: int | None, scheduler: str, memory: str, *, log: Path) -> Pool:
    """Open workers: those of a scheduler, several by Dask, or one child.

    Parameters
    ----------
    workers : int or None
        None: a worker a core where Dask is installed, else one.
    scheduler, memory : str
        As in ``BatchOptions``.
    log : Path
        Of a child.

    Raises
    ------
    InputError, MissingDependencyError
        As ``DaskPool`` raises.
    """
    if scheduler:
        return DaskPool(scheduler=scheduler)
    if workers is None:
        workers = _cores() if find_spec("distributed") is not None else 1
    return ChildPool(log) if workers == 1 else DaskPool(workers=workers, memory=memory)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
