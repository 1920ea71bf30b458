"""Shipped signatures on the public patients: from files to predictions, and the figures that their cards state."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncologyai.bundle import read_table
from oncologyai.cli import main
from oncologyai.outcome import FollowUp, harrell_c, load_signature

pytestmark = pytest.mark.slow


def command(*words: object) -> int:
    return main([str(word) for word in words])


def test_two_other_centres_give_the_concordance_of_the_card(shared_data: Path, tmp_path: Path) -> None:
    table = shared_data / "head_neck" / "clinical_outcomes.csv"
    assert command("outcome", "apply", "hn-death-clinical", table, "--out", tmp_path / "out.csv") == 0
    made = read_table(tmp_path / "out.csv")
    found = pd.DataFrame(made.rows, columns=made.columns).merge(pd.read_csv(table), on="patient")
    test = found[found.centre.isin(["HMR", "CHUM"])]
    score = harrell_c(test.predictor.to_numpy(float), FollowUp(test.death_days.to_numpy(float), test.death.to_numpy()))
    figure = next(f for f in load_signature("hn-death-clinical").performance if f.metric == "Harrell's C")
    assert (len(test), round(score.value, 4)) == (figure.cases, figure.value)
    assert figure.interval == pytest.approx((score.low, score.high), abs=1e-4)


def test_from_a_pet_and_its_contour_to_a_prediction(shared_data: Path, tmp_path: Path) -> None:
    folder, features = shared_data / "sts" / "STS_001", tmp_path / "features.csv"
    assert command("outcome", "show", "sts-lung-metastases", "--settings-out", tmp_path / "settings.yaml") == 0
    images = (folder / "PET_image.nii.gz", folder / "PET_mask.nii.gz")
    plain = ("--modality", "PT", "--unit", "SUVbw")
    assert command("features", *images, *plain, "--settings", tmp_path / "settings.yaml", "--out", features) == 0
    assert command("outcome", "apply", "sts-lung-metastases", features, "--out", tmp_path / "out.json") == 0
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    (patient,) = found["prediction"]
    assert 0 < patient["low"] < patient["value"] < patient["high"] < 1
    assert patient["range_check"] == "within the training ranges"  # he is one of them
    assert found["cautions"] == []
    parts = [row["contribution"] for row in found["contributions"]]
    base = load_signature("sts-lung-metastases").model.intercept
    assert np.sum(parts) + base == pytest.approx(patient["predictor"], abs=1e-9)
    assert command("features", *images, *plain, "--settings", "default", "--out", features) == 0
    assert command("outcome", "apply", "sts-lung-metastases", features) == 2


def test_the_table_of_ratings_takes_both_cards_of_glioma(shared_data: Path, tmp_path: Path) -> None:
    scores = pd.read_csv(shared_data / "glioma" / "vasari.csv", dtype=str)
    clinical = pd.read_csv(shared_data / "glioma" / "clinical.csv", dtype=str)
    both = scores.merge(clinical, left_on="patient", right_on="Tumor")
    usable = pd.to_numeric(both.f1, errors="coerce").notna() & pd.to_numeric(both.f4, errors="coerce").notna()
    both[usable].to_csv(tmp_path / "glioma.csv", index=False)
    for card in ("glioma-idh", "glioma-pfs"):
        assert command("outcome", "apply", card, tmp_path / "glioma.csv", "--out", tmp_path / f"{card}.csv") == 0
        rows = read_table(tmp_path / f"{card}.csv").rows
        assert len(rows) == int(usable.sum())
