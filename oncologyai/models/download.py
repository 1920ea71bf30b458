"""Files fetched over HTTPS: resumed, verified, and put in their place only when they are whole and right.

Plain HTTP is taken from this machine alone (127.0.0.1, localhost). What was fetched before a cut or a cancel stays
beside the target under a hidden name that carries the file's SHA-256, and the next call goes on from there.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any, Protocol, Self
from urllib.parse import urlsplit

from oncologyai.errors import DiskFullError, InputError, MissingFileError, OncologyAIError, UnreadableFileError
from oncologyai.models.files import check_file, check_room, disk_errors
from oncologyai.models.parts import ModelFile
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["check_url", "fetch_file", "fetch_text"]

_CHUNK = 1 << 18
_TIMEOUT_S = 30.0
_LOCAL = {"127.0.0.1", "localhost"}
_GONE = {401, 403, 404, 410}
_REDIRECTS = range(300, 400)  # those that urllib itself refuses to follow


class _Response(Protocol):
    """What of an HTTP response is used here."""

    status: int
    headers: Any

    def read1(self, size: int, /) -> bytes: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *details: object) -> None: ...


class _Cut(Exception):  # noqa: N818  caught here, never seen outside
    """The connection ended early; ``args[0]`` says how."""


def check_url(url: str) -> None:
    """Raise InputError unless a URL is https, or http on this machine, without a password in it."""
    parts = urlsplit(url)
    local = parts.hostname in _LOCAL
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise InputError("URL", expected="one that begins with https://", got=url)
    if not parts.hostname or parts.username or parts.password:
        raise InputError("URL", expected="a server's name without user or password", got=f"{parts.scheme}://...")


def fetch_file(
    file: ModelFile, target: Path, *, progress: Progress | None = None, attempts: int = 4, pause_s: float = 0.5
) -> Path:
    """Fetch a model's file and put it at ``target``, or leave ``target`` as it was.

    Parameters
    ----------
    file : ModelFile
        Its URL, size and SHA-256.
    target : Path
        Its folder exists.
    progress : Progress
        Told the share done; asked for cancellation at every piece of at most 256 KiB.
    attempts : int, >= 1
        How often a cut connection is taken up again.
    pause_s : float
        Seconds before the second attempt; twice as many before each further one.

    Returns
    -------
    Path
        ``target``.

    Raises
    ------
    InputError
        If the URL is not allowed, also one that the server redirects to.
    MissingFileError
        If the server does not have it, or does not give it.
    UnreadableFileError
        If the connection was cut at every attempt, or the file is not the one that the card names.
    DiskFullError, OutputError
        If it cannot be written; what had come is removed where the disk is full.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    check_url(file.url)
    part = target.with_name(f".{target.name}.{file.sha256[:16]}.part")
    for attempt in range(attempts):
        check_cancelled(watch)
        try:
            _continue(file, part, watch)
            break
        except _Cut as cut:
            if attempt + 1 == attempts:
                raise _cut_error(file, part, str(cut)) from cut
            _wait(pause_s * 2**attempt, watch)
    try:
        check_file(part, file, progress=watch)
    except UnreadableFileError as error:
        part.unlink()
        remedy = "nothing was changed; tell the model's makers if it happens again"
        raise UnreadableFileError(file.url, expected=error.expected, got=error.got, remedy=remedy) from error
    with disk_errors(target):
        os.replace(part, target)
    return target


def fetch_text(url: str, *, limit_bytes: int = 1 << 20) -> bytes:
    """Fetch a small file whole.

    Raises
    ------
    InputError, MissingFileError, UnreadableFileError
        As ``fetch_file``, or if it has more than ``limit_bytes``.
    """
    check_url(url)
    pieces: list[bytes] = []
    try:
        with _open(url, 0) as response:
            while sum(map(len, pieces)) <= limit_bytes and (piece := response.read1(_CHUNK)):
                pieces.append(piece)
    except OncologyAIError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise UnreadableFileError(url, expected="a connection", got=str(error), remedy="try again") from error
    text = b"".join(pieces)
    if len(text) > limit_bytes:
        raise UnreadableFileError(url, expected=f"at most {limit_bytes} bytes", got="more")
    return text


