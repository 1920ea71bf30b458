"""Options are checked before anything starts."""

from __future__ import annotations

import pytest

from oncologyai.batch import BatchOptions
from oncologyai.errors import InputError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"workers": 0}, "--workers: expected a number from 1"),
        ({"retries": -1}, "--retries: expected a number from 0"),
        ({"time_limit_s": 0.0}, "--time-limit-s: expected a number above 0 s"),
    ],
)
def test_refuses_numbers_out_of_range(given: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        BatchOptions(**given)  # type: ignore[arg-type]
