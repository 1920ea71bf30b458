"""Which series structures were drawn on."""

from dataclasses import replace

import numpy as np
import pydicom
import pytest

from oncologyai.errors import MissingFileError
from oncologyai.imaging import find_studies, references_of, series_drawn_on, write_dicom_seg, write_rtstruct
from oncologyai.imaging.references import References
from oncologyai.types import Mask, Series


@pytest.fixture
def a_mask(a_ct) -> Mask:
    array = np.zeros(a_ct.shape, bool)
    array[2:4, 5:9, 5:9] = True
    return Mask.on(a_ct, array)


@pytest.mark.parametrize("write", [write_rtstruct, write_dicom_seg])
def test_the_series_is_named_in_what_is_written(tmp_path, a_ct, a_mask, write):
    write([a_mask], a_ct, tmp_path / "drawn.dcm")
    found = references_of(tmp_path / "drawn.dcm")
    assert found.series_uids == {a_ct.dicom.series_uid}
    assert found.frame_uids == {a_ct.dicom.frame_of_reference_uid}


def test_references_are_chosen_by_series_then_by_frame_of_reference(a_ct, tmp_path):
    (study,) = find_studies(tmp_path / "ct")
    (series,) = study.series
    other = replace(series, uid="1.2.3", modality="PT")
    frame = frozenset({a_ct.dicom.frame_of_reference_uid})
    none: frozenset[str] = frozenset()
    assert series_drawn_on(References(frozenset({"1.2.3"}), none), [series, other]) is other
    assert series_drawn_on(References(frozenset({"9.9"}), frame), [other]) is other
    assert series_drawn_on(References(none, frame), [other, series]) is series
    assert series_drawn_on(References(none, frame), [other, replace(other, uid="4")]) is None
    assert series_drawn_on(References(frozenset({"9.9"}), frozenset({"8.8"})), [series]) is None
    assert series_drawn_on(References(none, none), [series]) is series
    assert series_drawn_on(References(none, none), [series, other]) is None


def test_a_localizer_of_the_named_series_is_not_taken(a_ct, tmp_path):
    (study,) = find_studies(tmp_path / "ct")
    series = study.series[0]
    scout: Series = replace(series, files=series.files[:1])
    assert series_drawn_on(References(frozenset({series.uid}), frozenset()), [scout, series]) is series


def test_a_file_without_references_has_none(tmp_path, a_ct, a_mask):
    write_rtstruct([a_mask], a_ct, tmp_path / "drawn.dcm")
    dataset = pydicom.dcmread(tmp_path / "drawn.dcm")
    for keyword in ("ReferencedFrameOfReferenceSequence", "StructureSetROISequence", "FrameOfReferenceUID"):
        if keyword in dataset:
            del dataset[keyword]
    dataset.save_as(tmp_path / "bare.dcm")
    assert references_of(tmp_path / "bare.dcm") == References(frozenset(), frozenset(), is_structure_set=True)
    with pytest.raises(MissingFileError, match="nothing there"):
        references_of(tmp_path / "absent.dcm")
