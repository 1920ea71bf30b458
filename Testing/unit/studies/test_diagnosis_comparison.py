"""Comparisons take the cases that both judged, and are those of metrics on just these."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import compare_auc, compare_modalities, compare_standalone, estimate_aucs
from oncologyai.studies import ModelScores, Resampling
from oncologyai.studies.diagnosis_accuracy import judges_of
from oncologyai.studies.diagnosis_comparison import comparison_table, multireader_table, ways_table

CASES = [f"P{n:02d}" for n in range(40)]
TRUTH = {case: n % 2 == 0 for n, case in enumerate(CASES)}


def some_readers(*names: str, group: str = "readers", miss: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(len(names))
    frames = []
    for number, name in enumerate(names):
        kept = generator.permutation(40)[: 40 - miss]
        cases = [CASES[n] for n in kept]
        truth = np.array([TRUTH[case] for case in cases])
        scores = np.rint(generator.normal(truth * (1.0 + number), 2.0))
        frames.append(
            pd.DataFrame(
                {"reader": name, "group": group, "case": cases, "truth": truth, "choice": scores > 0, "score": scores,
                 "seconds": 5.0}
            )
        )  # fmt: skip
    return pd.concat(frames)


def a_model(seed: int = 1) -> ModelScores:
    generator = np.random.default_rng(seed)
    return ModelScores("net", {case: float(generator.normal(2.0 * TRUTH[case], 1.0)) for case in CASES}, 1.0)


def rows_of(table) -> list[dict[str, object]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def in_order(frame: pd.DataFrame, name: str, cases: list[str]) -> np.ndarray:
    return frame[frame["reader"] == name].set_index("case").loc[cases, "score"].to_numpy()


def test_a_model_meets_each_reader_by_delong_on_shared_cases():
    frame, model = some_readers("A", "B", miss=6), a_model()
    found = rows_of(comparison_table(judges_of(frame, TRUTH, [model], Resampling(100)), 0.95))
    assert [(row["first"], row["second"], row["cases"]) for row in found] == [("net", "A", 34), ("net", "B", 34)]
    cases = sorted(frame[frame["reader"] == "B"]["case"])
    truth = [TRUTH[case] for case in cases]
    expected = compare_auc(truth, [model.scores[c] for c in cases], in_order(frame, "B", cases))
    assert (found[1]["difference"], found[1]["z"], found[1]["auc_p"]) == pytest.approx(
        (expected.value, expected.z, expected.p), abs=1e-12
    )
    assert found[1]["low"] == pytest.approx(expected.value - 1.959964 * expected.error, abs=1e-6)


def test_without_a_model_readers_meet_each_other_and_mcnemar_is_exact():
    """B calls what A calls and three ill cases more: 3 against 0, p = 2 / 2^3."""
    frame = some_readers("A")
    more = frame.assign(reader="B")
    missed = more.index[more["truth"] & ~more["choice"]][:3]
    more.loc[missed, "choice"] = True
    frame = pd.concat([frame, more])
    (found,) = rows_of(comparison_table(judges_of(frame, TRUTH, [], Resampling(100)), 0.95))
    assert (found["first"], found["second"], found["difference"]) == ("A", "B", 0.0)
    assert found["sensitivity_p"] == pytest.approx(0.25) and found["specificity_p"] == 1.0


def test_all_readers_at_once_on_cases_that_all_judged():
    frame, model = some_readers("A", "B", "C", miss=3), a_model()
    found = rows_of(multireader_table(judges_of(frame, TRUTH, [model], Resampling(100)), 0.95))
    cases = sorted(set.intersection(*(set(part["case"]) for _, part in frame.groupby("reader"))))
    scores = np.stack([[model.scores[c] for c in cases], *(in_order(frame, name, cases) for name in "ABC")])
    truth = np.array([TRUTH[case] for case in cases])
    assert len(found) == 6 and {row["cases"] for row in found} == {len(cases)}
    for offset, method in ((0, "delong"), (3, "jackknife")):
        tests = compare_standalone(estimate_aucs(truth, scores, method=method))
        for row, test in zip(found[offset : offset + 3], tests, strict=True):
            assert (row["difference"], row["p"]) == pytest.approx((test.value, test.p), abs=1e-12)
    assert [(row["readers_are"], row["cases_are"]) for row in found[:3]] == [
        ("a sample", "a sample"), ("these alone", "a sample"), ("a sample", "these alone"),
    ]  # fmt: skip
    assert found[1]["df"] is None and found[2]["df"] == 2.0


def test_groups_are_compared_apart_and_together_and_one_reader_is_no_group():
    frame = pd.concat([some_readers("A", "B", group="physician"), some_readers("C", group="trainee")])
    found = rows_of(multireader_table(judges_of(frame, TRUTH, [a_model()], Resampling(100)), 0.95))
    assert [row["group"] for row in found[::6]] == ["physician", "all readers"]
    assert multireader_table(judges_of(frame, TRUTH, [], Resampling(100)), 0.95).rows == ()


def test_too_few_cases_leave_areas_out():
    frame = some_readers("A", "B")
    frame = frame[frame["case"].isin(["P00", "P01", "P03"])]
    (found,) = rows_of(comparison_table(judges_of(frame, TRUTH, [], Resampling(100)), 0.95))
    assert found["cases"] == 3 and found["auc_p"] is None and found["specificity_p"] is not None


def test_two_ways_of_reading_are_compared_by_readers_and_cases_of_both():
    alone = some_readers("A", "B", "C", miss=3)
    aided = alone.assign(score=alone["score"] + 1.5 * (2 * alone["truth"] - 1), reader=alone["reader"].str.lower())
    one, other = (judges_of(frame, TRUTH, [], Resampling(100)) for frame in (aided, alone))
    found = rows_of(ways_table(one, other, 0.95))
    cases = sorted(set.intersection(*(set(part["case"]) for _, part in alone.groupby("reader"))))
    scores = np.stack([in_order(aided, n, cases) for n in "abc"] + [in_order(alone, n, cases) for n in "ABC"])
    truth = np.array([TRUTH[case] for case in cases])
    tests = compare_modalities(estimate_aucs(truth, scores))
    assert len(found) == 6 and found[0]["cases"] == len(cases) and found[0]["readers"] == 3
    for row, test in zip(found, tests, strict=False):
        assert (row["difference"], row["p"]) == pytest.approx((test.value, test.p), abs=1e-12)
    assert found[0]["difference"] > 0.1 and found[1]["df"] is None


def test_one_reader_leaves_the_forms_open_that_need_several():
    one, other = (judges_of(frame, TRUTH, [], Resampling(100)) for frame in (some_readers("A"), some_readers("A")))
    found = rows_of(ways_table(one, other, 0.95))
    assert found[0]["p"] is None and found[1]["p"] == 1.0


def test_ways_without_a_common_reader_or_case_are_refused():
    one, other = (judges_of(frame, TRUTH, [], Resampling(100)) for frame in (some_readers("A"), some_readers("B")))
    with pytest.raises(InputError, match="against: expected readers of the same names, got B"):
        ways_table(one, other, 0.95)
    few = some_readers("A")
    few = judges_of(few[few["case"] == "P00"], TRUTH, [], Resampling(100))
    with pytest.raises(InputError, match="two cases of either class"):
        ways_table(one, few, 0.95)
