"""What a graphics card gains: bench_features_gpu.py [--place cuda] [--shape 134 512 512] [--sizes 4000 33000 ...].

LoG (2, 3, 4, 5 mm) and wavelet of a whole CT, the filtered set of features of regions, and the maps of first order and
GLCM of regions, on the processor and at the place that --place names (as torch names it). Each is called once before it
is timed; the best of --repeat calls counts. The greatest difference of both is given in units of the agreement rule,
|a - b| <= 1e-6 max(|b|, median): below 1 they agree. --place cpu runs torch on the processor, which shows that
the benchmark works and nothing about a card. Without the card it ends with an error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_features import IMAGES, SPACING, a_ball

from oncologyai.errors import OncologyAIError
from oncologyai.features import Accelerator, FeatureSettings, extract_features, find_accelerator
from oncologyai.features.filters import filtered_images
from oncologyai.features.maps import feature_maps
from oncologyai.types import Mask, Volume

Work = Callable[[Accelerator], dict[str, np.ndarray]]
_LIMIT = 1e-6


def main() -> int:
    """Time everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--place", default="cuda")
    parser.add_argument("--shape", type=int, nargs=3, default=[134, 512, 512])
    parser.add_argument("--sizes", type=int, nargs="*", default=[4_000, 33_000, 113_000])
    parser.add_argument("--radius", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--out", type=Path, help="also as JSON")
    options = parser.parse_args()
    try:
        helper = Accelerator("cpu") if options.place == "cpu" else find_accelerator(options.place)
    except OncologyAIError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(
        f"{_machine(helper)}\n\n| what | processor, s | {helper.place}, s | times | difference | peak, MB |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|\n")
    rows = []
    for name, work in works(tuple(options.shape), options.sizes, options.radius):
        rows.append(measured(name, work, helper, options.repeat))
        sys.stdout.write("| " + " | ".join(map(str, rows[-1].values())) + " |\n")
        sys.stdout.flush()
    for note in helper.notes:
        sys.stdout.write(f"\nnote: {note}\n")
    if options.out:
        found = {"machine": _machine(helper), "rows": rows, "notes": helper.notes}
        options.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


def works(shape: tuple[int, ...], sizes: Iterable[int], radii: Iterable[int]) -> Iterable[tuple[str, Work]]:
    """Give what is timed, by its name."""
    image = an_image(shape)
    volume = Volume(image, np.diag([-SPACING[0], -SPACING[1], SPACING[2], 1.0]), "CT", "HU")
    for kind in ("LoG", "Wavelet"):
        yield f"{kind} of {'x'.join(map(str, shape))}", _filtering(image, kind)
    for size in sizes:
        mask = Mask.on(volume, a_ball(size, shape))
        voxels = int(mask.array.sum())
        yield f"filtered features of {voxels}", _table(volume, mask)
        for radius in radii:
            for family in ("firstorder", "glcm"):
                settings = FeatureSettings((family,), kernel_radius=radius)
                yield f"maps of {family}, radius {radius}, of {voxels}", _maps(volume, mask, settings)


def an_image(shape: tuple[int, ...]) -> np.ndarray:
    """Smoothed noise as a CT has it."""
    from scipy.ndimage import gaussian_filter1d

    noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    for axis in range(3):
        noise = gaussian_filter1d(noise, 1.0, axis=axis)
    return (noise / noise.std() * 60 + 20).astype(np.int16)


def _filtering(image: np.ndarray, kind: str) -> Work:
    options = IMAGES["filtered"][kind]
    return lambda helper: dict(filtered_images(image, SPACING[::-1], kind, options, None, helper))


def _table(volume: Volume, mask: Mask) -> Work:
    settings = FeatureSettings(images=IMAGES["filtered"])

    def work(helper: Accelerator) -> dict[str, np.ndarray]:
        table = extract_features(volume, [mask], settings, accelerator=helper)
        return {"features": np.array(table.rows[0][1:], dtype=float)}

    return work


def _maps(volume: Volume, mask: Mask, settings: FeatureSettings) -> Work:
    return lambda helper: {
        name: found.array[mask.array]
        for name, found in feature_maps(volume, mask, settings, accelerator=helper).items()
    }


def measured(name: str, work: Work, helper: Accelerator, repeat: int) -> dict[str, str | float]:
    """Time one thing at both places and compare what comes of it."""
    expected, loops = _timed(work, Accelerator(), repeat)
    _forget_peak(helper)
    found, card = _timed(work, helper, repeat)
    return {
        "what": name, "processor": round(loops, 3), "card": round(card, 3), "times": round(loops / card, 1),
        "difference": f"{difference(found, expected):.2g}", "peak_mb": _peak_mb(helper),
    }  # fmt: skip


def _timed(work: Work, helper: Accelerator, repeat: int) -> tuple[dict[str, np.ndarray], float]:
    found, best = work(helper), np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work(helper)
        best = min(best, time.perf_counter() - start)
    return found, float(best)


def difference(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> float:
    """Give the greatest difference in units of the agreement rule."""
    worst = 0.0
    for name, other in expected.items():
        ours, theirs = found[name].astype(float), other.astype(float)
        if (np.isnan(ours) != np.isnan(theirs)).any():
            return np.inf
        known = ~np.isnan(theirs)
        if known.any():
            limit = _LIMIT * np.maximum(np.abs(theirs), np.median(np.abs(theirs[known])))[known]
            apart = np.abs(ours - theirs)[known]
            worst = max(worst, float(np.max(apart[apart > 0] / np.maximum(limit[apart > 0], 1e-300), initial=0.0)))
    return worst


def _forget_peak(helper: Accelerator) -> None:
    if helper.place.startswith("cuda"):
        import torch

        torch.cuda.reset_peak_memory_stats(helper.place)


def _peak_mb(helper: Accelerator) -> float | str:
    if not helper.place.startswith("cuda"):
        return "-"
    import torch

    return round(torch.cuda.max_memory_allocated(helper.place) / 2**20)


def _machine(helper: Accelerator) -> str:
    import torch

    card = torch.cuda.get_device_name(helper.place) if helper.place.startswith("cuda") else "no card"
    return f"{card}, torch {torch.__version__}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
