"""Texts of the options."""

import pytest

from oncologyai.cli.robustness_options import named, numbered, numbers, parameters, summary
from oncologyai.errors import InputError
from oncologyai.robustness import FeatureStability


def test_names_and_values() -> None:
    assert named(["a=1", "b = x"], "--o") == {"a": "1", "b": "x"} and named(["3", "G=4"], "--o", bare=True) == {
        "": "3",
        "G": "4",
    }
    for texts, message in (
        (["a"], "expected NAME=VALUE, got 'a'"),
        (["a=1", "a=2"], "got a twice"),
        (["=1"], "NAME=VALUE"),
    ):
        with pytest.raises(InputError, match=message):
            named(texts, "--o")


def test_parameters_may_be_called_otherwise_in_each_table() -> None:
    assert parameters(["kvp", "kernel=K", "t=a,b, c"]) == {"kvp": ("kvp",), "kernel": ("K",), "t": ("a", "b", "c")}


def test_numbers_rise() -> None:
    assert numbers("1,2.5", "x") == (1, 2.5) and numbered("1e3", "--n") == 1000
    with pytest.raises(InputError, match="--edges x: expected rising numbers"):
        numbers("2,1", "x")
    with pytest.raises(InputError, match="--edges x: expected a number, got 'b'"):
        numbers("1,b", "x")


def test_classes_are_counted() -> None:
    one = FeatureStability("a", "stable", "CCC", 0.95, 0.9, 0.99, 0.9, 10, "phantom")
    assert summary([one]) == {"stable": 1, "rejected": 0}
