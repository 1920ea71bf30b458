"""Lung1's patients as a small table, for R (which reads no workbook) and for the tests that compare with it.

python Testing/reference/lung1_table.py ../shared/data > lung1.csv
"""

import sys
from pathlib import Path

import pandas as pd

HORIZON_DAYS = 100 * 30  # the published analysis of ch. 6 censors at 100 months of 30 days
STAGES = {"I": 1, "II": 2, "IIIa": 3, "IIIb": 4}


def lung1_table(data: Path) -> pd.DataFrame:
    """Give volume (mL), age, stage as a number and survival of the patients who have all of them, one row each."""
    folder = data / "lung1_features"
    features = pd.read_excel(folder / "extracted_features_full.xlsx", usecols=["Patient", "original_shape_VoxelVolume"])
    clinical = pd.read_excel(folder / "extended_clinical_df.xlsx").set_index("PatientID")
    name = features["Patient"].str.extract(r"^(LUNG1-\d+)", expand=False)
    table = features.assign(patient=name).drop_duplicates("patient").set_index("patient")  # GTV-1 comes first
    table = table.join(clinical, how="inner")
    days, died = table["Survival.time"], table["deadstatus.event"]
    found = pd.DataFrame(
        {
            "time": days.clip(upper=HORIZON_DAYS),
            "event": ((died == 1) & (days <= HORIZON_DAYS)).astype(int),
            "volume": table["original_shape_VoxelVolume"] / 1000.0,
            "age": table["age"],
            "stage": table["Overall.Stage"].map(STAGES),
        }
    )
    return found.dropna()


if __name__ == "__main__":
    lung1_table(Path(sys.argv[1])).to_csv(sys.stdout, index_label="patient", float_format="%.17g")
