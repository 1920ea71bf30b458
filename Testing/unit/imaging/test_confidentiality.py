"""What happens to each attribute of one dataset."""

import re
import warnings

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from oncologyai.errors import InputError
from oncologyai.imaging.confidentiality import (
    DeidentifyConfig,
    Identifiers,
    deidentify_dataset,
    identifiers_of,
    pseudonym_of,
)

_KEY = b"0123456789abcdef"


def _item(**values) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _dataset(**values) -> FileDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some tests give values that break the standard
        content = _item(**values)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.SourceApplicationEntityTitle = "ERIKA"
    dataset = FileDataset("", content, file_meta=meta, preamble=b"Muster^Erika".ljust(128, b" "))
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.3.6.1.9.3"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.PatientID = "1.3.6.1.9.1", "1.3.6.1.9.2", "PAT-4711"
    dataset.PatientName = "Muster^Erika"
    return dataset


def _cleaned(config: DeidentifyConfig | None = None, **values) -> FileDataset:
    dataset = _dataset(**values)
    return deidentify_dataset(dataset, identifiers_of(dataset), config or DeidentifyConfig(_KEY))


def test_attributes_are_removed_emptied_or_replaced_by_the_table():
    clean = _cleaned(
        PatientBirthDate="19500102", PatientSex="F", PatientAge="070Y", InstitutionName="Klinik", AccessionNumber="A1",
        OperatorsName="Op^X", ContentDate="20200101", ContentTime="101112", SeriesDescription="Thorax",
        StudyDate="20200101", KVP="120", Manufacturer="SIEMENS",
    )  # fmt: skip
    assert "PatientAge" not in clean
    assert "SeriesDescription" not in clean
    assert (clean.PatientBirthDate, clean.PatientSex, clean.AccessionNumber, clean.StudyDate) == ("", "", "", "")
    assert (clean.InstitutionName, clean.OperatorsName, clean.ContentDate) == ("ANON", "ANON", "19000101")
    assert (clean.KVP, clean.Manufacturer) == (120, "SIEMENS")


def test_says_how_it_was_done():
    clean = _cleaned(DeidentifyConfig(_KEY, shift_dates=True), StudyDate="20200101")
    assert clean.PatientIdentityRemoved == "YES"
    assert clean.LongitudinalTemporalInformationModified == "MODIFIED"
    assert [c.CodeValue for c in clean.DeidentificationMethodCodeSequence] == ["113100", "113107"]
    assert clean.DeidentificationMethod[0] == "DICOM PS3.15 Basic Profile"
    plain = _cleaned()
    assert plain.LongitudinalTemporalInformationModified == "REMOVED"
    assert [c.CodeValue for c in plain.DeidentificationMethodCodeSequence] == ["113100"]


def test_instance_uids_change_the_same_everywhere_and_class_uids_stay():
    clean = _cleaned(
        FrameOfReferenceUID="1.3.6.1.9.4",
        ReferencedImageSequence=[
            _item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.3.6.1.9.3")
        ],
    )
    referenced = clean.ReferencedImageSequence[0]
    assert referenced.ReferencedSOPInstanceUID == clean.SOPInstanceUID == clean.file_meta.MediaStorageSOPInstanceUID
    assert referenced.ReferencedSOPClassUID == clean.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert clean.FrameOfReferenceUID.startswith("2.25.")
    assert len({clean.SOPInstanceUID, clean.SeriesInstanceUID, clean.StudyInstanceUID, clean.FrameOfReferenceUID}) == 4
    assert all(pydicom.uid.UID(u).is_valid for u in (clean.SOPInstanceUID, clean.FrameOfReferenceUID))


def test_sequences_are_cleaned_inside():
    detail = _item(RadiopharmaceuticalStartTime="101112", RadionuclideHalfLife="6586.2", OperatorsName="Op^X")
    clean = _cleaned(RadiopharmaceuticalInformationSequence=[detail])
    inner = clean.RadiopharmaceuticalInformationSequence[0]
    assert "RadiopharmaceuticalStartTime" not in inner
    assert inner.RadionuclideHalfLife == pytest.approx(6586.2)
    assert inner.OperatorsName == "ANON"


def test_private_attributes_curves_and_overlays_go_at_every_depth():
    dataset = _dataset(ReferencedImageSequence=[_item(ReferencedSOPInstanceUID="1.3.6.1.9.3")])
    for place in (dataset, dataset.ReferencedImageSequence[0]):
        place.private_block(0x0029, "MAKER", create=True).add_new(1, "LO", "Muster")
    dataset.add_new(0x60000010, "US", 512)
    dataset.add_new(0x60003000, "OW", b"\0\0")
    dataset.add_new(0x50002500, "LO", "curve")
    clean = deidentify_dataset(dataset, identifiers_of(dataset), DeidentifyConfig(_KEY))
    places = (clean, clean.ReferencedImageSequence[0])
    assert not [t for place in places for t in place.keys() if t.is_private or t.group in (0x6000, 0x5000)]  # noqa: SIM118


