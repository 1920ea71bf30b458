"""Files of models: their hashes, room for them, and what a full disk is called."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oncologyai.errors import DiskFullError, MissingFileError, OncologyAIError, OutputError, UnreadableFileError
from oncologyai.models.parts import ModelFile
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["check_file", "check_room", "disk_errors", "sha256_of"]

_CHUNK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}


def sha256_of(path: Path, *, progress: Progress | None = None) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits; raises CancelledError between megabytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            check_cancelled(progress or Silent())
            digest.update(chunk)
    return digest.hexdigest()


def check_file(path: Path, expected: ModelFile, *, progress: Progress | None = None) -> None:
    """Compare a file with what the card says of it.

    Raises
    ------
    MissingFileError
        If it is not there.
    UnreadableFileError
        If its size or its SHA-256 is another; the file is named.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a file of the model", got="none", remedy="get the model again")
    size = path.stat().st_size
    if size != expected.size_bytes:
        raise UnreadableFileError(
            str(path), expected=f"{expected.size_bytes} bytes", got=f"{size}", remedy="get the model again"
        )
    found = sha256_of(path, progress=progress)
    if found != expected.sha256:
        raise UnreadableFileError(
            str(path),
            expected=f"the file that the card names (SHA-256 {expected.sha256[:12]}...)",
            got=f"a changed one (SHA-256 {found[:12]}...)",
            remedy="get the model again",
        )


def check_room(folder: Path, size_bytes: int) -> None:
    """Raise DiskFullError unless the disk of ``folder`` (which exists) has room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes:
        raise DiskFullError(
            f"disk: expected {size_bytes / 1e6:.1f} MB free in {folder}, got {free / 1e6:.1f} MB; "
            "free some, or set ONCOLOGYAI_MODELS to a folder on another disk"
        )


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turn the operating system's errors about writing into ours.

    Raises
    ------
    DiskFullError
        Where the disk, or the user's share of it, is full.
    OutputError
        Where the place cannot be written.
    """
    try:
        yield
    except OncologyAIError:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(
                f"disk: expected room in {place.parent}, got {error.strerror}; nothing was changed; "
                "free some, or set ONCOLOGYAI_MODELS to a folder on another disk"
            ) from error
        raise OutputError(
            str(place),
            expected="a place that can be written",
            got=error.strerror or str(error),
            remedy="change its permissions, or set ONCOLOGYAI_MODELS to another folder",
        ) from error
