"""A signal cancels a command with code 130, the last words said and nothing unfinished left."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from oncologyai.cli import main
from oncologyai.cli.reporting import ProgressMode, reporter
from oncologyai.errors import CancelledError

EVENT = '{"event": "cancelled"}'
UNDONE = "oncology-ai: cancelled: nothing was changed"
AT_ONCE = "oncology-ai: cancelled at once: nothing unfinished was left"

# A command that holds drafts open, says "ready" and waits for its signal in ``wait()``.
COMMAND = """
import sys, time
from pathlib import Path
from oncologyai import _interrupts
from oncologyai._atomic import atomic_folder, make_unfinished
from oncologyai.cli import app
from oncologyai.cli.reporting import ProgressMode, reporter
from oncologyai.errors import CancelledError

def say(word):
    sys.stdout.write(word + chr(10))
    sys.stdout.flush()

def wait():
    say("ready")
    time.sleep(60)

def command(place):
    {before}
    with reporter(ProgressMode.{mode}), atomic_folder(place / "out") as draft:
        make_unfinished("mine-", place)
        (draft / "half").write_text("half")
        try:
            wait()
        except CancelledError:
            say("unwound")
            {unwinding}
            raise

place = Path(sys.argv[1])
app.app = lambda args: command(place)
code = app.main()
{after}
sys.exit(code)
"""
NATIVE = "_interrupts._native.add('vtk')"


def started(
    place: Path, mode: str = "JSON", before: str = "pass", unwinding: str = "pass", after: str = "", **streams: object
) -> subprocess.Popen[str]:
    text = COMMAND.format(mode=mode, before=before, unwinding=unwinding, after=after)
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.Popen([sys.executable, "-c", text, str(place)], text=True, **options)  # type: ignore[call-overload, no-any-return]


def read_until(stream: IO[str] | None, word: str) -> None:
    assert stream is not None
    for line in stream:
        if line.strip() == word:
            return
    pytest.fail(f"the command never said {word}")


def shown_until(terminal: int, text: str) -> str:
    seen = b""
    while text.encode() not in seen:
        assert select.select([terminal], [], [], 60)[0], f"the terminal never showed {text}: {seen!r}"
        seen += os.read(terminal, 65536)
    return seen.decode()


@pytest.fixture
def a_terminal() -> Iterator[tuple[int, int]]:
    ends = pty.openpty()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_with_native_code_the_process_ends_in_the_handler(number: signal.Signals, tmp_path: Path) -> None:
    child = started(tmp_path, before=NATIVE)
    read_until(child.stdout, "ready")
    child.send_signal(number)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert rest.splitlines() == [EVENT]
    assert said.splitlines() == [UNDONE]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_native_code_the_command_unwinds(number: signal.Signals, tmp_path: Path) -> None:
    child = started(tmp_path)
    read_until(child.stdout, "ready")
    child.send_signal(number)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert rest.splitlines() == ["unwound", EVENT]
    assert said.splitlines() == [UNDONE]
    assert not list(tmp_path.iterdir())


def test_second_signal_ends_a_command_that_is_still_unwinding(tmp_path: Path) -> None:
    child = started(tmp_path, unwinding="wait()")
    read_until(child.stdout, "ready")
    child.send_signal(signal.SIGINT)
    read_until(child.stdout, "ready")
    child.send_signal(signal.SIGTERM)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert rest.splitlines() == [EVENT]
    assert said.splitlines() == [AT_ONCE]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("before", [NATIVE, "pass"])
def test_volley_of_signals_ends_it_once(before: str, tmp_path: Path) -> None:
    child = started(tmp_path, before=before)
    read_until(child.stdout, "ready")
    while child.poll() is None:
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGTERM)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert rest.splitlines()[-1] == EVENT
    assert {*said.splitlines()} <= {UNDONE, AT_ONCE}
    assert not list(tmp_path.iterdir())


def test_signal_after_the_end_does_not_change_the_code(tmp_path: Path) -> None:
    child = started(tmp_path, before="return", after="wait()")
    read_until(child.stdout, "ready")
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=60) == ("", "")
    assert child.returncode == 0


def test_reader_that_is_gone_does_not_matter(tmp_path: Path) -> None:
    child = started(tmp_path, before=NATIVE)
    read_until(child.stdout, "ready")
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    child.stderr.close()
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 130
    assert not list(tmp_path.iterdir())


def test_reader_that_reads_no_more_is_not_waited_for(tmp_path: Path) -> None:
    fill = (
        "import os; os.set_blocking(1, False)\n"
        "    try:\n        while True: os.write(1, b'x' * 512 + b'\\n')\n"
        "    except BlockingIOError: os.set_blocking(1, True)\n"
        "    global wait; wait = lambda: (os.write(2, b'ready\\n'), time.sleep(60))\n"
        f"    {NATIVE}"
    )
    child = started(tmp_path, before=fill)
    read_until(child.stderr, "ready")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 130
    assert not list(tmp_path.iterdir())
    child.communicate()


def test_terminal_gets_its_cursor_back(tmp_path: Path, a_terminal: tuple[int, int]) -> None:
    ours, theirs = a_terminal
    child = started(tmp_path, mode="AUTO", before=NATIVE, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    seen = shown_until(ours, "ready")  # while a bar is drawn, what is said on standard output stands above it
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=60) == 130
    seen += shown_until(ours, UNDONE + "\r\n")
    assert seen.endswith(f"\x1b[?25h{UNDONE}\r\n")
    assert "\x1b[?25l" in seen
    child.communicate()


def test_handlers_are_given_back_where_the_process_goes_on() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert main(["--version"]) == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_signal_whose_exception_was_lost_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def command(args: list[str]) -> None:
        watch = reporter(ProgressMode.NONE)
        told.append(watch.cancelled())
        with contextlib.suppress(CancelledError):  # as an interpreter that runs __del__ does
            signal.raise_signal(signal.SIGTERM)
        told.append(watch.cancelled())

    monkeypatch.setattr("oncologyai.cli.app.app", command)
    for _ in range(2):
        assert main([]) == 0
    assert told == [False, True, False, True]
