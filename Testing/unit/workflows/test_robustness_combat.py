"""ComBat from table to file and back to a table."""

import csv
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError
from oncologyai.robustness import read_combat
from oncologyai.workflows import BatchForm, combat_apply, combat_fit

FORM = BatchForm(("scanner",), rows={"set": "train"}, outcomes=("death",))


@pytest.fixture
def a_table(tmp_path: Path) -> Path:
    generator = np.random.default_rng(1)
    lines = ["patient,set,scanner,age,death,note,x,y"]
    for n in range(60):
        b = n % 3
        numbers = generator.normal(size=2) * (1 + b / 2) + b * 3
        death = "" if n == 7 else n % 2
        lines.append(f"P{n},{'train' if n < 40 else 'test'},S{b},{40 + n},{death},some text,{numbers[0]},{numbers[1]}")
    (tmp_path / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "f.csv"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def spread(rows: list[dict[str, str]]) -> float:
    means = [np.mean([float(row["x"]) for row in rows if row["scanner"] == s]) for s in ("S0", "S1", "S2")]
    return float(np.ptp(means))


def test_estimates_of_the_training_rows_are_applied_to_the_test_rows(a_table: Path, tmp_path: Path) -> None:
    fitted = combat_fit(a_table, tmp_path / "m.json", FORM)
    assert fitted.model.features == ("age", "x", "y") and sum(fitted.model.rows) == 40
    form = BatchForm(("scanner",), rows={"set": "test"})
    found = combat_apply(a_table, tmp_path / "m.json", tmp_path / "h.csv", form)
    rows, old = read(tmp_path / "h.csv"), [row for row in read(a_table) if row["set"] == "test"]
    assert len(rows) == 20 and not any("were fitted" in note or "fitted on:" in note for note in found.notes)
    assert [row["note"] for row in rows] == ["some text"] * 20 and rows[0]["patient"] == "P40"
    assert spread(rows) < 0.5 * spread(old)


def test_rows_that_were_fitted_on_are_told(a_table: Path, tmp_path: Path) -> None:
    combat_fit(a_table, tmp_path / "m.json", FORM)
    found = combat_apply(a_table, tmp_path / "m.json", tmp_path / "h.csv", BatchForm(("scanner",)))
    assert any("40 of 60 rows are among those that ComBat was fitted on" in note for note in found.notes)


def test_covariates_are_no_features_and_are_asked_for_again(a_table: Path, tmp_path: Path) -> None:
    form = BatchForm(("scanner",), covariates=("age",), only=("x", "y"))
    model = combat_fit(a_table, tmp_path / "m.json", form).model
    assert model.features == ("x", "y") and model.covariates[0].name == "age"
    combat_apply(a_table, tmp_path / "m.json", tmp_path / "h.csv", BatchForm(("scanner",)))
    assert [row["age"] for row in read(tmp_path / "h.csv")] == [row["age"] for row in read(a_table)]


def test_several_columns_are_one_batch(a_table: Path, tmp_path: Path) -> None:
    model = combat_fit(a_table, tmp_path / "m.json", BatchForm(("scanner", "note"))).model
    assert model.batches[0] == "scanner S0, note some text"
    assert read_combat(tmp_path / "m.json").batches == model.batches


def test_bad_input_leaves_nothing(a_table: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--out: expected a name that ends in .json"):
        combat_fit(a_table, tmp_path / "m.csv", FORM)
    with pytest.raises(InputError, match="f.csv: expected rows with set=other, got none"):
        combat_fit(a_table, tmp_path / "m.json", BatchForm(("scanner",), rows={"set": "other"}))
    with pytest.raises(InputError, match="--batch: expected a column, got none"):
        BatchForm(())
    with pytest.raises(MissingFileError):
        combat_apply(a_table, tmp_path / "m.json", tmp_path / "h.csv", FORM)
    combat_fit(a_table, tmp_path / "m.json", FORM)
    with pytest.raises(InputError, match="--out: expected a name that ends in .csv"):
        combat_apply(a_table, tmp_path / "m.json", tmp_path / "h.xlsx", FORM)
    text = a_table.read_text(encoding="utf-8").replace(",S2,", ",S9,")
    (tmp_path / "new.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="batches: expected batches that ComBat was fitted on: S0, S1, S2, got S9"):
        combat_apply(tmp_path / "new.csv", tmp_path / "m.json", tmp_path / "h.csv", BatchForm(("scanner",)))
    assert not (tmp_path / "h.csv").exists()
