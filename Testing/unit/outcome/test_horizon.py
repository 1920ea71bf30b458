"""The event by a horizon; what is censored before it is neither class."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import event_by_horizon


def test_events_and_follow_up_are_told_apart() -> None:
    times = [100.0, 365.0, 366.0, 100.0, 365.0, 366.0, math.nan, 100.0, 500.0]
    events = [1, 1, 1, 0, 0, 0, 1, math.nan, math.nan]
    found = event_by_horizon(times, events, 365.0)
    assert found.tolist()[:3] == [1.0, 1.0, 0.0]
    assert np.isnan(found[[3, 6, 7]]).all() and found[[4, 5, 8]].tolist() == [0.0, 0.0, 0.0]
    assert event_by_horizon([], [], 1.0).size == 0


@pytest.mark.parametrize(
    ("times", "events", "horizon", "match"),
    [
        ([1.0], [1, 0], 5.0, "events: expected 1 values"),
        ([-1.0], [1], 5.0, "times: expected finite days"),
        ([math.inf], [1], 5.0, "times: expected finite days"),
        ([1.0], [2], 5.0, "events: expected 0 or 1"),
        ([1.0], [1], 0.0, "horizon_days: expected a number above 0 days"),
    ],
)
def test_bad_input_is_told(times, events, horizon, match) -> None:
    with pytest.raises(InputError, match=match):
        event_by_horizon(times, events, horizon)
