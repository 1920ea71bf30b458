"""Pseudonyms are stable and say nothing."""

import numpy as np

from oncologyai.types import DicomSource, Volume
from oncologyai.workflows.pseudonym import pseudonym


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
