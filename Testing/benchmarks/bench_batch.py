"""What a batch adds to its tasks: overhead a task, cases a second, seconds to cancel.

    python Testing/benchmarks/bench_batch.py [--cases N] [--workers 1 2]

Each case is computed from a file of its own. ``nothing`` is a step that does nothing, so that its time is overhead;
``features`` extracts the usual 107 features of a 10x10x10 image. ``again`` is the same call when all is done.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from oncologyai.batch import BatchOptions, Case, Step, run_cases  # noqa: E402
from oncologyai.errors import CancelledError  # noqa: E402
from oncologyai.imaging import write_masks, write_volume  # noqa: E402
from oncologyai.types import Mask, Table, Volume  # noqa: E402


def nothing(folder: Path, *, progress: object, image: Path, masks: Path, seconds: float = 0.0) -> Table:
    """Do nothing, for so long."""
    time.sleep(seconds)
    return Table("nothing", ("x",), ((1,),))


def cases(folder: Path, count: int) -> list[Case]:
    """Write images and masks."""
    numbers = np.random.default_rng(1)
    found = []
    for n in range(count):
        volume = Volume(numbers.normal(0, 50, (10, 10, 10)).astype(np.float32), np.eye(4), "CT", "HU")
        inside = np.zeros(volume.shape, bool)
        inside[2:8, 2:8, 2:8] = True
        write_volume(volume, folder / f"{n}.nrrd")
        write_masks([Mask.on(volume, inside)], folder / f"{n}.seg.nrrd")
        found.append(Case(str(n), {"image": folder / f"{n}.nrrd", "masks": folder / f"{n}.seg.nrrd"}))
    return found


class FirstDone:
    """Notes when the first task has ended, so that the start of the workers is told apart."""

    def __init__(self) -> None:
        self.start, self.first = time.perf_counter(), 0.0

    def stage(self, name: str, share: float) -> None:
        if share > 0 and not self.first:
            self.first = time.perf_counter() - self.start

    def cancelled(self) -> bool:
        return False


def measured(step: str | Step, listed: Sequence[Case], out: Path, workers: int, name: str) -> None:
    watch = FirstDone()
    used = processor_s()
    report = run_cases(step, listed, out, options=BatchOptions(workers=workers), progress=watch)
    whole = time.perf_counter() - watch.start
    rest = (whole - watch.first) / (len(listed) - 1)
    counts = f"{report.computed} computed, {report.reused} there before, {len(report.failures)} failures"
    sys.stdout.write(
        f"{name}, {workers} workers: {whole:.1f} s, first case after {watch.first:.1f} s, then {1000 * rest:.1f} ms "
        f"a case ({1 / rest:.0f} a second); processor {processor_s() - used:.1f} s; {counts}\n"
    )
    sys.stdout.flush()


def processor_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


def seconds_to_cancel(listed: Sequence[Case], out: Path, workers: int) -> float:
    """Give the seconds from the wish to cancel, in the midst of long tasks, until the call has ended."""

    class Watch:
        asked = 0.0

        def stage(self, name: str, share: float) -> None:
            if name.startswith("0 of") and not self.asked:
                threading.Timer(1.0, self.ask).start()
                self.asked = -1.0

        def ask(self) -> None:
            self.asked = time.perf_counter()

        def cancelled(self) -> bool:
            return self.asked > 0

    watch = Watch()
    step = Step("nothing", "bench_batch:nothing")
    try:
        run_cases(step, listed, out, settings={"seconds": 600.0}, options=BatchOptions(workers=workers), progress=watch)
    except CancelledError:
        return time.perf_counter() - watch.asked
    return float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    options = parser.parse_args()
    load = os.getloadavg()[0]
    sys.stdout.write(f"{options.cases} cases, {os.cpu_count()} cores, load {load:.1f} at the start\n")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        listed = cases(folder, options.cases)
        for workers in options.workers:
            for step in (Step("nothing", "bench_batch:nothing"), "features"):
                name = step if isinstance(step, str) else step.name
                out = folder / f"{name}-{workers}"
                measured(step, listed, out, workers, name)
                measured(step, listed, out, workers, f"{name} again")
            seconds = seconds_to_cancel(listed[:4], folder / f"cancel-{workers}", workers)
            sys.stdout.write(f"cancel, {workers} workers: {seconds:.2f} s\n")


if __name__ == "__main__":
    main()
