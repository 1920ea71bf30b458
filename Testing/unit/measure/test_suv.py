import math

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, ModalityError, UnitsError
from oncologyai.measure import intensity_peak, measure_suv
from oncologyai.types import Mask, Volume

_AFFINE = np.diag([4.0, 4.0, 3.0, 1.0])


def _pet(array: np.ndarray, affine: np.ndarray = _AFFINE) -> Volume:
    return Volume(np.asarray(array, dtype=np.float32), affine, "PT", "SUVbw")


def _peak_by_loops(volume: Volume, inside: np.ndarray) -> float:
    """The same mean over the same sphere, voxel by voxel."""
    centres = np.argwhere(np.ones(volume.shape, dtype=bool))
    places = volume.ras_from_ijk(centres[:, ::-1])
    radius = (3000.0 / (4.0 * math.pi)) ** (1 / 3)
    values = volume.array.ravel().astype(np.float64)
    return max(
        values[np.linalg.norm(places - volume.ras_from_ijk(voxel[::-1]), axis=1) <= radius].mean()
        for voxel in np.argwhere(inside)
    )


def test_maximum_mean_volume_and_glycolysis_by_hand() -> None:
    array = np.zeros((5, 5, 5))
    array[2, 2, 1:4] = 2.0, 8.0, 5.0
    volume = _pet(array)
    lesion = Mask.on(volume, array > 0)
    found = measure_suv(lesion, volume)
    assert (found.maximum, found.mean) == (8.0, pytest.approx(5.0))
    assert found.mtv_ml == pytest.approx(3 * 0.048)
    assert found.tlg == pytest.approx(5.0 * 3 * 0.048)
    share = measure_suv(lesion, volume, mtv_share=0.5)
    assert share.mtv_ml == pytest.approx(2 * 0.048)
    assert share.mean == pytest.approx(6.5)
    assert share.tlg == pytest.approx(6.5 * 2 * 0.048)
    assert share.peak == found.peak


@pytest.mark.parametrize("shear", [0.0, 0.7])
@pytest.mark.parametrize("spacing", [(4.0, 4.0, 3.0), (2.0, 3.0, 1.5), (9.0, 9.0, 9.0)])
def test_the_peak_equals_a_search_by_loops(spacing, shear) -> None:
    generator = np.random.default_rng(11)
    affine = np.diag([*spacing, 1.0])
    affine[1, 2] = shear
    volume = _pet(generator.gamma(2.0, 2.0, (7, 8, 9)), affine)
    inside = generator.random(volume.shape) < 0.2
    assert intensity_peak(Mask.on(volume, inside), volume) == pytest.approx(_peak_by_loops(volume, inside), rel=1e-9)


def test_the_peak_is_centred_in_the_lesion_and_may_reach_beyond_it() -> None:
    array = np.ones((9, 9, 9))
    array[4, 4, 4], array[0, 0, 0] = 10.0, 100.0
    volume = _pet(array, np.diag([4.0, 4.0, 4.0, 1.0]))
    inside = np.zeros(array.shape, dtype=bool)
    inside[4, 4, 4] = True
    # within 6.2 mm of 4 mm voxels: the voxel, 6 neighbours by face and 12 by edge
    assert intensity_peak(Mask.on(volume, inside), volume) == pytest.approx((10.0 + 18.0) / 19.0)


def test_a_constant_image_is_its_own_peak_also_at_the_border() -> None:
    volume = _pet(np.full((4, 4, 4), 3.25))
    found = measure_suv(Mask.on(volume, np.ones(volume.shape, dtype=bool)), volume)
    assert found.maximum == found.mean == found.peak == 3.25


def test_refuses_what_is_no_pet_in_suv() -> None:
    volume = _pet(np.ones((3, 3, 3)))
    lesion = Mask.on(volume, np.ones(volume.shape, dtype=bool))
    with pytest.raises(ModalityError, match="volume: expected PT for uptake measures, got CT"):
        measure_suv(lesion, Volume(volume.array, _AFFINE, "CT", "HU"))
    with pytest.raises(UnitsError, match="volume: expected SUV for uptake measures, got BQML"):
        measure_suv(lesion, Volume(volume.array, _AFFINE, "PT", "BQML"))
    with pytest.raises(InputError, match="mtv_share: expected a number from 0 to 1"):
        measure_suv(lesion, volume, mtv_share=41.0)


@pytest.mark.parametrize("measure", [measure_suv, intensity_peak])
def test_refuses_empty_masks_and_other_grids(measure) -> None:
    volume = _pet(np.ones((3, 3, 3)))
    with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel"):
        measure(Mask.on(volume, np.zeros(volume.shape, dtype=bool)), volume)
    with pytest.raises(GeometryMismatchError, match="mask GTV-1: expected the image's grid"):
        measure(Mask(np.ones((3, 3, 3), dtype=bool), np.eye(4)), volume)
