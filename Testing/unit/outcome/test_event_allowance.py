"""No more features than the events allow, the strongest ones."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import EventAllowance, FollowUp, OutcomeData


def a_table(outcome):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 10))
    x[:, 7] = np.arange(60)
    return OutcomeData(tuple(map(str, range(60))), tuple(f"f{n}" for n in range(10)), x, outcome)


def test_the_strongest_stay_one_for_so_many_events():
    data = a_table(FollowUp(np.arange(60, 0, -1), np.arange(60) % 2))
    found = EventAllowance(10).fit(data, np.random.default_rng(0))
    assert len(found.kept) == 3 and "f7" in found.kept and found.told()["given"] == 10
    assert len(EventAllowance(1000).fit(data, np.random.default_rng(0)).kept) == 1
    assert len(EventAllowance(1).fit(data, np.random.default_rng(0)).kept) == 10


def test_of_classes_the_rarer_counts():
    data = a_table((np.arange(60) >= 12).astype(int))
    assert len(EventAllowance(6).fit(data, np.random.default_rng(0)).kept) == 2


def test_refuses_less_than_an_event_a_feature():
    with pytest.raises(InputError, match="events_per_feature"):
        EventAllowance(0.5)
