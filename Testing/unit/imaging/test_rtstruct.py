"""Structure sets of other writers are read."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ImplicitVRLittleEndian, generate_uid

from oncologyai.errors import (
    CancelledError,
    EmptyMaskError,
    GeometryMismatchError,
    InputError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.imaging.rtstruct import masks_from_structures, read_rtstruct
from oncologyai.types import Volume


def _item(**values) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _square(volume: Volume, low: float, high: float, k: int, kind: str = "CLOSED_PLANAR") -> Dataset:
    ijk = [(low, low, k), (high, low, k), (high, high, k), (low, high, k)]
    lps = volume.ras_from_ijk(ijk) * [-1, -1, 1]
    return _item(ContourGeometricType=kind, NumberOfContourPoints=4, ContourData=[float(v) for v in lps.ravel()])


def _write(path: Path, rois: list[dict], *, series: str = "", frame: str = "1.2.3") -> Path:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.481.3", generate_uid(entropy_srcs=["rt"])
    dataset.StudyInstanceUID, dataset.Modality, dataset.StructureSetLabel = "1.2.9", "RTSTRUCT", "plan"
    referenced = _item(RTReferencedSeriesSequence=[_item(SeriesInstanceUID=series)] if series else [])
    dataset.ReferencedFrameOfReferenceSequence = [
        _item(FrameOfReferenceUID=frame, RTReferencedStudySequence=[referenced])
    ]
    dataset.StructureSetROISequence = [_item(ROINumber=n, ROIName=r["name"]) for n, r in enumerate(rois, 1)]
    dataset.ROIContourSequence = [
        _item(ReferencedROINumber=n, ROIDisplayColor=[255, 0, 7], ContourSequence=r.get("contours", []))
        for n, r in enumerate(rois, 1)
    ]
    dataset.RTROIObservationsSequence = [
        _item(ObservationNumber=n, ReferencedROINumber=n, RTROIInterpretedType=r.get("type", ""), ROIInterpreter="")
        for n, r in enumerate(rois, 1)
    ]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    pydicom.dcmwrite(path, dataset, enforce_file_format=True)
    return path


@pytest.fixture
def a_structure_set(tmp_path: Path, a_ct: Volume) -> Path:
    gtv = [_square(a_ct, 2.5, 12.5, 1), _square(a_ct, 5.5, 8.5, 1), _square(a_ct, 2.5, 12.5, 2)]
    isocentre = _square(a_ct, 4, 5, 2, "POINT")
    wire = _square(a_ct, 4, 9, 3, "OPEN_PLANAR")
    return _write(
        tmp_path / "rs.dcm",
        [
            {"name": "GTV-1", "type": "ORGAN", "contours": gtv},
            {"name": "Lung L", "type": "ORGAN", "contours": [_square(a_ct, 14.5, 17.5, 3), wire]},
            {"name": "iso", "type": "ISOCENTER", "contours": [isocentre]},
            {"name": "Body", "type": "EXTERNAL", "contours": [_square(a_ct, 0.5, 18.5, 3)]},
            {"name": "Lung L", "contours": [_square(a_ct, 1.5, 3.5, 4)]},
        ],
        series=a_ct.dicom.series_uid,
    )


def test_lists_the_regions_with_colours_and_what_they_refer_to(a_structure_set, a_ct):
    structures = read_rtstruct(a_structure_set)
    assert [roi.name for roi in structures.rois] == ["GTV-1", "Lung L", "iso", "Body", "Lung L"]
    assert structures.names == ("GTV-1", "Lung L", "Body", "Lung L")
    assert structures.rois[0].rgb == (255, 0, 7)
    assert structures.rois[2].notes == ("1 contours of type POINT left out",)
    assert structures.series_uids == (a_ct.dicom.series_uid,)
    assert (structures.label, structures.study_uid, structures.frame_of_reference_uid) == ("plan", "1.2.9", "1.2.3")


def test_draws_every_closed_region_and_notes_the_rest(a_structure_set, a_ct):
    masks, notes = masks_from_structures(read_rtstruct(a_structure_set), a_ct)
    assert [m.label for m in masks] == ["GTV-1", "Lung L", "Body", "Lung L (2)"]
    assert [int(m.array.sum()) for m in masks] == [100 - 9 + 100, 9, 18 * 18, 4]
    assert not masks[0].array[1, 7, 7]
    assert masks[0].array[1, 4, 4]
    assert notes == ("Lung L: 1 contours of type OPEN_PLANAR left out",)


def test_kind_and_code_follow_from_type_and_name(a_structure_set, a_ct):
    masks, _ = masks_from_structures(read_rtstruct(a_structure_set), a_ct)
    assert [m.kind for m in masks] == ["lesion", "organ", "region", "organ"]
    assert [m.code.type.meaning for m in masks[:3]] == ["Neoplasm, Primary", "Lung", "Entire body"]
    assert masks[1].code.modifier.meaning == "Left"
    assert masks[0].code.rgb == (255, 0, 7)


def test_gives_the_named_regions_in_the_order_asked_for(a_structure_set, a_ct):
    masks, _ = masks_from_structures(read_rtstruct(a_structure_set), a_ct, ["Body", "GTV-1"])
    assert [m.label for m in masks] == ["Body", "GTV-1"]


def test_rejects_a_name_that_is_not_there_and_lists_those_that_are(a_structure_set, a_ct):
    with pytest.raises(InputError, match="expected one of GTV-1, Lung L, Body, Lung L \\(2\\), got 'GTV-2'"):
        masks_from_structures(read_rtstruct(a_structure_set), a_ct, ["GTV-2"])


def test_rejects_a_region_of_points_only(a_structure_set, a_ct):
    with pytest.raises(EmptyMaskError, match="iso: expected a closed contour, got 1 contours of type POINT left out"):
        masks_from_structures(read_rtstruct(a_structure_set), a_ct, ["iso"])


def test_rejects_a_structure_set_without_any_closed_contour(tmp_path, a_ct):
    path = _write(tmp_path / "empty.dcm", [{"name": "GTV"}], series=a_ct.dicom.series_uid)
    with pytest.raises(EmptyMaskError, match="got none in 1 regions"):
        masks_from_structures(read_rtstruct(path), a_ct)


def test_rejects_structures_of_another_frame_of_reference(tmp_path, a_ct):
    path = _write(tmp_path / "other.dcm", [{"name": "GTV", "contours": [_square(a_ct, 1, 3, 1)]}])
    with pytest.raises(GeometryMismatchError, match="frame of reference"):
        masks_from_structures(read_rtstruct(path), a_ct)


def test_accepts_another_series_of_the_same_frame_of_reference(tmp_path, a_ct):
    frame = a_ct.dicom.frame_of_reference_uid
    path = _write(tmp_path / "o.dcm", [{"name": "GTV", "contours": [_square(a_ct, 1.5, 3.5, 1)]}], frame=frame)
    masks, _ = masks_from_structures(read_rtstruct(path), a_ct)
    assert masks[0].array.sum() == 4


def test_rejects_what_is_no_structure_set(tmp_path, a_ct):
    with pytest.raises(MissingFileError, match="nothing there"):
        read_rtstruct(tmp_path / "absent.dcm")
    text = tmp_path / "text.dcm"
    text.write_text("not DICOM", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="expected a DICOM RT Structure Set"):
        read_rtstruct(text)
    with pytest.raises(UnreadableFileError, match="modality CT"):
        read_rtstruct(a_ct.dicom.files[0])


def test_stops_when_cancelled(a_structure_set, a_ct):
    class Impatient:
        def stage(self, name: str, share: float) -> None: ...

        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError, match="cancelled"):
        masks_from_structures(read_rtstruct(a_structure_set), a_ct, progress=Impatient())


def test_numbers_of_any_form_are_read(tmp_path, a_ct):
    path = _write(tmp_path / "rs.dcm", [{"name": "GTV", "contours": [_square(a_ct, 1.5, 3.5, 1)]}])
    expected = read_rtstruct(path).rois[0].contours[0]
    dataset = pydicom.dcmread(path)
    contour = dataset.ROIContourSequence[0].ContourSequence[0]
    contour.ContourData = [f" {float(v):.6E}"[:16] for v in contour.ContourData]
    dataset.save_as(path)
    np.testing.assert_allclose(read_rtstruct(path).rois[0].contours[0], expected, atol=1e-4)
