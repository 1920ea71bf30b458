"""Dice of the seeded segmentation with one seed and with three, and seconds, on real lesions.

Run: ``python Testing/benchmarks/bench_seeds.py SHARED_DATA [METHOD]`` with the folder that holds ``lung1`` and ``sts``.
"""

import sys
import time
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_masks, read_volume
from oncologyai.segmenters import SeedConfig, segment_from_seeds

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from seed_points import seed_points


def dice_and_seconds(volume, truth, config):
    seeds = seed_points(truth)
    found = []
    for chosen in (seeds[:1], seeds):
        start = time.perf_counter()
        mask = segment_from_seeds(volume, chosen, config=config)
        seconds = time.perf_counter() - start
        both = np.count_nonzero(mask.array & truth.array)
        found += [2.0 * both / (np.count_nonzero(mask.array) + np.count_nonzero(truth.array)), seconds]
    return found


def tell(name, one, one_s, three, three_s):
    print(f"{name:24s} one seed {one:.4f} ({one_s:.2f} s)  three {three:.4f} ({three_s:.2f} s)")  # noqa: T201


def main(data, method="walker"):
    config = SeedConfig(method=method)
    for study in sorted((Path(data) / "lung1").glob("LUNG1-*_CT")):
        volume = read_volume(study, modality="CT")
        (truth,) = read_masks(study, grid=volume, names=["GTV-1"])
        tell(study.name, *dice_and_seconds(volume, truth, config))
    found = []
    for path in sorted((Path(data) / "sts").glob("STS_*/PET_image.nii.gz")):
        (truth,) = read_masks(path.with_name("PET_mask.nii.gz"))
        found.append(dice_and_seconds(read_volume(path, modality="PT"), truth, config))
    tell(f"mean of {len(found)} sarcoma PETs", *np.mean(found, axis=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
