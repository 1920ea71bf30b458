"""Weights are numbers and names."""

from __future__ import annotations

import pickle
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from oncologyai.errors import DiskFullError, InputError, MissingDependencyError, MissingFileError, UnreadableFileError
from oncologyai.models.weights import read_weights, refuse_pickle, write_weights


@pytest.fixture
def some_weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {"b.weight": rng.normal(size=(3, 2, 1)), "a.bias": rng.normal(size=4), "scale": np.array(2.5)}


def test_what_is_written_is_read_by_safetensors_itself(some_weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    write_weights(some_weights, tmp_path / "w.safetensors")
    independent = load_file(tmp_path / "w.safetensors")
    assert {n: v.dtype for n, v in independent.items()} == dict.fromkeys(some_weights, np.dtype("float32"))
    for name, values in some_weights.items():
        np.testing.assert_array_equal(independent[name], values.astype(np.float32))
        assert independent[name].shape == values.shape


def test_what_safetensors_wrote_is_read(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float16).reshape(2, 3)
    save_file({"x": values}, tmp_path / "w.safetensors")
    read = read_weights(tmp_path / "w.safetensors")
    assert read["x"].dtype == np.float32
    np.testing.assert_array_equal(read["x"], values)


def test_half_precision_takes_half_the_room(some_weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    write_weights(some_weights, tmp_path / "w.safetensors", half=True)
    read = load_file(tmp_path / "w.safetensors")
    assert read["b.weight"].dtype == np.float16
    np.testing.assert_array_equal(read["b.weight"], some_weights["b.weight"].astype(np.float16))


def test_same_weights_same_bytes(some_weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    write_weights(some_weights, tmp_path / "1.safetensors")
    write_weights(dict(reversed(some_weights.items())), tmp_path / "2.safetensors")
    assert (tmp_path / "1.safetensors").read_bytes() == (tmp_path / "2.safetensors").read_bytes()


def test_refuses_what_half_precision_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="big: expected finite numbers in float16"):
        write_weights({"big": np.array([1e6])}, tmp_path / "w.safetensors", half=True)
    with pytest.raises(InputError, match="ending in .safetensors"):
        write_weights({}, tmp_path / "w.bin")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_weights(
    some_weights: dict[str, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "w.safetensors"
    write_weights(some_weights, place)
    before = place.read_bytes()

    def no_room(_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oncologyai.models.weights._header", no_room)
    with pytest.raises(DiskFullError, match="No space left on device; nothing was changed"):
        write_weights({}, place)
    assert place.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["w.safetensors"]


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (sys.exit, ("the pickle ran",))


@pytest.mark.parametrize("name", ["w.pt", "w.pth", "w.ckpt", "w.pkl", "w.safetensors"])
def test_a_pickle_is_refused_whatever_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(pickle.dumps(_Harm()))
    with pytest.raises(UnreadableFileError, match="got a pickle, which may run code"):
        read_weights(tmp_path / name)


def test_a_torch_archive_is_refused_whatever_its_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.safetensors", "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    with pytest.raises(UnreadableFileError, match="got a pickle"):
        refuse_pickle(tmp_path / "w.safetensors")


def test_a_header_that_looks_like_a_pickle_is_none(tmp_path: Path) -> None:
    header = b'{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    header += b" " * (0x0280 - len(header))  # its length begins with the bytes 80 02, as a pickle does
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<f", 1.5))
    assert read_weights(tmp_path / "w.safetensors")["x"] == 1.5


def test_damaged_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"no weights at all")
    with pytest.raises(UnreadableFileError, match="a damaged file"):
        read_weights(tmp_path / "w.safetensors")
    with pytest.raises(MissingFileError, match="expected a file of weights"):
        read_weights(tmp_path / "absent.safetensors")


def test_other_types_and_infinite_numbers_are_told(tmp_path: Path) -> None:
    save_file({"x": np.array([1], np.int64)}, tmp_path / "i.safetensors")
    with pytest.raises(UnreadableFileError, match="x: expected F16 or F32 or F64, got I64"):
        read_weights(tmp_path / "i.safetensors")
    save_file({"x": np.array([np.inf], np.float32)}, tmp_path / "f.safetensors")
    with pytest.raises(UnreadableFileError, match="x: expected finite numbers"):
        read_weights(tmp_path / "f.safetensors")


def test_without_safetensors_the_feature_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_weights({"x": np.ones(1)}, tmp_path / "w.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(MissingDependencyError, match="reading weights.*pip install safetensors"):
        read_weights(tmp_path / "w.safetensors")
