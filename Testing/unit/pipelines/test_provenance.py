"""An image's hash follows its content, not its container."""

from pathlib import Path

import numpy as np

from oncologyai.imaging import read_volume, write_volume
from oncologyai.pipelines import hash_image
from oncologyai.types import Volume


def a_volume() -> Volume:
    return Volume(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.diag([1.0, 2.0, 3.0, 1.0]), "CT", "HU")


def test_same_in_every_file_format(tmp_path: Path) -> None:
    volume = a_volume()
    for name in ("a.nrrd", "a.nii.gz", "a.mha"):
        write_volume(volume, tmp_path / name)
        assert hash_image(read_volume(tmp_path / name)) == hash_image(volume)


def test_changes_with_a_voxel_the_type_or_the_place() -> None:
    volume = a_volume()
    other = volume.array.copy()
    other[0, 0, 0] = 7
    moved = volume.ijk_to_ras.copy()
    moved[0, 3] = 0.001
    hashes = {
        hash_image(volume),
        hash_image(volume.with_array(other)),
        hash_image(volume.with_array(volume.array.astype(np.int32))),
        hash_image(Volume(volume.array, moved)),
    }
    assert len(hashes) == 4


def test_does_not_depend_on_memory_layout() -> None:
    volume = a_volume()
    assert hash_image(volume.with_array(np.asfortranarray(volume.array))) == hash_image(volume)
