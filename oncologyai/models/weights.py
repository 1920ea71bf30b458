"""Weights in safetensors: numbers and names, nothing that runs. Pickles are refused."""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai._optional import import_optional
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.models.files import disk_errors
from oncologyai.models.parts import PICKLE_SUFFIXES

__all__ = ["read_weights", "refuse_pickle", "write_weights"]

_READABLE = {"F16", "F32", "F64"}
_INSTALL = "pip install safetensors"


def refuse_pickle(path: Path) -> None:
    """Raise UnreadableFileError if a file is a pickle by its ending or first bytes: reading one may run its code."""
    if path.suffix.lower() in PICKLE_SUFFIXES or (path.is_file() and _looks_like_pickle(path)):
        raise UnreadableFileError(
            str(path),
            expected="weights in safetensors",
            got="a pickle, which may run code when it is read",
            remedy="ask its makers for safetensors, or convert it on a machine that you can lose",
        )


def _looks_like_pickle(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(10)
    if head[8:9] == b"{":  # safetensors: 8 bytes of length, then JSON
        return False
    return head[:4] == b"PK\x03\x04" or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05" and len(head) > 1)


def read_weights(path: Path, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Read weights.

    Parameters
    ----------
    path : Path
        A .safetensors file in half, single or double precision.
    names : collection of str, optional
        Only these are read; the file may hold others, of any type, or lack some.

    Returns
    -------
    dict of str to ndarray
        float32, by the names of the network's ``state_dict()``.

    Raises
    ------
    MissingFileError
        If there is none.
    UnreadableFileError
        If it is a pickle, damaged, or holds other types or values that are not finite.
    MissingDependencyError
        If safetensors is not installed.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a file of weights", got="none", remedy="get the model again")
    refuse_pickle(path)
    safetensors = import_optional("safetensors", feature="reading weights", install=_INSTALL)
    weights: dict[str, np.ndarray] = {}
    try:
        with safetensors.safe_open(str(path), framework="np") as stream:
            for name in stream.keys():  # noqa: SIM118  not a dict
                if names is not None and name not in names:
                    continue
                kind = stream.get_slice(name).get_dtype()
                if kind not in _READABLE:
                    raise UnreadableFileError(f"{path}: {name}", expected=" or ".join(sorted(_READABLE)), got=kind)
                weights[name] = np.asarray(stream.get_tensor(name), dtype=np.float32)
    except safetensors.SafetensorError as error:
        raise UnreadableFileError(
            str(path), expected="weights in safetensors", got=f"a damaged file ({error})", remedy="get the model again"
        ) from error
    for name, values in weights.items():
        if not np.isfinite(values).all():
            raise UnreadableFileError(f"{path}: {name}", expected="finite numbers", got="others")
    return weights


def write_weights(weights: Mapping[str, np.ndarray], path: Path, *, half: bool = False) -> None:
    """Write weights, whole or not at all; the same weights give the same bytes.

    Parameters
    ----------
    weights : mapping of str to ndarray
        By the names of the network's ``state_dict()``.
    path : Path
        Ends in .safetensors.
    half : bool
        Half precision, as shipped; else single.

    Raises
    ------
    InputError
        If the ending is another, or a value is not finite or, in half precision, above 65504.
    DiskFullError, OutputError
        If the file cannot be written.
    """
    if path.suffix != ".safetensors":
        raise InputError("path", expected="a name ending in .safetensors", got=path.name)
    kind = np.float16 if half else np.float32
    arrays: dict[str, np.ndarray] = {}
    for name, values in weights.items():
        with np.errstate(over="ignore"):
            arrays[name] = np.asarray(values, dtype=kind)
        if not np.isfinite(arrays[name]).all():
            raise InputError(name, expected=f"finite numbers in {np.dtype(kind)}", got="others")
    with disk_errors(path), atomic_file(path) as draft, draft.open("wb") as stream:
        stream.write(_header(arrays))
        for name in sorted(arrays):
            stream.write(arrays[name].astype(arrays[name].dtype.newbyteorder("<")).tobytes())


def _header(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Give the length and the JSON that stand before the numbers (safetensors' format, 8-byte aligned)."""
    entries, start = {}, 0
    for name in sorted(arrays):
        end = start + arrays[name].nbytes
        kind = "F16" if arrays[name].dtype == np.float16 else "F32"
        entries[name] = {"dtype": kind, "shape": list(arrays[name].shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text
