"""An exploration: what is planted is found, and what is odd is told."""

import math

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.pipelines import ExploreConfig, FeatureSet, explore
from oncologyai.progress import Silent
from oncologyai.robustness import FeatureStability

NAMES = ("telling", "falling", "noise", "original_shape_VoxelVolume", "sphere", "constant", "gaps", "empty", "endless")


class CancelledAt(Silent):
    def __init__(self, stage: str) -> None:
        self._wanted, self._reached = stage, False

    def stage(self, name: str, share: float) -> None:
        self._reached |= name == self._wanted

    def cancelled(self) -> bool:
        return self._reached


def a_set(classes=("0", "1"), rows=60, **rest) -> FeatureSet:
    """One feature that rises with the class, one that falls, volume with a follower, and odd columns."""
    generator = np.random.default_rng(4)
    codes = np.arange(rows) % len(classes)
    values = generator.normal(size=(rows, len(NAMES)))
    values[:, 0] += 2.0 * codes
    values[:, 1] -= 2.0 * codes
    values[:, 3] = np.exp(generator.normal(size=rows)) * 1000
    values[:, 4] = values[:, 3] ** 2
    values[:, 5] = 7.0
    values[: rows // 2, 6] = np.nan
    values[:, 7] = np.nan
    values[3, 8] = math.inf
    names = tuple(f"P{n}" for n in range(rows))
    return FeatureSet(NAMES, values, names, names, tuple(classes[c] for c in codes), **rest)


def rows_of(result, name="features") -> dict[str, dict]:
    table = result.tables[name]
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_what_parts_two_classes_is_found() -> None:
    result = explore(a_set())
    rows = rows_of(result)
    assert result.is_binary and result.positive == "1" and set(result.strongest(2)) == {0, 1}
    assert rows["telling"]["p_corrected"] < 1e-6 and rows["telling"]["auc"] > 0.85
    assert rows["falling"]["auc"] < 0.15 and rows["falling"]["auc_high"] < 0.5
    assert rows["noise"]["auc_low"] < 0.5 < rows["noise"]["auc_high"]
    assert rows["telling"]["median_1"] - rows["telling"]["median_0"] > 1
    assert explore(a_set(), ExploreConfig(positive="0")).areas["0"][0].value == pytest.approx(
        1 - rows["telling"]["auc"]
    )
    assert result.provenance.settings["alpha"] == 0.05 and set(result.provenance.seconds) >= {"tests", "areas"}


def test_volume_and_what_follows_it() -> None:
    result = explore(a_set())
    rows = rows_of(result)
    assert result.volume == "original_shape_VoxelVolume" and rows["sphere"]["spearman_volume"] == pytest.approx(1.0)
    assert rows["sphere"]["group"] == rows["original_shape_VoxelVolume"]["group"] != rows["noise"]["group"]
    (curve,) = result.curves
    assert curve.label == "1" and curve.curve.prevalence == 0.5 and 0.4 < curve.curve.average_precision < 0.8
    without = explore(a_set().__class__(NAMES[:3], a_set().values[:, :3], *([a_set().cases] * 2), a_set().labels))
    assert without.curves == () and "volume" not in without.tables
    assert any(note.startswith("no volume analysis") for note in without.notes)


def test_small_volumes_may_be_of_the_class() -> None:
    table = a_set()
    table.values[:, 3] = np.where(np.array(table.labels) == "1", 1.0, 2.0) + np.arange(60) / 1000
    (curve,) = explore(table).curves
    assert curve.falling and curve.curve.average_precision == pytest.approx(1.0)


def test_more_classes_are_each_set_against_the_rest() -> None:
    result = explore(a_set(("I", "II", "IIIa")))
    rows = rows_of(result)
    assert not result.is_binary and result.positive == "" and list(result.areas) == ["I", "II", "IIIa"]
    assert rows["telling"]["h"] > 20 and rows["telling"]["auc_IIIa"] > 0.8 and rows["telling"]["auc_I"] < 0.2
    assert [curve.label for curve in result.curves] == ["I", "II", "IIIa"]
    two = explore(a_set(("I", "II", "IIIa")), ExploreConfig(classes=("IIIa", "I")))
    assert two.is_binary and two.positive == "I" and len(two.table.cases) == 40
    assert "20 rows of other classes left out" in two.notes


def test_what_is_odd_is_told() -> None:
    result = explore(a_set())
    rows = rows_of(result)
    assert rows["constant"]["note"] == "constant" and rows["constant"]["p"] is None and rows["constant"]["auc"] is None
    assert rows["empty"]["note"] == "no value" and rows["empty"]["mean"] is None and rows["empty"]["missing"] == 60
    assert rows["gaps"]["note"] == "30 missing" and rows["gaps"]["n"] == 30
    assert rows["endless"]["note"] == "1 infinite" and math.isfinite(rows["endless"]["mean"])
    tested = [row["p"] for row in rows.values() if row["p"] is not None]
    assert (
        rows["noise"]["p_corrected"] == pytest.approx(min(1.0, rows["noise"]["p"] * len(tested))) and len(tested) == 7
    )
    for told in ("constant over these rows", "without a value (empty)", "in some rows", "infinite values"):
        assert any(told in note for note in result.notes), told
    assert np.isnan(result.correlation[5]).all() and not np.isnan(result.correlation[0, 6])


def test_missing_values_may_be_left_out_with_their_features() -> None:
    result = explore(a_set(), ExploreConfig(missing="features"))
    assert not set(result.table.names) & {"gaps", "empty"} and len(result.table.cases) == 60
    assert any(note.startswith("2 features without a value in some row left out: gaps, empty") for note in result.notes)


def test_few_cases_are_told_and_give_figures_all_the_same() -> None:
    result = explore(a_set(rows=4))
    assert any(note.startswith("fewer than 10 rows in 0 (2), 1 (2)") for note in result.notes)
    assert rows_of(result)["telling"]["p"] == pytest.approx(1 / 3)


def test_shares_are_those_of_the_file_and_of_what_counts() -> None:
    table = a_set()
    labels = ("", *table.labels[1:])
    doubled = FeatureSet(
        NAMES, np.vstack([table.values, table.values[1]]), (*table.cases, "again"), (*table.patients, "P1"),
        (*labels, labels[1]),
    )  # fmt: skip
    result = explore(doubled)
    assert result.tables["classes"].rows == (("0", 29, 29, 29 / 59, 29, 29 / 60), ("1", 30, 30, 30 / 59, 31, 31 / 60))
    assert "61 rows of 60 patients, 9 features" in result.notes
    kept = explore(doubled, ExploreConfig(keep_repeats=True))
    assert kept.tables["classes"].rows[1][1:4] == (31, 30, 31 / 60)
    assert explore(doubled, ExploreConfig(keep_repeats=True, rows="first")).tables["classes"].rows[1][1] == 30


def test_stability_stands_beside_each_feature() -> None:
    nan = math.nan
    verdicts = {
        "telling": FeatureStability("telling", "stable", "CCC", 0.95, 0.9, 0.98, 0.85, 31, "test-retest"),
        "noise": FeatureStability("noise", "rejected", "ICC(1,1)", nan, nan, nan, 0.9, 5, "phantom", reason="constant"),
    }
    result = explore(a_set(stability=verdicts))
    rows = rows_of(result)
    assert result.tables["features"].columns[1:3] == ("stability", "stability_measured")
    assert [rows[name]["stability"] for name in NAMES[:3]] == ["stable", None, "rejected"]
    assert rows["telling"]["stability_measured"] == "CCC 0.95 (0.90 to 0.98), limit 0.85, n 31; test-retest"
    assert rows["noise"]["stability_measured"] == "ICC(1,1), limit 0.9, n 5; phantom; constant"
    assert "stability is not known of 7 of 9 features" in result.notes


@pytest.mark.parametrize("stage", ["correlation", "areas", "tests", "volume"])
def test_cancel_ends_it_at_every_stage(stage: str) -> None:
    with pytest.raises(CancelledError):
        explore(a_set(), progress=CancelledAt(stage))


def test_bad_requests_are_told() -> None:
    with pytest.raises(InputError, match="--positive: expected one of 0, 1, got '2'"):
        explore(a_set(), ExploreConfig(positive="2"))
    with pytest.raises(InputError, match="--volume"):
        explore(a_set(), ExploreConfig(volume="none"))
    with pytest.raises(InputError, match="features: expected at least one column of numbers, got none"):
        explore(FeatureSet((), np.zeros((2, 0)), ("a", "b"), ("a", "b"), ("0", "1")))
    one_patient = FeatureSet(("f",), np.array([[1.0], [2.0], [3.0]]), ("a", "b", "c"), ("P", "P", "Q"), ("0", "1", "0"))
    with pytest.raises(InputError, match="expected rows of class 1, got none are left"):
        explore(one_patient, ExploreConfig(rows="first"))
