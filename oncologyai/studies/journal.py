"""A table that only grows and survives a kill: each line is checked, on the disk before it counts, and never changed.

The file is CSV in UTF-8. Its last column ``check`` is the CRC-32 of the line before it, so that a line that was changed
or half overwritten is told. A line without its end was being written when the program died: nobody was told that it
counts, so it is cut off when the table is opened again.
"""

from __future__ import annotations

import csv
import io
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai.errors import DiskFullError, InputError, MissingFileError, OutputError, UnreadableFileError

__all__ = ["Journal", "JournalRows", "create_journal", "read_journal"]

_CHECK = "check"


@dataclass(frozen=True)
class JournalRows:
    """``rows``: cells by column; row n stands in line n + 2. ``size``: bytes of whole lines. ``torn``: bytes after."""

    rows: tuple[dict[str, str], ...]
    size: int
    torn: int


def create_journal(path: Path, columns: Sequence[str]) -> None:
    """Make an empty table.

    Raises
    ------
    InputError
        If a file is already there.
    OutputError
        If the place cannot be written.
    """
    if path.exists():
        raise InputError(str(path), expected="no file", got="one that is already there", remedy="choose another place")
    with atomic_file(path) as draft:
        draft.write_bytes(_header(columns))


def read_journal(path: Path, columns: Sequence[str]) -> JournalRows:
    """Read the whole lines of a table.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If the header is another or a line is damaged; the message names the line.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a table of answers or times", got="no such file")
    *lines, torn = path.read_bytes().split(b"\n")
    if not lines or lines[0] + b"\n" != _header(columns):
        raise UnreadableFileError(
            f"{path} line 1", expected=",".join((*columns, _CHECK)), got=_shown(lines[0] if lines else torn)
        )
    rows = tuple(_cells(line, columns, f"{path} line {number}") for number, line in enumerate(lines[1:], start=2))
    return JournalRows(rows, sum(len(line) + 1 for line in lines), len(torn))


class Journal:
    """A table opened for writing.

    Parameters
    ----------
    path : Path
        Made by :func:`create_journal`.
    columns : sequence of str
        Its columns, without ``check``.

    Attributes
    ----------
    rows : tuple of dict
        All rows, those of earlier sessions first.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As ``read_journal``.
    OutputError
        If it cannot be written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self._columns = path, tuple(columns)
        found = read_journal(path, columns)
        self.rows, self._size = found.rows, found.size
        if found.torn:
            try:
                os.truncate(path, found.size)
            except OSError as error:
                raise self._refused(error) from error

    def append(self, **cells: str) -> None:
        """Add a row; when this returns, it is on the disk.

        Parameters
        ----------
        **cells : str
            One a column. Line breaks and other white space become single spaces.

        Raises
        ------
        InputError
            If a column is missing or unknown.
        OutputError
            If the file cannot be written, or has changed since it was opened: someone else is writing to it.
        DiskFullError
            If the disk is full; the table is as it was.
        """
        if set(cells) != set(self._columns):
            raise InputError("cells", expected=", ".join(self._columns), got=", ".join(cells))
        row = {name: " ".join(cells[name].split()) for name in self._columns}
        line = _line(list(row.values()))
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._write(handle, line)
        finally:
            os.close(handle)
        self._size += len(line)
        self.rows = (*self.rows, row)

    def _write(self, handle: int, line: bytes) -> None:
        size = os.fstat(handle).st_size
        if size != self._size:
            raise OutputError(
                str(self.path), expected=f"{self._size} bytes as when it was opened", got=f"{size}",
                remedy="close the other window that writes to it, then open it again",
            )  # fmt: skip
        try:
            whole = os.write(handle, line) == len(line)
            os.fsync(handle)
        except OSError as error:
            os.ftruncate(handle, self._size)
            raise self._refused(error) from error
        if not whole:
            os.ftruncate(handle, self._size)
            raise DiskFullError(f"{self.path}: expected room for one more line, got none; free some and answer again")

    def _refused(self, error: OSError) -> OutputError | DiskFullError:
        import errno

        if error.errno == errno.ENOSPC:
            return DiskFullError(f"{self.path}: expected room for one more line, got {error}; free some")
        return OutputError(str(self.path), expected="a file that can be written", got=error.strerror or str(error))


def _header(columns: Sequence[str]) -> bytes:
    return ",".join((*columns, _CHECK)).encode() + b"\n"


def _line(cells: Sequence[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    body = stream.getvalue().encode("utf-8", errors="replace")
    return body + b",%08x\n" % zlib.crc32(body)


def _cells(line: bytes, columns: Sequence[str], where: str) -> dict[str, str]:
    body, _, check = line.rpartition(b",")
    if check != b"%08x" % zlib.crc32(body):
        raise UnreadableFileError(
            where, expected="a line as it was written", got=f"a damaged one ({_shown(line)})",
            remedy="mend it from a backup, or take the line out and let it be answered again",
        )  # fmt: skip
    cells = next(csv.reader([body.decode("utf-8")]))
    if len(cells) != len(columns):
        raise UnreadableFileError(where, expected=f"{len(columns)} cells", got=str(len(cells)))
    return dict(zip(columns, cells, strict=True))


def _shown(line: bytes) -> str:
    return repr(line[:60].decode("utf-8", errors="replace"))
