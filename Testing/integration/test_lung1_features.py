"""Exploration of the published Lung1 features against scipy, scikit-learn and what ch. 8 states."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kruskal, mannwhitneyu, spearmanr

from oncologyai.pipelines import ExploreConfig, ExploreResult, explore
from oncologyai.workflows.explore_table import ExploreForm, read_feature_set

pytestmark = pytest.mark.slow
metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")

VOLUME = "original_shape_VoxelVolume"
KEEP = ExploreConfig(keep_repeats=True)


@pytest.fixture(scope="module")
def the_files(shared_data: Path) -> tuple[Path, Path]:
    folder = shared_data / "lung1_features"
    if not folder.is_dir():
        pytest.skip(f"real data absent: {folder} does not exist")
    return folder / "extracted_features_full.xlsx", folder / "extended_clinical_df.xlsx"


@pytest.fixture(scope="module")
def the_frame(the_files) -> pd.DataFrame:
    """Both tables joined by pandas alone."""
    features, clinical = pd.read_excel(the_files[0], index_col=0), pd.read_excel(the_files[1], index_col=0)
    features["PatientID"] = features["Patient"].str.slice(0, 9)
    return features.merge(clinical, on="PatientID", how="left", validate="many_to_one")


def explored(files: tuple[Path, Path], outcome: str, config: ExploreConfig = KEEP) -> ExploreResult:
    table, _ = read_feature_set(*files, ExploreForm(outcome))
    return explore(table, config)


@pytest.fixture(scope="module")
def by_survival(the_files) -> ExploreResult:
    return explored(the_files, "1yearsurvival")


@pytest.fixture(scope="module")
def by_stage(the_files) -> ExploreResult:
    return explored(the_files, "Overall.Stage")


def test_balance_and_patients_are_those_of_the_chapter(by_survival, by_stage) -> None:
    survival, stage = by_survival.tables["classes"].rows, by_stage.tables["classes"].rows
    assert [row[:3] for row in survival] == [("0", 63, 59), ("1", 86, 86)]
    assert [round(float(row[3]), 2) for row in survival] == [0.42, 0.58]
    assert [row[:2] for row in stage] == [("I", 36), ("II", 14), ("IIIa", 35), ("IIIb", 63)]
    # the chapter prints 0.23 for IIIa: 35 of 148 is 0.2365
    assert [float(row[3]) for row in stage] == pytest.approx([0.24, 0.09, 0.23, 0.43], abs=0.0071)
    for result in (by_survival, by_stage):
        assert "149 rows of 145 patients, 1218 features" in result.notes
    assert "1 row of no known class left out: line 126" in by_stage.notes


def test_exact_repeats_are_dropped_by_line_and_the_given_shares_stay(the_files) -> None:
    result = explored(the_files, "1yearsurvival", ExploreConfig())
    assert len(result.table.cases) == 147 and any(
        note.startswith("2 exact repeats dropped, the same patient and features: line 4 (LUNG1-002, as line 3), 6")
        for note in result.notes
    )
    assert [row[4] for row in result.tables["classes"].rows] == [63, 86]
    assert [round(float(row[5]), 2) for row in result.tables["classes"].rows] == [0.42, 0.58]


def test_values_are_those_that_pandas_reads(by_survival, the_frame) -> None:
    assert np.array_equal(by_survival.table.values, the_frame[list(by_survival.table.names)].to_numpy(dtype=float))


def test_tests_of_two_classes_agree_with_scipy(by_survival, the_frame) -> None:
    p, u = by_survival.values("p"), by_survival.values("u")
    second = the_frame["1yearsurvival"].to_numpy() == 1
    for n, name in enumerate(by_survival.table.names):
        values = the_frame[name].to_numpy(dtype=float)
        expected = mannwhitneyu(values[second], values[~second], alternative="two-sided")
        assert (u[n], p[n]) == pytest.approx(tuple(expected), rel=1e-12), name
    assert by_survival.values("p_corrected") == pytest.approx(np.minimum(1, p * len(p)))


def test_areas_and_curves_agree_with_scikit_learn(by_survival, by_stage, the_frame) -> None:
    second = the_frame["1yearsurvival"].to_numpy() == 1
    auc = by_survival.values("auc")
    for n, name in enumerate(by_survival.table.names):
        assert auc[n] == pytest.approx(metrics.roc_auc_score(second, the_frame[name]), abs=1e-12), name
    known = the_frame[the_frame["Overall.Stage"].notna()]
    for label in ("I", "II", "IIIa", "IIIb"):
        found = by_stage.values(f"auc_{label}")
        for n in range(0, len(found), 7):
            expected = metrics.roc_auc_score(known["Overall.Stage"] == label, known[by_stage.table.names[n]])
            assert found[n] == pytest.approx(expected, abs=1e-12)


def test_tests_of_stages_agree_with_scipy(by_stage, the_frame) -> None:
    known = the_frame[the_frame["Overall.Stage"].notna()]
    groups = [known[known["Overall.Stage"] == label] for label in by_stage.classes]
    p = by_stage.values("p")
    for n, name in enumerate(by_stage.table.names):
        assert p[n] == pytest.approx(kruskal(*[group[name] for group in groups]).pvalue, rel=1e-9), name


def test_correlations_agree_with_scipy(by_survival, the_frame) -> None:
    expected = spearmanr(the_frame[list(by_survival.table.names)].to_numpy(dtype=float)).statistic
    assert by_survival.correlation == pytest.approx(expected, abs=1e-12)
    place = by_survival.table.names.index(VOLUME)
    assert by_survival.volume == VOLUME
    assert by_survival.values("spearman_volume") == pytest.approx(expected[place], abs=1e-12)


def test_volume_agrees_with_scikit_learn(by_survival, the_frame) -> None:
    second, volume = the_frame["1yearsurvival"].to_numpy() == 1, -the_frame[VOLUME].to_numpy(dtype=float)
    (one,) = by_survival.curves
    precision, recall, _ = metrics.precision_recall_curve(second, volume)
    assert one.falling and one.curve.average_precision == pytest.approx(metrics.average_precision_score(second, volume))
    assert one.curve.area == pytest.approx(metrics.auc(recall, precision))


def test_one_year_is_the_same_from_days_and_event(the_files, by_survival) -> None:
    table, _ = read_feature_set(*the_files, ExploreForm("Survival.time", event="deadstatus.event", horizon_days=365))
    happened = [label.startswith("event") for label in table.labels]
    assert happened == [label == "0" for label in by_survival.table.labels]


@pytest.mark.parametrize(("outcome", "first"), [("1yearsurvival", "0: 61 rows"), ("Overall.Stage", "I: 35 rows")])
def test_the_command_runs_in_both_modes(
    oncology_ai: Callable[..., Any], the_files, tmp_path: Path, outcome: str, first: str
) -> None:
    pytest.importorskip("plotly", reason="plotly is not installed")
    features, clinical = the_files
    done = oncology_ai("explore", features, "--clinical", clinical, "--outcome", outcome, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert first in done.out and "149 rows of 145 patients" in done.err
    page = tmp_path / "out" / "report.html"
    assert page.stat().st_size < 10_000_000
    provenance = json.loads((tmp_path / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert len(provenance["settings"]["inputs_sha256"]) == 2
