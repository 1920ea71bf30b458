"""Print the seconds and the peak memory of reading each real CT study; run it on a quiet machine."""

import resource
import sys
import time
from pathlib import Path

from oncologyai.imaging import find_studies, read_volume

_LUNG1 = Path(__file__).resolve().parents[3] / "shared" / "data" / "lung1"


def main() -> None:
    for folder in sorted(p for p in _LUNG1.glob("*") if p.is_dir()):
        start = time.perf_counter()
        find_studies(folder)
        indexed = time.perf_counter()
        volume = read_volume(folder, modality="CT")
        read = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(
            f"{folder.name}: {len(volume.array)} slices, index {indexed - start:.2f} s, "
            f"read {read - indexed:.2f} s, peak {peak:.0f} MB\n"
        )


if __name__ == "__main__":
    main()