def test_the_patients_texts_are_blotted_out_of_what_is_kept():
    clean = _cleaned(
        DeidentifyConfig(_KEY, clean_descriptors=True),
        SeriesDescription="Thorax MUSTER 4711", StudyDescription="PAT-4711 of 20200131 and 31.01.2020",
        ImageType=["ORIGINAL", "PRIMARY", "ERIKA"], BodyPartExamined="MUSTERCHEST", PatientComments="Erika",
    )  # fmt: skip
    assert clean.SeriesDescription == "Thorax *** 4711"
    assert clean.StudyDescription == "*** of *** and ***"
    assert "PatientComments" not in clean
    assert not re.search("erika|muster", str(clean.ImageType) + clean.BodyPartExamined, re.IGNORECASE)


def test_short_names_are_looked_for_as_whole_words():
    dataset = _dataset(ImageType=["ORIGINAL", "PRIMARY", "MAXIMUM"], ProtocolName="Max lung, MAX")
    dataset.PatientName, dataset.PatientID = "Max^Bo", "77"
    config = DeidentifyConfig(_KEY, clean_descriptors=True)
    clean = deidentify_dataset(dataset, identifiers_of(dataset), config)
    assert clean.ImageType[2] == "MAXIMUM"
    assert clean.ProtocolName == "*** lung, ***"


def test_regions_are_numbered_unless_descriptors_are_kept():
    def rois() -> list[Dataset]:
        return [_item(ROINumber=3, ROIName="GTV-1", ROIDescription="x")]

    assert _cleaned(StructureSetROISequence=rois()).StructureSetROISequence[0].ROIName == "ROI 3"
    kept = _cleaned(DeidentifyConfig(_KEY, clean_descriptors=True), StructureSetROISequence=rois())
    assert kept.StructureSetROISequence[0].ROIName == "GTV-1"


def test_dates_are_shifted_by_whole_days_alike_and_times_kept():
    config = DeidentifyConfig(_KEY, shift_dates=True)
    clean = _cleaned(
        config, StudyDate="20200301", SeriesDate="20200310", AcquisitionTime="101112", PatientBirthDate="19500102",
        AcquisitionDateTime="20200301101112.5+0100", ContentDate="2020.03.01", InstanceCreationDate="unknown",
    )  # fmt: skip
    day = [pydicom.valuerep.DA(d) for d in (clean.StudyDate, clean.SeriesDate)]
    assert (day[1] - day[0]).days == 9
    assert 1 <= (pydicom.valuerep.DA("20200301") - day[0]).days <= 3650
    assert (clean.AcquisitionTime, clean.PatientBirthDate, clean.InstanceCreationDate) == ("101112", "", "")
    assert clean.AcquisitionDateTime == f"{clean.StudyDate}101112.5+0100"
    assert clean.ContentDate == clean.StudyDate
    assert _cleaned(config, StudyDate="20200301").StudyDate == clean.StudyDate


def test_patient_characteristics_are_kept_on_request():
    clean = _cleaned(DeidentifyConfig(_KEY, retain_patient_characteristics=True), PatientWeight="70", PatientSex="F")
    assert (clean.PatientWeight, clean.PatientSex) == (70, "F")
    assert [c.CodeValue for c in clean.DeidentificationMethodCodeSequence] == ["113100", "113108"]


def test_file_meta_and_preamble_are_new():
    clean = _cleaned()
    assert clean.preamble == b"\0" * 128
    assert "SourceApplicationEntityTitle" not in clean.file_meta
    assert clean.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_pseudonyms_follow_the_key_and_the_patient():
    config, other = DeidentifyConfig(_KEY), DeidentifyConfig(_KEY[::-1], prefix="X")
    assert pseudonym_of("a", config) == pseudonym_of("a", DeidentifyConfig(_KEY))
    assert pseudonym_of("a", config) != pseudonym_of("b", config)
    assert pseudonym_of("a", other).startswith("X-")
    assert pseudonym_of("a", other)[2:] != pseudonym_of("a", config)[5:]
    assert _KEY.decode() not in repr(config)


def test_a_patient_without_number_is_told_by_name_then_by_study():
    nameless = _item(StudyInstanceUID="1.2.3")
    assert identifiers_of(nameless) == Identifiers("1.2.3", frozenset())
    assert identifiers_of(nameless).pattern() is None
    assert identifiers_of(_item(PatientName="Muster^Erika")).patient == "Muster^Erika"
    assert "Tarou" in identifiers_of(_item(PatientName="Yamada^Tarou=X^Y")).texts


def test_rejects_a_short_key_and_an_odd_prefix():
    with pytest.raises(InputError, match="key: expected at least 16 secret bytes, got 3"):
        DeidentifyConfig(b"abc")
    with pytest.raises(InputError, match="prefix: expected 1 to 20 letters"):
        DeidentifyConfig(_KEY, prefix="a b")
