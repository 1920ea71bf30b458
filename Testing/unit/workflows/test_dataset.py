"""Folders of studies to images, masks and an index; anonymous copies."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from oncologyai.batch import BatchOptions, features_cohort
from oncologyai.errors import CancelledError, EmptyStudyError, InputError
from oncologyai.imaging import write_dicom_seg, write_dicom_series, write_rtstruct
from oncologyai.progress import Silent
from oncologyai.workflows import anonymize_dataset, convert_dataset


def rows_of(target: Path) -> list[dict[str, str]]:
    with (target / "index.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def voxels(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def test_image_and_structures_lie_on_one_grid_and_the_index_names_them(tmp_path, a_series, a_ball, a_volume):
    source, target = tmp_path / "ein Ordner é", tmp_path / "Ziel ü"
    volume = a_series(source / "ct", SeriesDescription="Thorax nativ")
    write_rtstruct([a_ball], volume, source / "rs.dcm")
    report = convert_dataset(source, target)
    image, mask = rows_of(target)
    assert report.failed == () and set(report.converted) == {image["file"], mask["file"]}
    assert image["file"].endswith("/01_CT_Thorax-nativ.nrrd") and image["unit"] == "HU"
    assert image["source"] == "ct/IM0001.dcm" and mask["source"] == "rs.dcm"
    assert (mask["structure"], mask["kind"], mask["modality"]) == ("GTV-1", "lesion", "RTSTRUCT")
    assert float(mask["volume_ml"]) == pytest.approx(np.count_nonzero(a_ball.array) * 0.008)
    one, other = (sitk.ReadImage(str(target / row["file"])) for row in (image, mask))
    assert one.GetSize() == other.GetSize() and one.GetOrigin() == other.GetOrigin()
    assert one.GetDirection() == other.GetDirection() and one.GetSpacing() == other.GetSpacing()
    assert np.array_equal(sitk.GetArrayFromImage(other) == 1, a_ball.array)
    assert np.array_equal(sitk.GetArrayFromImage(one), a_volume.array)


def test_structures_are_a_cohort_for_features(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in" / "ct", SeriesDescription="Thorax")
    write_rtstruct([a_ball, replace(a_ball, label="GTV-2")], volume, tmp_path / "in" / "rs.dcm")
    convert_dataset(tmp_path / "in", tmp_path / "out")
    table, state = tmp_path / "out" / "cohort.csv", tmp_path / "state"
    report = features_cohort(table, state, keep=["structure"], options=BatchOptions(workers=1))
    rows = [dict(zip(report.table.columns, row, strict=True)) for row in report.table.rows]
    assert [row["structure"] for row in rows] == ["GTV-1", "GTV-2"] and rows[0]["case"].endswith("_GTV-1")
    expected = 1000 * 0.008 * np.count_nonzero(a_ball.array)
    assert float(rows[0]["original_shape_VoxelVolume"]) == pytest.approx(expected)


def test_names_that_differ_in_marks_or_case_alone_keep_their_files(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in")
    other = replace(a_ball, array=np.roll(a_ball.array, 2, axis=0), label="GTV 1")
    third = replace(a_ball, array=np.roll(a_ball.array, 3, axis=0), label="gtv-1")
    write_rtstruct([a_ball, other, third], volume, tmp_path / "in" / "rs.dcm")
    write_rtstruct([other], volume, tmp_path / "in" / "second.dcm", label="another")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    masks = [row for row in rows_of(tmp_path / "out") if row["structure"]]
    assert len({row["file"].lower() for row in masks}) == 4 and len(report.converted) == 5
    for row in masks:
        truth = {"GTV-1": a_ball, "GTV 1": other, "gtv-1": third}[row["structure"]]
        assert np.array_equal(voxels(tmp_path / "out" / row["file"]) == 1, truth.array)


def test_structures_go_with_the_series_that_they_name(tmp_path, a_series, a_ball):
    first = a_series(tmp_path / "in" / "a", SeriesDescription="early")
    second = a_series(tmp_path / "in" / "b", SeriesDescription="late", SeriesNumber="2")
    write_dicom_seg([a_ball], second, tmp_path / "in" / "seg.dcm")
    assert first.dicom.series_uid != second.dicom.series_uid
    convert_dataset(tmp_path / "in", tmp_path / "out")
    (mask,) = [row for row in rows_of(tmp_path / "out") if row["structure"]]
    assert "_CT_late_GTV-1_mask" in mask["file"]


def test_structures_of_another_study_find_the_patients_image(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in" / "ct")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    dataset = pydicom.dcmread(tmp_path / "in" / "rs.dcm")
    dataset.StudyInstanceUID = "1.2.3.4"
    dataset.save_as(tmp_path / "in" / "rs.dcm")
    assert len(convert_dataset(tmp_path / "in", tmp_path / "out").converted) == 2


def test_structures_without_their_image_are_named(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "elsewhere", FrameOfReferenceUID="1.2.3")
    a_series(tmp_path / "in" / "ct")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    ((title, reason),) = report.failed
    assert "rs.dcm" in title and "not among the patient's series" in reason


def test_a_bad_series_does_not_stop_the_rest_and_takes_its_structures_along(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in" / "gap", SeriesNumber="2")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    Path(volume.dicom.files[7]).unlink()
    a_series(tmp_path / "in" / "good", SeriesDescription="good")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    assert [name.rsplit("/", 1)[1] for name in report.converted] == ["01_CT_good.nrrd"]
    assert [row["state"] for row in rows_of(tmp_path / "out")] == ["written", "failed", "failed"]
    assert "1 missing at S = -6 mm" in report.failed[0][1]
    assert "could not be converted" in report.failed[1][1]


def test_missing_slices_are_interpolated_on_request_and_named_in_the_index(tmp_path, a_series):
    volume = a_series(tmp_path / "in")
    Path(volume.dicom.files[7]).unlink()
    convert_dataset(tmp_path / "in", tmp_path / "out", allow_missing_slices=True)
    (row,) = rows_of(tmp_path / "out")
    assert row["state"] == "written" and "1 missing slices interpolated at S = -6 mm" in row["note"]


def test_only_the_structures_that_fit_a_pattern_are_converted(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in")
    others = [replace(a_ball, label=name) for name in ("GTV-2", "Lung L")]
    write_rtstruct([a_ball, *others], volume, tmp_path / "in" / "rs.dcm")
    convert_dataset(tmp_path / "in", tmp_path / "out", structures=["gtv*"])
    image, *masks = rows_of(tmp_path / "out")
    assert [row["structure"] for row in masks] == ["GTV-1", "GTV-2"]
    assert {row["image"] for row in masks} == {image["file"]}
    convert_dataset(tmp_path / "in", tmp_path / "none", structures=["heart"])
    _, left = rows_of(tmp_path / "none")
    assert left["state"] == "left out" and "GTV-1, GTV-2, Lung L" in left["note"]


def test_a_patient_that_is_done_is_kept_until_a_file_of_his_changes(tmp_path, a_series):
    one = a_series(tmp_path / "in" / "a", PatientID="one")
    a_series(tmp_path / "in" / "b", PatientID="two")
    first = convert_dataset(tmp_path / "in", tmp_path / "out")
    again = convert_dataset(tmp_path / "in", tmp_path / "out")
    assert (first.kept, again.kept) == (0, 2) and again.converted == first.converted
    Path(one.dicom.files[0]).touch()
    assert convert_dataset(tmp_path / "in", tmp_path / "out").kept == 1


def test_what_is_not_converted_stands_in_the_index(tmp_path, a_series):
    a_series(tmp_path / "in" / "ct")
    scout = a_series(tmp_path / "in" / "scout", SeriesNumber="3")
    for file in scout.dicom.files:
        dataset = pydicom.dcmread(file)
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        dataset.save_as(file)
    (tmp_path / "in" / "broken.dcm").write_text("no DICOM")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    states = {(row["state"], row["note"]) for row in rows_of(tmp_path / "out")}
    assert ("left out", "a localizer") in states and len(report.converted) == 1
    assert len(report.notes) == 1 and "broken.dcm" in report.notes[0]


def test_a_structure_off_the_image_is_left_out(tmp_path, a_series, a_ball, a_volume):
    volume = a_series(tmp_path / "in")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    dataset = pydicom.dcmread(tmp_path / "in" / "rs.dcm")
    for contour in dataset.ROIContourSequence[0].ContourSequence:
        points = np.array(contour.ContourData, dtype=float).reshape(-1, 3) + np.array([500, 0, 0])
        contour.ContourData = [f"{v:.3f}" for v in points.ravel()]
    dataset.save_as(tmp_path / "in" / "rs.dcm")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    assert len(report.converted) == 1
    assert rows_of(tmp_path / "out")[1]["note"] == "no voxel of the image lies inside"


def test_very_long_and_strange_names_make_files(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in", SeriesDescription="腫" * 60)
    write_rtstruct([replace(a_ball, label="../瘍/" + "瘍" * 58)], volume, tmp_path / "in" / "rs.dcm")
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    assert report.failed == () and len(report.converted) == 2
    assert all((tmp_path / "out" / name).resolve().is_relative_to(tmp_path / "out") for name in report.converted)


def test_what_a_user_put_beside_earlier_results_stays(tmp_path, a_series):
    a_series(tmp_path / "in")
    first = convert_dataset(tmp_path / "in", tmp_path / "out")
    mine = (tmp_path / "out" / first.converted[0]).parent / "mine.txt"
    mine.write_text("mine")
    assert convert_dataset(tmp_path / "in", tmp_path / "out").converted == first.converted
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("form", ["nii.gz", "mha"])
def test_other_formats(tmp_path, a_series, a_volume, form):
    a_series(tmp_path / "in")
    (name,) = convert_dataset(tmp_path / "in", tmp_path / "out", form=form).converted
    assert name.endswith(f".{form}") and np.array_equal(voxels(tmp_path / "out" / name), a_volume.array)


def test_an_unknown_format_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="--format"):
        convert_dataset(tmp_path, tmp_path / "out", form="png")
    with pytest.raises(EmptyStudyError, match="expected a folder with DICOM files"):
        convert_dataset(tmp_path, tmp_path / "out")


def test_cancelled_leaves_no_file(tmp_path, a_series):
    class Impatient(Silent):
        def stage(self, name: str, share: float) -> None:
            if name == "decode":
                raise CancelledError("cancelled")

    a_series(tmp_path / "in")
    with pytest.raises(CancelledError):
        convert_dataset(tmp_path / "in", tmp_path / "out", progress=Impatient())
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []


def test_anonymous_copies_keep_their_references_and_no_name(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    report = anonymize_dataset(
        tmp_path / "in", tmp_path / "out", key_file=tmp_path / "key", map_file=tmp_path / "map", prefix="TRIAL"
    )
    files = sorted((tmp_path / "out").rglob("*.dcm"))
    assert report.written == len(files) == 21
    for file in files:
        content = file.read_bytes()
        for text in ("Muster", "PAT 4711", "Jürgen", "20200131"):
            assert text.encode("utf-8") not in content and text.encode("latin-1") not in content
    assert convert_dataset(tmp_path / "out", tmp_path / "converted").failed == ()
    masks = [row for row in rows_of(tmp_path / "converted") if row["structure"]]
    assert np.array_equal(voxels(tmp_path / "converted" / masks[0]["file"]) == 1, a_ball.array)
    assert masks[0]["patient"].startswith("TRIAL-") and masks[0]["structure"] == "ROI 1"


def test_anonymous_copies_are_the_same_with_the_same_key_and_differ_without(tmp_path, a_series):
    a_series(tmp_path / "in")
    for name, key in (("a", "key"), ("b", "key"), ("c", None)):
        anonymize_dataset(tmp_path / "in", tmp_path / name, key_file=tmp_path / key if key else None)
    names = [{p.relative_to(tmp_path / n).as_posix() for p in (tmp_path / n).rglob("*.dcm")} for n in "abc"]
    assert names[0] == names[1] and not names[0] & names[2]


def test_a_pet_without_weight_fails_with_its_reason(tmp_path, a_volume, a_series):
    a_series(tmp_path / "in" / "ct")
    pet = replace(a_volume, array=np.full(a_volume.shape, 1000, np.float32), modality="PT", unit="BQML")
    write_dicom_series(pet, tmp_path / "in" / "pt", attributes={"PatientID": "PAT 4711", "PatientName": "Muster^Jürgen",
                       "RadionuclideTotalDose": "370000000", "RadionuclideHalfLife": "6586.2",
                       "RadiopharmaceuticalStartTime": "091112", "SeriesTime": "101112", "SeriesDate": "20200131",
                       "AcquisitionTime": "101112", "AcquisitionDate": "20200131"})  # fmt: skip
    report = convert_dataset(tmp_path / "in", tmp_path / "out")
    assert len(report.converted) == 1 and "PatientWeight" in report.failed[0][1]
    stored = convert_dataset(tmp_path / "in", tmp_path / "as stored", suv="none")
    assert stored.failed == () and {row["unit"] for row in rows_of(tmp_path / "as stored")} == {"HU", "BQML"}
