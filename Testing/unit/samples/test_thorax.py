"""The synthetic chest."""

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import CancelledError, InputError
from oncologyai.samples import GridSpec, LesionSpec, Thorax, ThoraxSpec, make_thorax

_COARSE = GridSpec((96, 96, 60), (3.9, 3.9, 5.0))


def _coarse(seed: int = 1, **spec) -> Thorax:
    return make_thorax(ThoraxSpec(**{"grid": _COARSE, "vessels": 60, **spec}), np.random.default_rng(seed))


def _of(thorax: Thorax, label: str) -> np.ndarray:
    return next(mask.array for mask in thorax.masks if mask.label == label)


@pytest.fixture(scope="module")
def a_thorax() -> Thorax:
    return make_thorax(ThoraxSpec(), np.random.default_rng(20240229))


@pytest.fixture(scope="module")
def a_coarse_thorax() -> Thorax:
    return _coarse()


def test_tumours_voxels_add_up_to_its_formula(a_thorax: Thorax) -> None:
    assert a_thorax.masks[0].volume_ml == pytest.approx(a_thorax.lesions[0].volume_ml, rel=0.02)


def test_tissues_have_the_densities_of_a_chest(a_thorax: Thorax) -> None:
    hu = a_thorax.volume.array
    deep = {
        label: ndimage.binary_erosion(_of(a_thorax, label), iterations=2)
        for label in ("GTV-1", "Lung L", "Lung R", "Spinal cord")
    }
    assert hu[deep["GTV-1"]].mean() == pytest.approx(38.0, abs=2.0)
    assert hu[deep["Spinal cord"]].mean() == pytest.approx(38.0, abs=5.0)
    for side in ("Lung L", "Lung R"):
        assert -890.0 < np.median(hu[deep[side]]) < -800.0
    assert hu[~_of(a_thorax, "Body")].min() >= -1024
    assert (hu > 300).sum() * a_thorax.volume.voxel_ml > 200.0


def test_lungs_have_the_size_of_lungs_and_lie_on_their_sides(a_thorax: Thorax) -> None:
    for label, sign in (("Lung L", -1.0), ("Lung R", 1.0)):
        lung = next(mask for mask in a_thorax.masks if mask.label == label)
        assert 1500.0 < lung.volume_ml < 2800.0
        middle = lung.ras_from_ijk(np.array(ndimage.center_of_mass(lung.array))[::-1])
        assert 50.0 < sign * middle[0] < 100.0


def test_dependent_lung_is_denser_than_the_front(a_thorax: Thorax) -> None:
    lung = ndimage.binary_erosion(_of(a_thorax, "Lung L"), iterations=2)
    rows = np.nonzero(lung)[1]
    values = a_thorax.volume.array[lung]
    front, back = np.quantile(rows, [0.2, 0.8])
    assert np.median(values[rows > back]) > np.median(values[rows < front]) + 15.0


def test_couch_lies_under_the_patient_and_can_be_left_out(a_coarse_thorax: Thorax) -> None:
    with_couch, without = a_coarse_thorax, _coarse(couch=False)
    body = _of(with_couch, "Body")
    outside = ~ndimage.binary_dilation(body, iterations=2)
    assert (with_couch.volume.array[outside] > -400).any()
    assert not (without.volume.array[outside] > -400).any()


def test_same_seed_gives_the_same_voxels_and_another_other_ones(a_coarse_thorax: Thorax) -> None:
    one, two, other = a_coarse_thorax, _coarse(1), _coarse(8)
    np.testing.assert_array_equal(one.volume.array, two.volume.array)
    assert (one.volume.array != other.volume.array).any()


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_opaque_lung_holds_no_air_and_the_other_does(side: str, other: str) -> None:
    thorax = _coarse(opaque_lung=side)
    hu = thorax.volume.array
    inside = {name: ndimage.binary_erosion(_of(thorax, f"Lung {name[0].upper()}")) for name in (side, other)}
    assert np.median(hu[inside[side]]) > 0
    assert np.median(hu[inside[other]]) < -800


def test_volume_loss_lifts_the_diaphragm_of_the_opaque_lung() -> None:
    lost, kept = (_coarse(opaque_lung="left", volume_loss=v, vessels=0) for v in (1.0, 0.0))
    assert _of(lost, "Lung L").sum() < 0.97 * _of(kept, "Lung L").sum()


def test_lesion_that_touches_the_wall_reaches_out_of_the_lung() -> None:
    smooth = LesionSpec(semi_axes_mm=(20.0, 20.0, 20.0), lobes=0, spicules=0, touches_wall=True)
    thorax = _coarse(lesion=smooth)
    lesion, lung = _of(thorax, "GTV-1"), _of(thorax, "Lung R")
    assert 0 < (lesion & ~lung).sum() < 0.2 * lesion.sum()


def test_ground_glass_rim_is_less_dense_than_the_solid_part() -> None:
    spec = LesionSpec(semi_axes_mm=(20.0, 20.0, 20.0), lobes=0, spicules=0, ground_glass_mm=14.0)
    thorax = _coarse(lesion=spec, noise_hu=0.0)
    lesion = thorax.lesions[0]
    x, y, z = np.moveaxis(thorax.volume.ras_from_ijk(np.argwhere(_of(thorax, "GTV-1"))[:, ::-1]), -1, 0)
    depth = np.sqrt((x - lesion.centre[0]) ** 2 + (y - lesion.centre[1]) ** 2 + (z - lesion.centre[2]) ** 2)
    values = thorax.volume.array[_of(thorax, "GTV-1")]
    assert np.median(values[depth < 14]) == pytest.approx(38.0, abs=3.0)
    assert np.median(values[(depth > 25) & (depth < 30)]) == pytest.approx(-580.0, abs=30.0)


def test_second_lesion_is_labelled_gtv_2() -> None:
    thorax = _coarse(second=LesionSpec(centre_ras=(-75.0, -20.0, 0.0)))
    assert [mask.label for mask in thorax.masks[:2]] == ["GTV-1", "GTV-2"]
    assert thorax.masks[1].volume_ml == pytest.approx(thorax.lesions[1].volume_ml, rel=0.08)


class _Impatient:
    def stage(self, name: str, share: float) -> None:
        del name, share

    def cancelled(self) -> bool:
        return True


def test_stops_when_cancelled() -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        make_thorax(ThoraxSpec(grid=_COARSE), np.random.default_rng(0), progress=_Impatient())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"opaque_lung": "both"}, "opaque_lung: expected one of left, right"),
        ({"volume_loss": 2.0}, "volume_loss: expected a number from 0 to 1"),
        ({"vessels": -1}, "vessels: expected a number from 0 to 5000"),
        ({"noise_hu": -1.0}, "noise_hu: expected a number from 0"),
    ],
)
def test_rejects_impossible_chests(wrong: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ThoraxSpec(**wrong)
