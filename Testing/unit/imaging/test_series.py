"""Series read as volumes: values, units, geometry, repair of gaps and tilt, and the DICOM source."""

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless, generate_uid

from oncologyai.errors import (
    AmbiguousStudyError,
    CancelledError,
    EmptyStudyError,
    MissingAttributeError,
    MissingSliceError,
    ModalityError,
    SliceGeometryError,
    UnitsError,
    UnreadableFileError,
)
from oncologyai.imaging import find_studies, read_series
from oncologyai.types import Series


def the_series(writer):
    (study,) = find_studies(writer.folder)
    (series,) = study.series
    return series


def test_a_ct_is_int16_in_hu_on_its_grid_in_any_file_order(a_writer, a_ct_array):
    a_writer.write(a_ct_array, order=[3, 0, 4, 1, 2])
    volume = read_series(the_series(a_writer))
    assert volume.unit == "HU" and volume.modality == "CT" and volume.array.dtype == np.int16
    np.testing.assert_array_equal(volume.array, a_ct_array - 1024)
    np.testing.assert_allclose(volume.ijk_to_ras, [[-0.5, 0, 0, 10], [0, -0.8, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]])
    assert volume.meta["warnings"] == () and volume.meta["description"] == "series 1"


def test_the_source_names_files_and_uids_slice_by_slice(a_writer, a_ct_array):
    paths = a_writer.write(a_ct_array, order=[3, 0, 4, 1, 2], attributes={"PatientBirthDate": "19500101"})
    source = read_series(the_series(a_writer)).dicom
    assert source.files == tuple(str(p) for p in paths)
    assert source.frames == (0,) * 5 and len(set(source.sop_uids)) == 5
    assert source.attributes["PatientBirthDate"] == "19500101"
    assert source.attributes["PatientName"] == "Name^P1"
    assert source.attributes["FrameOfReferenceUID"] == source.frame_of_reference_uid
    assert source.sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"


def test_a_series_stored_head_first_downwards_is_turned_upwards(a_writer, a_ct_array):
    a_writer.write(a_ct_array, step=(0, 0, -3.0))
    volume = read_series(the_series(a_writer))
    np.testing.assert_array_equal(volume.array, a_ct_array[::-1] - 1024)
    assert volume.ijk_to_ras[2, 3] == pytest.approx(30 - 12)


def test_a_sagittal_series_keeps_every_voxel_in_its_place(a_writer, a_ct_array):
    a_writer.write(a_ct_array, orientation=(0, 1, 0, 0, 0, -1), step=(4.0, 0, 0), modality="MR", slope=None,
                   intercept=None)  # fmt: skip
    volume = read_series(the_series(a_writer))
    assert volume.unit == "arbitrary" and volume.modality == "MR"
    for k, j, i in ((0, 0, 0), (4, 5, 6), (2, 3, 1)):
        lps = np.array([-10.0 + 4 * k, -20.0 + 0.5 * i, 30.0 - 0.8 * j])
        found = np.rint(volume.ijk_from_ras(lps * [-1, -1, 1])).astype(int)
        assert volume.array[found[2], found[1], found[0]] == a_ct_array[k, j, i]


@pytest.mark.parametrize("syntax", [JPEGLSLossless, JPEG2000Lossless, RLELossless])
def test_compressed_slices_hold_the_same_values(a_writer, a_ct_array, syntax):
    stored = np.kron(a_ct_array, np.ones((1, 8, 8), dtype=np.int16))
    a_writer.write(stored, syntax=syntax)
    np.testing.assert_array_equal(read_series(the_series(a_writer)).array, stored - 1024)


def test_fractional_rescaling_gives_float32(a_writer, a_ct_array):
    a_writer.write(a_ct_array, slope="0.5", intercept="-1000.25")
    volume = read_series(the_series(a_writer))
    assert volume.array.dtype == np.float32
    np.testing.assert_allclose(volume.array, a_ct_array * 0.5 - 1000.25, rtol=1e-6)


def test_each_slice_has_its_own_slope(a_writer, a_ct_array):
    def rescale(k, dataset):
        dataset.RescaleSlope, dataset.RescaleIntercept = f"{0.25 * (k + 1)}", "0"

    a_writer.write(a_ct_array, modality="MR", change=rescale)
    expected = a_ct_array * (0.25 * np.arange(1, 6))[:, None, None]
    np.testing.assert_allclose(read_series(the_series(a_writer)).array, expected, rtol=1e-6)


