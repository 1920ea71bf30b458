"""Scores on answers known by hand: every figure counted, intervals that cover, tests that keep their level."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import EmptyStudyError
from oncologyai.studies import PreferenceAnswers, Resampling, analyse_preference
from oncologyai.types import Table

WORDS = {"a": "automatic", "m": "manual", "n": "none"}


def planted(groups: dict[str, str], choices: dict[str, str], seconds: dict[str, list[float]] | None = None):
    took = {name: [np.nan] * len(letters) for name, letters in choices.items()} | (seconds or {})
    rows = [
        (name, groups[name], f"P{n + 1}", False, WORDS[letter], "left", took[name][n], 1500.0, -600.0, "", "")
        for name, letters in choices.items() for n, letter in enumerate(letters)
    ]  # fmt: skip
    columns = ["reader", "group", "case", "repeat", "preferred", "side", "seconds", "window", "level", "comment", "at"]
    return PreferenceAnswers(pd.DataFrame(rows, columns=columns), "automatic", "manual", ("a note",))


def rows_of(table: Table) -> dict[object, dict[str, object]]:
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


@pytest.fixture
def a_result():
    answers = planted(
        {"one": "x", "two": "x", "three": "y"},
        {"one": "aaam", "two": "amnm", "three": "mmmm"},
        {"one": [1.0, 2.0, 3.0, 10.0]},
    )
    return analyse_preference(answers, Resampling(500))


def test_scores_by_reader(a_result):
    found = rows_of(a_result.readers)
    assert found["one"]["score"] == 75.0 and found["two"]["score"] == 25.0 and found["three"]["score"] == 0.0
    counts = ("cases", "preferred", "other", "none")
    assert tuple(found["two"][c] for c in counts) == (4, 1, 2, 1)
    assert found["one"]["p"] == pytest.approx(0.625)
    assert found["two"]["p"] == pytest.approx(1.0)
    assert found["three"]["p"] == pytest.approx(0.125)
    assert (found["three"]["low"], found["three"]["high"]) == (0.0, pytest.approx(100 * (1 - 0.025**0.25)))


def test_scores_by_group_and_over_all(a_result):
    found = rows_of(a_result.groups)
    assert list(found) == ["x", "y", "all readers"]
    x, y, everyone = found.values()
    assert (x["readers"], x["cases"], x["answers"], x["score"], x["p"]) == (2, 4, 8, 50.0, pytest.approx(1.0))
    assert (y["score"], y["low"], y["high"]) == (0.0, 0.0, pytest.approx(100 * (1 - 0.025**0.25)))  # one reader: exact
    assert everyone["score"] == pytest.approx(100 * 4 / 12)
    assert (everyone["preferred"], everyone["other"], everyone["none"]) == (4, 7, 1)
    assert everyone["p"] == pytest.approx(0.75)  # cases' sums 1, -1, 0, -3
    assert everyone["reader_mean"] == pytest.approx(100 / 3)
    assert (everyone["reader_median"], everyone["reader_q1"], everyone["reader_q3"]) == (25.0, 12.5, 50.0)
    assert everyone["low"] < everyone["score"] < everyone["high"]


def test_scores_by_case_and_times(a_result):
    found = rows_of(a_result.cases)
    assert [found[f"P{n}"]["preferred"] for n in (1, 2, 3, 4)] == [2, 1, 1, 0]
    assert found["P1"]["score"] == pytest.approx(200 / 3) and found["P4"]["seconds_median"] == 10.0
    times = {row[1]: dict(zip(a_result.times.columns, row, strict=True)) for row in a_result.times.rows}
    one = times["one"]
    assert (one["answers"], one["median_s"], one["q1_s"], one["q3_s"], one["mean_s"]) == (4, 2.5, 1.75, 4.75, 4.0)
    assert one["sd_s"] == pytest.approx((50 / 3) ** 0.5)
    assert times["three"]["answers"] == 0 and times["three"]["median_s"] is None
    assert times["all readers"]["answers"] == 4
    assert len(a_result.answers.rows) == 12 and a_result.notes == ("a note",)


def test_repeats_count_for_consistency_only():
    answers = planted({"one": "x"}, {"one": "aam"})
    again = answers.frame.iloc[[0, 1]].assign(repeat=True, preferred=["automatic", "manual"])
    more = PreferenceAnswers(pd.concat([answers.frame, again]), "automatic", "manual")
    alone, both = analyse_preference(answers, Resampling(100)), analyse_preference(more, Resampling(100))
    assert alone.readers == both.readers and alone.groups == both.groups and alone.cases == both.cases
    assert rows_of(both.consistency)["one"]["consistency"] == 50.0
    assert list(rows_of(alone.groups)) == ["x"]


def test_the_same_seed_gives_the_same_intervals():
    answers = planted({"one": "x", "two": "x"}, {"one": "aamm", "two": "amam"})
    assert analyse_preference(answers, Resampling(200, seed=4)) == analyse_preference(answers, Resampling(200, seed=4))


def test_interval_covers_and_test_keeps_its_level_where_answers_hang_together():
    """Readers agree on each case more than chance: an interval that took answers one by one would cover 66 %."""
    generator = np.random.default_rng(0)
    covered = rejected = 0
    for _ in range(100):
        shares = generator.beta(0.5, 0.5, size=40)  # mean one half
        choices = {f"r{n}": "".join("a" if u < p else "m" for u, p in zip(generator.random(40), shares, strict=True))
                   for n in range(8)}  # fmt: skip
        result = analyse_preference(planted(dict.fromkeys(choices, "x"), choices), Resampling(200))
        cells = rows_of(result.groups)["x"]
        covered += cells["low"] <= 50 <= cells["high"]
        rejected += cells["p"] < 0.05
    assert covered >= 88  # aims at 95
    assert rejected <= 11  # aims at 5


def test_without_answers_there_is_nothing_to_say():
    with pytest.raises(EmptyStudyError, match="at least one answer"):
        analyse_preference(planted({}, {}))
