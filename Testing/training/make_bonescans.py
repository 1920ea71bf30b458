"""A cohort of synthetic bone scans as DICOM NM, with the truth beside each scan and a table.

Run: ``python Testing/training/make_bonescans.py FOLDER --centre A [--cases 30] [--seed 1]``. The same seed gives the
same bytes. What is there already is not made again, so that a call that was cut off goes on.
"""

import argparse
from pathlib import Path

from oncologyai.samples import CENTRES, draw_cohort, write_bonescan_cohort


def main() -> None:
    """Write the scans and their table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--centre", choices=sorted(CENTRES), default="A")
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = draw_cohort(options.centre, options.cases, seed=options.seed)
    print(write_bonescan_cohort(cases, options.folder))  # noqa: T201


if __name__ == "__main__":
    main()
