"""Repeated measurements judged: every coefficient in the table, one of them the judge."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import RepeatConfig, judge_repeats, summarise_stability
from oncologyai.robustness import FeatureStability, Measurements, intraclass_correlation, lin_concordance

NAMES = ("original_glcm_Good", "original_glcm_Poor", "wavelet-LLH_glrlm_Flat")


def some_measurements(subjects: int = 20, occasions: int = 2) -> Measurements:
    generator = np.random.default_rng(1)
    truth = generator.normal(10, 2, (subjects, 1, 1))
    good, poor = (truth + generator.normal(0, s, (subjects, occasions, 1)) for s in (0.1, 2.0))
    values = np.concatenate([good, poor, np.full_like(good, 7.0)], axis=2)
    return Measurements(
        NAMES, tuple(f"p{n}" for n in range(subjects)), tuple(f"t{n}" for n in range(occasions)), values
    )


def test_a_feature_is_stable_at_the_limit_and_above() -> None:
    found = judge_repeats(some_measurements(), RepeatConfig(source="here"))
    assert [one.stability for one in found.stability] == ["stable", "rejected", "rejected"]
    good, poor, flat = found.stability
    assert good.value == pytest.approx(intraclass_correlation(some_measurements().values).value[0])
    assert (good.measure, good.setting, good.source, good.n, good.limit) == ("ICC(1,1)", "test-retest", "here", 20, 0.9)
    assert "is below 0.9" in poor.reason and "is not defined" in flat.reason and math.isnan(flat.value)


@pytest.mark.parametrize("measure", ["CCC", "ICC(2,1)", "ICC(3,1)"])
def test_any_coefficient_may_judge(measure: str) -> None:
    found = judge_repeats(some_measurements(), RepeatConfig(measure=measure))
    row = dict(zip(found.features.columns, found.features.rows[1], strict=True))
    assert found.stability[1].value == row[measure] and found.stability[1].low == row[f"{measure}_low"]


def test_the_low_end_of_the_interval_may_judge() -> None:
    value = judge_repeats(some_measurements()).stability[0]
    strict = judge_repeats(some_measurements(), RepeatConfig(bound="low", limit=value.value)).stability[0]
    assert strict.stability == "rejected" and "the low end of ICC(1,1)" in strict.reason


def test_the_table_holds_every_coefficient_repeatability_and_differences() -> None:
    measurements = some_measurements()
    found = judge_repeats(measurements)
    row = dict(zip(found.features.columns, found.features.rows[0], strict=True))
    values = measurements.values[:, :, 0]
    assert row["CCC"] == pytest.approx(lin_concordance(values[:, 0], values[:, 1]).value)
    assert row["bias"] == pytest.approx((values[:, 1] - values[:, 0]).mean())
    assert row["repeatability"] == pytest.approx(1.959964 * math.sqrt(2) * row["within_sd"], rel=1e-6)
    assert (row["image"], row["family"], row["n"]) == ("original", "glcm", 20) and row["within_cv"] < 0.05
    assert found.differences(NAMES[0]).bias.value == pytest.approx(row["bias"])
    with pytest.raises(InputError, match="feature: expected a feature of the table, got 'x'"):
        found.differences("x")


def test_of_three_measurements_there_are_no_differences() -> None:
    found = judge_repeats(some_measurements(occasions=3))
    assert "bias" not in found.features.columns and found.stability[0].stability == "stable"


def test_classes_are_counted_by_image_and_family() -> None:
    found = judge_repeats(some_measurements())
    first, second = (dict(zip(found.classes.columns, row, strict=True)) for row in found.classes.rows)
    assert (first["image"], first["family"], first["features"], first["stable"]) == ("original", "glcm", 2, 1)
    assert first["minimum"] == found.stability[1].value and first["maximum"] == found.stability[0].value
    assert second["median"] is None and second["rejected"] == 1


def test_classes_that_do_not_occur_have_no_column() -> None:
    one = FeatureStability("a", "harmonisable", "CCC", 0.95, 0.9, 0.99, 0.9, 10, "phantom")
    assert summarise_stability([one]).columns == (
        "image", "family", "features", "harmonisable", "minimum", "median", "maximum",
    )  # fmt: skip


def test_missing_values_are_told() -> None:
    measurements = some_measurements()
    measurements.values[0, 0, 0] = np.nan
    assert judge_repeats(measurements).notes[0].startswith("1 of 3 features lack a value")


def test_bad_input() -> None:
    with pytest.raises(InputError, match="measurements: expected at least 3 subjects, each measured twice, got 2"):
        judge_repeats(some_measurements(subjects=2))
    with pytest.raises(InputError, match="--measure: expected one of CCC, ICC"):
        RepeatConfig(measure="kappa")
    with pytest.raises(InputError, match="--bound"):
        RepeatConfig(bound="middle")
