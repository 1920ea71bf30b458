"""Whole-body bone scans in every form that they come in."""

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom import Dataset
from pydicom.sequence import Sequence

from oncologyai.errors import (
    AmbiguousStudyError,
    CancelledError,
    EmptyStudyError,
    InputError,
    MissingFileError,
    ModalityError,
    SliceGeometryError,
    UnreadableFileError,
)
from oncologyai.scintigraphy import ScanReading, WholeBodyScan, read_whole_body
from oncologyai.types import Volume
from Testing.unit.scintigraphy.conftest import HOT_RAS_X, HOT_ROW, PIXEL_MM, ScanWriter, draw_body, to_8bit

_HOT_RAS_Z = -(HOT_ROW - 255.5) * PIXEL_MM[0]


def hot_spot_ras(view: Volume) -> np.ndarray:
    """RAS of the hottest place outside the bladder."""
    plane = view.array[0].copy()
    plane[plane.shape[0] * 45 // 100 :] = 0
    plane[: plane.shape[0] // 4] = 0
    smooth = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(plane), 2.0))
    j, i = np.unravel_index(int(np.argmax(smooth)), plane.shape)
    return view.ras_from_ijk((float(i), float(j), 0.0))


def require_left_is_left(scan: WholeBodyScan, tolerance_mm: float = 15.0) -> None:
    for view in scan.views.values():
        spot = hot_spot_ras(view)
        assert spot[0] == pytest.approx(HOT_RAS_X, abs=tolerance_mm)
        assert spot[1] == 0.0
        assert spot[2] == pytest.approx(_HOT_RAS_Z, abs=2 * tolerance_mm)


@pytest.mark.parametrize("order", [("anterior", "posterior"), ("posterior", "anterior")])
@pytest.mark.parametrize("size", [(1024, 256), (1024, 512), (512, 128)])
def test_both_views_of_one_file_in_either_order_and_matrix(
    a_writer: ScanWriter, order: tuple[str, str], size: tuple[int, int]
) -> None:
    scan = read_whole_body(a_writer.nm(views=order, size=size))
    assert scan.notes == ()
    for name, view in scan.views.items():
        np.testing.assert_array_equal(view.array[0], draw_body(name, size=size))
        assert (view.modality, view.unit, view.meta["view_source"]) == ("NM", "counts", "View Code Sequence")
        assert view.dicom is not None
        assert view.dicom.frames == (order.index(name) + 1,)
    require_left_is_left(scan)


@pytest.mark.parametrize("turned", [False, True])
def test_two_files_in_either_order(a_writer: ScanWriter, turned: bool) -> None:
    files = [a_writer.nm("a.dcm", ("anterior",)), a_writer.nm("p.dcm", ("posterior",), SeriesNumber=2)]
    scan = read_whole_body(*(files[::-1] if turned else files))
    assert set(scan.views) == {"anterior", "posterior"}
    require_left_is_left(scan)
    assert set(read_whole_body(a_writer.folder).views) == {"anterior", "posterior"}


def _strip_views(dataset: Dataset) -> None:
    for detector in dataset.DetectorInformationSequence:
        for keyword in ("ViewCodeSequence", "StartAngle", "ImageOrientationPatient"):
            if keyword in detector:
                delattr(detector, keyword)


@pytest.mark.parametrize("order", [("anterior", "posterior"), ("posterior", "anterior")])
def test_views_are_told_apart_by_the_picture_where_tags_are_silent(
    a_writer: ScanWriter, order: tuple[str, str]
) -> None:
    scan = read_whole_body(a_writer.nm(views=order, change=_strip_views))
    for name, view in scan.views.items():
        np.testing.assert_array_equal(view.array[0], draw_body(name))
    assert "no tag names the views: told apart by the picture, please check" in scan.notes
    require_left_is_left(scan)


@pytest.mark.parametrize("keep", ["ViewCodeSequence", "StartAngle", "ImageOrientationPatient"])
def test_each_tag_of_the_detector_names_the_view(a_writer: ScanWriter, keep: str) -> None:
    def change(dataset: Dataset) -> None:
        for detector in dataset.DetectorInformationSequence:
            for keyword in {"ViewCodeSequence", "StartAngle", "ImageOrientationPatient"} - {keep}:
                delattr(detector, keyword)

    scan = read_whole_body(a_writer.nm(views=("posterior", "anterior"), change=change))
    np.testing.assert_array_equal(scan.views["posterior"].array[0], draw_body("posterior"))
    assert scan.notes == ()


