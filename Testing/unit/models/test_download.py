"""Downloads are resumed, verified, and whole or absent. The server runs on this machine."""

from __future__ import annotations

import errno
import hashlib
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from oncologyai.errors import (
    CancelledError,
    DiskFullError,
    InputError,
    MissingFileError,
    OutputError,
    UnreadableFileError,
)
from oncologyai.models import ModelFile
from oncologyai.models.download import check_url, fetch_file, fetch_text

DATA = np.random.default_rng(5).bytes(3_000_000)


class Server(Protocol):
    url: str
    files: dict[str, bytes]
    cut_after: list[int]
    ranges: bool
    redirects: dict[str, str]
    statuses: list[int]
    asked: list[tuple[str, str | None]]


class Watch:
    """Notes the shares it is told; cancels once a share is reached."""

    def __init__(self, cancel_at: float = 2.0) -> None:
        self.shares: list[float] = []
        self._cancel_at = cancel_at

    def stage(self, _: str, share: float) -> None:
        self.shares.append(share)

    def cancelled(self) -> bool:
        return bool(self.shares) and self.shares[-1] >= self._cancel_at


@pytest.fixture
def a_file(a_server: Server) -> ModelFile:
    a_server.files["/w.safetensors"] = DATA
    return ModelFile(
        name="w.safetensors",
        role="weights",
        sha256=hashlib.sha256(DATA).hexdigest(),
        size_bytes=len(DATA),
        url=f"{a_server.url}/w.safetensors",
    )


@pytest.fixture
def a_target(tmp_path: Path) -> Path:
    """A place where an older file stands."""
    target = tmp_path / "models" / "w.safetensors"
    target.parent.mkdir()
    target.write_bytes(b"old")
    return target


def names(target: Path) -> list[str]:
    return sorted(p.name for p in target.parent.iterdir())


def fetch(file: ModelFile, target: Path, **how: Any) -> Path:
    return fetch_file(file, target, **({"pause_s": 0.01} | how))


def test_a_file_comes_whole_with_its_progress(a_file: ModelFile, a_target: Path) -> None:
    watch = Watch()
    assert fetch(a_file, a_target, progress=watch) == a_target
    assert a_target.read_bytes() == DATA
    assert names(a_target) == ["w.safetensors"]
    assert watch.shares[0] == 0.0 and watch.shares[-1] == 1.0 and watch.shares == sorted(watch.shares)
    assert len(watch.shares) >= 12


