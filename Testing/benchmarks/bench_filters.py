"""Time our filters in the box of a lesion against pyradiomics' on the whole image; CPU seconds and peak differences.

python Testing/benchmarks/bench_filters.py [--size 134 512 512] [--edge 40]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import SimpleITK as sitk

from oncologyai.features.filters import filtered_images

SAMPLING = (3.0, 0.977, 0.977)
CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("LoG", {"sigma": [2.0, 3.0, 4.0, 5.0]}),
    ("Wavelet", {}),
    ("Square", {}),
    ("SquareRoot", {}),
    ("Logarithm", {}),
    ("Exponential", {}),
    ("Gradient", {}),
)


def main() -> int:
    """Time every filter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs=3, default=(134, 512, 512), help="voxels along k, j, i")
    parser.add_argument("--edge", type=int, default=40, help="edge of the lesion's box in pixels")
    options = parser.parse_args()
    image = np.random.default_rng(0).normal(0.0, 300.0, options.size)
    box = tuple(slice(n // 2 - half, n // 2 + half) for n, half in _halves(options))
    sys.stdout.write("| filter | pyradiomics, CPU s | ours first, CPU s | ours, CPU s | times | difference / range |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    for name, chosen in CASES:
        theirs, slow = _timed(lambda n=name, o=chosen: dict(_by_pyradiomics(image, n, o)))
        _, first = _timed(lambda n=name, o=chosen: dict(filtered_images(image, SAMPLING, n, o, box)))
        ours, fast = _timed(lambda n=name, o=chosen: dict(filtered_images(image, SAMPLING, n, o, box)))
        gap = max(float(np.abs(ours[k] - theirs[k][box]).max() / np.ptp(theirs[k])) for k in theirs)
        sys.stdout.write(f"| {name} | {slow:.2f} | {first:.3f} | {fast:.3f} | {slow / fast:.0f} | {gap:.1e} |\n")
        sys.stdout.flush()
    return 0


def _halves(options: argparse.Namespace) -> list[tuple[int, int]]:
    half = options.edge // 2
    return [(options.size[0], max(half // 3, 1)), (options.size[1], half), (options.size[2], half)]


def _timed(work: Callable[[], dict[str, np.ndarray]]) -> tuple[dict[str, np.ndarray], float]:
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def _by_pyradiomics(image: np.ndarray, name: str, options: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    from radiomics import imageoperations

    given = sitk.GetImageFromArray(image)
    given.SetSpacing(SAMPLING[::-1])
    for found, prefix, _ in getattr(imageoperations, f"get{name}Image")(given, None, **options):
        yield prefix, sitk.GetArrayFromImage(found)


if __name__ == "__main__":
    raise SystemExit(main())
