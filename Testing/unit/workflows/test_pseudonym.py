"""Pseudonyms are stable and say nothing."""

from pathlib import Path

import numpy as np

from oncologyai.types import DicomSource, Study, Volume
from oncologyai.workflows.pseudonym import patient_pseudonyms, pseudonym, series_name, with_name, without_identity


def a_volume(patient: str, study: str) -> Volume:
    source = DicomSource(study, "1.2.3", "1.2.4", "1.2.5", ("1",), ("f",), (0,), {"PatientID": patient})
    return Volume(np.zeros((1, 2, 2)), np.eye(4), dicom=source)


def test_same_for_the_same_study_and_without_the_id_in_it() -> None:
    patient, study = pseudonym(a_volume("LUNG1-001", "1.9.1"))
    assert (patient, study) == pseudonym(a_volume("LUNG1-001", "1.9.1"))
    assert "LUNG1" not in patient + study
    assert patient != pseudonym(a_volume("LUNG1-002", "1.9.1"))[0]
    assert study != pseudonym(a_volume("LUNG1-001", "1.9.2"))[1]


def test_image_without_dicom_is_anonymous() -> None:
    assert pseudonym(Volume(np.zeros((1, 2, 2)), np.eye(4))) == ("anonymous", "study")


def a_named_volume(description: str) -> Volume:
    attributes = {"PatientID": "4711-A", "PatientName": "Mustermann^Erika^Dr", "PatientBirthDate": "19500101"}
    source = DicomSource("1.9", "1.2.3", "1.2.4", "1.2.5", ("1",), ("f",), (0,), attributes)
    return Volume(np.zeros((1, 2, 2)), np.eye(4), modality="CT", meta={"description": description}, dicom=source)


def test_series_is_called_by_its_description_unless_that_names_the_patient() -> None:
    assert series_name(a_named_volume("Thorax 3 mm")) == "Thorax 3 mm"
    assert series_name(a_named_volume("")) == "CT"
    for telling in ("Thorax Erika M.", "thorax MUSTERMANN", "4711-a thorax", "thorax_mustermann_2"):
        assert series_name(a_named_volume(telling)) == "CT"


def test_plain_image_is_not_called_by_its_file() -> None:
    plain = Volume(np.zeros((1, 2, 2)), np.eye(4), modality="PT", meta={"description": "4711 Mustermann"})
    assert series_name(plain) == "PT"


def test_notes_lose_path_name_id_and_uid(tmp_path: Path) -> None:
    study = tmp_path / "Mustermann 4711-A"
    note = f"left out: {study}/a.dcm; 'CT of Erika Mustermann', born 19500101, uid 1.2.840.10008.5.1.4.77; 3.75 mm"
    (cleaned,) = without_identity([note], a_named_volume(""), study)
    assert cleaned == "left out: STUDY/a.dcm; 'CT of *** ***', born ***, uid ***; 3.75 mm"


def test_a_patients_id_in_a_text_gives_way_to_his_name():
    assert with_name("in/Pat 4711/ct of PAT 4711", "PAT 4711", "P-ABC\\1") == "in/P-ABC\\1/ct of P-ABC\\1"
    assert with_name("a 12 b", "12", "P-X") == "a 12 b"  # too short to be told from other texts


def test_a_patient_of_several_studies_has_one_name():
    studies = [Study("A", uid, "", "", ()) for uid in ("1.2", "1.1")] + [Study("B", "1.3", "", "", ())]
    names = patient_pseudonyms(studies)
    assert set(names) == {"A", "B"} and len(set(names.values())) == 2
    assert patient_pseudonyms(studies[::-1]) == names and patient_pseudonyms(studies[1:])["A"] == names["A"]
