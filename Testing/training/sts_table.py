"""Write the table of the sarcoma patients that `oncology-ai train` takes: sts_table.py DATA TABLE.csv.

DATA is the folder that holds ``sts/STS_NNN``. The stratum makes every fold share the patients with CT and MR evenly,
the same folds for the model of PET alone and for that of all modalities.
"""

import csv
import sys
from pathlib import Path

_FILES = {"mask": "PET_mask.nii.gz", "pet": "PET_image.nii.gz", "ct": "CT_image.nii.gz", "mr": "MR_T1_image.nii.gz"}


def main() -> None:
    """Write a line a patient."""
    data, table = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["case", "stratum", *_FILES])
        for folder in sorted((data / "sts").glob("STS_*")):
            found = {name: folder / file for name, file in _FILES.items() if (folder / file).is_file()}
            stratum = "complete" if len(found) == len(_FILES) else "pet"
            writer.writerow([folder.name, stratum, *(str(found.get(name, "")) for name in _FILES)])


if __name__ == "__main__":
    main()
