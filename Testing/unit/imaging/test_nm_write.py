"""Whole-body scans written as DICOM NM."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, ModalityError
from oncologyai.imaging import planar_ijk_to_ras, read_planar, write_nm_whole_body
from oncologyai.types import Volume

_WHO = {
    "PatientName": "SYNTHETIC^A",
    "PatientID": "1",
    "StudyDate": "20240229",
    "RadionuclideTotalDose": "600",
    "ActualFrameDuration": 900000,
}


def _view(name: str, shape: tuple[int, int] = (40, 16), **changes: object) -> Volume:
    array = np.random.default_rng(len(name)).poisson(9, (1, *shape)).astype(np.float32)
    given = {"modality": "NM", "unit": "counts", "meta": {"view": name}, **changes}
    return Volume(array, planar_ijk_to_ras(name, shape, (2.4, 2.4)), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [("anterior", "posterior"), ("posterior", "anterior"), ("posterior",)])
def test_counts_and_views_are_read_back(names: tuple[str, ...], tmp_path: Path) -> None:
    views = [_view(name) for name in names]
    write_nm_whole_body(views, tmp_path / "nm.dcm", attributes=_WHO)
    back = read_planar(tmp_path / "nm.dcm")
    assert [picture.tagged.view for picture in back] == list(names)
    for picture, view in zip(back, views, strict=True):
        np.testing.assert_array_equal(picture.array, view.array[0])
        assert (picture.kind, picture.unit, picture.spacing_mm) == ("whole body", "counts", (2.4, 2.4))
        assert not picture.tagged.conflict
        assert not picture.tagged.mirrored


@pytest.mark.parametrize("names", [("anterior", "posterior"), ("posterior",)])
def test_validator_finds_no_error(
    names: tuple[str, ...], tmp_path: Path, dciodvfy_errors: Callable[[Path], list[str]]
) -> None:
    write_nm_whole_body([_view(name) for name in names], tmp_path / "nm.dcm", attributes=_WHO)
    assert dciodvfy_errors(tmp_path / "nm.dcm") == []


def test_same_input_gives_the_same_bytes_and_other_counts_other_uids(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_nm_whole_body([_view("anterior")], tmp_path / name, attributes=_WHO)
    write_nm_whole_body([_view("posterior")], tmp_path / "c", attributes=_WHO)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    uids = {pydicom.dcmread(tmp_path / name).SOPInstanceUID for name in ("a", "c")}
    assert len(uids) == 2


def test_dose_stands_in_its_sequence(tmp_path: Path) -> None:
    write_nm_whole_body([_view("anterior")], tmp_path / "nm.dcm", attributes=_WHO)
    header = pydicom.dcmread(tmp_path / "nm.dcm")
    assert header.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose == 600
    assert "RadionuclideTotalDose" not in header
    assert int(header.CountsAccumulated) == int(header.pixel_array.sum())


def test_rejects_what_it_cannot_write(tmp_path: Path) -> None:
    front = _view("anterior")
    place = tmp_path / "nm.dcm"
    for views, error, message in (
        ([], InputError, "expected one view, or an anterior and a posterior one"),
        ([front, front], InputError, "anterior, anterior"),
        ([_view("anterior", meta={"view": "left"})], InputError, "expected one of anterior, posterior"),
        ([_view("anterior", modality="CT")], ModalityError, "expected modality NM, got CT"),
        ([front.with_array(front.array + 0.5)], InputError, "whole numbers from 0 to 65535"),
        ([front.with_array(front.array - 100)], InputError, "whole numbers from 0 to 65535"),
        ([front, _view("posterior", (40, 20))], GeometryMismatchError, "one size and pixel spacing"),
        ([Volume(front.array, np.eye(4), "NM", "counts", front.meta)], GeometryMismatchError, "as the camera sees"),
    ):
        with pytest.raises(error, match=message):
            write_nm_whole_body(views, place)
    with pytest.raises(InputError, match="DICOM keywords"):
        write_nm_whole_body([front], place, attributes={"Nonsense": 1})
    assert not list(tmp_path.iterdir())
