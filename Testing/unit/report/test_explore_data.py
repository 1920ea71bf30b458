"""What the page holds is what was computed, packed and unpacked."""

import base64
import json

import numpy as np
import pytest

from oncologyai.pipelines import ExploreConfig, ExploreResult, FeatureSet, explore
from oncologyai.report import explore_data
from oncologyai.report.explore_data import page_data, page_features
from oncologyai.robustness import FeatureStability

STABLE = FeatureStability("f0", "stable", "CCC", 0.95, 0.9, 0.98, 0.85, 31, "test-retest")


def a_result(classes: str = "ab", count: int = 6, volume: str = "f1") -> ExploreResult:
    generator = np.random.default_rng(6)
    values = generator.normal(size=(40, count))
    values[5, 2], values[:, 3], values[7, 4] = np.nan, 1.0, np.inf
    values[:, 0] += np.arange(40) % len(classes)
    names = tuple(f"P{n}" for n in range(40))
    labels = tuple(classes[n % len(classes)] for n in range(40))
    table = FeatureSet(tuple(f"f{n}" for n in range(count)), values, names, names, labels, stability={"f0": STABLE})
    return explore(table, ExploreConfig(outcome="grade", volume=volume))


def unpacked(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def test_values_classes_and_correlations_come_back() -> None:
    result = a_result()
    data = json.loads(json.dumps(page_data(result), allow_nan=False))
    values = unpacked(data["values"], "<f8").reshape(6, 40).T
    assert np.array_equal(values, result.table.values, equal_nan=True)
    assert [data["classes"][code] for code in unpacked(data["codes"], "u1")] == list(result.table.labels)
    upper = unpacked(data["correlation"], "i1").astype(float)
    expected = result.correlation[np.triu_indices(6)]
    assert np.array_equal(upper == -128, np.isnan(expected))
    assert upper[upper != -128] / 100 == pytest.approx(expected[~np.isnan(expected)], abs=0.005)
    assert sorted(data["order"]) == list(range(6)) and data["tested"] == 5 and data["counts"] == [20, 20]


def test_statistics_have_six_digits_and_null_for_what_is_none() -> None:
    result = a_result()
    data = page_data(result)
    columns, row = data["features"]["columns"], data["features"]["rows"][0]
    assert row[columns.index("mean")] == float(f"{result.values('mean')[0]:.6g}")
    assert data["features"]["rows"][4][columns.index("maximum")] is None  # infinite
    assert data["features"]["rows"][3][columns.index("p")] is None and "stability" in data["shown"]
    assert data["volume"]["feature"] == 1 and data["volume"]["curves"][0]["recall"][-1] == 1.0
    assert page_data(a_result(volume=""))["volume"] is None


def test_each_class_has_its_own_area_and_colour() -> None:
    data = page_data(a_result("abc"))
    assert data["areas"] == ["auc_a", "auc_b", "auc_c"] and data["area_codes"] == [0, 1, 2]
    assert len(set(data["colours"])) == 3 and data["heads"]["auc_b"] == "AUC b"


def test_a_page_too_large_keeps_the_features_of_the_least_p(monkeypatch) -> None:
    result = a_result()
    monkeypatch.setattr(explore_data, "_MOST_VALUES", 3 * 40)
    kept = page_features(result)
    assert 0 in kept and 1 in kept and len(kept) in (3, 4)  # the volume stays in any case
    data = page_data(result)
    assert [row[0] for row in data["features"]["rows"]] == [f"f{n}" for n in kept]
    assert data["features"]["rows"][data["volume"]["feature"]][0] == "f1" and sorted(data["order"]) == list(
        range(len(kept))
    )
    assert len(unpacked(data["values"], "<f8")) == 40 * len(kept)
