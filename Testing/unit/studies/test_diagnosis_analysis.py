"""The analysis of a diagnostic study: planted readers come out as planted, repeats count for consistency only."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.studies import DiagnosisColumns, ModelScores, Resampling, analyse_diagnosis, diagnosis_from_table
from oncologyai.studies.diagnosis_answers import DiagnosisAnswers
from oncologyai.types import Table


def rows_of(table) -> list[dict[str, object]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def planted(readers: int = 6, cases: int = 134, seed: int = 3) -> DiagnosisAnswers:
    """As ch. 7's trial: 134 scans, half of them with metastases, six readers on ten steps."""
    generator = np.random.default_rng(seed)
    truth = np.arange(cases) < cases // 2
    shared = generator.normal(1.4 * truth, 1.0)
    rows = []
    for reader in range(readers):
        scores = np.rint(2.0 * (shared - 0.7 + generator.normal(0, 0.5, cases))).clip(-5, 5)
        scores = np.where(scores == 0, -1, scores)
        rows += [
            (f"R{reader}", f"P{n:03d}", int(truth[n]), int(scores[n] > 0), abs(scores[n]), 10.0 + n % 7)
            for n in range(cases)
        ]
    table = Table("t", ("reader", "case", "truth", "choice", "sure", "s"), tuple(rows))
    return diagnosis_from_table(table, "t", DiagnosisColumns(confidence="sure", seconds="s"))


def test_six_readers_and_a_better_model():
    answers = planted()
    generator = np.random.default_rng(1)
    model = ModelScores(
        "net", {case: float(generator.normal(3.0 * ill, 1.0)) for case, ill in answers.truth.items()}, 1.5
    )
    found = analyse_diagnosis(answers, [model], Resampling(100))
    assert [row["reader"] for row in rows_of(found.accuracy)] == [*(f"R{n}" for n in range(6)), "net"]
    assert len(found.judges[0].draws.auc) == 100
    (group,) = rows_of(found.groups)
    assert (group["group"], group["readers"]) == ("readers", 6) and 0.75 < group["auc_median"] < 0.9
    assert group["total_min_mean"] == pytest.approx(sum(10 + n % 7 for n in range(134)) / 60)
    assert all(row["p"] < 0.01 and row["difference"] > 0.08 for row in rows_of(found.multireader))
    assert all(row["first"] == "net" for row in rows_of(found.comparisons)) and len(found.comparisons.rows) == 6
    (kappa,) = rows_of(found.agreement)
    assert kappa["readers"] == 6 and 0.3 < kappa["kappa"] < 0.9
    assert len(found.pairs.rows) == 15 and len(found.cases.rows) == 134 and len(found.answers.rows) == 804
    assert found.cases.columns[-1] == "net" and found.repeats.rows == ()


def test_the_same_seed_gives_the_same_tables():
    answers = planted(2, 40)
    one, two, other = (analyse_diagnosis(answers, draws=Resampling(100, seed=seed)) for seed in (1, 1, 2))
    assert one.accuracy == two.accuracy != other.accuracy


def test_repeats_do_not_count_but_say_how_consistent_a_reader_is():
    answers = planted(1, 20)
    again = answers.frame.head(4).assign(repeat=True, choice=[True, True, True, False])
    again["score"] = [2.0, 2.0, 2.0, -1.0]
    frame = pd.concat([answers.frame, again], ignore_index=True)
    with_repeats = DiagnosisAnswers(frame, answers.sources, answers.truth, 20, 10)
    found = analyse_diagnosis(with_repeats, draws=Resampling(100))
    assert found.accuracy == analyse_diagnosis(answers, draws=Resampling(100)).accuracy
    (row,) = rows_of(found.repeats)
    same = int((answers.frame["choice"].head(4).to_numpy() == again["choice"].to_numpy()).sum())
    assert (row["repeats"], row["same"], row["share"]) == (4, same, same / 4)


def test_no_answer_and_names_given_twice_are_refused():
    answers = planted(2, 20)
    empty = DiagnosisAnswers(answers.frame.head(0), {}, {}, 0, 0)
    with pytest.raises(EmptyStudyError, match="at least one answer"):
        analyse_diagnosis(empty)
    with pytest.raises(InputError, match="a name of its own for each model"):
        analyse_diagnosis(answers, [ModelScores("R0", {"P000": 1.0})])
