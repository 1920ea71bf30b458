"""Seconds and peak memory of lung isolation and harmonisation, and how large the region is.

Run: ``python Testing/benchmarks/bench_lungs.py FOLDER...`` with DICOM folders of chest CTs.
"""

import resource
import sys
import time

from oncologyai.anatomy import isolate_lungs
from oncologyai.harmonize import harmonize
from oncologyai.imaging import read_volume


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


if __name__ == "__main__":
    main(sys.argv[1:])
