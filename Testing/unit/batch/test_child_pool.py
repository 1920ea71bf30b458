"""The child does one task after the other, and ends with its parent's wish or its parent."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from oncologyai.batch.child_pool import ChildPool
from oncologyai.batch.task import Outcome, Task

ROOT = Path(__file__).resolve().parents[3]


def task(letters, number: int, store: Path, text: str, **arguments: object) -> Task:
    case = letters.case(f"t{number}", text)
    given = {"text": str(case.arguments["text"]), "log": str(letters.log), **arguments}
    return Task(number, letters.step, given, str(store))


def next_outcome(pool: ChildPool) -> Outcome:
    end = time.monotonic() + 120
    while not (found := pool.finished(0.1)):
        assert time.monotonic() < end
    assert len(found) == 1
    return found[0]


def test_one_task_at_a_time_each_in_the_same_child_until_it_dies(letters, tmp_path: Path) -> None:
    pool = ChildPool(tmp_path / "log")
    try:
        assert pool.free() == 1
        pool.submit(task(letters, 1, tmp_path, "x"))
        assert pool.free() == 0
        first = next_outcome(pool)
        assert (first.task, first.failure, pool.free()) == (1, "", 1)
        pool.submit(task(letters, 2, tmp_path, "xx"))
        second = next_outcome(pool)
        assert second.worker == first.worker
        pool.submit(task(letters, 3, tmp_path, "xxx", die=1))
        died = next_outcome(pool)
        assert (died.task, died.failure) == (3, "crash") and "signal 9" in died.reason
        pool.submit(task(letters, 4, tmp_path, "xxxx"))
        assert next_outcome(pool).worker != first.worker
    finally:
        pool.stop()


def test_a_task_can_be_ended_and_so_can_all(letters, tmp_path: Path) -> None:
    pool = ChildPool(tmp_path / "log")
    try:
        pool.submit(task(letters, 1, tmp_path, "x", seconds=600.0))
        end = time.monotonic() + 120
        while not letters.noted("start"):
            assert time.monotonic() < end and not pool.finished(0.1)
        pool.end(2, "another one")
        pool.end(1, "too long")
        ended = next_outcome(pool)
        assert (ended.task, ended.failure, ended.reason) == (1, "time", "too long")
        pool.submit(task(letters, 3, tmp_path, "xx", seconds=600.0))
    finally:
        pool.stop()
    pool.stop()  # twice does no harm


def test_a_worker_ends_when_nobody_speaks_to_it(letters) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "oncologyai.batch.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as child:  # fmt: skip
        said, errors = child.communicate(timeout=120)
    assert (child.returncode, said, errors) == (0, "", "")