def _continue(file: ModelFile, part: Path, progress: Progress) -> None:
    """Fetch what is missing of a part; raises _Cut where the connection ends before the file does."""
    have = part.stat().st_size if part.exists() else 0
    if have > file.size_bytes:
        part.unlink()
        have = 0
    if have == file.size_bytes:
        return
    check_room(part.parent, file.size_bytes - have)
    try:
        with _open(file.url, have) as response:
            _write(response, part, _start_of(response, have, file), file, progress)
    except OncologyAIError:
        raise
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError) and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
        raise _Cut(f"{type(error).__name__}: {error}") from error


def _open(url: str, have: int) -> _Response:
    """Ask for a file from byte ``have`` on."""
    request = urllib.request.Request(url, headers={"User-Agent": "oncology-ai", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    handlers: list[urllib.request.BaseHandler] = [_CheckedRedirects()]
    if urlsplit(url).hostname in _LOCAL:
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        return urllib.request.build_opener(*handlers).open(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _REDIRECTS:
            raise InputError("URL", expected="one that begins with https://", got=f"{url}: {error.reason}") from error
        if error.code in _GONE:
            answer = f"HTTP {error.code} {error.reason}"
            remedy = "nothing was changed; the card's pages say where it is now"
            raise MissingFileError(url, expected="a file", got=answer, remedy=remedy) from error
        raise


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to allowed URLs only, and never from outside to this machine."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        check_url(newurl)
        if urlsplit(newurl).hostname in _LOCAL and urlsplit(req.full_url).hostname not in _LOCAL:
            raise InputError("URL", expected="a redirect to a server", got=newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _start_of(response: _Response, have: int, file: ModelFile) -> int:
    """Give the byte that an answer begins with; refuses a file of another size before it is fetched."""
    if response.status == http.client.PARTIAL_CONTENT:
        span, _, total = (response.headers.get("Content-Range") or "").removeprefix("bytes ").partition("/")
        if span.split("-")[0] != str(have):
            raise _Cut(f"the server gave {span or 'no range'} where byte {have} was asked for")
        start = have
    else:
        total, start = response.headers.get("Content-Length") or "", 0
    if total.isdigit() and int(total) != file.size_bytes:
        expected = f"{file.size_bytes} bytes as the card says"
        remedy = "nothing was changed; tell the model's makers"
        raise UnreadableFileError(file.url, expected=expected, got=total, remedy=remedy)
    return start


def _write(response: _Response, part: Path, start: int, file: ModelFile, progress: Progress) -> None:
    done = start
    with disk_errors(part):
        stream = part.open("r+b" if start else "wb")
    try:
        stream.seek(start)
        while done < file.size_bytes:
            check_cancelled(progress)
            progress.stage(f"download {file.name}", done / file.size_bytes)
            piece = response.read1(min(_CHUNK, file.size_bytes - done))
            if not piece:
                raise _Cut(f"the connection cut after {done} of {file.size_bytes} bytes")
            with disk_errors(part):
                stream.write(piece)
            done += len(piece)
        with disk_errors(part):
            stream.close()
        progress.stage(f"download {file.name}", 1.0)
    except DiskFullError:
        _close_quietly(stream)
        part.unlink()
        raise
    finally:
        _close_quietly(stream)


def _close_quietly(stream: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what it could not write is told already
        stream.close()


def _cut_error(file: ModelFile, part: Path, how: str) -> UnreadableFileError:
    kept = part.stat().st_size if part.exists() else 0
    remedy = f"nothing was changed; run it again: it goes on after {kept} bytes"
    return UnreadableFileError(file.url, expected=f"{file.size_bytes} bytes", got=how, remedy=remedy)


def _wait(seconds: float, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        check_cancelled(progress)
        time.sleep(min(0.1, seconds))
