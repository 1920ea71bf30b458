"""Each planted oddity of a table is found, with its lines; a plain table has none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncologyai.outcome import Roles, check_table

GLIOMA = Path(__file__).resolve().parents[4] / "shared" / "data" / "glioma" / "clinical.csv"
ROLES = Roles("id", time="days", event="dead")


def a_table(**changes):
    rng = np.random.default_rng(0)
    columns = {
        "id": [f"p{n}" for n in range(60)], "days": rng.integers(1, 900, 60), "dead": rng.integers(0, 2, 60),
        "x": rng.normal(size=60), "grade": rng.integers(1, 4, 60),
    }  # fmt: skip
    return pd.DataFrame(columns | changes)


def found(table, roles=ROLES):
    return [finding.sentence() for finding in check_table(table, roles)]


def test_a_plain_table_has_nothing_odd():
    assert found(a_table()) == []


def replaced(name, values):
    column = a_table()[name].astype(object)
    for row, value in values.items():
        column.iloc[row] = value
    return a_table(**{name: column})


def test_planted_oddities_are_found_with_their_lines():
    same = a_table()["grade"].replace({1: "I", 2: "II", 3: "III"})
    same.iloc[4] = "I" if same.iloc[4] != "I" else "II"
    cases = {
        "warning: grade: says otherwise than stage in 1 of 60 rows, which else agree (lines 6)": a_table(stage=same),
        "note: x: 2 cells hold '?', taken as missing (lines 3, 9)": replaced("x", {1: "?", 7: "?"}),
        "error: days: negative days (lines 4)": replaced("days", {2: -5}),
        "error: dead: codes that nobody named: 7": replaced("dead", {2: 7}),
        "error: dead: nobody has the event": a_table(dead=[0] * 60),
        "error: days: holds text where days are wanted": replaced("days", {0: "soon"}),
        "warning: id: 1 patients have several rows: lesions? (lines 2, 3)": replaced("id", {1: "p0"}),
        "warning: x: holds text among numbers ('few', 'n=2'), so it is no feature: repair it, or say that it is "
        "missing (lines 4, 9)": replaced("x", {2: "few", 7: "n=2"}),
        "note: k: 1 columns say the same of all: k": a_table(k=[3] * 60),
        "warning: k: no row has a value": a_table(k=[None] * 60),
        "warning: k: missing in 75 % of the rows": a_table(k=[1.0, 2.0, 3.0] * 5 + [None] * 45),
        "warning: dead: 1 rows without an outcome (lines 2)": replaced("dead", {0: None}),
    }
    for sentence, table in cases.items():
        assert sentence in found(table), (sentence, found(table))


def test_rows_that_repeat_another_are_told():
    table = pd.concat([a_table(), a_table().iloc[[3]]], ignore_index=True)
    assert "note: id: rows that repeat another in every number (lines 5, 62)" in found(table)


@pytest.mark.parametrize("kind", ["code", "number", "turned"])
def test_a_feature_that_is_the_outcome_is_told(kind):
    dead = a_table()["dead"].to_numpy()
    rng = np.random.default_rng(1)
    tells = {"code": np.where(dead == 1, "yes", "no"), "number": dead + rng.uniform(0, 0.9, 60)}
    tells["turned"] = -tells["number"]
    assert any("k: gives dead away (100 %" in line for line in found(a_table(k=tells[kind])))


def test_classes_must_be_two_and_not_tiny():
    table = a_table(label=["a"] * 60)
    assert any("1 class: two are needed" in line for line in found(table, Roles("id", label="label")))
    table = a_table(label=["a"] * 57 + ["b"] * 3)
    assert any("only 3 rows of 'b'" in line for line in found(table, Roles("id", label="label")))


def test_absent_columns_end_the_check():
    assert found(a_table(), Roles("id", label="nowhere")) == ["error: nowhere: is no column of the table"]


def test_clusters_of_the_glioma_table_give_idh_away():
    if not GLIOMA.is_file():
        pytest.skip(f"{GLIOMA} is not here")
    lines = found(pd.read_csv(GLIOMA), Roles("Tumor", label="IDH1"))
    for name in ("IDH/1p19q Subtype", "IDH/1p19q Subtype.1", "MethylationCluster"):
        assert any(line.startswith(f"warning: {name}: gives IDH1 away") for line in lines), name
    assert any("Subtype: says otherwise than IDH/1p19q Subtype.1 in 8 of 184" in line for line in lines)
