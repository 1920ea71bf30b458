"""Write the tables of the sarcoma patients for outcome models: sts_outcome_tables.py DATA FOLDER.

DATA is the folder that holds ``sts/STS_NNN`` and ``sts/outcomes.csv``. FOLDER gets ``sts-pet.csv``, a row a patient for
`oncology-ai features --cohort` and `oncology-ai train outcome`, and ``sts-complete.csv``, a row a patient and modality
of those who have PET, CT and MR.
"""

import csv
import sys
from pathlib import Path

_KINDS = {"PET": ("PT", "SUVbw"), "CT": ("CT", "HU"), "MR_T1": ("MR", "arbitrary")}
_COLUMNS = ("case", "patient", "image", "mask", "modality", "unit", "lung_metastases")


def main() -> None:
    """Write both tables."""
    data, folder = Path(sys.argv[1]).resolve() / "sts", Path(sys.argv[2])
    with (data / "outcomes.csv").open(newline="", encoding="utf-8") as stream:
        label_of = {row["patient"]: row["lung_metastases"] for row in csv.DictReader(stream)}
    patients = sorted(data.glob("STS_*"))
    complete = [p for p in patients if all((p / f"{kind}_image.nii.gz").is_file() for kind in _KINDS)]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "sts-pet.csv", [_row(p, "PET", p.name, label_of) for p in patients])
    rows = [_row(p, kind, f"{p.name} {kind}", label_of) for p in complete for kind in _KINDS]
    _write(folder / "sts-complete.csv", rows)


def _row(patient: Path, kind: str, case: str, label_of: dict[str, str]) -> tuple[str, ...]:
    image, mask = (str(patient / f"{kind}_{part}.nii.gz") for part in ("image", "mask"))
    return (case, patient.name, image, mask, *_KINDS[kind], label_of[patient.name])


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([_COLUMNS, *rows])


if __name__ == "__main__":
    main()
