"""Seconds and peak memory of whole commands in fresh processes.

    python Testing/benchmarks/bench_command.py [--runs N] [DATA]

``DATA`` is the folder of real data (../shared/data); without it only what needs no patient is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = {"LUNG1-001_20180209_CT": "-93.3,208.6,-459.5", "LUNG1-002_20180526_CT": "75.2,-17.6,-16.4"}


def timed(words: list[str]) -> tuple[float, float, int]:
    """Give wall seconds, peak resident MB and exit code of a Python process."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss / 1024, child.returncode


def report(name: str, words: list[str], runs: int) -> None:
    results = [timed(words) for _ in range(runs)]
    seconds, peaks, codes = zip(*results, strict=True)
    sys.stdout.write(
        f"{name}: median {statistics.median(seconds):.2f} s (min {min(seconds):.2f}, max {max(seconds):.2f}), "
        f"peak {max(peaks):.0f} MB, exit codes {sorted(set(codes))}, {runs} runs\n"
    )
    sys.stdout.flush()


def seconds_to_cancel(words: list[str], stage: str) -> float:
    """Give the seconds from SIGTERM, sent in the middle of a stage, to the end of the process."""
    child = subprocess.Popen(
        [sys.executable, *words, "--progress", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line).get("name") == stage:
            break
    time.sleep(0.3)
    start = time.perf_counter()
    child.send_signal(signal.SIGTERM)
    child.communicate()
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", nargs="?", type=Path)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    report("import oncologyai", ["-c", "import oncologyai"], 10)
    report("python alone", ["-c", "pass"], 10)
    report("oncology-ai --help", ["-m", "oncologyai", "--help"], 10)
    with tempfile.TemporaryDirectory() as folder:
        sample = ["-m", "oncologyai", "run", "--sample", "ct", "--out", f"{folder}/sample"]
        report("run --sample ct", sample, chosen.runs)
        for patient, seed in SEEDS.items() if chosen.data else ():
            words = ["-m", "oncologyai", "run", str(chosen.data / "lung1" / patient), "--seed", seed]
            report(f"run {patient}", [*words, "--out", f"{folder}/{patient}"], chosen.runs)
            for stage in ("read", "segment", "dicom", "scene", "pictures"):
                seconds = seconds_to_cancel([*words, "--out", f"{folder}/cancelled"], stage)
                sys.stdout.write(f"cancel {patient} in {stage}: {seconds:.2f} s\n")


if __name__ == "__main__":
    main()
