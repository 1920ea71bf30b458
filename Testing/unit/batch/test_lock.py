"""A lock has one holder, and ends with it."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oncologyai.batch.lock import held_lock, try_lock

ROOT = Path(__file__).resolve().parents[3]


def test_one_holder_at_a_time_and_no_file_left(tmp_path: Path) -> None:
    first = try_lock(tmp_path / "locks" / "a", "me")
    assert first is not None and (tmp_path / "locks" / "a").read_text() == "me"
    assert try_lock(tmp_path / "locks" / "a") is None
    first.release()
    first.release()
    assert not (tmp_path / "locks" / "a").exists()
    second = try_lock(tmp_path / "locks" / "a")
    assert second is not None
    second.release()


def test_who_waits_is_asked_and_may_give_up(tmp_path: Path) -> None:
    lock = try_lock(tmp_path / "a")
    asked = []

    def waiting() -> None:
        asked.append(None)
        if len(asked) == 2 and lock is not None:
            lock.release()

    with held_lock(tmp_path / "a", waiting=waiting):
        assert try_lock(tmp_path / "a") is None
    assert len(asked) == 2


def test_a_killed_holder_holds_no_more(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from oncologyai.batch.lock import try_lock\n"
        f"lock = try_lock(Path({str(tmp_path / 'a')!r}))\n"
        "print(lock is not None, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == "True\n"
        assert try_lock(tmp_path / "a") is None
        child.send_signal(signal.SIGKILL)
        child.wait()
    lock = try_lock(tmp_path / "a")
    assert lock is not None
    lock.release()


@pytest.mark.parametrize("text", ["", "a much longer text"])
def test_says_what_it_is_told(text: str, tmp_path: Path) -> None:
    lock = try_lock(tmp_path / "a", text)
    assert lock is not None and (tmp_path / "a").read_text() == text
    lock.release()


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl is POSIX")
def test_a_file_system_without_locks_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    first, second = try_lock(tmp_path / "a"), try_lock(tmp_path / "a")
    assert first is not None and second is not None
    first.release()
    second.release()
