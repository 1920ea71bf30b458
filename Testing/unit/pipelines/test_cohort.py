"""What a cohort's evaluation works on."""

import math

import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import CohortConfig, CohortRow, by_method, shown_name
from oncologyai.pipelines.cohort import has_tumour, main_rows


def test_of_repeated_contours_the_first_is_the_main_one() -> None:
    rows = [
        CohortRow("1", "A", {"dice": 0.9}, session="b"),
        CohortRow("1", "A", {"dice": 0.8}, session="a"),
        CohortRow("1", "B", {"dice": 0.7}, against="A"),
        CohortRow("2", "A", {}),
    ]
    assert main_rows(rows) == (rows[0], rows[3])
    assert list(by_method(rows)) == ["A", "B"] and math.isnan(rows[3].value("dice"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"positive": 0.0, "volume_ml": 5.0}, False),
        ({"volume_ml": 5.0}, True),
        ({"volume_ml": 0.0}, False),
        ({"tp": 0.0, "fn": 3.0}, True),
        ({"tp": 0.0, "fn": 0.0}, False),
        ({"tp": 3.0}, None),
        ({"dice": 1.0}, None),
    ],
)
def test_a_row_says_whether_there_is_a_tumour(values, said) -> None:
    assert has_tumour(CohortRow("1", "A", values)) is said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"edges": {"volume_ml": (1.0,)}}, "--edges: expected one of none: group by it too, got 'volume_ml'"),
        ({"group_by": ("a",), "edges": {"a": (2.0, 1.0)}}, "--edges a: expected rising numbers such as 10,50, got 2,1"),
        ({"group_by": ("a",), "edges": {"a": ()}}, "--edges a: expected rising numbers"),
        ({"group_by": ("a",), "edges": {"a": (math.nan,)}}, "--edges a: expected rising numbers"),
        ({"group_by": ("a", "a")}, "--group-by: expected different columns"),
        ({"horizon_days": 0.0}, "--horizon-days: expected a number above 0 days"),
        ({"bootstrap": 0}, "--bootstrap: expected a number from 1"),
        ({"tolerance_mm": 0.0}, "tolerance_mm: expected a number above 0 mm"),
        ({"threshold": math.nan}, "--threshold: expected a number"),
    ],
)
def test_refuses_requests_that_mean_nothing(given, said) -> None:
    with pytest.raises(InputError, match=said):
        CohortConfig(**given)


def test_known_values_have_names_for_people() -> None:
    assert shown_name("hd95_max_mm") == "HD95 (larger), mm" and shown_name("mine") == "mine"
