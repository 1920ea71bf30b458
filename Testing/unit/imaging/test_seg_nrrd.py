"""Slicer's segmentation files are read, ours and Slicer's own."""

import gzip

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.imaging.seg_nrrd import is_seg_nrrd, read_seg_nrrd

_HEADER = """NRRD0004
type: {type}
dimension: {dimension}
space: {space}
sizes: {sizes}
space directions: {directions}
kinds: {kinds}
encoding: {encoding}
space origin: (10,20,30)
{segments}

"""


def _write(path, pixels, segments, *, encoding="gzip", space="left-posterior-superior", kind="unsigned char", extra=""):
    several = pixels.ndim == 4
    header = _HEADER.format(
        type=kind,
        dimension=pixels.ndim,
        space=space,
        sizes=" ".join(str(n) for n in pixels.shape[::-1]),
        directions=("none " if several else "") + "(2,0,0) (0,3,0) (0,0,4)",
        kinds=("list " if several else "") + "domain domain domain",
        encoding=encoding,
        segments=extra + "\n".join(segments),
    )
    data = pixels.tobytes()
    path.write_bytes(header.encode() + (gzip.compress(data) if encoding == "gzip" else data))
    return path


def test_reads_what_slicer_writes_with_two_layers(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 3, (3, 4, 5, 2)).astype(np.uint8)
    mass = "SCT^49755003^Morphologically Altered Structure~SCT^4147007^Mass~^^"
    tag = f"Segmentation.Status:inprogress|TerminologyEntry:list~{mass}~codes~^^~^^|"
    segments = ["Segment0_ID:=S_1", "Segment0_Name:=GTV \\\\ 1", "Segment0_Layer:=1", "Segment0_LabelValue:=2"]
    segments += ["Segment0_Color:=1 0.5 0", f"Segment0_Tags:={tag}", "Segment1_ID:=S_2", "Segment1_Name:=other"]
    segments += ["Segment1_Layer:=0", "Segment1_LabelValue:=1"]
    first, second = read_seg_nrrd(_write(tmp_path / "a.seg.nrrd", pixels, segments))
    np.testing.assert_array_equal(first.array, pixels[..., 1] == 2)
    np.testing.assert_array_equal(second.array, pixels[..., 0] == 1)
    np.testing.assert_allclose(first.ras_from_ijk([1, 1, 1]), [-12, -23, 34])
    assert (first.label, first.kind, first.code.type.value, first.code.rgb) == (
        "GTV \\ 1",
        "lesion",
        "4147007",
        (255, 128, 0),
    )
    assert (second.label, second.kind, second.code) == ("other", "organ", None)


@pytest.mark.parametrize(
    ("kind", "dtype", "endian"), [("short", "<i2", "little"), ("uint16", ">u2", "big"), ("float", "<f4", "little")]
)
def test_reads_other_types_and_byte_orders_uncompressed(tmp_path, kind, dtype, endian):
    pixels = np.arange(24).reshape(2, 3, 4).astype(dtype)
    path = _write(
        tmp_path / "a.seg.nrrd", pixels, ["Segment0_ID:=a", "Segment0_LabelValue:=7"], encoding="raw", kind=kind,
        space="RAS", extra=f"endian: {endian}\n",
    )  # fmt: skip
    (mask,) = read_seg_nrrd(path)
    assert np.flatnonzero(mask.array).tolist() == [7]
    np.testing.assert_allclose(mask.ijk_to_ras[:3, 3], [10, 20, 30])


def test_files_of_old_slicers_have_a_layer_a_segment(tmp_path):
    pixels = np.zeros((2, 3, 4, 2), dtype=np.uint8)
    pixels[0, 0, 0, 0] = pixels[1, 2, 3, 1] = 1
    first, second = read_seg_nrrd(_write(tmp_path / "a", pixels, ["Segment0_Name:=a", "Segment1_Name:=a"]))
    assert (first.label, second.label) == ("a", "a (2)")
    assert np.argwhere(second.array).tolist() == [[1, 2, 3]]


def test_a_segment_is_chosen_by_its_name(tmp_path):
    path = _write(tmp_path / "a", np.zeros((2, 3, 4), dtype=np.uint8), ["Segment0_Name:=a", "Segment1_Name:=b"])
    assert [m.label for m in read_seg_nrrd(path, names=["b"])] == ["b"]
    with pytest.raises(InputError, match="names: expected one of a, b, got 'c'"):
        read_seg_nrrd(path, names=["c"])


def test_tells_a_segmentation_from_another_nrrd(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8)), str(tmp_path / "plain.nrrd"))
    path = _write(tmp_path / "a", np.zeros((2, 3, 4), dtype=np.uint8), ["Segment0_Name:=a"])
    assert is_seg_nrrd(path)
    assert not is_seg_nrrd(tmp_path / "plain.nrrd")


def test_rejects_what_is_no_segmentation_or_damaged(tmp_path):
    with pytest.raises(MissingFileError, match="nothing there"):
        read_seg_nrrd(tmp_path / "absent")
    (tmp_path / "text").write_text("text", encoding="ascii")
    with pytest.raises(UnreadableFileError, match="got another file"):
        read_seg_nrrd(tmp_path / "text")
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8)), str(tmp_path / "plain.nrrd"))
    with pytest.raises(UnreadableFileError, match="a NRRD without segments"):
        read_seg_nrrd(tmp_path / "plain.nrrd")
    path = _write(tmp_path / "a", np.zeros((2, 3, 4), dtype=np.uint8), ["Segment0_Name:=a"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableFileError, match="one that cannot be read"):
        read_seg_nrrd(path)
    _write(path, np.zeros((2, 3, 4), dtype=np.uint8), ["Segment0_Name:=a"], encoding="bzip2")
    with pytest.raises(UnreadableFileError, match="encoding bzip2"):
        read_seg_nrrd(path)
    _write(path, np.zeros((2, 3, 4), dtype=np.uint8), ["Segment0_Name:=a"])
    path.write_bytes(path.read_bytes().replace(b"(0,0,4)", b"none   "))
    with pytest.raises(UnreadableFileError, match="three axes in space"):
        read_seg_nrrd(path)
