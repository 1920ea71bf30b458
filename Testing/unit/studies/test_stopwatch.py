"""Seconds without pauses."""

import pytest

from oncologyai.errors import InputError
from oncologyai.studies import Stopwatch


def test_pauses_are_in_the_total_only(a_clock):
    watch = Stopwatch(a_clock)
    assert (watch.active_s, watch.total_s, watch.running, watch.started) == (0.0, 0.0, False, False)
    watch.start()
    a_clock.seconds += 5
    watch.start()  # counts already
    watch.pause()
    a_clock.seconds += 100
    assert (watch.active_s, watch.total_s, watch.running, watch.started) == (5.0, 105.0, False, True)
    watch.start()
    a_clock.seconds += 2
    assert (watch.active_s, watch.total_s) == (7.0, 107.0)
    watch.reset()
    assert (watch.active_s, watch.total_s, watch.started) == (0.0, 0.0, False)


def test_idle_seconds_are_taken_back_from_the_running_stretch_only(a_clock):
    watch = Stopwatch(a_clock)
    watch.start()
    a_clock.seconds += 10
    watch.pause()
    watch.start()
    a_clock.seconds += 4
    watch.pause(idle_s=60)
    assert watch.active_s == 10.0
    with pytest.raises(InputError, match="idle_s"):
        watch.pause(idle_s=-1)