@pytest.mark.parametrize(
    ("keyword", "value", "view"),
    [
        ("ViewPosition", "PA", "posterior"),
        ("ImageID", "WB_POST_E", "posterior"),
        ("SeriesDescription", "Whole body ANT", "anterior"),
        ("PatientOrientation", ["R", "F"], "posterior"),
    ],
)
def test_text_of_one_frame_names_the_view(a_writer: ScanWriter, keyword: str, value: object, view: str) -> None:
    def change(dataset: Dataset) -> None:
        _strip_views(dataset)
        setattr(dataset, keyword, value)

    scan = read_whole_body(a_writer.nm(views=(view,), change=change))
    assert set(scan.views) == {view}
    assert any("single view" in note for note in scan.notes)
    require_left_is_left(scan)


@pytest.mark.parametrize("view", ["anterior", "posterior"])
def test_single_view_without_tags_is_recognised_and_said(a_writer: ScanWriter, view: str) -> None:
    scan = read_whole_body(a_writer.nm(views=(view,), change=_strip_views))
    assert set(scan.views) == {view}
    assert any(note.startswith(f"no tag names the view: taken as {view} from the picture") for note in scan.notes)
    missing = {"anterior": "posterior", "posterior": "anterior"}[view]
    assert f"single view: the {missing} view is missing" in scan.notes


def test_user_names_a_single_view(a_writer: ScanWriter) -> None:
    path = a_writer.nm(views=("anterior",), change=_strip_views)
    assert set(read_whole_body(path, how=ScanReading(view="posterior")).views) == {"posterior"}


def test_tags_that_the_picture_contradicts_are_followed_and_said(a_writer: ScanWriter) -> None:
    def swap(dataset: Dataset) -> None:
        dataset.DetectorInformationSequence = Sequence(list(dataset.DetectorInformationSequence)[::-1])

    scan = read_whole_body(a_writer.nm(change=swap))
    np.testing.assert_array_equal(scan.views["posterior"].array[0], draw_body("anterior"))
    assert any("the tags were followed, please check" in note for note in scan.notes)


def test_mirrored_view_keeps_left_left_where_tag_and_picture_agree(a_writer: ScanWriter) -> None:
    def mirror(dataset: Dataset) -> None:
        frames = dataset.pixel_array.copy()
        frames[1] = frames[1][:, ::-1]
        dataset.PixelData = frames.tobytes()
        dataset.DetectorInformationSequence[1].ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
        dataset.DetectorInformationSequence[0].ImageOrientationPatient = [1, 0.0001, 0, 0, 0, -1]

    scan = read_whole_body(a_writer.nm(change=mirror))
    assert any("turned over left to right" in note for note in scan.notes)
    require_left_is_left(scan)


def test_view_that_looks_mirrored_without_a_tag_is_said(a_writer: ScanWriter) -> None:
    def mirror(dataset: Dataset) -> None:
        frames = dataset.pixel_array.copy()
        frames[1] = frames[1][:, ::-1]
        dataset.PixelData = frames.tobytes()

    scan = read_whole_body(a_writer.nm(change=mirror))
    assert any("one may be mirrored, please check" in note for note in scan.notes)


def test_frame_of_the_photopeak_is_taken_of_two_energy_windows(a_writer: ScanWriter) -> None:
    def two_windows(dataset: Dataset) -> None:
        frames = dataset.pixel_array
        scatter = frames * 3
        dataset.PixelData = np.concatenate([scatter, frames]).tobytes()
        dataset.NumberOfFrames, dataset.NumberOfEnergyWindows = 4, 2
        dataset.EnergyWindowVector, dataset.DetectorVector = [1, 1, 2, 2], [1, 2, 1, 2]
        low, limits = Dataset(), Dataset()
        limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = 92, 125
        low.EnergyWindowName, low.EnergyWindowRangeSequence = "scatter", Sequence([limits])
        dataset.EnergyWindowInformationSequence = Sequence([low, dataset.EnergyWindowInformationSequence[0]])

    scan = read_whole_body(a_writer.nm(change=two_windows))
    np.testing.assert_array_equal(scan.views["anterior"].array[0], draw_body("anterior"))
    assert "of 2 energy windows Tc-99m 126.5-154.5 keV was taken" in scan.notes


def test_8_bit_nm_is_no_counts(a_writer: ScanWriter) -> None:
    def to_bytes(dataset: Dataset) -> None:
        pixels = to_8bit(dataset.pixel_array.astype(float))
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit = 7
        dataset.PixelData = pixels.tobytes()

    scan = read_whole_body(a_writer.nm(change=to_bytes))
    assert scan.views["anterior"].unit == "arbitrary"
    assert any("8 bits a pixel" in note for note in scan.notes)
    require_left_is_left(scan)


