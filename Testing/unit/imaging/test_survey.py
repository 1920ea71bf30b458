"""What all headers of a series say together, also where the series cannot be read."""

import numpy as np
import pydicom
import pytest

from oncologyai.errors import EmptyStudyError, InputError, UnreadableFileError
from oncologyai.imaging import dicom_tag, find_studies, survey_series, write_dicom_series
from oncologyai.types import Series, Volume


@pytest.fixture
def a_series(tmp_path) -> Series:
    """Ten slices of 3 mm, 0.8 mm pixels."""
    volume = Volume(np.zeros((10, 16, 12), np.int16), np.diag([-0.8, -0.8, 3.0, 1.0]), "CT", "HU")
    write_dicom_series(volume, tmp_path, attributes={"PatientID": "P", "KVP": "120", "ConvolutionKernel": ["B", "3"]})
    return find_studies(tmp_path)[0].series[0]


def edit(file, **attributes):
    dataset = pydicom.dcmread(file)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(file)


def test_a_good_series(a_series):
    found = survey_series(a_series, tags=["KVP", dicom_tag("(0018,1210)"), "StationName"])
    assert (found.planes, found.sizes, found.pixel_mm) == (10, ((16, 12),), ((0.8, 0.8),))
    assert (found.orientations, found.tilt_deg, found.step_mm) == (("axial",), 0.0, pytest.approx(3.0))
    assert (found.thicknesses_mm, found.kernels, found.faults) == ((3.0,), ("B\\3",), ())
    assert found.without_slope == found.without_intercept == ()
    assert found.texts == {"KVP": ("120",), "0x00181210": ("B\\3",), "StationName": ()}
    assert found.numbers["KVP"] == (120.0,) * 10


def test_the_usual_value_comes_first_and_every_fault_is_named(a_series):
    edit(a_series.files[2], PixelSpacing=[1.0, 1.0], SliceThickness="1.5")
    edit(a_series.files[5], PatientID="Q")
    found = survey_series(a_series)
    assert found.pixel_mm == ((0.8, 0.8), (1.0, 1.0)) and found.thicknesses_mm == (3.0, 1.5)
    owner, pixel, gap = found.faults
    assert owner == "1 of 10 files of another PatientID: IM0006.dcm"
    assert pixel.startswith("1 of 10 slices of another pixel spacing, (1.0, 1.0) mm instead of (0.8, 0.8) mm: IM0003")
    assert "a slice every 3.00 mm, got 1 missing" in gap and found.step_mm == pytest.approx(3.0)


def test_a_tilted_stack_is_named_by_its_nearest_plane(a_series):
    angle = np.radians(20)
    for number, file in enumerate(a_series.files):
        normal = np.array([0, -np.sin(angle), np.cos(angle)])
        edit(
            file,
            ImageOrientationPatient=[1, 0, 0, 0, float(np.cos(angle)), float(np.sin(angle))],
            ImagePositionPatient=[float(v) for v in 3.0 * number * normal],
        )
    found = survey_series(a_series)
    assert found.orientations == ("axial",) and found.tilt_deg == pytest.approx(20, abs=0.1) and found.faults == ()


def test_doubled_and_overlapping_slices_are_faults(a_series):
    edit(a_series.files[4], ImagePositionPatient=[0, 0, 3.0 * 5])
    pixels = pydicom.dcmread(a_series.files[5])
    pixels.PixelData = bytes([7]) * len(pixels.PixelData)
    pixels.save_as(a_series.files[5])
    assert any("different ones at S = 15 mm" in fault for fault in survey_series(a_series).faults)


def test_slices_without_rescaling_are_listed(a_series):
    for keyword in ("RescaleSlope", "RescaleIntercept"):
        dataset = pydicom.dcmread(a_series.files[0])
        delattr(dataset, keyword)
        dataset.save_as(a_series.files[0])
    found = survey_series(a_series)
    assert found.without_slope == found.without_intercept == (a_series.files[0],)


def test_a_series_without_pixels_has_no_planes(a_series):
    for file in a_series.files:
        dataset = pydicom.dcmread(file)
        del dataset.Rows, dataset.Columns, dataset.PixelData
        dataset.save_as(file)
    found = survey_series(a_series)
    assert (found.planes, found.sizes, found.step_mm, found.without_slope, found.faults) == (0, (), None, (), ())


@pytest.mark.parametrize(("text", "tag"), [("KVP", "KVP"), (" 0018,0060", "0x00180060"), ("00180060", "0x00180060")])
def test_tags_are_read_as_people_write_them(text, tag):
    assert dicom_tag(text) == tag


def test_wrong_input_is_told(a_series, tmp_path):
    with pytest.raises(InputError, match="--tag: expected a DICOM keyword"):
        dicom_tag("Kvp?")
    with pytest.raises(EmptyStudyError, match="expected files"):
        survey_series(Series("1", "CT", "", ()))
    (tmp_path / "no.dcm").write_bytes(b"no DICOM at all")
    with pytest.raises(UnreadableFileError, match="a DICOM file"):
        survey_series(Series("1", "CT", "", (str(tmp_path / "no.dcm"),)))
