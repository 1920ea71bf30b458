"""Attributes as text and numbers, and files that are not DICOM."""

import pytest
from pydicom import Dataset
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.imaging.headers import (
    is_dicom_file,
    number_of,
    numbers_of,
    private_text,
    read_header,
    text_of,
)


def test_attributes_as_text():
    dataset = Dataset()
    dataset.PatientName, dataset.ImageType, dataset.KVP = "Doe^Jane", ["ORIGINAL", "AXIAL"], "120"
    assert text_of(dataset, "PatientName") == "Doe^Jane"
    assert text_of(dataset, "ImageType") == "ORIGINAL\\AXIAL"
    assert text_of(dataset, "KVP") == "120"
    assert text_of(dataset, "PatientID") == ""
    dataset.PatientID = None
    assert text_of(dataset, "PatientID") == ""


def test_attributes_as_numbers():
    dataset = Dataset()
    dataset.PixelSpacing, dataset.KVP, dataset.PatientID = ["0.5", "0.7"], "120", "not a number"
    assert numbers_of(dataset, "PixelSpacing", 2) == (0.5, 0.7)
    assert numbers_of(dataset, "PixelSpacing", 3) is None
    assert number_of(dataset, "KVP") == 120.0
    assert number_of(dataset, "PatientID") is None
    assert number_of(dataset, "SliceThickness") is None
    dataset.PatientID = "inf"
    assert number_of(dataset, "PatientID") is None


def test_text_is_one_printable_line_and_empty_where_damaged():
    dataset = Dataset()
    dataset.PatientComments = "two\r\nlines\0 "
    assert text_of(dataset, "PatientComments") == "two lines"
    dataset[0x00280010] = RawDataElement(Tag(0x00280010), "US", 3, b"abc", 0, False, True)
    assert text_of(dataset, "Rows") == "" and number_of(dataset, "Rows") is None


def test_private_attributes_by_creator_or_by_tag():
    dataset = Dataset()
    assert private_text(dataset, 0x0009, 0x0D, "GEMS_PETD_01") == ""
    dataset.private_block(0x0009, "OTHER", create=True).add_new(0x0D, "LO", "x")
    block = dataset.private_block(0x0009, "GEMS_PETD_01", create=True)
    block.add_new(0x0D, "DT", "20240101")
    assert private_text(dataset, 0x0009, 0x0D, "GEMS_PETD_01") == "20240101"


def test_dicom_is_told_from_other_files(tmp_path):
    assert is_dicom_file(get_testdata_file("CT_small.dcm", read=False))
    assert is_dicom_file(get_testdata_file("ExplVR_BigEndNoMeta.dcm", read=False))
    for content in (b"", b"\x08\x00", b"hello world", b"\x00" * 200, b"\x89PNG\r\n\x1a\n" + b"\0" * 200):
        (tmp_path / "f").write_bytes(content)
        assert not is_dicom_file(tmp_path / "f")


def test_files_that_are_not_dicom_are_refused(tmp_path):
    with pytest.raises(MissingFileError, match="expected a file, got nothing there"):
        read_header(tmp_path / "absent.dcm")
    (tmp_path / "text.dcm").write_text("hello")
    with pytest.raises(UnreadableFileError, match="expected a DICOM file, got one that cannot be read"):
        read_header(tmp_path / "text.dcm")


def test_a_file_without_meta_information_gets_its_transfer_syntax():
    name = get_testdata_file("ExplVR_BigEndNoMeta.dcm", read=False)
    assert read_header(name).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.2"
