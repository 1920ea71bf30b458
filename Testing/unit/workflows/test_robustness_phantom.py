"""The phantom workflow from tables to classes, estimates and harmonised patients."""

import csv
from pathlib import Path

import pytest

from oncologyai.bundle import write_table
from oncologyai.errors import InputError
from oncologyai.robustness import PhantomConfig, PlantedConfig, plant_study, read_combat, read_stability
from oncologyai.types import Table
from oncologyai.workflows import PhantomForm, phantom_sample, phantom_tables

PARAMETERS = {"kvp": ("kvp",), "kernel": ("kernel",), "slice_mm": ("slice_mm",)}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    study = plant_study(PlantedConfig(regions=10, combinations=4, patients=20, features=2, seed=1))
    write_table(study.phantom, tmp_path / "phantom.csv")
    write_table(study.patients, tmp_path / "patients.csv")
    columns = ("patient", "modality", "KVP", "Kernel", "Thick")
    described = [(row[0], "CT", *row[1:4]) for row in study.patients.rows]
    described += [(row[0], "PT", None, None, 5.0) for row in study.patients.rows]
    write_table(Table("series", columns, tuple(described)), tmp_path / "series.csv")
    bare = ("patient", *study.patients.columns[4:])
    rows = tuple((row[0], *row[4:]) for row in study.patients.rows)
    write_table(Table("bare", bare, rows), tmp_path / "bare.csv")
    return tmp_path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_classes_estimates_and_harmonised_patients_are_written(tables: Path) -> None:
    form = PhantomForm(PARAMETERS, skip_unknown=True)
    found = phantom_tables(tables / "phantom.csv", tables / "out", form, patients=tables / "patients.csv")
    harmonised = read(tables / "out" / "harmonised.csv")
    assert len(harmonised) == 19 and found.left_out == ("P020",)
    own = {one.feature: one.stability for one in read_stability(tables / "out" / "harmonised.stability.csv")}
    assert set(own.values()) == {"stable", "harmonisable"} and set(own) == set(harmonised[0]) - {
        "patient",
        "combination",
    }
    assert len(read_stability(tables / "out" / "features.stability.csv")) == 14
    assert read_combat(tables / "out" / "combat.json").features == found.verdict.features("harmonisable")
    assert found.provenance.settings["tables_sha256"].keys() == {"phantom.csv", "patients.csv"}
    assert "scan" not in found.verdict.features("rejected")


def test_a_description_gives_the_parameters_of_the_patients(tables: Path) -> None:
    form = PhantomForm(
        {"kvp": ("kvp", "kvp", "KVP"), "k": ("kernel", "kernel", "Kernel"), "t": ("slice_mm", "slice_mm", "Thick")},
        description_rows={"modality": "CT"}, skip_unknown=True,
    )  # fmt: skip
    described = phantom_tables(
        tables / "phantom.csv", tables / "a", form, patients=tables / "bare.csv", description=tables / "series.csv"
    )
    own = phantom_tables(
        tables / "phantom.csv",
        tables / "b",
        PhantomForm(PARAMETERS, skip_unknown=True),
        patients=tables / "patients.csv",
    )
    first, second = (read(tables / name / "harmonised.csv") for name in "ab")
    assert [{k: v for k, v in row.items() if k != "combination"} for row in first] == [
        {k: v for k, v in row.items() if k != "combination"} for row in second
    ]
    assert described.left_out == own.left_out
    alone = phantom_tables(tables / "phantom.csv", tables / "c", form, description=tables / "series.csv")
    assert alone.harmonised is None and not (tables / "c" / "harmonised.csv").exists()


def test_a_patient_of_two_combinations_or_of_none_is_refused(tables: Path) -> None:
    form = PhantomForm({"kvp": ("kvp", "kvp", "KVP")})
    with pytest.raises(InputError, match="series.csv, P001: expected one combination of parameters, got kvp"):
        phantom_tables(tables / "phantom.csv", tables / "out", form, description=tables / "series.csv")
    few = read(tables / "series.csv")[:5]
    rows = tuple((row["patient"], row["KVP"]) for row in few)
    write_table(Table("few", ("patient", "KVP"), rows), tables / "few.csv")
    with pytest.raises(InputError, match="few.csv: expected parameters of every patient of bare.csv, got none of P006"):
        phantom_tables(
            tables / "phantom.csv", tables / "out", form, patients=tables / "bare.csv", description=tables / "few.csv"
        )
    with pytest.raises(InputError, match="--parameter: expected at least one scanning parameter"):
        PhantomForm({})
    assert not (tables / "out").exists()


def test_a_planted_study_is_recovered_and_counted(tmp_path: Path) -> None:
    found = phantom_sample(tmp_path / "out", planted=PlantedConfig(features=4, patients=5, seed=2))
    counts = {row["planted"]: (row["right"], row["false"]) for row in read(tmp_path / "out" / "recovered.csv")}
    assert counts == {"stable": ("4", "0"), "harmonisable": ("12", "0"), "rejected": ("12", "0")}
    assert (tmp_path / "out" / "sample" / "phantom.csv").is_file() and found.harmonised is not None
    strict = phantom_sample(
        tmp_path / "strict", planted=PlantedConfig(features=4, patients=5, seed=2), config=PhantomConfig(limit=0.999)
    )
    assert len(strict.verdict.features("rejected")) == 28
    assert not (tmp_path / "strict" / "combat.json").exists()