def test_unsigned_values_beyond_int16_are_kept(a_writer):
    stored = np.full((3, 4, 4), 60000, dtype=np.uint16)
    a_writer.write(stored, modality="MR", slope=None, intercept=None)
    volume = read_series(the_series(a_writer))
    assert volume.array.dtype == np.int32 and volume.array.max() == 60000


def test_bits_above_those_stored_are_ignored_and_the_sign_is_extended(a_writer):
    values = np.array([[[-5, 7], [-2048, 2047]]] * 3, dtype=np.int16)
    dirty = (values & 0x0FFF).astype(np.int16) | np.int16(0x3000)

    def twelve_bits(k, dataset):
        dataset.BitsStored, dataset.HighBit = 12, 11

    a_writer.write(dirty, modality="MR", slope=None, intercept=None, change=twelve_bits)
    np.testing.assert_array_equal(read_series(the_series(a_writer)).array, values)


def test_padding_around_a_ct_becomes_air(a_writer, a_ct_array):
    stored = a_ct_array.copy()
    stored[:, 0, :] = -2000

    def pad(k, dataset):
        dataset.add_new(0x00280120, "SS", -2000)

    a_writer.write(stored, change=pad)
    array = read_series(the_series(a_writer)).array
    assert (array[:, 0, :] == -1024).all()
    np.testing.assert_array_equal(array[:, 1:], a_ct_array[:, 1:] - 1024)


def test_padding_written_as_unsigned_for_signed_pixels_becomes_air(a_writer, a_ct_array):
    stored = a_ct_array.copy()
    stored[:, 0, :] = -2000

    def pad(k, dataset):
        dataset.add_new(0x00280120, "US", 65536 - 2000)

    a_writer.write(stored, change=pad)
    assert (read_series(the_series(a_writer)).array[:, 0, :] == -1024).all()


def test_a_range_of_padding_becomes_air(a_writer, a_ct_array):
    stored = a_ct_array.copy()
    stored[0, 0, :3] = -2000, -1950, -1899

    def pad(k, dataset):
        dataset.add_new(0x00280120, "SS", -2000)
        dataset.add_new(0x00280121, "SS", -1900)

    a_writer.write(stored, change=pad)
    assert read_series(the_series(a_writer)).array[0, 0, :3].tolist() == [-1024, -1024, -1899 - 1024]


def test_monochrome1_keeps_its_values_and_says_so(a_writer, a_ct_array):
    a_writer.write(a_ct_array, modality="MR", slope=None, intercept=None,
                   attributes={"PhotometricInterpretation": "MONOCHROME1"})  # fmt: skip
    volume = read_series(the_series(a_writer))
    np.testing.assert_array_equal(volume.array, a_ct_array)
    assert "MONOCHROME1" in volume.meta["warnings"][0]


def test_a_missing_slice_is_refused_or_interpolated(a_writer, a_ct_array):
    a_writer.write(a_ct_array)[2].unlink()
    series = the_series(a_writer)
    with pytest.raises(MissingSliceError, match="CT series 1 series 1: .* 1 missing at S = 36 mm"):
        read_series(series)
    volume = read_series(series, allow_missing_slices=True)
    np.testing.assert_array_equal(volume.array[[0, 1, 3, 4]], a_ct_array[[0, 1, 3, 4]] - 1024)
    np.testing.assert_array_equal(volume.array[2], np.rint(volume.array[1] / 2 + volume.array[3] / 2))
    assert volume.meta["interpolated_slices"] == (2,)
    assert volume.dicom.files[2] == "" and volume.dicom.sop_uids[2] == ""
    assert "interpolated at S = 36 mm" in volume.meta["warnings"][0]


