"""The key of a diagnostic study is read as it was written, and refuses that of another kind."""

import pytest

from oncologyai.errors import UnreadableFileError
from oncologyai.studies import (
    DiagnosisKey,
    DiagnosisKeyCase,
    KeyCase,
    PreferenceKey,
    read_diagnosis_key,
    write_diagnosis_key,
    write_key,
)


def test_is_read_back(tmp_path):
    key = DiagnosisKey("a" * 64, 2**63, 0.2, 10, 4, (DiagnosisKeyCase("c001", "P1", "scans/P1", True),))
    write_diagnosis_key(key, tmp_path)
    assert read_diagnosis_key(tmp_path, "a" * 64) == key


def test_the_key_of_a_preference_study_is_refused(tmp_path):
    write_key(PreferenceKey("a" * 64, "automatic", "manual", 5, 0.2, (KeyCase("c001", "P1", "manual"),)), tmp_path)
    with pytest.raises(UnreadableFileError, match="what `study create` wrote"):
        read_diagnosis_key(tmp_path, "a" * 64)
