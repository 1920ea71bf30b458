"""Slicer's segmentation files, .seg.nrrd, to masks."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import get_args

import numpy as np

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.resources import terminology
from oncologyai.types import Code, Mask, MaskKind, Terminology

__all__ = ["is_seg_nrrd", "read_seg_nrrd"]

# space name of the NRRD format, section 8 of its definition: signs that turn it into RAS
_SPACES = {
    "left-posterior-superior": (-1.0, -1.0, 1.0),
    "lps": (-1.0, -1.0, 1.0),
    "right-anterior-superior": (1.0, 1.0, 1.0),
    "ras": (1.0, 1.0, 1.0),
    "left-anterior-superior": (-1.0, 1.0, 1.0),
    "las": (-1.0, 1.0, 1.0),
}
_TYPES = {
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("short", "short int", "signed short", "int16", "int16_t"), "i2"),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    "float": "f4",
    "double": "f8",
}
_HEADER_LIMIT = 1 << 20
_VECTOR = re.compile(r"none|\(([^)]*)\)")


def is_seg_nrrd(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file is an NRRD with segments of Slicer in its header, whatever its name."""
    with Path(path).open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"NRRD") and (b"\nSegment0_" in start or b"\nSegmentation_" in start)


def read_seg_nrrd(path: str | os.PathLike[str], *, names: Collection[str] | None = None) -> tuple[Mask, ...]:
    """Read the segments of a .seg.nrrd file, on the grid stored in it.

    Parameters
    ----------
    path : path-like
        Written by Slicer or ``write_seg_nrrd``. Slicer may store less than the image, only what the segments
        need: then so is the grid.
    names : collection of str, optional
        Segment names wanted, in this order; all if None.

    Returns
    -------
    tuple of Mask
        With terminology, colour and kind; a kind that is not stored follows from the terminology.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is not a segmentation in NRRD, or damaged.
    InputError
        If a name is not there.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(str(path), expected="a .seg.nrrd file", got="nothing there")
    fields, keys, data = _parts(path)
    segments = _by_name(keys)
    if not segments:
        raise UnreadableFileError(str(path), expected="a segmentation (Segment0_ID ...)", got="a NRRD without segments")
    if names is not None:
        for name in names:
            if name not in segments:
                raise InputError("names", expected="one of " + ", ".join(segments), got=repr(name))
        segments = {name: segments[name] for name in names}
    pixels, ijk_to_ras = _image(path, fields, data)
    layered = fields["dimension"] == "4"
    masks = []
    for name, (number, own) in segments.items():
        layer = int(own.get("Layer", number if layered else 0))
        code = _terminology(own)
        array = pixels[min(layer, len(pixels) - 1)] == int(own.get("LabelValue", 1))
        masks.append(Mask(array, ijk_to_ras, name, code=code, kind=_kind(own, code)))
    return tuple(masks)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(n|\\)", lambda m: "\n" if m[1] == "n" else "\\", text)


def _parts(path: Path) -> tuple[dict[str, str], dict[str, str], bytes]:
    """Give the header's fields, its key-values and the bytes after it."""
    raw = path.read_bytes()
    end = re.search(rb"\r?\n\r?\n", raw[:_HEADER_LIMIT])
    if not raw.startswith(b"NRRD") or end is None:
        raise UnreadableFileError(str(path), expected="a NRRD file with its data inside", got="another file")
    fields: dict[str, str] = {}
    keys: dict[str, str] = {}
    for line in raw[: end.start()].decode("utf-8", "replace").splitlines()[1:]:
        if line.startswith("#"):
            continue
        key, is_key, value = line.partition(":=")
        if is_key:
            keys[key] = _unescaped(value)
        else:
            name, _, value = line.partition(":")
            fields[name.strip().lower()] = value.strip()
    return fields, keys, raw[end.end() :]


def _image(path: Path, fields: Mapping[str, str], data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give the layers (layer, k, j, i) and the voxels' place."""
    try:
        signs = np.array(_SPACES[fields["space"].lower()])
        sizes = [int(n) for n in fields["sizes"].split()]
        order = ">" if fields.get("endian", "little").lower() == "big" else "<"
        dtype = np.dtype(order + _TYPES[fields["type"]])
        vectors = [m[1] for m in _VECTOR.finditer(fields["space directions"])]
        axes = [np.array([float(v) for v in text.split(",")]) for text in vectors if text]
        origin = np.array([float(v) for v in fields["space origin"].strip("()").split(",")])
        values = np.frombuffer(_unpacked(fields["encoding"].lower(), data), dtype, count=int(np.prod(sizes)))
    except (KeyError, ValueError, OSError, EOFError, zlib.error) as error:
        got = f"one that cannot be read ({error})"
        raise UnreadableFileError(str(path), expected="a 3D NRRD in LPS or RAS, raw or gzip", got=got) from error
    if len(axes) != 3 or len(sizes) != len(vectors) or (len(sizes) == 4 and vectors[0] is not None):
        got = f"axes {fields['space directions']}"
        raise UnreadableFileError(str(path), expected="three axes in space, a list of layers before them", got=got)
    pixels = values.reshape(sizes[::-1])
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = np.column_stack(axes) * signs[:, None]
    ijk_to_ras[:3, 3] = origin * signs
    return (pixels[None] if len(sizes) == 3 else np.moveaxis(pixels, -1, 0)), ijk_to_ras


def _unpacked(encoding: str, data: bytes) -> bytes:
    if encoding in ("gzip", "gz"):
        return gzip.decompress(data)
    if encoding == "raw":
        return data
    raise ValueError(f"encoding {encoding}")


def _by_name(keys: Mapping[str, str]) -> dict[str, tuple[int, dict[str, str]]]:
    """Give each segment's number and values by name, two of one name as ``name (2)``."""
    found: dict[int, dict[str, str]] = {}
    for key, value in keys.items():
        if match := re.fullmatch(r"Segment(\d+)_(\w+)", key):
            found.setdefault(int(match[1]), {})[match[2]] = value
    count: dict[str, int] = {}
    segments = {}
    for number in sorted(found):
        name = found[number].get("Name") or found[number].get("ID") or f"segment {number}"
        count[name] = count.get(name, 0) + 1
        segments[name if count[name] == 1 else f"{name} ({count[name]})"] = (number, found[number])
    return segments


def _tags(segment: Mapping[str, str]) -> dict[str, str]:
    pairs = (tag.partition(":") for tag in segment.get("Tags", "").split("|"))
    return {key: value for key, colon, value in pairs if colon}


def _terminology(segment: Mapping[str, str]) -> Terminology | None:
    parts = _tags(segment).get("TerminologyEntry", "").split("~")
    codes = [_code(part) for part in parts[1:4]]
    if len(codes) < 3 or codes[0] is None or codes[1] is None:
        return None
    colour = [round(255 * float(c)) for c in segment.get("Color", "").split()]
    rgb = (colour[0], colour[1], colour[2]) if len(colour) == 3 else Terminology.rgb
    return Terminology(codes[0], codes[1], codes[2], rgb)


def _code(part: str) -> Code | None:
    scheme, _, rest = part.partition("^")
    value, _, meaning = rest.partition("^")
    return Code(value, scheme, meaning) if value else None


def _kind(segment: Mapping[str, str], code: Terminology | None) -> MaskKind:
    stored = _tags(segment).get("OncologyAI.Kind", "")
    for kind in get_args(MaskKind):
        if kind == stored:
            return kind
    altered = code is not None and code.category == terminology("tumour").category
    return "lesion" if altered else "organ"
