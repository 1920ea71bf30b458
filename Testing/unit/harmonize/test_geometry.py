"""Orientation, pixel size, image size."""

import numpy as np
import pytest
import SimpleITK

from oncologyai.errors import InputError
from oncologyai.harmonize import CropOrPad, Preset, Reorient, ResampleInPlane, harmonize
from oncologyai.types import Volume


def _only(step):
    return Preset("one step", "", (step,))


def test_resampling_equals_simpleitk(a_ct):
    mine = harmonize(a_ct, _only(ResampleInPlane(1.0))).volume
    image = SimpleITK.GetImageFromArray(a_ct.array)
    lps = np.diag([-1.0, -1.0, 1.0, 1.0])

    def place(target, matrix):
        target.SetSpacing([float(v) for v in np.linalg.norm(matrix[:3, :3], axis=0)])
        target.SetOrigin([float(v) for v in (lps @ matrix)[:3, 3]])

    place(image, a_ct.ijk_to_ras)
    grid = SimpleITK.Image(mine.shape[2], mine.shape[1], mine.shape[0], SimpleITK.sitkInt16)
    place(grid, mine.ijk_to_ras)
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.Resample(image, grid, SimpleITK.Transform(), 1, -9999))
    inside = theirs != -9999
    assert inside.mean() > 0.9
    assert (mine.array[inside] == theirs[inside]).mean() > 0.99


def test_the_field_of_view_keeps_its_centre(a_ct):
    result = harmonize(a_ct, _only(ResampleInPlane(1.0))).volume
    middle = [(n - 1) / 2 for n in a_ct.shape[::-1]]
    mine = [(n - 1) / 2 for n in result.shape[::-1]]
    assert result.ras_from_ijk(mine) == pytest.approx(a_ct.ras_from_ijk(middle))
    assert result.shape == (3, 32, 38)


def test_padding_is_centred_and_air(a_ct):
    result = harmonize(a_ct, _only(CropOrPad(50, 60)))
    assert np.array_equal(result.volume.array[:, 5:45, 6:54], a_ct.array)
    assert (result.volume.array[:, :5] == -1000).all()
    assert result.volume.ras_from_ijk((6, 5, 0)) == pytest.approx(a_ct.ras_from_ijk((0, 0, 0)))
    assert result.flags == ()


def test_cropping_is_flagged_with_the_tissue_it_cuts():
    values = np.full((2, 20, 20), -1000, dtype=np.int16)
    values[:, 0, :10] = 40
    volume = Volume(values, np.diag([-10.0, -10.0, 5.0, 1.0]), "CT", "HU")
    result = harmonize(volume, _only(CropOrPad(16, 24)))
    assert result.flags == ("cropping to 24x16 pixels cut 0 columns and 4 rows: 10 ml above -300 HU are not seen",)


def test_reorienting_keeps_every_voxel_in_its_place(a_ct):
    result = harmonize(a_ct, _only(Reorient("SRA"))).volume
    assert result.shape == (40, 48, 3)
    for kji in ((0, 0, 0), (7, 11, 2), (39, 47, 2)):
        i, j, k = np.rint(a_ct.ijk_from_ras(result.ras_from_ijk(kji[::-1]))).astype(int)
        assert result.array[kji] == a_ct.array[k, j, i]
    directions = result.ijk_to_ras[:3, :3]
    assert directions[2, 0] > 0
    assert directions[0, 1] > 0
    assert directions[1, 2] > 0


@pytest.mark.parametrize("axes", ["LP", "LPP", "XYZ", "LRS"])
def test_rejects_axes_that_do_not_span_space(axes):
    with pytest.raises(InputError, match="axes: expected one each"):
        Reorient(axes)


def test_rejects_sizes_out_of_range():
    with pytest.raises(InputError, match="pixel_mm: expected a number above 0 mm"):
        ResampleInPlane(0.0)
    with pytest.raises(InputError, match="rows: expected a number from 1 to 8192"):
        CropOrPad(0, 512)
