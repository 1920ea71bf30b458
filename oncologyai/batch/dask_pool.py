"""Workers from Dask: a local cluster, or any cluster by the address of its scheduler."""

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
from typing import Any

from oncologyai._optional import import_optional
from oncologyai.batch.execute import execute_task
from oncologyai.batch.task import Outcome, Task
from oncologyai.errors import InputError

__all__ = ["DaskPool"]

_CONNECT_S = 15
_CLOSE_S = 2.0
_SLOW = "10 minutes"  # until a worker that has died counts as lost: to start another one takes half of one if busy
_LOOK_S = 0.5  # how often the workers are counted
# One thread a worker: several workers share the cores, and libraries must not start a thread a core in each.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    ),
    "1",
)


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

    Raises
    ------
    MissingDependencyError
        If ``dask[distributed]`` is not installed.
    InputError
        If no scheduler answers, or the memory is not a size.
    """

    def __init__(self, *, scheduler: str = "", workers: int = 1, memory: str = "auto") -> None:
        feature, install = "a batch on several workers", "pip install 'oncologyai[batch]'"
        self._distributed = import_optional("distributed", feature=feature, install=install)
        self._dask = import_optional("dask", feature=feature, install=install)
        self._stack = ExitStack()
        self._client: Any = None
        self._cluster: Any = None
        self._futures: dict[int, Any] = {}
        self._attempt = self._threads = 0
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
        """Tell how many threads of the workers there are now have nothing to do."""
        now = time.monotonic()
        if now - self._looked > _LOOK_S:
            self._looked = now
            self._threads = sum(worker["nthreads"] for worker in self._workers().values())
            if self._cluster is not None and len(self._cluster.workers) < self._wanted:
                self._cluster.scale(self._wanted)  # Dask gives a worker up that did not start in time
        return self._threads - len(self._futures)

    def submit(self, task: Task) -> None:
        """Hand a task in; Dask itself tries no task twice on a local cluster."""
        self._attempt += 1
        future = self._client.submit(
            _execute, task.to_json(), key=f"oncologyai-{os.getpid()}-{task.id}-{self._attempt}", pure=False, retries=0
        )
        self._futures[task.id] = future
        future.add_done_callback(partial(self._note, task.id))

    def finished(self, timeout_s: float) -> Sequence[Outcome]:
        """Give what has ended."""
        found = []
        with suppress(queue.Empty):
            found.append(self._ended.get(timeout=timeout_s))
            while True:
                found.append(self._ended.get_nowait())
        return [self._outcome(task, future) for task, future in found]

    def end(self, task: int, reason: str) -> None:
        """Restart the worker that has the task."""
        future = self._futures.get(task)
        if future is None:
            return
        self._ending[task] = reason
        for address, keys in self._client.processing().items():
            if future.key in keys:
                self._client.restart_workers([address], raise_for_error=False)

    def stop(self) -> None:
        """Kill the workers of a local cluster; let go of those of another one."""
        for nanny in self._cluster.workers.values() if self._cluster is not None else ():
            nanny.auto_restart = False
            if nanny.pid:
                with suppress(ProcessLookupError):
                    os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        for part in (self._client, self._cluster):
            if part is not None:
                with suppress(TimeoutError, OSError):
                    part.close(timeout=_CLOSE_S)
        self._client = self._cluster = None
        self._stack.close()

    def _local(self, workers: int, memory: str) -> Any:
        settings = {
            "distributed.scheduler.allowed-failures": 0,  # who dies, and how often, is counted by us
            "distributed.nanny.pre-spawn-environ": _ONE_THREAD,
            "distributed.logging.distributed": "critical",
            "distributed.deploy.lost-worker-timeout": _SLOW,
        }
        self._stack.enter_context(self._dask.config.set(settings))
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

    def _outcome(self, task: int, future: Any) -> Outcome:
        self._futures.pop(task, None)
        reason = self._ending.pop(task, "")
        if future.status == "finished":
            return Outcome.from_json(future.result())
        error = None if future.status == "cancelled" else future.exception()
        if reason:
            return Outcome(task=task, failure="time", reason=reason)
        if error is None or isinstance(error, self._distributed.KilledWorker):
            return Outcome(task=task, failure="crash", reason="the worker died; out of memory, or a fault in a library")
        return Outcome(task=task, failure="fault", reason=f"{type(error).__name__}: {error}")


def _execute(content: dict[str, Any]) -> dict[str, Any]:
    """Do a task in a worker."""
    return execute_task(Task.from_json(content)).to_json()
