"""The contour timer: pauses, crashes, idle hands."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oncologyai.errors import InputError, OutputError, UnreadableFileError
from oncologyai.studies import ContourTimer, Journal, read_sessions
from oncologyai.studies.timer import _COLUMNS

ROOT = Path(__file__).resolve().parents[3]

DYING_TIMER = """
import os, signal, sys
from pathlib import Path
from oncologyai.studies import ContourTimer
seconds = [0.0]
timer = ContourTimer(Path(sys.argv[1]), reader="Dr A", case="P1", clock=lambda: seconds[0])
timer.start(); seconds[0] = 30; timer.pause(); seconds[0] = 40; timer.resume()
seconds[0] = 55
if sys.argv[2] == "keep":
    timer.keep()
seconds[0] = 70
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def a_timer(tmp_path, a_clock):
    """A function that makes timers on one table and one clock."""

    def make(**names: str) -> ContourTimer:
        names = {"reader": "Dr A", "case": "P1"} | names
        return ContourTimer(tmp_path / "times.csv", clock=a_clock, now=a_clock.now, **names)

    return make


def test_counts_work_without_pauses(a_timer, a_clock, tmp_path):
    timer = a_timer()
    assert (timer.state, timer.active_s, timer.recovered) == ("ready", 0.0, False)
    timer.start()
    a_clock.seconds += 20
    timer.pause()
    a_clock.seconds += 100
    timer.resume()
    a_clock.seconds += 5
    assert (timer.state, timer.active_s, timer.total_s) == ("running", 25.0, 125.0)
    ended = timer.stop()
    a_clock.seconds += 50
    assert (timer.state, timer.active_s, timer.total_s) == ("done", 25.0, 125.0)
    assert (ended.reader, ended.case, ended.method, ended.state) == ("Dr A", "P1", "manual", "done")
    assert (ended.active_s, ended.total_s, ended.pauses) == (25.0, 125.0, 1)
    assert (ended.started_at, ended.ended_at) == ("2026-01-02T00:01:40+00:00", "2026-01-02T00:03:45+00:00")
    assert read_sessions(tmp_path / "times.csv") == (ended,)


def test_idle_seconds_are_taken_back(a_timer, a_clock):
    timer = a_timer()
    timer.start()
    a_clock.seconds += 60
    timer.keep()
    a_clock.seconds += 60
    timer.pause(idle_s=90)
    assert timer.active_s == 30.0
    assert timer.stop().active_s == 30.0


@pytest.mark.parametrize(("keep", "kept"), [("", 30.0), ("keep", 45.0)])
def test_kill_9_loses_the_running_stretch_at_most(tmp_path, a_timer, a_clock, keep, kept):
    done = subprocess.run(
        [sys.executable, "-c", DYING_TIMER, str(tmp_path / "times.csv"), keep],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert a_timer(case="P2").recovered is False
    timer = a_timer()
    assert (timer.recovered, timer.state, timer.active_s) == (True, "paused", kept)
    timer.resume()
    a_clock.seconds += 10
    ended = timer.stop()
    assert ended.active_s == kept + 10
    assert [s.number for s in read_sessions(tmp_path / "times.csv")] == [1]


def test_steps_that_do_not_fit_are_refused_and_write_nothing(a_timer, tmp_path):
    timer = a_timer()
    with pytest.raises(InputError, match="pause: expected a timer that is running, got one that is ready"):
        timer.pause()
    with pytest.raises(InputError, match="stop: expected a timer that is running or paused, got one that is ready"):
        timer.stop()
    timer.start()
    for step in (timer.start, timer.resume):
        with pytest.raises(InputError, match="got one that is running"):
            step()
    timer.discard()
    with pytest.raises(InputError, match="keep: .* got one that is discarded"):
        timer.keep()
    assert [s.state for s in read_sessions(tmp_path / "times.csv")] == ["discarded"]
    with pytest.raises(InputError, match="case: expected a name, got none"):
        a_timer(case=" ")


def test_sessions_of_several_contours_share_a_table(a_timer, a_clock, tmp_path):
    for case, seconds in (("P1", 3), ("P2", 4), ("P1", 5)):
        timer = a_timer(case=case)
        timer.start()
        a_clock.seconds += seconds
        timer.stop()
    found = [(s.number, s.case, s.active_s) for s in read_sessions(tmp_path / "times.csv")]
    assert found == [(1, "P1", 3.0), (2, "P2", 4.0), (3, "P1", 5.0)]


def test_two_programs_on_one_table_are_told(a_timer):
    first, second = a_timer(), a_timer(case="P2")
    first.start()
    with pytest.raises(OutputError, match="close the other window"):
        second.start()
    assert second.state == "ready"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"event": "pause", "session": "2"}, "line 4: expected an event that can follow, got 'pause'"),
        ({"event": "start"}, "line 4: expected an event that can follow, got 'start'"),
        ({"event": "sleep"}, "line 4: expected an event that can follow, got 'sleep'"),
        ({"event": "pause"}, "line 4: expected an open session, got one that is done"),
        ({"event": "pause", "active_s": "x"}, "line 4: expected a number from 0, got 'x'"),
    ],
)
def test_an_impossible_row_is_told_with_its_line(a_timer, tmp_path, cells, message):
    timer = a_timer()
    timer.start()
    timer.stop()
    row = dict.fromkeys(_COLUMNS, "") | {"session": "1", "active_s": "1", "total_s": "1"} | cells
    Journal(tmp_path / "times.csv", _COLUMNS).append(**row)
    with pytest.raises(UnreadableFileError, match=message):
        read_sessions(tmp_path / "times.csv")
