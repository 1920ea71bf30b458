import numpy as np
import pytest

from oncologyai.errors import ModalityError
from oncologyai.pipelines import SubregionConfig, features, subregions
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_lesion() -> tuple[Volume, Mask]:
    array = np.random.default_rng(2).normal(-600, 30, (12, 20, 20)).astype(np.float32)
    inside = np.zeros(array.shape, dtype=bool)
    inside[4:8, 6:13, 6:13] = True
    array[5:7, 8:11, 8:11] += 640
    volume = Volume(array, np.diag([1.0, 1.0, 2.0, 1.0]), "CT", "HU")
    return volume, Mask.on(volume, inside)


def test_parts_follow_their_lesion_and_have_rows(a_lesion) -> None:
    volume, mask = a_lesion
    found, notes = subregions(volume, [mask], SubregionConfig(solid=True, ring_mm=3.0))
    assert [part.label for part in found] == ["GTV-1", "GTV-1 solid", "GTV-1 ground glass", "GTV-1 ring"]
    assert notes == ()
    means = [row[features(volume, found).table.columns.index("original_firstorder_Mean")] for row in
             features(volume, found).table.rows]  # fmt: skip
    assert means[1] > 0 > means[2]
    assert means[3] == pytest.approx(-600, abs=5)


def test_parts_without_a_voxel_are_told(a_lesion) -> None:
    volume, mask = a_lesion
    found, notes = subregions(volume, [mask], SubregionConfig(solid=True, solid_hu=3000.0))
    assert [part.label for part in found] == ["GTV-1", "GTV-1 ground glass"]
    assert notes == ("GTV-1 solid: no voxel",)


def test_no_part_is_made_unasked(a_lesion) -> None:
    assert subregions(*a_lesion[:1], a_lesion[1:], SubregionConfig()) == (a_lesion[1:], ())


def test_solid_parts_need_a_ct(a_lesion) -> None:
    volume, mask = a_lesion
    with pytest.raises(ModalityError, match="volume: expected CT"):
        subregions(Volume(volume.array, volume.ijk_to_ras, "MR"), [mask], SubregionConfig(solid=True))
