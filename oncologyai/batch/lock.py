"""Locks that the system lets go of when their holder dies, also by kill -9: no lease has to run out.

A lock is a file that a process holds; it goes when the lock is let go of.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Lock", "held_lock", "try_lock"]

_POLL_S = 0.1


class Lock:
    """A lock that this process holds until ``release``, or until it ends."""

    def __init__(self, path: Path, number: int) -> None:
        self._path, self._number = path, number

    def release(self) -> None:
        """Let go; without effect the second time."""
        if self._number < 0:
            return
        with suppress(OSError):  # some systems keep a file that is open
            self._path.unlink()
        os.close(self._number)
        self._number = -1


def try_lock(path: Path, text: str = "") -> Lock | None:
    """Take a lock, or give None where another process or thread holds it.

    Parameters
    ----------
    path : Path
        The lock's file; its folder is made.
    text : str
        What the file says, for people.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _hold(number):
            os.close(number)
            return None
        if _is_there(path, number):
            if text:
                os.truncate(number, 0)
                os.write(number, text.encode())
            return Lock(path, number)
        os.close(number)  # whoever held it took the file away between our two steps


@contextmanager
def held_lock(path: Path, *, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a lock for the block; until it is free, ``waiting`` is called ten times a second and may raise."""
    lock = try_lock(path)
    while lock is None:
        if waiting is not None:
            waiting()
        time.sleep(_POLL_S)
        lock = try_lock(path)
    try:
        yield
    finally:
        lock.release()


def _is_there(path: Path, number: int) -> bool:
    try:
        there, ours = path.stat(), os.fstat(number)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


if sys.platform == "win32":
    import msvcrt

    def _hold(number: int) -> bool:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    # A file system that knows no locks: nobody is kept out, and the same may be computed twice.
    _NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)

    def _hold(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True
