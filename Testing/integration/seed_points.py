"""Print the seed points of a contoured lesion: what a user would click, from the RTSTRUCT of a study.

    python Testing/integration/seed_points.py STUDY_FOLDER [--name GTV-1] [--count 3]

The first seed is the deepest point of the lesion, the other two those of its top and of its bottom third by slices,
each third taken as a body of its own. Of the truth nothing but these points is given on. With ``--within`` the depth
in the thirds is measured to the surface of the whole lesion instead.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy import ndimage

from oncologyai.imaging import read_masks, read_volume
from oncologyai.types import Mask


def deepest_point(lesion: np.ndarray, part: np.ndarray, mask: Mask) -> np.ndarray:
    """Give the RAS point of ``part`` that lies deepest, in mm, in ``lesion``; the first one where several do."""
    box = ndimage.find_objects(lesion.astype(np.uint8))[0]
    padded = np.pad(lesion[box], 1)
    depth = ndimage.distance_transform_edt(padded, sampling=mask.sampling_mm)[1:-1, 1:-1, 1:-1]
    depth = np.where(part[box], depth, 0.0)
    k, j, i = (at + side.start for at, side in zip(np.unravel_index(depth.argmax(), depth.shape), box, strict=True))
    return mask.ras_from_ijk((i, j, k))


def seed_points(mask: Mask, *, within: bool = False) -> np.ndarray:
    """Give three seeds (3, 3) in RAS mm: the deepest point of the lesion, of its top and of its bottom third."""
    slices = np.flatnonzero(mask.array.any(axis=(1, 2)))
    third = (slices[-1] + 1 - slices[0]) / 3
    index = np.arange(mask.shape[0])[:, None, None]
    upper = mask.array & (index >= slices[-1] + 1 - third)
    lower = mask.array & (index < slices[0] + third)
    if mask.ijk_to_ras[2, 2] < 0:
        upper, lower = lower, upper
    seeds = [deepest_point(mask.array, mask.array, mask)]
    seeds += [deepest_point(mask.array if within else part, part, mask) for part in (upper, lower)]
    return np.array(seeds)


def main() -> int:
    """Read the study and write a line a seed, ready for ``--seed``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--name", default="GTV-1")
    parser.add_argument("--count", type=int, choices=(1, 3), default=3)
    parser.add_argument("--within", action="store_true")
    options = parser.parse_args()
    volume = read_volume(options.study, modality="CT")
    (mask,) = read_masks(options.study, grid=volume, names=[options.name])
    for point in seed_points(mask, within=options.within)[: options.count]:
        sys.stdout.write(",".join(f"{value:.1f}" for value in point) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
