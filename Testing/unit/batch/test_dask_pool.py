"""Workers from Dask: those that die are replaced, all end at once when the batch is cancelled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from oncologyai.batch import BatchOptions, State, run_cases
from oncologyai.batch.dask_pool import DaskPool
from oncologyai.errors import CancelledError, InputError

pytest.importorskip("distributed", reason="dask[distributed] is not installed")
TWO = BatchOptions(workers=2)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets of killed workers
def test_killed_workers_are_replaced_and_nothing_is_computed_twice(letters, tmp_path: Path) -> None:
    cases = [letters.case(f"c{n}", "x" * n) for n in range(1, 13)]
    cases[3] = letters.case("c4", "damaged")
    cases[5] = letters.case("c6", "x" * 6, die=1)
    cases[8] = letters.case("c9", "x" * 9, die=1)
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=TWO)
    assert [row[-1] for row in report.table.rows] == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [(f.case, f.reason) for f in report.failures] == [("c4", "c4.txt: expected letters, got damage")]
    assert letters.noted("end") == sorted(case.name for case in cases if case.name != "c4")
    started = [name for name in letters.noted("start") if name != "c4"]  # that may be told again if it was not heard
    assert len(started) == 11 + 2
    assert report.workers.startswith("2 workers, ")
    with State(tmp_path / "out") as state:  # those that waited for a worker that died are not counted as tried
        tried = {case: number for case, _, number, _, _ in state.attempts("letters")}
    assert tried == {case.name: 2 if case.name in ("c6", "c9") else 1 for case in cases}
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=TWO)
    assert (report.computed, report.reused) == (0, 11)
    assert [name for name in letters.noted("start") if name != "c4"] == started


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_cancel_ends_the_workers(letters, tmp_path: Path) -> None:
    class Watch:
        asked = 0.0

        def stage(self, name: str, share: float) -> None:
            pass

        def cancelled(self) -> bool:
            if not self.asked and len(letters.noted("start")) == 2:
                self.asked = time.monotonic()
            return bool(self.asked)

    cases = [letters.case(name, "x" * n, seconds=600.0) for n, name in enumerate("abc", start=1)]
    with pytest.raises(CancelledError):
        run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=TWO, progress=Watch())
    with State(tmp_path / "out") as state:
        assert [task.state for task in state.tasks("letters")] == ["cancelled"] * 3
    assert not list((tmp_path / "out" / "drafts").iterdir())


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_task_that_takes_too_long_ends_its_worker_and_the_rest_goes_on(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "x", seconds=600.0), *(letters.case(name, name) for name in ("bb", "ccc", "dddd"))]
    options = BatchOptions(workers=2, time_limit_s=8.0)
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=options)
    assert [(f.case, f.kind, f.reason) for f in report.failures] == [("a", "time", "it took longer than 8 s")]
    assert [row[-1] for row in report.table.rows] == [2, 3, 4]
    assert letters.noted("start") == ["a", "bb", "ccc", "dddd"]


def test_no_scheduler_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncologyai.batch.dask_pool._CONNECT_S", 1)
    with pytest.raises(InputError, match="--scheduler: expected the address of a Dask scheduler"):
        DaskPool(scheduler="tcp://127.0.0.1:9")


def test_memory_that_is_no_size() -> None:
    with pytest.raises(InputError, match="--memory: expected a size such as 4GiB, got lots"):
        DaskPool(workers=1, memory="lots")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_by_its_address_does_the_work_and_stays(letters, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as cluster:
        options = BatchOptions(scheduler=cluster.scheduler_address)
        report = run_cases(
            letters.step, [letters.case("a", "xy")], tmp_path / "out", settings=letters.settings, options=options
        )
        assert report.table.rows == (("A", "a", "GTV-1", 2),)
        assert len(cluster.scheduler.workers) == 1
