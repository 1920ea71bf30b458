"""Guard clauses name the argument, what was expected and what came."""

import pytest

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai.errors import InputError


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_positive(value: float) -> None:
    check_positive(1.0, "bin_width")
    with pytest.raises(InputError, match="bin_width: expected a number above 0 HU, got"):
        check_positive(value, "bin_width", "HU")


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_range(value: float) -> None:
    check_range(0.0, 0, 1, "share")
    with pytest.raises(InputError, match="share: expected a number from 0 to 1"):
        check_range(value, 0, 1, "share")


def test_choice() -> None:
    check_choice("a", ("b", "a"), "method")
    with pytest.raises(InputError, match="method: expected one of a, b, got 'c'"):
        check_choice("c", ("b", "a"), "method")
