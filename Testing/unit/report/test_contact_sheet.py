"""Contact sheets: which slices, which window, where the outline lies."""

import matplotlib.image
import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.report import contact_sheet
from oncologyai.report.contact_sheet import sheet_range
from oncologyai.types import Mask, Volume

AFFINE = np.array([[-2.0, 0, 0, 40], [0, -2.0, 0, 40], [0, 0, 3.0, -30], [0, 0, 0, 1]])


def a_body(inside_hu: float) -> Volume:
    """A box of tissue in air with a core of other density."""
    hu = np.full((12, 40, 40), -1000, np.int16)
    hu[:, 5:35, 5:35] = 30
    hu[:, 12:28, 12:28] = inside_hu
    return Volume(hu, AFFINE, "CT", "HU")


def reddish(path) -> np.ndarray:
    rgb = matplotlib.image.imread(path)[..., :3]
    return (rgb[..., 0] > 0.6) & (rgb[..., 1] < 0.45) & (rgb[..., 2] < 0.4)


def test_ct_is_shown_in_the_lung_window_only_where_there_are_lungs():
    assert sheet_range(a_body(-800)) == (-1350.0, 150.0)
    assert sheet_range(a_body(60)) == (-160.0, 240.0)


def test_a_cushion_below_the_patient_is_no_lung():
    volume = a_body(60)
    volume.array[:, 36:40, :] = -800
    assert sheet_range(volume) == (-160.0, 240.0)


def test_pet_in_suv_is_shown_up_to_10_and_in_counts_by_its_own_values():
    values = np.random.default_rng(0).uniform(0, 8, (6, 20, 20)).astype(np.float32)
    assert sheet_range(Volume(values, AFFINE, "PT", "SUVbw")) == (0.0, 10.0)
    assert sheet_range(Volume(values, AFFINE, "PT")) == (0.0, 10.0)
    low, high = sheet_range(Volume(values * 1000, AFFINE, "PT", "BQML"))
    assert 0 < low < 200 and 7800 < high < 8000


def test_a_constant_image_has_a_window():
    assert sheet_range(Volume(np.full((3, 6, 6), 7.0, np.float32), AFFINE, "MR")) == (7.0, 8.0)


def test_the_outline_lies_where_the_mask_does(tmp_path):
    volume = a_body(60)
    inside = np.zeros(volume.shape, bool)
    inside[6, 10:20, 4:12] = True  # i runs to the left: the patient's right, the picture's left side
    contact_sheet(volume, [Mask.on(volume, inside)], tmp_path / "s.png", columns=1, rows=1, window=(-160, 240))
    found = np.argwhere(reddish(tmp_path / "s.png")[40:-40])
    assert len(found) > 50
    _, width = reddish(tmp_path / "s.png")[34:-34].shape
    assert found[:, 1].mean() / width == pytest.approx((4 + 12) / 2 / 40, abs=0.04)


def test_slices_are_those_of_the_lesion_the_uppermost_first(tmp_path):
    volume = a_body(60)
    organ, lesion = np.zeros(volume.shape, bool), np.zeros(volume.shape, bool)
    organ[:, 10:30, 10:30] = True
    lesion[8:10, 15:20, 15:20] = True
    masks = [Mask.on(volume, organ, "Body", kind="organ"), Mask.on(volume, lesion, "GTV-1")]
    contact_sheet(volume, masks, tmp_path / "s.png", columns=4, rows=1, window=(-160, 240))
    red = reddish(tmp_path / "s.png")[40:-40]
    shown = [bool(part.sum() > 30) for part in np.array_split(red, 4, axis=1)]
    assert shown == [False, True, True, False]  # slices 10, 9, 8 and 7


def test_an_image_of_few_slices_makes_a_smaller_sheet(tmp_path):
    few = Volume(np.zeros((2, 40, 40), np.float32), AFFINE, "MR")
    contact_sheet(few, [], tmp_path / "few.png")
    contact_sheet(a_body(60), [], tmp_path / "many.png")
    small, large = (matplotlib.image.imread(tmp_path / f"{n}.png").shape for n in ("few", "many"))
    assert small[1] * 2 == large[1] and small[0] < large[0]


def test_wrong_input_is_told(tmp_path):
    volume = a_body(60)
    with pytest.raises(InputError, match="rows: expected a number from 1 to 12"):
        contact_sheet(volume, [], tmp_path / "s.png", rows=13)
    with pytest.raises(InputError, match="window: expected two ascending values"):
        contact_sheet(volume, [], tmp_path / "s.png", window=(1.0, 1.0))
    with pytest.raises(GeometryMismatchError, match="GTV-1"):
        contact_sheet(volume, [Mask(np.ones((2, 2, 2), bool), np.eye(4))], tmp_path / "s.png")