def test_a_duplicate_slice_is_left_out_when_its_pixels_are_equal(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    stored = a_ct_array[[2]]

    def rename(k, dataset):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()

    a_writer.write(stored, origin=(-10, -20, 36), change=rename, order=[9])
    volume = read_series(the_series(a_writer))
    np.testing.assert_array_equal(volume.array, a_ct_array - 1024)
    assert "1 duplicate slices left out at S = 36 mm" in volume.meta["warnings"]


def test_two_phases_in_one_series_are_refused(a_writer, a_ct_array):
    for phase in (1, 2):

        def tell(k, dataset, phase=phase):
            dataset.TemporalPositionIdentifier = phase
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()

        a_writer.write(a_ct_array, modality="MR", change=tell, order=[phase * 10 + k for k in range(5)])
    with pytest.raises(AmbiguousStudyError, match="differ in TemporalPositionIdentifier"):
        read_series(the_series(a_writer))


def test_slices_of_two_frames_of_reference_are_refused(a_writer, a_ct_array):
    def move(k, dataset):
        if k == 4:
            dataset.FrameOfReferenceUID = "1.2.3"

    a_writer.write(a_ct_array, change=move)
    with pytest.raises(SliceGeometryError, match=r"expected slices of one frame of reference, got 2 \(1.2.3, "):
        read_series(the_series(a_writer))


def test_a_tilted_gantry_is_put_onto_an_orthogonal_grid(a_writer):
    """A ball seen through tilted planes comes out as the same ball in space."""
    tilt = np.radians(15.0)
    rows, columns, spacing, step = 40, 30, 2.0, 4.0
    column = np.array([0, np.cos(tilt), np.sin(tilt)])
    centre, origin = np.array([0.0, 0.0, 40.0]), np.array([-29.0, -39.0, 0.0])
    k, j, i = np.meshgrid(np.arange(20), np.arange(rows), np.arange(columns), indexing="ij")
    lps = (origin + i[..., None] * spacing * np.array([1.0, 0, 0]) + j[..., None] * spacing * column
           + k[..., None] * np.array([0, 0, step]))  # fmt: skip
    smooth = 1000.0 * np.exp(-((lps - centre) ** 2).sum(axis=-1) / (2 * 10.0**2))
    a_writer.write(
        smooth.astype(np.int16), origin=origin, orientation=(1, 0, 0, *column), spacing=(spacing, spacing),
        step=(0, 0, step), intercept=0,
    )  # fmt: skip
    volume = read_series(the_series(a_writer))
    axes = volume.ijk_to_ras[:3, :3] / volume.spacing_mm
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-12)
    assert "gantry tilt of 15.0 degrees" in volume.meta["warnings"][-1]
    kk, jj, ii = np.meshgrid(*(np.arange(n) for n in volume.shape), indexing="ij")
    ras = volume.ras_from_ijk(np.stack([ii, jj, kk], axis=-1))
    expected = 1000.0 * np.exp(-((ras * [-1, -1, 1] - centre) ** 2).sum(axis=-1) / (2 * 10.0**2))
    covered = volume.array > -1024
    inside = np.linalg.norm(ras * [-1, -1, 1] - centre, axis=-1) < 25
    assert covered[inside].all()
    assert np.abs(volume.array - expected)[inside].max() < 8


def test_a_dose_grid_is_in_gray(a_writer):
    stored = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)
    header = Dataset()
    header.ImagePositionPatient, header.ImageOrientationPatient = [1, 2, 3], [1, 0, 0, 0, 1, 0]
    header.PixelSpacing, header.GridFrameOffsetVector = [2.5, 2.5], [0, 4, 8]
    header.DoseUnits, header.DoseGridScaling = "GY", "0.01"
    a_writer.write_multiframe(stored, modality="RTDOSE", sop_class="1.2.840.10008.5.1.4.1.1.481.2", header=header)
    volume = read_series(the_series(a_writer))
    assert volume.unit == "Gy" and volume.spacing_mm == (2.5, 2.5, 4.0)
    np.testing.assert_allclose(volume.array, stored * 0.01, rtol=1e-6)
    assert volume.dicom.frames == (1, 2, 3)


def enhanced(stored, origin=(0.0, 0, 0), step=2.0, **own):
    """Functional groups of an enhanced file; ``own`` gives nested per-frame groups: keyword -> frame -> dict."""
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([Dataset()])
    shared.PixelMeasuresSequence[0].PixelSpacing = [0.9, 0.7]
    shared.PixelMeasuresSequence[0].SliceThickness = 9
    shared.PlaneOrientationSequence = Sequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    frames = []
    for k in range(len(stored)):
        item = Dataset()
        item.PlanePositionSequence = Sequence([Dataset()])
        item.PlanePositionSequence[0].ImagePositionPatient = [origin[0], origin[1], origin[2] + step * k]
        for sequence, values in own.items():
            inner = Dataset()
            for keyword, value in values(k).items():
                setattr(inner, keyword, value)
            setattr(item, sequence, Sequence([inner]))
        frames.append(item)
    header = Dataset()
    header.SharedFunctionalGroupsSequence = Sequence([shared])
    header.PerFrameFunctionalGroupsSequence = Sequence(frames)
    return header


