"""A cohort of a thousand through killed workers, a killed leader and a cancel, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from oncologyai.batch import STATE_FILE
from oncologyai.bundle import read_table
from oncologyai.imaging import write_masks, write_volume
from oncologyai.types import Mask, Volume

ROOT = Path(__file__).resolve().parents[2]
CASES = 1000
CORRUPT = 617


@pytest.fixture(scope="module")
def a_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 1,000 images of 10x10x10 with a mask each, one of them cut short, and their table."""
    folder = tmp_path_factory.mktemp("cohort")
    numbers = np.random.default_rng(11)
    lines = ["patient,image,mask"]
    for n in range(CASES):
        volume = Volume(numbers.normal(50, 30, (10, 10, 10)).astype(np.float32), np.eye(4), "CT", "HU")
        inside = np.zeros(volume.shape, bool)
        inside[2:8, 2:8, 2:8] = numbers.random((6, 6, 6)) > 0.1
        write_volume(volume, folder / f"{n}.nrrd")
        write_masks([Mask.on(volume, inside)], folder / f"{n}.seg.nrrd")
        lines.append(f"P{n},{n}.nrrd,{n}.seg.nrrd")
    whole = (folder / f"{CORRUPT}.nrrd").read_bytes()
    (folder / f"{CORRUPT}.nrrd").write_bytes(whole[: len(whole) // 2])
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    return folder


def started(cohort: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    words = ["features", "--cohort", str(cohort / "cohort.csv"), "--out", str(out), "--progress", "json", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "oncologyai", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def shares(child: subprocess.Popen[str]) -> Iterator[float]:
    """The share done, as the command tells it."""
    assert child.stdout is not None
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] == "stage":
            yield event["share"]


def workers_of(leader: int) -> list[int]:
    """Its children that compute: Dask's, or ours."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    found = [*children]
    for task in Path(f"/proc/{leader}/task").iterdir():
        found += (task / "children").read_text().split()
    programs = {int(n): Path(f"/proc/{n}/cmdline").read_bytes().decode() for n in dict.fromkeys(found)}
    return [n for n, program in programs.items() if "spawn_main" in program or "oncologyai.batch.worker" in program]


def rows(state: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(state / STATE_FILE)) as base:
        return list(base.execute(sql))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc")
def test_two_killed_workers_and_a_corrupt_file_leave_999_rows_one_reason_nothing_twice(
    a_cohort: Path, tmp_path: Path
) -> None:
    pytest.importorskip("distributed", reason="dask[distributed] is not installed")
    out = tmp_path / "features.csv"
    child = started(a_cohort, out, "--workers", "2", "--settings", "default")
    killed = []
    for share in shares(child):
        if len(killed) < 2 and share > (0.2, 0.6)[len(killed)]:
            victims = workers_of(child.pid)
            if victims:
                os.kill(victims[0], signal.SIGKILL)
                killed.append(victims[0])
    _, said = child.communicate(timeout=600)
    assert (child.returncode, len(killed), said) == (0, 2, "")

    table = read_table(out)
    assert len(table.rows) == CASES - 1
    assert [row[0] for row in table.rows] == [f"P{n}" for n in range(CASES) if n != CORRUPT]
    failures = read_table(tmp_path / "features-failures.csv")
    assert [(row[0], row[2]) for row in failures.rows] == [(f"P{CORRUPT}", "input")]

    state = tmp_path / "features-state"
    ended = Counter(rows(state, "select failure from attempts"))
    assert ended[("",)] == CASES - 1 and ended[("input",)] == 1
    assert set(ended) <= {("",), ("input",), ("crash",)} and ended[("crash",)] <= 2
    # a worker killed between the end of a task and telling of it: the next one finds the result and does not make it
    assert rows(state, "select count(*) from tasks where reused")[0][0] <= 2
    made = [json.loads(path.read_text())["made"] for path in (state / "results").rglob("result.json")]
    assert len(made) == CASES - 1
    assert not list((state / "drafts").iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc")
def test_a_killed_leader_takes_its_workers_along_and_the_same_command_goes_on(a_cohort: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="dask[distributed] is not installed")
    out, state = tmp_path / "features.csv", tmp_path / "features-state"
    child = started(a_cohort, out, "--workers", "2")
    workers = []
    for share in shares(child):
        if share > 0.3:
            workers = workers_of(child.pid)
            child.kill()
            break
    child.communicate()
    assert len(workers) == 2 and not out.exists()
    until(lambda: not any(Path(f"/proc/{n}").exists() for n in workers))
    before = {path.parent.name: path.stat().st_mtime_ns for path in (state / "results").rglob("result.json")}
    assert 0.3 * CASES <= len(before) < CASES

    done = started(a_cohort, out, "--workers", "1")
    _, said = done.communicate(timeout=600)
    assert (done.returncode, said) == (0, "")
    assert len(read_table(out).rows) == CASES - 1
    after = {path.parent.name: path.stat().st_mtime_ns for path in (state / "results").rglob("result.json")}
    assert len(after) == CASES - 1
    assert before.items() <= after.items()  # none of them was made again
    assert rows(state, "select count(*) from tasks where reused and failure = ''") == [(len(before),)]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_cancels_within_a_second_and_what_is_done_is_kept(
    workers: str, a_cohort: Path, tmp_path: Path
) -> None:
    if workers == "2":
        pytest.importorskip("distributed", reason="dask[distributed] is not installed")
    out, state = tmp_path / "features.csv", tmp_path / "features-state"
    child = started(a_cohort, out, "--workers", workers)
    for share in shares(child):
        if share > 0.1:
            child.send_signal(signal.SIGTERM)
            break
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert said == "oncology-ai: cancelled: nothing was changed\n"
    counts = dict(rows(state, "select state, count(*) from tasks group by state"))
    assert counts["done"] >= 0.1 * CASES and counts["cancelled"] > 0
    assert set(counts) <= {"done", "cancelled", "failed"}
    assert not out.exists() and not list((state / "drafts").iterdir())


def until(reached) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)
