"""Repeated measurements from tables to classes and a report."""

from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import RepeatConfig
from oncologyai.robustness import find_stability, read_stability
from oncologyai.workflows import RepeatForm, retest_tables


def write(path: Path, seed: int, occasions: tuple[str, ...] = (), extra: str = "") -> Path:
    truth = np.random.default_rng(0).normal(10, 2, 8)
    generator = np.random.default_rng(seed)
    lines = ["patient,lesion,when,original_glcm_Good,original_glcm_Poor" + (f",{extra}" if extra else "")]
    for when in occasions or ("",):
        for n, value in enumerate(truth):
            numbers = f"{value + generator.normal(0, 0.05)},{value + generator.normal(0, 3)}"
            lines.append(f"P{n // 2},L{n % 2},{when},{numbers}" + (",1" if extra else ""))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


FORM = RepeatForm(subject=("patient", "lesion"))


def test_two_tables_are_two_measurements(tmp_path: Path) -> None:
    paths = [write(tmp_path / "test.csv", 1), write(tmp_path / "retest.csv", 2)]
    found = retest_tables(paths, tmp_path / "out", form=FORM)
    assert found.measurements.occasions == ("test", "retest") and len(found.measurements.subjects) == 8
    assert {one.feature: one.stability for one in found.stability} == {
        "original_glcm_Good": "stable", "original_glcm_Poor": "rejected",
    }  # fmt: skip
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "features.csv", "features.stability.csv", "classes.csv", "robustness.xlsx", "report.html", "provenance.json",
        "figures",
    }  # fmt: skip
    assert find_stability(tmp_path / "out" / "features.csv")["original_glcm_Good"].stability == "stable"
    assert read_stability(tmp_path / "out" / "features.stability.csv") == found.stability


def test_a_column_tells_measurements_of_one_table_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", 1, ("A", "B", "C"))
    form = RepeatForm(("patient", "lesion"), occasion="when")
    config = RepeatConfig(measure="ICC(2,1)", setting="inter-observer")
    found = retest_tables([path], tmp_path / "out", form=form, config=config)
    assert (
        found.measurements.occasions == ("when A", "when B", "when C")
        and found.stability[0].setting == "inter-observer"
    )


def test_features_of_one_table_alone_are_left_out_and_told(tmp_path: Path) -> None:
    paths = [write(tmp_path / "1.csv", 1, extra="more"), write(tmp_path / "2.csv", 2)]
    found = retest_tables(paths, tmp_path / "out", form=FORM)
    assert any("1 features are not in every table and were left out: more" in note for note in found.notes)


def test_tables_that_do_not_fit_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    one = write(tmp_path / "1.csv", 1)
    with pytest.raises(InputError, match="tables: expected two measurements of each subject, got one"):
        retest_tables([one], tmp_path / "out", form=FORM)
    with pytest.raises(InputError, match="rows: expected each subject once on an occasion, got P0 twice on 1"):
        retest_tables([one, write(tmp_path / "2.csv", 2)], tmp_path / "out")
    with pytest.raises(InputError, match="--show: expected a feature of the table, got 'x'"):
        retest_tables([one, tmp_path / "2.csv"], tmp_path / "out", form=FORM, show=["x"])
    assert not (tmp_path / "out").exists()
