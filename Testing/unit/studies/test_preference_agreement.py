"""Agreement and consistency on answers known by hand."""

import pandas as pd
import pytest

from oncologyai.studies import Resampling
from oncologyai.studies.preference_agreement import agreement_table, consistency_table, pairs_table

CHOICES = ("automatic", "manual", "none")


def answers(**readers: str) -> pd.DataFrame:
    """First showings of cases 1, 2, ...: a letter each (a, m, n; - for none given)."""
    words = {"a": "automatic", "m": "manual", "n": "none"}
    rows = [(name, f"P{n}", words[letter]) for name, letters in readers.items()
            for n, letter in enumerate(letters) if letter != "-"]  # fmt: skip
    return pd.DataFrame(rows, columns=["reader", "case", "preferred"])


def test_kappas_known_by_hand():
    first = answers(one="aaam", two="amnm", three="mmmm")
    table = agreement_table([("x", first[first["reader"] != "three"])], CHOICES, Resampling(200))
    group, readers, cases, agreed, kappa, low, high = table.rows[0]
    assert (group, readers, cases, agreed) == ("x", 2, 4, 50.0)
    assert kappa == pytest.approx((0.5 - 0.40625) / 0.59375)
    assert low < kappa < high
    pairs = {row[:2]: row[2:] for row in pairs_table(first).rows}
    assert pairs["one", "two"] == (4, 50.0, pytest.approx((0.5 - 0.3125) / 0.6875))
    assert pairs["one", "three"] == (4, 25.0, pytest.approx(0.0))
    assert pairs["two", "three"] == (4, 50.0, pytest.approx(0.0))


def test_only_cases_that_all_judged_count():
    table = agreement_table([("x", answers(one="am-a", two="ammm"))], CHOICES, Resampling(100))
    assert table.rows[0][1:4] == (2, 3, pytest.approx(200 / 3))
    assert pairs_table(answers(one="a--", two="-mm")).rows == (("one", "two", 0, None, None),)


def test_a_single_reader_and_one_answer_for_all_have_no_kappa():
    assert agreement_table([("x", answers(one="amn"))], CHOICES, Resampling(100)).rows == ()
    row = agreement_table([("x", answers(one="aa", two="aa"))], CHOICES, Resampling(100)).rows[0]
    assert row == ("x", 2, 2, 100.0, None, None, None)
    assert agreement_table([("x", answers(one="a-", two="-a"))], CHOICES, Resampling(100)).rows[0][2:4] == (0, None)


def test_repeats_and_sides_known_by_hand():
    rows = [
        ("one", "x", "P1", False, "automatic", "left"),
        ("one", "x", "P2", False, "automatic", "left"),
        ("one", "x", "P3", False, "none", ""),
        ("one", "x", "P1", True, "automatic", "left"),
        ("one", "x", "P2", True, "manual", "left"),
        ("two", "y", "P1", False, "manual", ""),
    ]
    frame = pd.DataFrame(rows, columns=["reader", "group", "case", "repeat", "preferred", "side"])
    table = consistency_table(frame)
    one, two = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert (one["repeats"], one["same"], one["consistency"], one["kappa"]) == (2, 1, 50.0, 0.0)
    assert one["low"] == pytest.approx(100 * (1 - 0.975**0.5))
    assert (one["left"], one["right"], one["left_share"], one["left_p"]) == (4, 0, 100.0, pytest.approx(2 / 16))
    assert (two["repeats"], two["consistency"], two["kappa"], two["left_share"], two["left_p"]) == (0,) + (None,) * 4
