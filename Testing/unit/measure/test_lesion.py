import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.measure import MeasureConfig, measure_lesion
from oncologyai.types import Mask, Volume

_AFFINE = np.diag([1.0, 1.0, 2.0, 1.0])
_SIZES = ["Volume", "Long axis", "Short axis", "Largest 3D diameter"]


@pytest.fixture
def a_lesion() -> Mask:
    array = np.zeros((6, 16, 16), dtype=bool)
    array[2:4, 4:8, 3:13] = True
    return Mask(array, _AFFINE, "GTV-2")


def _image(lesion: Mask, modality: str, unit) -> Volume:
    array = np.where(lesion.array, 5.0, 0.0).astype(np.float32)
    array[2, 4, 3:13] = -500.0
    return Volume(array, _AFFINE, modality, unit)


def _values(found) -> dict[str, float]:
    return {row.name: row.value for row in found.rows}


def test_ct_adds_solid_and_ground_glass(a_lesion) -> None:
    found = measure_lesion(a_lesion, _image(a_lesion, "CT", "HU"))
    values = _values(found)
    assert list(values) == [*_SIZES, "Solid volume", "Ground-glass volume", "Solid share", "Solid threshold"]
    assert values["Volume"] == pytest.approx(80 * 0.002)
    assert values["Ground-glass volume"] == pytest.approx(10 * 0.002)
    assert values["Solid share"] == pytest.approx(7 / 8)
    assert values["Solid threshold"] == -300.0
    assert _values(measure_lesion(a_lesion, _image(a_lesion, "CT", "HU"), config=MeasureConfig(solid_hu=-600.0)))[
        "Solid share"
    ] == pytest.approx(1.0)


def test_pet_in_suv_adds_uptake_in_its_unit(a_lesion) -> None:
    found = measure_lesion(a_lesion, _image(a_lesion, "PT", "SUVbw"))
    assert [row.name for row in found.rows] == [*_SIZES, "SUVmax", "SUVmean", "SUVpeak", "MTV", "TLG"]
    assert [row.unit for row in found.rows][4:] == [*["{SUVbw}g/ml"] * 3, "ml", "g"]
    by_surface = measure_lesion(a_lesion, _image(a_lesion, "PT", "SUVbsa"))
    assert [row.unit for row in by_surface.rows][4:] == [*["{SUVbsa}cm2/ml"] * 3, "ml", "cm2"]
    config = MeasureConfig(mtv_share=0.41)
    assert _values(measure_lesion(a_lesion, _image(a_lesion, "PT", "SUVbw"), config=config))["MTV"] == pytest.approx(
        70 * 0.002
    )


@pytest.mark.parametrize(("modality", "unit"), [("MR", "arbitrary"), ("PT", "BQML"), ("CT", "arbitrary")])
def test_other_images_are_measured_in_size_alone(a_lesion, modality, unit) -> None:
    found = measure_lesion(a_lesion, _image(a_lesion, modality, unit))
    assert [row.name for row in found.rows] == _SIZES
    assert [row.unit for row in found.rows] == ["ml", "mm", "mm", "mm"]


def test_lines_carry_the_lesion_s_name_and_the_rows_their_lengths(a_lesion) -> None:
    found = measure_lesion(a_lesion, _image(a_lesion, "MR", "arbitrary"))
    assert [line.name for line in found.lines] == ["GTV-2 long axis", "GTV-2 short axis"]
    assert [line.length_mm for line in found.lines] == [row.value for row in found.rows[1:3]]


def test_rows_are_coded(a_lesion) -> None:
    found = measure_lesion(a_lesion, _image(a_lesion, "PT", "SUVbw"))
    codes = {row.name: (row.code.value, row.code.scheme) for row in found.rows if row.code}
    assert codes["Volume"] == ("118565006", "SCT")
    assert codes["Long axis"] == ("103339001", "SCT")
    assert codes["Short axis"] == ("103340004", "SCT")
    assert codes["TLG"] == ("126033", "DCM")
    assert codes["SUVpeak"] == ("0F91", "IBSI")


def test_refuses_an_empty_mask_and_another_grid(a_lesion) -> None:
    volume = _image(a_lesion, "CT", "HU")
    with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel"):
        measure_lesion(Mask.on(volume, np.zeros(volume.shape, dtype=bool)), volume)
    with pytest.raises(GeometryMismatchError, match="mask GTV-2: expected the image's grid"):
        measure_lesion(Mask(a_lesion.array, np.eye(4), "GTV-2"), volume)


def test_refuses_settings_out_of_range() -> None:
    with pytest.raises(InputError, match="solid_hu: expected a number from -1024 to 3071"):
        MeasureConfig(solid_hu=float("nan"))
    with pytest.raises(InputError, match="mtv_share: expected a number from 0 to 1"):
        MeasureConfig(mtv_share=-0.1)
