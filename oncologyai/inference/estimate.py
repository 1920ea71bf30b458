"""What a run will take, before it is run: patches, seconds and memory."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai.errors import InputError
from oncologyai.inference.engines import Predict
from oncologyai.inference.window import plan_windows

__all__ = ["Estimate", "estimate"]

_FLOAT_BYTES = 4


@dataclass(frozen=True)
class Estimate:
    """What a run will take: patches, seconds on this machine now, and bytes of memory besides the image."""

    patches: int
    seconds: float
    memory_bytes: int

    def sentence(self) -> str:
        """Say it in a line."""
        return f"{self.patches} patches, about {self.seconds:.0f} s and {self.memory_bytes / 2**30:.1f} GiB of memory"


def estimate(
    volume: np.ndarray,
    predict: Predict,
    *,
    patch: tuple[int, ...],
    overlap: float = 0.5,
    mask: np.ndarray | None = None,
    labels_only: bool = False,
) -> Estimate:
    """Foretell time and memory of a run from its plan and one patch of zeros, run twice (the first warms up).

    Parameters
    ----------
    volume, predict, patch, overlap, mask
        As in ``sliding_window``, a batch of one.
    labels_only : bool
        Whether ``sliding_labels`` is what will be run.

    Returns
    -------
    Estimate
        Memory holds the result, the sums in flight and what the patch added to the process's peak (0 where the
        system does not tell).

    Raises
    ------
    InputError, OutOfMemoryError
        As ``sliding_window``.
    """
    if volume.ndim != 4 or 0 in volume.shape:
        raise InputError("volume", expected="a non-empty array (channel, k, j, i)", got=f"shape {volume.shape}")
    plan = plan_windows((volume.shape[1], volume.shape[2], volume.shape[3]), patch, overlap=overlap, mask=mask)
    sample = np.zeros((1, volume.shape[0], *plan.patch[int(plan.flat) :]), dtype=np.float32)
    before = _peak_bytes()
    labels = predict(sample).shape[1]
    start = time.perf_counter()
    predict(sample)
    seconds = (time.perf_counter() - start) * len(plan.starts)
    grown = _peak_bytes() - before
    voxels = int(np.prod(plan.shape))
    result = voxels if labels_only else labels * voxels * _FLOAT_BYTES
    flight = (labels + 1) * plan.patch[0] * plan.padded[1] * plan.padded[2] * _FLOAT_BYTES
    return Estimate(len(plan.starts), seconds, result + flight + grown)


def _peak_bytes() -> int:
    """Give the largest resident size of this process so far; 0 where the system does not tell.

    Linux keeps in ``ru_maxrss`` what the parent held when it started the process, which may be all of Slicer: there
    the kernel's own mark of this program (``VmHWM``) is read.
    """
    try:
        import resource
    except ImportError:
        return 0
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        marks = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if marks:
            return int(marks[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