@pytest.mark.parametrize("order", [("anterior", "posterior"), ("posterior", "anterior")])
@pytest.mark.parametrize("form", ["grey", "rgb", "inverted"])
def test_capture_with_two_views_is_split(a_writer: ScanWriter, order: tuple[str, str], form: str) -> None:
    pixels = np.hstack([to_8bit(draw_body(view)) for view in order])
    if form == "rgb":
        pixels = np.stack([pixels] * 3, axis=-1)
    if form == "inverted":
        pixels = 255 - pixels
    scan = read_whole_body(a_writer.capture(pixels))
    assert any("split at column 128" in note for note in scan.notes)
    for name, view in scan.views.items():
        np.testing.assert_allclose(view.array[0], to_8bit(draw_body(name)), atol=1.0)
        assert view.unit == "arbitrary"
        assert view.meta["pixel_size_assumed"]
    require_left_is_left(scan, 25.0)


def test_capture_of_one_view_is_read_and_said(a_writer: ScanWriter) -> None:
    scan = read_whole_body(a_writer.capture(to_8bit(draw_body("posterior"))))
    assert set(scan.views) == {"posterior"}
    assert any("1.7 m tall" in note for note in scan.notes)


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_pictures_of_both_views(tmp_path: Path, ending: str) -> None:
    pixels = np.hstack([draw_body("anterior"), draw_body("posterior")]).astype(np.uint16)
    sitk.WriteImage(sitk.GetImageFromArray(pixels), str(tmp_path / f"case7{ending}"))
    scan = read_whole_body(tmp_path, how=ScanReading(pixel_mm=4.8))
    np.testing.assert_array_equal(scan.views["anterior"].array[0], draw_body("anterior"))
    assert scan.views["anterior"].spacing_mm == (4.8, 4.8, 1.0)
    require_left_is_left(scan)


def test_pictures_of_one_view_each_are_named_by_their_files(tmp_path: Path) -> None:
    for view, name in (("posterior", "a_POST.png"), ("anterior", "b_ANT.png")):
        sitk.WriteImage(sitk.GetImageFromArray(to_8bit(draw_body(view))), str(tmp_path / name))
    scan = read_whole_body(tmp_path)
    np.testing.assert_array_equal(scan.views["posterior"].array[0], to_8bit(draw_body("posterior")))
    assert scan.views["posterior"].meta["view_source"] == "the file's name"


def test_scan_in_a_wide_matrix_of_512_rows_is_read(a_writer: ScanWriter) -> None:
    """512 rows by 1024 columns: a narrow body upright in a wide matrix."""
    wide = np.pad(draw_body("anterior"), ((0, 0), (448, 448)))
    scan = read_whole_body(a_writer.capture(to_8bit(wide)))
    assert scan.views["anterior"].shape == (1, 512, 1024)


@pytest.mark.parametrize(("turns", "needed"), [(1, 270), (3, 90)])
def test_sideways_scan_is_refused_and_can_be_turned(a_writer: ScanWriter, turns: int, needed: int) -> None:
    lying = np.ascontiguousarray(np.rot90(to_8bit(draw_body("anterior")), turns))
    path = a_writer.capture(lying)
    with pytest.raises(SliceGeometryError, match="sideways .* turn_deg 90 or 270"):
        read_whole_body(path)
    scan = read_whole_body(path, how=ScanReading(turn_deg=needed))
    np.testing.assert_array_equal(scan.views["anterior"].array[0], to_8bit(draw_body("anterior")))


def test_scan_upside_down_is_refused(a_writer: ScanWriter) -> None:
    with pytest.raises(SliceGeometryError, match="upside down .* turn_deg 180"):
        read_whole_body(a_writer.capture(to_8bit(draw_body("anterior"))[::-1, ::-1]))


def test_spot_view_is_refused(a_writer: ScanWriter) -> None:
    with pytest.raises(SliceGeometryError, match="no whole body .* spot views are not read"):
        read_whole_body(a_writer.capture(to_8bit(draw_body("anterior"))[100:228]))


@pytest.mark.parametrize(
    ("image_type", "message"),
    [
        ("DYNAMIC", "a dynamic series, several times of one view"),
        ("TOMO", "a SPECT acquisition or its slices"),
        ("RECON TOMO", "a SPECT acquisition or its slices"),
        ("GATED", "a gated series"),
    ],
)
def test_other_nuclear_medicine_is_refused(a_writer: ScanWriter, image_type: str, message: str) -> None:
    def change(dataset: Dataset) -> None:
        dataset.ImageType = ["ORIGINAL", "PRIMARY", image_type, "EMISSION"]

    path = a_writer.nm(change=change)
    with pytest.raises(ModalityError, match=message):
        read_whole_body(path)
    with pytest.raises(ModalityError, match="1 of "):
        read_whole_body(a_writer.folder)


