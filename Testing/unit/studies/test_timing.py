"""Times known by hand: summaries, pairs, savings."""

import pandas as pd
import pytest

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.studies import (
    ContourTimer,
    Resampling,
    TimeColumns,
    analyse_times,
    times_from_sessions,
    times_from_tables,
)
from oncologyai.types import Table

ROWS = [
    ("Dr A", "P1", "manual", 100.0),
    ("Dr A", "P2", "manual", 200.0),
    ("Dr A", "P3", "manual", 300.0),
    ("Dr B", "P1", "manual", 300.0),
    ("Dr B", "P2", "manual", 100.0),
    ("", "P1", "automatic", 2.0),
    ("", "P2", "automatic", 4.0),
    ("", "P3", "automatic", 6.0),
]


def frame(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["reader", "case", "method", "seconds"])


def rows_of(table: Table, keys: int = 1) -> dict[object, dict[str, object]]:
    return {row[0] if keys == 1 else row[:keys]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_summaries_by_method_and_reader():
    result = analyse_times(frame(ROWS), draws=Resampling(200))
    manual = rows_of(result.methods)["manual"]
    assert (manual["contours"], manual["median_s"], manual["q1_s"], manual["q3_s"]) == (5, 200.0, 100.0, 300.0)
    assert manual["mean_s"] == 200.0 and manual["sd_s"] == pytest.approx(100.0)
    assert (manual["least_s"], manual["most_s"]) == (100.0, 300.0)
    assert rows_of(result.readers, 2)["manual", "Dr B"]["median_s"] == 200.0
    assert rows_of(result.readers, 2)["automatic", ""]["contours"] == 3


def test_savings_by_reader_and_over_cases():
    found = rows_of(analyse_times(frame(ROWS), draws=Resampling(200)).savings)
    a, b, everyone = found["Dr A"], found["Dr B"], found["all readers"]
    assert (a["cases"], a["reference_median_s"], a["method_median_s"], a["difference_median_s"]) == (
        3,
        200.0,
        4.0,
        196.0,
    )
    assert a["saving"] == a["median_saving"] == pytest.approx(98.0)
    assert (a["low"], a["high"]) == (pytest.approx(98.0), pytest.approx(98.0))
    assert a["p"] == pytest.approx(2 / 8)  # three pairs on one side
    assert b["cases"] == 2 and b["saving"] == pytest.approx(100 * (1 - 6 / 400))
    # P1: 200 and 2, P2: 150 and 4, P3: 300 and 6
    assert everyone["cases"] == 3 and everyone["reference_median_s"] == 200.0
    assert everyone["saving"] == pytest.approx(100 * (1 - 12 / 650))
    assert everyone["p"] == pytest.approx(2 / 8)


def test_a_method_with_readers_is_paired_reader_by_reader_and_repeats_by_their_mean():
    rows = [
        ("Dr A", "P1", "manual", 100.0),
        ("Dr A", "P1", "manual", 300.0),
        ("Dr A", "P1", "corrected", 50.0),
        ("Dr B", "P1", "manual", 80.0),
        ("Dr B", "P1", "corrected", 160.0),
        ("Dr B", "P2", "manual", 10.0),
    ]
    found = rows_of(analyse_times(frame(rows), method="corrected", draws=Resampling(100)).savings)
    assert found["Dr A"]["saving"] == 75.0
    assert found["Dr B"]["cases"] == 1 and found["Dr B"]["saving"] == -100.0


def test_what_cannot_be_paired_is_noted():
    result = analyse_times(frame(ROWS[:5]), draws=Resampling(100), notes=("first",))
    assert result.savings.rows == ()
    assert result.notes == ("first", "no case has times of both automatic and manual: nothing is compared")
    with pytest.raises(InputError, match="method: expected one of manual, got 'x'"):
        analyse_times(frame(ROWS[:5]), method="x", reference="y")
    with pytest.raises(EmptyStudyError, match="at least one contour"):
        analyse_times(frame([]))


def test_times_of_zero_have_no_relative_saving():
    rows = [("Dr A", "P1", "manual", 0.0), ("Dr A", "P1", "automatic", 0.0)]
    row = rows_of(analyse_times(frame(rows), draws=Resampling(100)).savings)["Dr A"]
    assert (row["saving"], row["low"], row["median_saving"], row["p"]) == (None, None, None, 1.0)


def test_sessions_that_are_done_become_times_and_open_ones_a_note(tmp_path, a_clock):
    for case, end in (("P1", "stop"), ("P2", "discard"), ("P3", "pause")):
        timer = ContourTimer(tmp_path / "t.csv", reader="Dr A", case=case, clock=a_clock)
        timer.start()
        a_clock.seconds += 7
        getattr(timer, end)()
    times, notes = times_from_sessions([tmp_path / "t.csv"])
    assert times.to_numpy().tolist() == [["Dr A", "P1", "manual", 7.0]]
    assert notes == ("left out: Dr A, case P3, manual: not ended after 7 s",)


def test_collected_tables_are_read_by_their_columns():
    header, columns = ("who", "scan", "how", "t"), TimeColumns("who", "scan", "how", "t")
    one = Table("a", header, (("Dr A", "P1", "manual", "5"), (None,) * 4))
    other = Table("b", ("scan", "t", "who", "how"), (("P1", "0.5", None, "automatic"),))
    found = times_from_tables({"a.csv": one, "b.csv": other}, columns)
    assert found.to_numpy().tolist() == [["Dr A", "P1", "manual", 5.0], ["", "P1", "automatic", 0.5]]
    nobody = times_from_tables({"b.csv": other}, TimeColumns("", "scan", "how", "t"))
    assert nobody.to_numpy().tolist() == [["", "P1", "automatic", 0.5]]
    for row, message in (
        (("Dr A", "P1", "manual", None), "got an empty cell"),
        (("Dr A", "P1", "manual", "-2"), "a finite number from 0"),
    ):
        with pytest.raises(InputError, match=f"a.csv line 2: .*{message}"):
            times_from_tables({"a.csv": Table("a", header, (row,))}, columns)