def test_an_enhanced_ct_is_read_frame_by_frame(a_writer, a_ct_array):
    header = enhanced(
        a_ct_array,
        PixelValueTransformationSequence=lambda k: {
            "RescaleSlope": 1, "RescaleIntercept": -1000 - k, "RescaleType": "HU",
        },
    )  # fmt: skip
    a_writer.write_multiframe(a_ct_array, modality="CT", sop_class="1.2.840.10008.5.1.4.1.1.2.1", header=header)
    volume = read_series(the_series(a_writer))
    np.testing.assert_array_equal(volume.array, a_ct_array - 1000 - np.arange(5)[:, None, None])
    np.testing.assert_allclose(volume.spacing_mm, (0.7, 0.9, 2.0))
    assert volume.unit == "HU" and volume.dicom.frames == (1, 2, 3, 4, 5) and len(set(volume.dicom.files)) == 1


def test_an_enhanced_pet_is_read_in_suv(a_writer, a_ct_array):
    header = enhanced(
        a_ct_array,
        PixelValueTransformationSequence=lambda k: {
            "RescaleSlope": 2 + k, "RescaleIntercept": 0, "RescaleType": "BQML",
        },
    )  # fmt: skip
    drug = Dataset()
    drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = "400000000", "6586.2"
    drug.RadiopharmaceuticalStartDateTime = "20240102080000"
    header.RadiopharmaceuticalInformationSequence = Sequence([drug])
    header.DecayCorrected, header.DecayCorrectionDateTime, header.PatientWeight = "YES", "20240102094946.2", "80"
    header.CorrectedImage = ["ATTN", "DECY"]
    a_writer.write_multiframe(a_ct_array, modality="PT", sop_class="1.2.840.10008.5.1.4.1.1.130", header=header)
    volume = read_series(the_series(a_writer))
    assert volume.unit == "SUVbw"
    # One half-life after the injection 200 MBq are left: 80000 g / 200e6 Bq.
    expected = a_ct_array * (2.0 + np.arange(5))[:, None, None] * (80_000 / 200e6)
    np.testing.assert_allclose(volume.array, expected, rtol=1e-6)


