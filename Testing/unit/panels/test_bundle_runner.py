"""One run at a time, its folder until its end was told, and a way to wait for scripts."""

from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import Bundle
from oncologyai.types import Volume

DONE = "print(json.dumps({'event': 'done', 'bundle': sys.argv[sys.argv.index('--out-bundle') + 1]}), flush=True)"


def a_bundle(name):
    return Bundle(name, "p", "m", Volume(np.zeros((2, 2, 2), np.int16), np.eye(4)))


@pytest.fixture
def a_runner(a_host, a_child):
    from oncologyai.panels import BundleRunner

    return lambda body: BundleRunner("features", "extraction", a_child(body))


def test_a_second_start_while_one_runs_is_refused(a_runner):
    runner, ends = a_runner("time.sleep(120)"), []
    runner.startRun("CT", a_bundle, print, ends.append)
    assert runner.isRunning() and runner.processId()
    with pytest.raises(RuntimeError, match=r"extraction.*is running"):
        runner.startRun("CT", a_bundle, print, ends.append)
    runner.cancel()
    assert (runner.isRunning(), runner.processId(), [end.status for end in ends]) == (False, 0, ["cancelled"])
    runner.cancel()
    assert len(ends) == 1


def test_the_folder_is_there_until_the_end_was_told_also_where_that_fails(a_host, a_runner):
    there = []

    def take(outcome):
        there.append((Path(outcome.bundle).parent / "request" / "bundle.json").is_file())

    runner = a_runner(DONE)
    runner.startRun("CT", a_bundle, print, take)
    while runner.isRunning():
        a_host.app.processEvents()
    assert there == [True]
    assert not list(Path(a_host.app.temporaryPath).glob("OncologyAI-*"))


def test_scripts_wait_for_what_is_made_of_the_result(a_runner):
    assert a_runner(DONE).runAndWait("CT", a_bundle, lambda folder: Path(folder).name, timeoutS=60) == "result"


@pytest.mark.parametrize(("body", "told"), [("sys.exit('no luck')", "no luck"), ("time.sleep(120)", "Cancelled")])
def test_scripts_get_the_reason_of_a_failure_and_of_a_run_that_takes_too_long(a_host, a_runner, body, told):
    timeout = 1 if "sleep" in body else 60
    with pytest.raises(RuntimeError, match=told):
        a_runner(body).runAndWait("CT", a_bundle, print, timeoutS=timeout)
    assert not list(Path(a_host.app.temporaryPath).glob("OncologyAI-*"))
