"""Workers from Dask: a local cluster, or any cluster by the address of its scheduler.

Signals wait while Dask is called (``held``): it catches exceptions that are not its own.
"""

from __future__ import annotations

import logging
import math
import os
import queue
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from oncologyai._interrupts import held
from oncologyai._optional import import_optional
from oncologyai.batch.execute import execute_task
from oncologyai.batch.store import Store
from oncologyai.batch.task import Outcome, Task
from oncologyai.errors import InputError

__all__ = ["DaskPool"]

_CONNECT_S = 15
_DEATH = "the worker died; out of memory, or a fault in a library"
_CLOSE_S = 2.0
_SLOW = "10 minutes"  # until a worker that has died counts as lost: to start another one takes half of one if busy
_LOOK_S = 0.5  # how often the workers are counted
# One thread a worker: several workers share the cores, and libraries must not start a thread a core in each.
# The C library keeps up to 64 MiB for the next case; Dask would have every array given back, 0.1 s a bone scan.
_ENVIRONMENT = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    ),
    "1",
) | {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}


class DaskPool:
    """A pool of Dask workers.

    Parameters
    ----------
    scheduler : str
        ``tcp://host:port``; empty: a local cluster, which ends with this process.
    workers : int
        Of a local cluster.
    memory : str
        Limit of each local worker, such as ``4GiB``; ``auto`` parts the machine's memory.
    ahead : int
        Tasks a thread that are handed in at a time. With 2 the next one lies ready when a worker has done the first.

    Raises
    ------
    MissingDependencyError
        If ``dask[distributed]`` is not installed.
    InputError
        If no scheduler answers, or the memory is not a size.
    """

    def __init__(self, *, scheduler: str = "", workers: int = 1, memory: str = "auto", ahead: int = 2) -> None:
        feature, install = "a batch on several workers", "pip install 'oncologyai[batch]'"
        self._distributed = import_optional("distributed", feature=feature, install=install)
        self._dask = import_optional("dask", feature=feature, install=install)
        self._stack = ExitStack()
        self._client: Any = None
        self._cluster: Any = None
        self._handed: dict[int, _Handed] = {}
        self._dead: list[tuple[float, str, int]] = []  # when it was noticed, the worker, a task that it had
        self._attempt = self._threads = 0
        self._ahead = ahead
        self._looked, self._wanted = -math.inf, workers
        self._ending: dict[int, str] = {}
        self._ended: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        address: Any = scheduler
        if not scheduler:
            address = self._cluster = self._local(workers, memory)
        try:
            self._client = self._distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            self.stop()
            got = " ".join(str(error).split())
            raise InputError(
                "--scheduler", expected="the address of a Dask scheduler", got=f"{scheduler} ({got})"
            ) from error
        self.description = self._describe()

    def free(self) -> int:
        """Tell how many tasks the workers that there are now will take."""
        now = time.monotonic()
        if now - self._looked > _LOOK_S:
            self._looked = now
            with held():
                self._threads = sum(worker["nthreads"] for worker in self._workers().values())
                if self._cluster is not None and len(self._cluster.workers) < self._wanted:
                    self._cluster.scale(self._wanted)  # Dask gives a worker up that did not start in time
        return self._ahead * self._threads - len(self._handed)

    def submit(self, task: Task) -> None:
        """Hand a task in; Dask itself tries no task twice on a local cluster."""
        self._attempt += 1
        key = f"oncologyai-{os.getpid()}-{task.id}-{self._attempt}"
        with held():
            future = self._client.submit(_execute, task.to_json(), key=key, pure=False, retries=0)
            self._handed[task.id] = _Handed(self._attempt, task, future)
            future.add_done_callback(partial(self._note, task.id))

    def finished(self, timeout_s: float) -> Sequence[Outcome]:
        """Give what has ended."""
        found = []
        with suppress(queue.Empty):
            found.append(self._ended.get(timeout=timeout_s))
            while True:
                found.append(self._ended.get_nowait())
        with held():
            outcomes = [self._outcome(task, future) for task, future in found]
            found.clear()  # a future that nobody holds tells Dask so, in a place where an exception would be lost
            return [outcome for outcome in outcomes if outcome is not None] + self._deaths()

    def end(self, task: int, reason: str) -> None:
        """Take the task back and kill the worker that is at it; another one takes its place."""
        if task not in self._handed:
            return
        self._ending[task] = reason
        future = self._handed[task].future
        at = [address for address, keys in self._client.processing().items() if future.key in keys]
        future.cancel()
        if self._cluster is None:
            self._client.run(os._exit, 1, workers=at, wait=False, on_error="ignore")
            return
        for nanny in self._cluster.workers.values():
            if nanny.worker_address in at:
                _kill(nanny)

    def stop(self) -> None:
        """Kill the workers of a local cluster; let go of those of another one."""
        for nanny in self._cluster.workers.values() if self._cluster is not None else ():
            nanny.close_gracefully()  # or it would start another worker
            _kill(nanny)
        for part in (self._client, self._cluster):
            if part is not None:
                with suppress(TimeoutError, OSError):
                    part.close(timeout=_CLOSE_S)
        self._client = self._cluster = None
        self._stack.close()

    def _local(self, workers: int, memory: str) -> Any:
        settings = {
            "distributed.scheduler.allowed-failures": 0,  # who dies, and how often, is counted by us
            "distributed.nanny.pre-spawn-environ": _ENVIRONMENT,
            "distributed.logging.distributed": "critical",
            "distributed.worker.profile.enabled": False,  # nobody sees where a worker is every 10 ms
            "distributed.admin.system-monitor.interval": "5s",
            "distributed.worker.memory.monitor-interval": "500ms",
            "distributed.admin.system-monitor.gil.enabled": False,
            "distributed.deploy.lost-worker-timeout": _SLOW,
        }
        self._stack.enter_context(self._dask.config.set(settings))
        self._stack.callback(_restore, {name: os.environ.get(name) for name in _ENVIRONMENT})  # Dask sets them here too
        try:
            return self._distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, memory_limit=memory, dashboard_address=":0",
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
        except ValueError as error:
            self._stack.close()
            raise InputError("--memory", expected="a size such as 4GiB", got=f"{memory} ({error})") from error

    def _workers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _describe(self) -> str:
        found = self._workers().values()
        limits = [worker["memory_limit"] for worker in found if worker["memory_limit"]]
        memory = f"{min(limits) / 2**30:.1f} GiB each" if limits else "memory not limited"
        return f"{len(found)} workers, {memory}"

    def _note(self, task: int, future: Any) -> None:
        self._ended.put((task, future))

    def _outcome(self, task: int, future: Any) -> Outcome | None:
        """Give how a task ended; None where its worker died, of which ``_deaths`` tells more."""
        error = future.exception() if future.status == "error" else None
        if isinstance(error, self._distributed.KilledWorker):
            self._dead.append((time.monotonic(), str(error.last_worker.address), task))
            return None
        del self._handed[task]
        if future.status == "finished":
            return Outcome.from_json(future.result())
        if reason := self._ending.pop(task, ""):
            return Outcome(task=task, failure="time", reason=reason)
        if error is None:
            return Outcome(task=task, failure="crash", reason=_DEATH)
        return Outcome(task=task, failure="fault", reason=f"{type(error).__name__}: {error}")

    def _deaths(self) -> list[Outcome]:
        """Give the outcome of the task that each dead worker was at; hand its others in anew.

        Dask tells of each task of a dead worker apart, so a little time passes until all are known. Those that only
        waited there, or were done but not yet told, have no mark. Where a file system shows no mark in time, the task
        handed in first is meant.
        """
        found = []
        due = {worker for moment, worker, _ in self._dead if time.monotonic() - moment > _LOOK_S}
        for worker in due:
            lost = [self._handed.pop(task) for _, where, task in self._dead if where == worker]
            lost.sort(key=lambda handed: handed.attempt)
            marked = [handed for handed in lost if Store(Path(handed.task.store)).take_mark(handed.task.id)]
            meant = (marked or lost)[0]
            reason = self._ending.pop(meant.task.id, "")
            found.append(Outcome(task=meant.task.id, failure="time" if reason else "crash", reason=reason or _DEATH))
            for handed in lost:
                if handed is not meant:
                    self.submit(handed.task)
        self._dead = [entry for entry in self._dead if entry[1] not in due]
        return found


class _Handed(NamedTuple):
    """A task that was handed in, and as which one."""

    attempt: int
    task: Task
    future: Any


def _kill(nanny: Any) -> None:
    if nanny.pid:
        with suppress(ProcessLookupError):
            os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _restore(former: dict[str, str | None]) -> None:
    """Give this process its environment back."""
    for name, value in former.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _execute(content: dict[str, Any]) -> dict[str, Any]:
    """Do a task in a worker."""
    return execute_task(Task.from_json(content)).to_json()
