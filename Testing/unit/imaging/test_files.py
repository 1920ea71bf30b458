"""NRRD, NIfTI and MHA against SimpleITK and nibabel's convention."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import InputError, MissingFileError, OutputError, UnreadableFileError
from oncologyai.imaging import write_volume
from oncologyai.imaging.files import read_volume_file
from oncologyai.types import Volume

SUFFIXES = [".nrrd", ".nii.gz", ".nii", ".mha"]


def an_oblique_volume(dtype=np.int16):
    a, b = np.radians([20.0, 35.0])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn @ np.diag([0.7, 0.9, 3.0])
    matrix[:3, 3] = [-11.5, 42.0, -300.25]
    return Volume(np.arange(4 * 5 * 6).reshape(4, 5, 6).astype(dtype), matrix, "CT", "HU")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.uint8])
def test_what_is_written_is_read_back(tmp_path, suffix, dtype):
    volume = an_oblique_volume(dtype)
    path = tmp_path / f"Bild ä 1{suffix}"
    write_volume(volume, path)
    back = read_volume_file(path)
    np.testing.assert_array_equal(back.array, volume.array)
    assert back.array.dtype == dtype
    np.testing.assert_allclose(back.ijk_to_ras, volume.ijk_to_ras, atol=1e-4)
    assert back.meta["description"] == "Bild ä 1"


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_modality_and_unit_come_back_where_the_format_holds_them(tmp_path, suffix):
    path = tmp_path / f"pet{suffix}"
    volume = an_oblique_volume(np.float32)
    write_volume(Volume(volume.array, volume.ijk_to_ras, "PT", "SUVbw"), path)
    back = read_volume_file(path, modality="CT", unit="HU")
    assert (back.modality, back.unit) == ("PT", "SUVbw")


def test_nifti_takes_modality_and_unit_from_the_caller(tmp_path):
    path = tmp_path / "a.nii"
    write_volume(an_oblique_volume(), path)
    assert (read_volume_file(path).modality, read_volume_file(path).unit) == ("OT", "arbitrary")
    assert (read_volume_file(path, modality="CT").modality, read_volume_file(path, modality="CT").unit) == ("CT", "HU")
    assert read_volume_file(path, modality="PT").unit == "arbitrary"
    assert read_volume_file(path, modality="PT", unit="SUVbw").unit == "SUVbw"


def test_the_place_of_a_voxel_is_the_one_simpleitk_gives(tmp_path):
    path = tmp_path / "a.nrrd"
    write_volume(an_oblique_volume(), path)
    image = sitk.ReadImage(str(path))
    lps = image.TransformIndexToPhysicalPoint((4, 3, 2))
    ras = read_volume_file(path).ras_from_ijk((4, 3, 2))
    np.testing.assert_allclose(ras, np.array(lps) * [-1, -1, 1], atol=1e-6)


def test_a_left_handed_grid_keeps_every_voxel_in_its_place(tmp_path):
    image = sitk.GetImageFromArray(np.arange(24, dtype=np.int16).reshape(2, 3, 4))
    image.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, -1))
    image.SetOrigin((5, 6, 7))
    image.SetSpacing((1, 2, 3))
    sitk.WriteImage(image, str(tmp_path / "left.nrrd"))
    volume = read_volume_file(tmp_path / "left.nrrd")
    assert np.linalg.det(volume.ijk_to_ras[:3, :3]) > 0
    for index in ((0, 0, 0), (3, 2, 1), (1, 2, 0)):
        ras = np.array(image.TransformIndexToPhysicalPoint(index)) * [-1, -1, 1]
        i, j, k = np.rint(volume.ijk_from_ras(ras)).astype(int)
        assert volume.array[k, j, i] == image[index]


def test_double_precision_becomes_single(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.full((2, 2, 2), 0.1)), str(tmp_path / "d.nrrd"))
    assert read_volume_file(tmp_path / "d.nrrd").array.dtype == np.float32


def test_one_volume_in_four_dimensions_is_read(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.ones((1, 2, 3, 4), np.int16), isVector=False), str(tmp_path / "d.nii"))
    assert read_volume_file(tmp_path / "d.nii").shape == (2, 3, 4)


@pytest.mark.parametrize(
    ("image", "got"),
    [
        (sitk.GetImageFromArray(np.ones((3, 2, 3, 4), np.int16), isVector=False), "a 4D image of 4x3x2x3 with 1"),
        (sitk.GetImageFromArray(np.ones((2, 3, 4, 3), np.int16), isVector=True), "a 3D image of 4x3x2 with 3 comp"),
        (sitk.GetImageFromArray(np.ones((3, 4), np.int16)), "a 2D image of 4x3 with 1"),
    ],
)
def test_images_that_are_not_one_scalar_volume_are_refused(tmp_path, image, got):
    sitk.WriteImage(image, str(tmp_path / "x.nrrd"))
    with pytest.raises(UnreadableFileError, match=f"expected one scalar 3D image, got {got}"):
        read_volume_file(tmp_path / "x.nrrd")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_text_file_of_that_name_is_refused(tmp_path, suffix):
    path = tmp_path / f"fake{suffix}"
    path.write_text("hello")
    with pytest.raises(UnreadableFileError, match="expected an image file, got one that cannot be read"):
        read_volume_file(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="expected a file, got nothing there"):
        read_volume_file(tmp_path / "a.nrrd")


def test_another_suffix_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(InputError, match=r"path: expected a name ending in .nrrd, .nii.gz, .nii, .mha, got a.png"):
        write_volume(an_oblique_volume(), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="expected a place that can be written"):
        write_volume(an_oblique_volume(), tmp_path / "file" / "a.nrrd")


def test_a_sheared_grid_is_refused_and_nothing_written(tmp_path):
    matrix = np.eye(4)
    matrix[0, 2] = 0.5
    with pytest.raises(InputError, match="ijk_to_ras: expected axes at right angles, got a sheared grid"):
        write_volume(Volume(np.zeros((2, 2, 2), np.int16), matrix), tmp_path / "a.nrrd")
    assert list(tmp_path.iterdir()) == []


def test_the_same_volume_gives_the_same_bytes(tmp_path):
    for suffix in SUFFIXES:
        one, other = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
        write_volume(an_oblique_volume(), one)
        write_volume(an_oblique_volume(), other)
        assert one.read_bytes() == other.read_bytes()
