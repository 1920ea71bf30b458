"""Times comparing, measuring and extracting features on 512x512x134: ``python Testing/benchmarks/bench_metrics.py``."""

import time

import numpy as np

from oncologyai.features import extract_features
from oncologyai.measure import measure_lesion
from oncologyai.metrics import compare_masks
from oncologyai.types import Mask, Volume

_SHAPE = (134, 512, 512)
_AFFINE = np.diag([0.977, 0.977, 3.0, 1.0])


def _ellipsoid(centre: tuple[float, ...], radii_mm: tuple[float, ...]) -> np.ndarray:
    steps = zip(_SHAPE, centre, (3.0, 0.977, 0.977), radii_mm, strict=True)
    k, j, i = (((np.arange(n) - c) * s / r) ** 2 for n, c, s, r in steps)
    return k[:, None, None] + j[None, :, None] + i[None, None, :] <= 1.0


def _timed(name: str, work) -> None:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:<60} first {seconds[0]:6.2f} s, best {min(seconds):6.2f} s")  # noqa: T201


def main() -> None:
    """Print one line a case."""
    image = np.random.default_rng(1).integers(-900, 200, _SHAPE, dtype=np.int16)
    volume = Volume(image, _AFFINE, "CT", "HU")
    for name, radii in (("tumour, 34 ml", (20.0,) * 3), ("tumour, 380 ml", (45.0,) * 3), ("lung", (130.0, 95.0, 75.0))):
        reference = Mask.on(volume, _ellipsoid((66.0, 250.0, 250.0), radii))
        for moved in (2.0, 12.0):
            predicted = Mask.on(volume, _ellipsoid((66.0 + moved / 3.0, 250.0 + moved, 250.0), radii))
            size = f"{name} ({reference.volume_ml:.0f} ml), moved {moved:g} voxels"
            _timed(f"compare_masks, {size}", lambda a=reference, b=predicted: compare_masks(a, b))
        _timed(f"measure_lesion, {name}", lambda a=reference: measure_lesion(a, volume))
        _timed(f"extract_features, {name}", lambda a=reference: extract_features(volume, [a]))


if __name__ == "__main__":
    main()
