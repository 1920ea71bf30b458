"""A command given as words: one at a time, ended on request."""

import os
import sys

import pytest

SAY = "import json, sys, time\ndef say(**e): print(json.dumps(e), flush=True)\n"


class Asked:
    """Words that the child says back."""

    def __init__(self, *words):
        self._words = words

    def problem(self):
        return ""

    def words(self):
        return list(self._words)


@pytest.fixture
def a_run(a_host, tmp_path):
    """A CommandRun whose program is this text."""
    from oncologyai.panels import CommandRun

    def make(body, **options):
        path = tmp_path / "child.py"
        path.write_text(SAY + body, encoding="utf-8")
        return CommandRun("cohort", [sys.executable, str(path)], **options)

    return make


def test_the_words_go_to_the_command_and_its_last_event_comes_back(a_run):
    outcomes, stages = [], []
    run = a_run("say(event='stage', name='x', share=0.5); say(event='done', rows=3, words=sys.argv[1:])")
    run.start(Asked("features", "--cohort", "größe 1.csv"), lambda *stage: stages.append(stage), outcomes.append)
    run.wait(20_000)
    assert stages == [("x", 0.5)]
    assert outcomes[0].details["words"] == ["features", "--cohort", "größe 1.csv"]
    assert outcomes[0].details["rows"] == 3
    assert not run.isRunning()
    assert run.processId() == 0


def test_a_second_one_is_refused_and_cancel_ends_the_first(a_run):
    outcomes = []
    run = a_run("time.sleep(60)", graceMs=100)
    run.start(Asked(), lambda *_: None, outcomes.append)
    number = run.processId()
    with pytest.raises(RuntimeError, match="A cohort is running"):
        run.start(Asked(), lambda *_: None, outcomes.append)
    run.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert [outcome.status for outcome in outcomes] == ["cancelled"]


def test_waiting_and_cancelling_without_a_run_do_nothing(a_run):
    run = a_run("")
    run.cancel()
    run.wait(10)
    assert not run.isRunning()
