"""Whole commands in fresh processes, as a user runs them."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finished:
    """How a command ended; ``peak_mb`` is the largest resident size of the process."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mb: float


@pytest.fixture(scope="session")
def oncology_ai() -> Callable[..., Finished]:
    """Run ``oncology-ai`` with words in a fresh process."""

    def call(*words: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> Finished:
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "oncologyai", *map(str, words)],
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            check=False,
            timeout=600,
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return Finished(done.returncode, done.stdout, done.stderr, time.perf_counter() - start, peak)

    return call
