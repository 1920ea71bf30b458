"""What follow-up is refused."""

import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp


def test_competing_events_are_not_the_event():
    follow_up = FollowUp([1, 2, 3], [1, 2, 0])
    assert follow_up.happened.tolist() == [True, False, False]
    assert len(follow_up.of(follow_up.happened)) == 1


@pytest.mark.parametrize(
    ("times", "events", "message"),
    [
        ([1, 2], [1], "2 values, one a time"),
        ([-1, 2], [1, 0], "finite days"),
        ([float("nan"), 2], [1, 0], "finite days"),
        ([1, 2], [0.5, 0], "another code"),
        ([1, 2], [-1, 0], "another code"),
    ],
)
def test_refuses_what_is_no_follow_up(times, events, message):
    with pytest.raises(InputError, match=message):
        FollowUp(times, events)


def test_too_few_events_are_told():
    with pytest.raises(InputError, match="at least 2 patients"):
        FollowUp([1, 2], [1, 0]).require(2)
