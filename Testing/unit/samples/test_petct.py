"""The synthetic PET/CT."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.samples import GridSpec, LesionSpec, PetCt, PetCtSpec, make_petct
from oncologyai.samples.petct import pet_attributes

_COARSE = GridSpec((96, 96, 60), (4.0, 4.0, 8.0), (0.0, 0.0, -97.0))
_LESION = LesionSpec((70.0, 12.0, 40.0), (24.0, 24.0, 24.0))


def _coarse(**spec) -> PetCt:
    return make_petct(PetCtSpec(ct_grid=_COARSE, lesion=_LESION, **spec), np.random.default_rng(4))


@pytest.fixture(scope="module")
def a_trunk() -> PetCt:
    return _coarse()


def test_each_voxel_of_the_lesion_has_the_hand_computed_activity(a_trunk: PetCt) -> None:
    remaining = 350e6 * 2.0 ** (-3600.0 / 6586.2)
    np.testing.assert_allclose(a_trunk.pet.array[a_trunk.pet_masks[0].array], 8.0 * remaining / 70_000.0, rtol=1e-6)


def test_both_images_share_their_place(a_trunk: PetCt) -> None:
    ct, pet = a_trunk.ct, a_trunk.pet
    np.testing.assert_allclose(pet.ras_from_ijk((-0.5, -0.5, 0.0)), ct.ras_from_ijk((-0.5, -0.5, 0.0)))
    corner = np.array(ct.shape[::-1]) - 0.5
    far = np.array(pet.shape[::-1]) - 0.5
    np.testing.assert_allclose(pet.ras_from_ijk(far), ct.ras_from_ijk(corner))


def test_organs_stand_out_in_the_usual_order(a_trunk: PetCt) -> None:
    suv = a_trunk.pet.array / PetCtSpec().bq_ml_per_suv
    pet = a_trunk.pet

    def near(point: tuple[float, float, float]) -> float:
        i, j, k = np.rint(pet.ijk_from_ras(point)).astype(int)
        return float(suv[k - 1 : k + 2, j - 1 : j + 2, i - 1 : i + 2].mean())

    liver, lung, muscle, bladder = (near(p) for p in ((70, 0, -100), (-85, 0, 30), (145, 0, -210), (0, 30, -312)))
    assert lung < muscle < liver < 8.0 < bladder
    assert liver == pytest.approx(2.2, rel=0.1)


def test_degraded_lesion_is_blurred() -> None:
    trunk = _coarse(lesion_degraded=True, blur_mm=14.0, noise=0.0)
    values = trunk.pet.array[trunk.pet_masks[0].array] / PetCtSpec().bq_ml_per_suv
    assert values.max() < 8.0
    assert values.min() < 6.0


def test_nothing_is_blurred_or_noisy_when_not_wanted() -> None:
    trunk = _coarse(blur_mm=0.0, noise=0.0)
    air = trunk.pet.array[:, :8]
    assert not air.any()
    assert (trunk.pet.array >= 0.0).all()


def test_injection_before_midnight_has_the_day_before() -> None:
    attributes = pet_attributes(PetCtSpec(uptake_s=11 * 3600.0))
    assert attributes["RadiopharmaceuticalStartDateTime"].startswith("20240228230000")
    assert pet_attributes(PetCtSpec())["RadiopharmaceuticalStartDateTime"].startswith("20240229090000")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lesion_suv": 0.0}, "lesion_suv: expected a number above 0"),
        ({"dose_bq": -1.0}, "dose_bq: expected a number above 0 Bq"),
        ({"noise": 2.0}, "noise: expected a number from 0 to 1"),
        ({"ct_grid": GridSpec((95, 96, 10))}, "ct_grid: expected even numbers of columns and rows, got 95x96"),
    ],
)
def test_rejects_impossible_scans(wrong: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PetCtSpec(**wrong)
