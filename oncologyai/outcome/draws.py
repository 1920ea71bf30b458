"""Many random draws, each with a stream of random numbers of its own: the same whatever the number of workers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from oncologyai._checks import check_range

__all__ = ["draw_seed", "run_draws"]

Found = TypeVar("Found")


def draw_seed(rng: np.random.Generator) -> int:
    """Give a whole number for programs that take one in place of a generator."""
    return int(rng.integers(2**31 - 1))


def run_draws(
    task: Callable[[int, np.random.Generator], Found], count: int, *, seed: int, workers: int = 1
) -> list[Found]:
    """Run a task so many times and give what it found, in order.

    Parameters
    ----------
    task : callable of (number, Generator)
        Draw ``n`` gets a generator that depends on ``seed`` and ``n`` alone.
    count : int
        0 gives an empty list.
    seed : int
    workers : int
        Threads: the libraries that grow trees let go of Python's lock meanwhile.

    Raises
    ------
    InputError
        If a number is out of its range; and what the task raises.
    """
    check_range(count, 0, 10_000_000, "draws")
    check_range(workers, 1, 1024, "workers")

    def one(number: int) -> Found:
        return task(number, np.random.default_rng([seed, number]))

    if workers == 1:
        return [one(n) for n in range(count)]
    pool = ThreadPoolExecutor(workers)
    try:
        return list(pool.map(one, range(count)))
    finally:
        pool.shutdown(cancel_futures=True)  # a user who cancels waits for the draws that run, not for all
