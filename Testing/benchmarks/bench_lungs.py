"""Seconds and peak memory of lung isolation and harmonisation, and how large the region is.

Run: ``python Testing/benchmarks/bench_lungs.py FOLDER...`` with DICOM folders of chest CTs.
"""

import resource
import sys
import time
from dataclasses import replace

import numpy as np

from oncologyai.anatomy import isolate_lungs
from oncologyai.harmonize import Preset, ResampleInPlane, harmonize
from oncologyai.imaging import read_masks, read_volume
from oncologyai.types import Mask

STRUCTURES = ("Lung L", "Lung R", "GTV-1", "Spinal cord")


def main(folders):
    for folder in folders:
        volume = read_volume(folder, modality="CT")
        wall, cpu = time.perf_counter(), time.process_time()
        lungs = isolate_lungs(volume)
        isolation = time.perf_counter() - wall, time.process_time() - cpu
        wall, cpu = time.perf_counter(), time.process_time()
        harmonized = harmonize(volume)
        harmony = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(folder)  # noqa: T201
        print(f"  isolate_lungs {isolation[0]:.2f} s ({isolation[1]:.2f} s of CPU)")  # noqa: T201
        print(f"  harmonize     {harmony[0]:.2f} s ({harmony[1]:.2f} s of CPU); flags: {harmonized.flags}")  # noqa: T201
        print(f"  region {lungs.region.volume_ml:.0f} ml, lungs {lungs.lungs.volume_ml:.0f} ml, ", end="")  # noqa: T201
        print(f"body {lungs.body.volume_ml:.0f} ml; notes: {lungs.notes}; peak {peak} MB")  # noqa: T201
        compare(volume, lungs, {m.label: m for m in read_masks(folder, grid=volume, names=STRUCTURES)})


def compare(volume, lungs, truth):
    """Print what of the contoured structures is kept, how far the axis is from the cord, and the way back."""
    region = lungs.region.array
    kept = {n: round(float(100 * (truth[n].array & region).sum() / truth[n].array.sum()), 2) for n in STRUCTURES[:3]}
    both = truth["Lung L"].array | truth["Lung R"].array
    print(f"  kept % {kept}; region {region.sum() / both.sum():.2f} times the contoured lungs")  # noqa: T201
    gaps = []
    for point in lungs.spine_ras:
        k = round(volume.ijk_from_ras(point)[2])
        j, i = np.nonzero(truth["Spinal cord"].array[k])
        if len(i):
            gaps.append(point[0] - volume.ras_from_ijk((i.mean(), j.mean(), k))[0])
    print(f"  spine less cord {min(gaps):.1f} to {max(gaps):.1f} mm, mean {np.abs(gaps).mean():.1f}")  # noqa: T201
    for pixel_mm in (0.6, volume.spacing_mm[0], 1.4):
        print(f"  way back at {pixel_mm:.3f} mm: Dice {way_back(truth['GTV-1'], volume, pixel_mm):.4f}")  # noqa: T201


def way_back(lesion, volume, pixel_mm):
    """Give the Dice of a lesion, its pixels taken as ``pixel_mm`` wide, with itself after 1 mm pixels and back."""
    matrix = volume.ijk_to_ras.copy()
    matrix[:3, :2] *= pixel_mm / volume.spacing_mm[0]
    drawn = lesion.array.astype(np.uint8)
    image = replace(volume, array=drawn, ijk_to_ras=matrix, modality="OT", unit="arbitrary")
    there = harmonize(image, Preset("pixels", "", (ResampleInPlane(),)))
    back = there.trail.restore_mask(Mask(there.volume.array > 0, there.volume.ijk_to_ras)).array
    return 2 * (back & lesion.array).sum() / (back.sum() + lesion.array.sum())


if __name__ == "__main__":
    main(sys.argv[1:])
