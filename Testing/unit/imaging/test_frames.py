"""Keywords looked for must exist, and single files are described as they are."""

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.datadict import tag_for_keyword

from oncologyai.imaging import dicom_index, frames, pixels, series
from oncologyai.imaging.frames import frames_of
from oncologyai.imaging.headers import read_header


@pytest.mark.parametrize(
    "keywords",
    [
        frames._DIMENSIONS, frames._VECTORS, dicom_index._PARAMETERS, dicom_index._IDENTITY, series._ATTRIBUTES,
        pixels._PIXEL_TAGS, pixels._GROUP_0028,
    ],
)  # fmt: skip
def test_every_keyword_is_in_the_dicom_dictionary(keywords):
    assert [k for k in keywords if tag_for_keyword(k) is None] == []


def test_a_classic_file_has_one_frame_of_number_zero():
    path = get_testdata_file("CT_small.dcm", read=False)
    (frame,) = frames_of(read_header(path), path)
    assert frame.number == 0 and frame.size == (128, 128) and frame.is_placed and frame.has_spacing
    np.testing.assert_allclose(frame.position, [-158.135803, -179.035797, -75.699997])
    np.testing.assert_allclose(frame.orientation, [[1, 0, 0], [0, 1, 0]])
    assert (frame.slope, frame.intercept, frame.rescaled) == (1.0, -1024.0, True)
    assert frame.spacing_mm == (0.661468, 0.661468) and frame.thickness_mm == 5.0


def test_cosines_that_are_no_directions_leave_the_frame_unplaced():
    path = get_testdata_file("CT_small.dcm", read=False)
    header = read_header(path)
    for cosines in ([1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]):
        header.ImageOrientationPatient = cosines
        assert not frames_of(header, path)[0].is_placed
    header.PixelSpacing = [0, 0]
    assert not frames_of(header, path)[0].has_spacing
