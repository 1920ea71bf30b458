"""Pixels of files by many writers, against pydicom's uncompressed twins; gaps and shear against plain arithmetic."""

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from oncologyai.errors import UnreadableFileError
from oncologyai.imaging.frames import frames_of
from oncologyai.imaging.headers import read_header
from oncologyai.imaging.pixels import decode_frames, fill_missing, same_pixels, straighten


def the_frames(name):
    path = get_testdata_file(name, read=False)
    return frames_of(read_header(path), path)


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_expb.dcm", "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small_padded.dcm",
    ],
)  # fmt: skip
def test_every_encoding_of_one_image_gives_the_same_values(name):
    expected = pydicom.dcmread(get_testdata_file("MR_small.dcm", read=False)).pixel_array
    found = decode_frames(the_frames(name), floating=False)
    assert found.dtype == np.int16
    np.testing.assert_array_equal(found[0], expected)
    assert same_pixels(the_frames(name)[0], the_frames("MR_small.dcm")[0])


@pytest.mark.parametrize(
    ("name", "shape", "top"),
    [
        ("JPGExtended.dcm", (1, 1024, 256), 4095),  # JPEG Extended, 12 bits: a whole-body bone scan
        ("JPEG2000.dcm", (1, 1024, 256), 65535),
        ("693_J2KI.dcm", (1, 512, 512), 65535),  # JPEG 2000 lossy
        ("JPEGLSNearLossless_16.dcm", (1, 50, 10), 65535),
        ("rtdose_rle.dcm", (15, 10, 10), 2**31),
    ],
)
def test_other_compressions_are_decoded(name, shape, top):
    found = decode_frames(the_frames(name), floating=True)
    assert found.shape == shape and 0 < found.max() <= top


def test_a_bone_scan_in_twelve_bit_jpeg_has_its_known_values():
    plane = decode_frames(the_frames("JPGExtended.dcm"), floating=False)[0]
    other = decode_frames(the_frames("JPEG2000.dcm"), floating=False)[0]  # the same scan, lossy in another way
    assert (plane[420, 140], plane[230, 120]) == (244, 95)  # as in the tests of pydicom 3
    assert np.corrcoef(plane.ravel(), other.ravel())[0, 1] > 0.95


def test_frames_of_one_file_are_taken_by_number():
    frames = the_frames("rtdose.dcm")
    expected = pydicom.dcmread(get_testdata_file("rtdose.dcm", read=False)).pixel_array * frames[0].slope
    found = decode_frames(frames[::-1], floating=True)
    np.testing.assert_allclose(found, expected[::-1], rtol=1e-6)


def test_colour_is_refused():
    with pytest.raises(UnreadableFileError, match="expected a grey image of 100x100 pixels, got pixels of shape"):
        decode_frames(the_frames("SC_rgb_rle.dcm"), floating=False)


def test_a_palette_is_refused():
    with pytest.raises(UnreadableFileError, match="expected a grey image, got a palette of colours"):
        decode_frames(the_frames("examples_palette.dcm"), floating=False)


def test_a_truncated_file_is_refused_with_its_transfer_syntax():
    with pytest.raises(UnreadableFileError, match=r"MR_truncated.dcm: expected pixels in transfer syntax Explicit VR"):
        decode_frames(the_frames("MR_truncated.dcm"), floating=False)


def test_missing_slices_lie_on_the_line_between_their_neighbours():
    array = np.array([[[10]], [[0]], [[0]], [[40]], [[50]]], dtype=np.int16)
    fill_missing(array, [1, 2])
    assert array.ravel().tolist() == [10, 20, 30, 40, 50]
    smooth = np.array([[[0.0]], [[9.0]], [[1.0]]], dtype=np.float32)
    fill_missing(smooth, [1])
    assert smooth[1, 0, 0] == 0.5


def test_sheared_planes_are_moved_and_nothing_is_cut_off():
    array = np.zeros((3, 4, 4), np.int16)
    array[:, 1, 1] = 100
    shear = np.array([[0.0, 0.0], [0.0, 2.0], [0.0, 4.0]])  # one and two pixels along j
    moved, start = straighten(array, shear, (2.0, 2.0), outside=-7)
    assert moved.shape == (3, 6, 4) and start == (0, 0)
    assert [np.argwhere(plane == 100).tolist() for plane in moved] == [[[1, 1]], [[2, 1]], [[3, 1]]]
    assert (moved[0, 4:] == -7).all() and (moved[2, :2] == -7).all()


def test_shear_towards_smaller_indices_moves_the_start():
    array = np.full((2, 3, 3), 5, np.int16)
    moved, start = straighten(array, np.array([[0.0, 0.0], [-1.5, 0.0]]), (1.0, 1.0), outside=5)
    assert start == (-2, 0) and moved.shape == (2, 3, 5) and (moved == 5).all()
