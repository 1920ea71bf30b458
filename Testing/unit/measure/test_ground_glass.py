import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, ModalityError, UnitsError
from oncologyai.measure import split_solid
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_ct() -> Volume:
    array = np.array([[[-900, -600, -301, -300, -299, 40]]], dtype=np.int16)
    return Volume(array, np.eye(4), "CT", "HU")


def test_solid_is_at_or_above_the_threshold_and_ground_glass_the_rest(a_ct) -> None:
    lesion = Mask.on(a_ct, np.array([[[False, True, True, True, True, False]]]), "GTV-2")
    solid, ground_glass = split_solid(lesion, a_ct)
    assert solid.array.tolist() == [[[False, False, False, True, True, False]]]
    assert ground_glass.array.tolist() == [[[False, True, True, False, False, False]]]
    assert (solid.label, ground_glass.label) == ("GTV-2 solid", "GTV-2 ground glass")
    assert split_solid(lesion, a_ct, solid_hu=-700.0)[1].is_empty


def test_refuses_other_images_than_ct_in_hu(a_ct) -> None:
    lesion = Mask.on(a_ct, np.ones(a_ct.shape, dtype=bool))
    with pytest.raises(ModalityError, match="volume: expected CT for solid and ground-glass parts, got PT"):
        split_solid(lesion, Volume(a_ct.array, a_ct.ijk_to_ras, "PT", "SUVbw"))
    with pytest.raises(UnitsError, match="volume: expected HU"):
        split_solid(lesion, Volume(a_ct.array, a_ct.ijk_to_ras, "CT", "arbitrary"))
    with pytest.raises(InputError, match="solid_hu: expected a number from -1024 to 3071"):
        split_solid(lesion, a_ct, solid_hu=9000.0)
    with pytest.raises(GeometryMismatchError, match="mask GTV-1: expected the image's grid"):
        split_solid(Mask(lesion.array, np.diag([2.0, 1, 1, 1])), a_ct)
