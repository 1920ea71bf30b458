"""One DICOM file: whether it is one, its header, and its attributes as text and numbers."""

from __future__ import annotations

import math
import os
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pydicom import Dataset, FileDataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.tag import BaseTag, Tag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from oncologyai.errors import MissingFileError, UnreadableFileError

__all__ = [
    "BROKEN_FILE_ERRORS",
    "is_dicom_file",
    "number_of",
    "numbers_of",
    "private_text",
    "quiet_pydicom",
    "read_header",
    "text_of",
]

_PREAMBLE_BYTES = 128
# Groups that a data set without preamble can begin with: file meta and identification (PS3.6).
_FIRST_GROUPS = (0x0002, 0x0008)
# What pydicom and the codecs raise over damaged files.
BROKEN_FILE_ERRORS = (
    InvalidDicomError, BytesLengthException, OSError, EOFError, ValueError, AttributeError, KeyError, TypeError,
    NotImplementedError, RuntimeError, IndexError, struct.error,
)  # fmt: skip


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Keep pydicom's remarks about odd values to itself: real archives are full of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def is_dicom_file(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file begins as DICOM does, with a Part 10 preamble or as a bare data set."""
    with Path(path).open("rb") as stream:
        start = stream.read(_PREAMBLE_BYTES + 4)
    if start[_PREAMBLE_BYTES:] == b"DICM":
        return True
    if len(start) < 8:
        return False
    little, big = struct.unpack("<HH", start[:4]), struct.unpack(">HH", start[:4])
    return any(group in _FIRST_GROUPS and element <= 0x0100 for group, element in (little, big))


def read_header(
    path: str | os.PathLike[str], *, pixels: bool = False, tags: Sequence[str] | None = None
) -> FileDataset:
    """Read the attributes of a DICOM file, those before the pixels unless ``pixels``.

    Parameters
    ----------
    path : path
        A file with or without the Part 10 preamble.
    pixels : bool
        Read the pixel data too.
    tags : sequence of keywords, optional
        Read these attributes only.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is not DICOM or is damaged.
    """
    if not Path(path).is_file():
        raise MissingFileError(str(path), expected="a file", got="nothing there", remedy="check the path")
    try:
        with quiet_pydicom():
            if not is_dicom_file(path):
                raise InvalidDicomError("neither a preamble nor a first attribute")
            wanted = None if tags is None else [*tags]
            dataset = dcmread(path, stop_before_pixels=not pixels, force=True, specific_tags=wanted)
    except BROKEN_FILE_ERRORS as error:
        raise UnreadableFileError(
            str(path), expected="a DICOM file", got=f"one that cannot be read ({error})", remedy="replace or remove it"
        ) from error
    _complete_meta(dataset)
    return dataset


def text_of(dataset: Dataset, keyword: str) -> str:
    """Give an attribute as one line of text; several values joined by a backslash; empty where absent or damaged."""
    tag = _tag(keyword)
    if tag not in dataset:
        return ""
    try:
        with quiet_pydicom():
            value = dataset[tag].value
    except BROKEN_FILE_ERRORS:
        return ""
    if value is None:
        return ""
    if isinstance(value, str) or not hasattr(value, "__iter__") or hasattr(value, "family_name"):
        return _one_line(str(value))
    return "\\".join(_one_line(str(v)) for v in value)


def numbers_of(dataset: Dataset, keyword: str, count: int | None = None) -> tuple[float, ...] | None:
    """Give an attribute as numbers; None where absent, empty, of another count, or not finite numbers."""
    text = text_of(dataset, keyword)
    try:
        values = tuple(float(part) for part in text.split("\\"))
    except ValueError:
        return None
    if any(not math.isfinite(v) for v in values) or (count is not None and len(values) != count):
        return None
    return values


def number_of(dataset: Dataset, keyword: str) -> float | None:
    """Give an attribute's first value as a number; None where absent, empty or not a number."""
    values = numbers_of(dataset, keyword)
    return values[0] if values else None


def private_text(dataset: Dataset, group: int, element: int, creator: str) -> str:
    """Give a private attribute as text, of its creator's block or, where the creator was removed, of the first."""
    try:
        item = dataset.private_block(group, creator)[element]
    except KeyError:
        tag = (group, 0x1000 + element)
        if tag not in dataset:
            return ""
        item = dataset[tag]
    value = item.value
    text = value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value)
    return text.strip(" \0")


def _one_line(text: str) -> str:
    text = text.strip()
    return text if text.isprintable() else " ".join("".join(c if c.isprintable() else " " for c in text).split())


@cache
def _tag(keyword: str) -> BaseTag:
    return Tag(keyword)


def _complete_meta(dataset: FileDataset) -> None:
    """Name the transfer syntax of a file without file meta information from how it was parsed."""
    if getattr(dataset, "file_meta", None) is None:
        dataset.file_meta = FileMetaDataset()
    if "TransferSyntaxUID" in dataset.file_meta:
        return
    implicit, little = dataset.original_encoding
    bare = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    dataset.file_meta.TransferSyntaxUID = bare
