"""How much the head and neck figures turn on what fills the missing HPV status (180 of 300 patients).

Run: ``python Testing/benchmarks/bench_missing_hpv.py DATA``. Harrell's C of Cox's model of age, T, N, stage and HPV on
the test centres, by endpoint; death ends the follow-up of the others.
"""

import sys
from pathlib import Path

import pandas as pd

from oncologyai.outcome import FollowUp, fit_cox, harrell_c

COLUMNS = ["age", "T", "N", "TNM", "HPV"]


def main(folder):
    table = pd.read_csv(Path(folder) / "head_neck" / "clinical_outcomes.csv")
    training = table.centre.isin(["HGJ", "CHUS"]).to_numpy()
    median = table.loc[training, COLUMNS].median()
    for name, value in (("training median", median["HPV"]), ("0", 0.0), ("-1", -1.0)):
        x = table[COLUMNS].fillna({**median, "HPV": value}).to_numpy(float)
        found = []
        for event in ("locoregional", "distant", "death"):
            follow_up = FollowUp(table[f"{event}_days"], table[event])
            model = fit_cox(x[training], follow_up.of(training))
            found.append(f"{event} {harrell_c(model.risk(x[~training]), follow_up.of(~training)).value:.3f}")
        print(f"HPV filled with {name}: {', '.join(found)}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
