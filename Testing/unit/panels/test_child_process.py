"""Events of the child, whole, in pieces or garbage; its end, good or bad."""

import os
import sys

import pytest

SAY = "def say(**e):\n    sys.stdout.write(json.dumps(e) + '\\n'); sys.stdout.flush()\n"


@pytest.fixture
def a_run(a_host, a_child):
    """Run a program to its end; gives its stages and its outcomes."""
    from oncologyai.panels import ChildProcess

    def run(body, timeout_ms=20_000):
        stages, outcomes = [], []
        child = ChildProcess(lambda name, share: stages.append((name, share)), outcomes.append, what="reading")
        program, *arguments = a_child(SAY + body)
        child.start(program, arguments)
        child.wait(timeout_ms)
        assert len(outcomes) == 1
        return stages, outcomes[0]

    return run


def test_stages_and_the_result_are_told(a_run):
    stages, outcome = a_run("say(event='stage', name='read', share=0.25); say(event='done', bundle='/r')")
    assert stages == [("read", 0.25)]
    assert (outcome.status, outcome.bundle) == ("done", "/r")


def test_an_event_in_pieces_is_put_together(a_run):
    body = """
line = json.dumps({"event": "stage", "name": "größe", "share": 0.5}, ensure_ascii=False).encode()
for n in range(len(line)):
    sys.stdout.buffer.write(line[n:n + 1]); sys.stdout.flush()
sys.stdout.write("\\n"); say(event="done", bundle="r")
"""
    stages, outcome = a_run(body)
    assert stages == [("größe", 0.5)]
    assert outcome.status == "done"


def test_many_events_at_once_are_told_in_order(a_run):
    stages, _ = a_run(
        "for n in range(500): say(event='stage', name=str(n), share=n / 500)\nsay(event='done', bundle='r')"
    )
    assert [name for name, _ in stages] == [str(n) for n in range(500)]


def test_the_last_line_may_lack_its_end(a_run):
    _, outcome = a_run("sys.stdout.write(json.dumps({'event': 'done', 'bundle': 'r'}))")
    assert (outcome.status, outcome.bundle) == ("done", "r")


@pytest.mark.parametrize("garbage", ["Loading plug-in...", "{broken", "[1, 2]", "42", "{}", "\\xff\\xfe"])
def test_garbage_between_events_is_passed_over(a_run, garbage):
    stages, outcome = a_run(
        f"print({garbage!r}); say(event='stage', name='a', share=0.1); say(event='done', bundle='r')"
    )
    assert stages == [("a", 0.1)]
    assert outcome.status == "done"


def test_shares_beyond_the_range_are_limited(a_run):
    stages, _ = a_run("say(event='stage', name='a', share=7); say(event='stage', name='b', share=-1)")
    assert [share for _, share in stages] == [1.0, 0.0]


def test_an_error_event_gives_its_message(a_run):
    _, outcome = a_run("say(event='error', message='--seed: expected inside', exit_code=2); sys.exit(2)")
    assert (outcome.status, outcome.message) == ("error", "--seed: expected inside")


def test_a_cancelled_event_is_no_error(a_run):
    _, outcome = a_run("say(event='cancelled'); sys.exit(130)")
    assert outcome.status == "cancelled"


def test_a_child_that_fails_without_a_word_is_an_error_with_its_last_line(a_run):
    _, outcome = a_run("sys.stderr.write('x\\nout of memory\\n'); sys.exit(4)")
    assert (outcome.status, outcome.message) == (
        "error",
        "The reading process ended with exit code 4: out of memory",
    )


def test_a_crash_is_an_error(a_run):
    _, outcome = a_run("say(event='done', bundle='r'); os.abort()")
    assert outcome.status == "error"
    assert "crashed" in outcome.message


def test_an_end_without_any_event_is_an_error(a_run):
    _, outcome = a_run("pass")
    assert outcome.message == "The reading process ended with exit code 0: it gave no reason"


def test_a_program_that_does_not_exist_is_an_error(a_host):
    from oncologyai.panels import ChildProcess

    outcomes = []
    child = ChildProcess(print, outcomes.append)
    child.start("/no/such/program", [])
    child.wait(5000)
    assert [o.status for o in outcomes] == ["error"]
    assert "could not start" in outcomes[0].message


def test_a_child_that_takes_too_long_is_ended(a_run):
    _, outcome = a_run("time.sleep(60)", timeout_ms=300)
    assert outcome.status == "cancelled"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_cancel_ends_even_a_child_that_ignores_signals(a_host, a_child):
    import slicer

    from oncologyai.panels import ChildProcess

    stages, outcomes = [], []
    child = ChildProcess(lambda name, share: stages.append(name), outcomes.append)
    body = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay(event='stage', name='a', share=0)\n"
    program, *arguments = a_child(SAY + body + "while True: pass")
    child.start(program, arguments)
    while not stages:
        slicer.app.processEvents()
    number = child.processId()
    child.cancel()
    assert [o.status for o in outcomes] == ["cancelled"]
    assert not child.isRunning()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    child.cancel()  # a second time changes nothing
    assert len(outcomes) == 1


def test_the_library_is_on_the_childs_path_before_others(a_host, a_child, monkeypatch):
    from oncologyai.panels import ChildProcess

    monkeypatch.setenv("PYTHONPATH", "/others")
    outcomes = []
    child = ChildProcess(print, outcomes.append)
    program, *arguments = a_child(SAY + "say(event='done', bundle=os.environ['PYTHONPATH'])")
    child.start(program, arguments, pythonPath="/library")
    child.wait(20_000)
    assert outcomes[0].bundle == os.pathsep.join(["/library", "/others"])


def test_what_else_the_child_says_of_its_result_is_told_whatever_its_exit_code(a_run):
    for code, status in ((0, "done"), (2, "error")):
        _, outcome = a_run(f"say(event='done', rows=3, failed=1); sys.exit({code})")
        assert (outcome.status, outcome.details["rows"], outcome.details["failed"]) == (status, 3, 1)


@pytest.mark.parametrize(("deaf", "noted"), [(False, True), (True, False)])
def test_a_child_with_a_state_may_end_by_itself_before_it_is_killed(a_host, a_child, tmp_path, deaf, noted):
    from oncologyai.panels import ChildProcess

    note = tmp_path / "note"
    body = f"""
import signal
signal.signal(signal.SIGTERM, lambda *_: {"None" if deaf else f'(open({str(note)!r}, "w").close(), sys.exit(130))'})
sys.stdout.write(json.dumps(dict(event='stage', name='a', share=0.5)) + chr(10)); sys.stdout.flush()
while True: time.sleep(0.05)
"""
    stages, outcomes = [], []
    child = ChildProcess(lambda name, share: stages.append(name), outcomes.append, graceMs=5000 if not deaf else 300)
    program, *arguments = a_child(body)
    child.start(program, arguments)
    while not stages:
        a_host.app.processEvents()
    number = child.processId()
    child.cancel()
    assert [outcome.status for outcome in outcomes] == ["cancelled"]
    assert note.exists() == noted
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