def test_an_enhanced_mr_of_two_b_values_is_refused(a_writer, a_ct_array):
    header = enhanced(a_ct_array[:4], MRDiffusionSequence=lambda k: {"DiffusionBValue": 800.0 * (k % 2)})
    for k, item in enumerate(header.PerFrameFunctionalGroupsSequence):
        item.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 2.0 * (k // 2)]
    a_writer.write_multiframe(a_ct_array[:4], modality="MR", sop_class="1.2.840.10008.5.1.4.1.1.4.1", header=header)
    with pytest.raises(AmbiguousStudyError, match="DiffusionBValue: 0.0, 800.0"):
        read_series(the_series(a_writer))


def test_planar_nuclear_medicine_views_are_counts(a_writer):
    stored = np.arange(2 * 8 * 4, dtype=np.uint16).reshape(2, 8, 4)
    header = Dataset()
    header.ImageType, header.PixelSpacing = ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"], [2.4, 2.4]
    a_writer.write_multiframe(stored, modality="NM", sop_class="1.2.840.10008.5.1.4.1.1.20", header=header)
    volume = read_series(the_series(a_writer))
    assert volume.unit == "counts" and volume.modality == "NM"
    np.testing.assert_array_equal(volume.array, stored)
    np.testing.assert_allclose(volume.spacing_mm, (2.4, 2.4, 1.0))


def test_reconstructed_nuclear_medicine_lies_where_the_detector_says(a_writer):
    stored = np.arange(3 * 4 * 4, dtype=np.uint16).reshape(3, 4, 4)
    header = Dataset()
    header.ImageType, header.PixelSpacing = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"], [4.8, 4.8]
    header.SpacingBetweenSlices, header.SliceVector = -4.8, [1, 2, 3]
    detector = Dataset()
    detector.ImagePositionPatient, detector.ImageOrientationPatient = [-9, -9, 100], [1, 0, 0, 0, 1, 0]
    header.DetectorInformationSequence = Sequence([detector])
    a_writer.write_multiframe(stored, modality="NM", sop_class="1.2.840.10008.5.1.4.1.1.20", header=header)
    volume = read_series(the_series(a_writer))
    np.testing.assert_array_equal(volume.array, stored[::-1])
    np.testing.assert_allclose(volume.ijk_to_ras[:3, 3], [9, 9, 100 - 9.6])


def test_a_ct_of_another_rescale_type_is_not_called_hu(a_writer, a_ct_array):
    a_writer.write(a_ct_array, attributes={"RescaleType": "Z_EFF"})
    volume = read_series(the_series(a_writer))
    assert volume.unit == "arbitrary" and "Z_EFF" in volume.meta["warnings"][0]


def test_a_ct_without_rescaling_is_refused(a_writer, a_ct_array):
    a_writer.write(a_ct_array, slope=None, intercept=None)
    with pytest.raises(MissingAttributeError, match="RescaleSlope and RescaleIntercept: expected values, to give HU"):
        read_series(the_series(a_writer))


def test_values_given_by_a_lookup_table_are_refused(a_writer, a_ct_array):
    table = Dataset()
    table.LUTDescriptor, table.ModalityLUTType, table.LUTData = [2, 0, 16], "HU", b"\0\0\1\0"
    a_writer.write(a_ct_array, slope=None, intercept=None, attributes={"ModalityLUTSequence": Sequence([table])})
    with pytest.raises(UnitsError, match="ModalityLUTSequence: expected Rescale Slope and Intercept"):
        read_series(the_series(a_writer))


@pytest.mark.parametrize(
    ("keyword", "named"), [("ImagePositionPatient", "ImagePositionPatient"), ("PixelSpacing", "PixelSpacing")]
)
def test_a_ct_without_its_place_is_refused(a_writer, a_ct_array, keyword, named):
    def drop(k: int, dataset: FileDataset) -> None:
        if k == 2:
            delattr(dataset, keyword)

    a_writer.write(a_ct_array, change=drop)
    with pytest.raises(MissingAttributeError, match=f"{named}.*: expected valid values in every slice, got none in"):
        read_series(the_series(a_writer))


def test_truncated_pixels_are_refused_with_the_transfer_syntax(a_writer, a_ct_array):
    def cut(k, dataset):
        if k == 3:
            dataset.PixelData = dataset.PixelData[:20]

    a_writer.write(a_ct_array, change=cut)
    with pytest.raises(UnreadableFileError, match=r"1-003.dcm: .* Explicit VR Little Endian .* cannot be decoded"):
        read_series(the_series(a_writer))


def test_broken_compressed_pixels_are_refused_with_the_transfer_syntax(a_writer, a_ct_array):
    paths = a_writer.write(a_ct_array, syntax=JPEGLSLossless)
    data = bytearray(paths[1].read_bytes())
    data[data.rindex(b"\xff\xd8\xff\xf7") : -10] = b"\0" * (len(data) - 10 - data.rindex(b"\xff\xd8\xff\xf7"))
    paths[1].write_bytes(bytes(data))
    with pytest.raises(UnreadableFileError, match=r"JPEG-LS Lossless Image Compression \(1.2.840.10008.1.2.4.80\)"):
        read_series(the_series(a_writer))


def test_colour_images_are_refused(a_writer):
    def colour(k, dataset):
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
        dataset.PixelData = dataset.PixelData * 3

    a_writer.write(np.zeros((1, 4, 4), np.uint8), modality="OT", change=colour)
    with pytest.raises(UnreadableFileError, match="expected a grey image of 4x4 pixels"):
        read_series(the_series(a_writer))


def test_a_series_without_pixels_is_refused(a_writer, a_ct_array):
    def strip(k, dataset):
        del dataset.Rows, dataset.Columns, dataset.PixelData
        dataset.Modality = "RTPLAN"

    a_writer.write(a_ct_array[:1], change=strip)
    with pytest.raises(ModalityError, match="expected a series of images, got modality RTPLAN without pixels"):
        read_series(the_series(a_writer))


def test_a_series_without_files_is_refused():
    with pytest.raises(EmptyStudyError, match="expected files, got none"):
        read_series(Series(uid="1", modality="CT", description="", files=()))


def test_reading_can_be_cancelled(a_writer, a_ct_array):
    a_writer.write(a_ct_array)
    series = the_series(a_writer)

    class Impatient:
        def __init__(self):
            self.stages = []

        def stage(self, name, share):
            self.stages.append(share)

        def cancelled(self):
            return len(self.stages) >= 2

    watcher = Impatient()
    with pytest.raises(CancelledError):
        read_series(series, progress=watcher)
    assert len(watcher.stages) == 2
