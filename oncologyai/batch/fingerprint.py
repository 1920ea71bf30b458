"""What a file or a folder holds, as one SHA-256; a file that has not changed is hashed once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from oncologyai.errors import MissingFileError

__all__ = ["Fingerprints", "KnownFile"]


class KnownFile(NamedTuple):
    """A file as it was when it was hashed: absolute path, bytes, time of its last change in ns, SHA-256."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


class Fingerprints:
    """Hashes files, remembering those known by path, size and time.

    Parameters
    ----------
    known : iterable of KnownFile
        Hashes from earlier.
    """

    def __init__(self, known: Iterable[KnownFile] = ()) -> None:
        self._known = {file.path: file for file in known}
        self.new: list[KnownFile] = []
        """Files hashed by this object."""

    def of(self, path: Path, argument: str) -> str:
        """Give the SHA-256 of a file's bytes; of a folder, that of its files' relative paths and hashes.

        Hidden files and empty folders do not count. Links are followed.

        Raises
        ------
        MissingFileError
            If there is nothing, naming ``argument``.
        """
        if path.is_file():
            return self._of_file(path)
        if not path.is_dir():
            raise MissingFileError(argument, expected="an existing file or folder", got=str(path))
        whole = hashlib.sha256()
        for file in sorted(path.rglob("*")):
            inner = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in inner.parts):
                whole.update(f"{inner.as_posix()}\0{self._of_file(file)}\n".encode())
        return whole.hexdigest()

    def _of_file(self, path: Path) -> str:
        facts = path.stat()
        place = str(path.absolute())
        known = self._known.get(place)
        if known is not None and (known.size, known.mtime_ns) == (facts.st_size, facts.st_mtime_ns):
            return known.sha256
        with path.open("rb") as stream:
            found = KnownFile(
                place, facts.st_size, facts.st_mtime_ns, hashlib.file_digest(stream, "sha256").hexdigest()
            )
        self._known[place] = found
        self.new.append(found)
        return found.sha256
