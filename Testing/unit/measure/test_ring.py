import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.measure import peritumoral_ring
from oncologyai.types import Mask

_AFFINE = np.diag([1.0, 1.0, 3.0, 1.0])


def _mask(*places: tuple[int, int, int], label: str = "GTV-1") -> Mask:
    array = np.zeros((5, 13, 13), dtype=bool)
    for place in places:
        array[place] = True
    return Mask(array, _AFFINE, label)


def test_a_ring_holds_what_lies_near_outside() -> None:
    ring = peritumoral_ring(_mask((2, 6, 6)), outside_mm=3.0)
    k, j, i = np.indices(ring.shape)
    distance = np.sqrt((3.0 * (k - 2)) ** 2 + (j - 6.0) ** 2 + (i - 6.0) ** 2)
    assert np.array_equal(ring.array, (distance > 0) & (distance <= 3.0))
    assert ring.label == "GTV-1 ring"
    assert ring.kind == "region"


def test_a_ring_reaches_inside_where_asked() -> None:
    lesion = Mask(np.ones((5, 13, 13), dtype=bool), _AFFINE)
    ring = peritumoral_ring(lesion, outside_mm=0.0, inside_mm=2.0)
    assert not ring.array[1:-1, 2:-2, 2:-2].any()
    assert ring.array[:, :2].all()


def test_the_outer_part_stays_in_the_organ() -> None:
    organ = Mask(np.indices((5, 13, 13))[2] >= 6, _AFFINE, "Lung L")
    lesion = _mask((2, 6, 6), (2, 6, 5))
    ring = peritumoral_ring(lesion, outside_mm=2.0, inside_mm=1.0, within=organ)
    outer = ring.array & ~lesion.array
    assert outer.any() and not (outer & ~organ.array).any()
    assert (ring.array & lesion.array).sum() == 2


def test_nothing_has_no_ring() -> None:
    assert peritumoral_ring(_mask(), outside_mm=5.0).is_empty


def test_refuses_no_width_and_other_grids() -> None:
    with pytest.raises(InputError, match="outside_mm: expected a ring of some width"):
        peritumoral_ring(_mask((2, 6, 6)), outside_mm=0.0)
    with pytest.raises(InputError, match="outside_mm: expected a number from 0"):
        peritumoral_ring(_mask((2, 6, 6)), outside_mm=-1.0)
    with pytest.raises(GeometryMismatchError, match="mask GTV-1"):
        peritumoral_ring(_mask((2, 6, 6)), outside_mm=1.0, within=Mask(_mask((1, 1, 1)).array, np.eye(4)))