def test_a_cut_connection_is_taken_up_where_it_ended(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    a_server.cut_after[:] = [1_000_000, 500_000]
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA
    assert [r for _, r in a_server.asked] == [None, "bytes=1000000-", "bytes=1500000-"]


def test_cut_at_every_attempt_the_old_file_stays_and_the_next_call_goes_on(
    a_server: Server, a_file: ModelFile, a_target: Path
) -> None:
    a_server.cut_after[:] = [700_000, 100_000]
    with pytest.raises(
        UnreadableFileError, match="cut after 800000 of 3000000 bytes; nothing was changed; run it again"
    ):
        fetch(a_file, a_target, attempts=2)
    assert a_target.read_bytes() == b"old"
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA
    assert a_server.asked[-1][1] == "bytes=800000-"
    assert names(a_target) == ["w.safetensors"]


def test_a_server_without_ranges_gives_it_from_the_start(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    a_server.ranges = False
    a_server.cut_after[:] = [2_000_000]
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA
    assert [r for _, r in a_server.asked] == [None, "bytes=2000000-"]


def test_a_busy_server_is_asked_again(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    a_server.statuses[:] = [503, 500]
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_file_that_is_gone_is_named_at_once(a_server: Server, a_file: ModelFile, a_target: Path, status: int) -> None:
    a_server.statuses[:] = [status]
    with pytest.raises(MissingFileError, match=f"w.safetensors: expected a file, got HTTP {status}"):
        fetch(a_file, a_target)
    assert len(a_server.asked) == 1
    assert a_target.read_bytes() == b"old"


def test_nobody_answers(a_file: ModelFile, a_target: Path) -> None:
    nobody = a_file.model_copy(update={"url": "http://127.0.0.1:9/w.safetensors"})
    with pytest.raises(UnreadableFileError, match="[Cc]onnection refused"):
        fetch(nobody, a_target, attempts=1)
    assert names(a_target) == ["w.safetensors"]


def test_one_changed_byte_is_refused_and_not_kept(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    changed = bytearray(DATA)
    changed[123_456] ^= 1
    a_server.files["/w.safetensors"] = bytes(changed)
    with pytest.raises(UnreadableFileError, match="got a changed one .SHA-256 .*nothing was changed"):
        fetch(a_file, a_target)
    assert a_target.read_bytes() == b"old"
    assert names(a_target) == ["w.safetensors"]


def test_a_file_of_another_size_is_refused_before_it_is_fetched(
    a_server: Server, a_file: ModelFile, a_target: Path
) -> None:
    a_server.files["/w.safetensors"] = DATA + b"more"
    with pytest.raises(UnreadableFileError, match="expected 3000000 bytes as the card says, got 3000004"):
        fetch(a_file, a_target)
    assert names(a_target) == ["w.safetensors"]


def test_a_longer_part_of_before_is_thrown_away(a_file: ModelFile, a_target: Path) -> None:
    part = a_target.with_name(f".w.safetensors.{a_file.sha256[:16]}.part")
    part.write_bytes(b"x" * (len(DATA) + 1))
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA


def test_a_part_that_was_fetched_whole_needs_no_server(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    a_target.with_name(f".w.safetensors.{a_file.sha256[:16]}.part").write_bytes(DATA)
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA
    assert a_server.asked == []


def test_cancelled_the_old_file_stays_and_the_next_call_goes_on(
    a_server: Server, a_file: ModelFile, a_target: Path
) -> None:
    with pytest.raises(CancelledError):
        fetch(a_file, a_target, progress=Watch(cancel_at=0.4))
    assert a_target.read_bytes() == b"old"
    fetch(a_file, a_target)
    assert a_target.read_bytes() == DATA
    assert a_server.asked[-1][1] is not None


def full_disk(after: int, number: int) -> Callable[..., Any]:
    """Make an ``open`` whose files take ``after`` bytes, then raise as the operating system does."""
    real = Path.open

    class Full:
        def __init__(self, stream: Any) -> None:
            self._stream, self._room = stream, after

        def write(self, piece: bytes) -> int:
            self._room -= len(piece)
            if self._room < 0:
                raise OSError(number, "no more")
            return int(self._stream.write(piece))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

    def opened(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        stream = real(self, mode, *rest, **more)
        return Full(stream) if self.suffix == ".part" and "b" in mode and mode != "rb" else stream

    return opened


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_freed(
    a_file: ModelFile, a_target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full_disk(1_000_000, number))
        with pytest.raises(DiskFullError, match="expected room in .*models, got no more; nothing was changed"):
            fetch(a_file, a_target)
    assert a_target.read_bytes() == b"old"
    assert names(a_target) == ["w.safetensors"]


def test_a_failing_disk_is_told(a_file: ModelFile, a_target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", full_disk(1_000_000, errno.EACCES))
    with pytest.raises(OutputError, match="a place that can be written, got no more"):
        fetch(a_file, a_target)
    assert a_target.read_bytes() == b"old"


def test_too_little_room_is_told_before_anything_is_fetched(
    a_server: Server, a_file: ModelFile, a_target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("oncologyai.models.files.shutil.disk_usage", lambda _: usage)
    with pytest.raises(DiskFullError, match=r"expected 3\.0 MB free in .*, got 1\.0 MB"):
        fetch(a_file, a_target)
    assert a_server.asked == []


def test_redirects_are_followed(a_server: Server, a_file: ModelFile, a_target: Path) -> None:
    a_server.redirects["/moved"] = "/w.safetensors"
    fetch(a_file.model_copy(update={"url": f"{a_server.url}/moved"}), a_target)
    assert a_target.read_bytes() == DATA


@pytest.mark.parametrize("place", ["http://example.org/w", "file:///etc/passwd", "ftp://example.org/w"])
def test_a_redirect_to_what_is_not_allowed_is_refused(
    a_server: Server, a_file: ModelFile, a_target: Path, place: str
) -> None:
    a_server.redirects["/moved"] = place
    with pytest.raises(InputError, match="URL: expected one that begins with https://"):
        fetch(a_file.model_copy(update={"url": f"{a_server.url}/moved"}), a_target)
    assert names(a_target) == ["w.safetensors"]


def test_a_redirect_from_outside_to_this_machine_is_refused() -> None:
    from oncologyai.models.download import _CheckedRedirects

    request = urllib.request.Request("https://example.org/w")
    with pytest.raises(InputError, match="URL: expected a redirect to a server"):
        _CheckedRedirects().redirect_request(request, None, 302, "", {}, "http://127.0.0.1/x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.org/w", "begins with https://"),
        ("http://127.0.0.1.example.org/w", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("https:///w", "a server's name"),
        ("https://me:secret@example.org/w", "without user or password, got https://\\.\\.\\.$"),
    ],
)
def test_only_https_and_this_machine(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_url(url)


def test_allowed_urls() -> None:
    for url in ("https://example.org/w", "http://127.0.0.1:8000/w", "http://localhost/w"):
        check_url(url)


def test_text_is_fetched_up_to_a_limit(a_server: Server) -> None:
    a_server.files["/card.json"] = b"{}" * 50
    assert fetch_text(f"{a_server.url}/card.json", limit_bytes=100) == b"{}" * 50
    with pytest.raises(UnreadableFileError, match="at most 99 bytes, got more"):
        fetch_text(f"{a_server.url}/card.json", limit_bytes=99)
    with pytest.raises(MissingFileError, match="HTTP 404"):
        fetch_text(f"{a_server.url}/absent.json")
    with pytest.raises(UnreadableFileError, match="expected a connection"):
        fetch_text("http://127.0.0.1:9/card.json")