def test_ct_by_mistake_is_refused(a_writer: ScanWriter) -> None:
    def to_ct(dataset: Dataset) -> None:
        dataset.Modality = "CT"
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"

    path = a_writer.nm(change=to_ct)
    with pytest.raises(ModalityError, match="expected a planar whole-body bone scan .*, got modality CT"):
        read_whole_body(path)
    with pytest.raises(ModalityError, match="got 1 of CT; choose the whole-body series"):
        read_whole_body(a_writer.folder)


def test_whole_body_is_chosen_beside_spect_and_captures(a_writer: ScanWriter) -> None:
    def to_spect(dataset: Dataset) -> None:
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]

    a_writer.nm("a.dcm", change=to_spect, SeriesInstanceUID="1.2.3.4")
    a_writer.capture(np.hstack([to_8bit(draw_body(v)) for v in ("anterior", "posterior")]), "b.dcm")
    a_writer.nm("c.dcm", SeriesInstanceUID="1.2.3.5")
    assert read_whole_body(a_writer.folder).views["anterior"].unit == "counts"


def test_derived_copies_are_left_out(a_writer: ScanWriter) -> None:
    def derived(dataset: Dataset) -> None:
        dataset.ImageType = ["DERIVED", "PRIMARY", "WHOLE BODY", "EMISSION"]

    a_writer.nm("a.dcm")
    for name in ("b.dcm", "c.dcm"):
        a_writer.nm(name, change=derived, SeriesInstanceUID=f"1.2.3.{ord(name[0])}")
    assert "2 derived pictures were left out beside the camera's own" in read_whole_body(a_writer.folder).notes


def test_several_scans_or_pictures_of_one_view_are_refused(a_writer: ScanWriter, tmp_path: Path) -> None:
    first = a_writer.nm("a.dcm", ("anterior",))
    second = a_writer.nm("b.dcm", ("anterior",))
    with pytest.raises(AmbiguousStudyError, match="two anterior ones"):
        read_whole_body(first, second)
    a_writer.nm("c.dcm", ("anterior",), StudyInstanceUID="1.2.9", SOPInstanceUID="1.2.9.1")
    with pytest.raises(AmbiguousStudyError, match="expected one study"):
        read_whole_body(a_writer.folder)


def test_several_passes_are_refused(a_writer: ScanWriter) -> None:
    def passes(dataset: Dataset) -> None:
        dataset.PixelData = dataset.PixelData * 2
        dataset.NumberOfFrames = 4
        dataset.EnergyWindowVector, dataset.DetectorVector = [1] * 4, [1, 2, 1, 2]

    with pytest.raises(AmbiguousStudyError, match="4 pictures; .*passes are not joined"):
        read_whole_body(a_writer.nm(change=passes))


def test_rejects_what_is_not_there_or_no_scan(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nothing there"):
        read_whole_body(tmp_path / "no")
    with pytest.raises(EmptyStudyError, match="an empty one"):
        read_whole_body(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    with pytest.raises(UnreadableFileError, match="expected DICOM, PNG, TIFF or JPEG, got .txt"):
        read_whole_body(tmp_path / "notes.txt")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no")
    with pytest.raises(UnreadableFileError, match="one that cannot be read"):
        read_whole_body(tmp_path / "broken.png")
    with pytest.raises(InputError, match="turn_deg: expected 0, 90, 180 or 270, got 45"):
        ScanReading(turn_deg=45)
    with pytest.raises(InputError, match="paths: expected one path, or two"):
        read_whole_body()


def test_empty_picture_is_refused(a_writer: ScanWriter) -> None:
    with pytest.raises(InputError, match="an empty picture"):
        read_whole_body(a_writer.capture(np.zeros((512, 128), np.uint8)))


class _Leaves:
    def stage(self, name: str, share: float) -> None:
        assert name

    def cancelled(self) -> bool:
        return True


def test_cancelled_while_reading(a_writer: ScanWriter) -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        read_whole_body(a_writer.nm(), progress=_Leaves())


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG2000.dcm", "JPEG-LL.dcm"])
def test_the_real_scan_is_read_in_each_encoding(name: str, tmp_path: Path) -> None:
    """A whole-body bone scan of one view, without a tag that names it; it shows the face."""
    from pydicom.data import get_testdata_file

    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is in pydicom-data, which is not installed")
    shutil.copy(path, tmp_path / "scan.dcm")
    scan = read_whole_body(tmp_path)
    assert set(scan.views) == {"anterior"}
    view = scan.views["anterior"]
    assert view.shape == (1, 1024, 256)
    np.testing.assert_allclose(view.spacing_mm[:2], (2.26, 2.26), atol=0.01)
    assert pydicom.dcmread(path).StudyDescription == "Whole Body Bone"
    assert "single view: the posterior view is missing" in scan.notes
