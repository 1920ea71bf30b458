"""The chance of still being followed, by hand."""

import numpy as np
import pytest

from oncologyai.outcome import FollowUp, censoring_survival


def test_it_falls_where_somebody_is_censored():
    found = censoring_survival(FollowUp([1, 2, 3, 4], [1, 0, 2, 0]))
    assert found.times.tolist() == [2.0, 4.0]
    np.testing.assert_allclose(found.chance, [2 / 3, 0.0])
    np.testing.assert_allclose(found.at(np.array([1.0, 2.0, 3.9, 4.0])), [1.0, 2 / 3, 2 / 3, 0.0])
    np.testing.assert_allclose(found.before(np.array([2.0, 4.0])), [1.0, 2 / 3])


def test_who_has_the_event_at_that_time_counts_or_not():
    follow_up = FollowUp([2, 2, 3], [1, 0, 0])
    assert censoring_survival(follow_up).chance[0] == 0.5
    assert censoring_survival(follow_up, events_first=False).chance[0] == pytest.approx(2 / 3)


def test_without_censoring_it_is_one():
    assert censoring_survival(FollowUp([1, 2], [1, 1])).at(np.array([5.0])).tolist() == [1.0]
