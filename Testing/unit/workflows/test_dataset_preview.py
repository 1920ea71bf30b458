"""Contact sheets of a folder."""

import csv

import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import write_masks, write_rtstruct, write_volume
from oncologyai.workflows import preview_dataset


def test_every_image_gets_a_sheet_and_the_page_links_them(tmp_path, a_series, a_ball, a_volume):
    volume = a_series(tmp_path / "in" / "a", PatientID="A", SeriesDescription="<b>&")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "a" / "rs.dcm")
    a_series(tmp_path / "in" / "b", PatientID="B")
    report = preview_dataset(tmp_path / "in", tmp_path / "out", columns=2, rows=2)
    assert report.failed == () and len(report.sheets) == 2
    page = (tmp_path / "out" / "preview.html").read_text(encoding="utf-8")
    for sheet in report.sheets:
        assert (tmp_path / "out" / sheet).read_bytes().startswith(b"\x89PNG") and f'src="{sheet}"' in page
    with (tmp_path / "out" / "preview.csv").open(encoding="utf-8", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert (first["structures"], first["size"], second["structures"]) == ("GTV-1", "20x20x20", "")
    assert preview_dataset(tmp_path / "in", tmp_path / "out", columns=2, rows=2).kept == 2


def test_a_broken_image_is_listed_and_the_rest_is_drawn(tmp_path, a_volume, a_ball):
    write_volume(a_volume, tmp_path / "in" / "CT_image.nrrd")
    write_masks([a_ball], tmp_path / "in" / "CT_mask.nrrd")
    (tmp_path / "in" / "MR_image.nii.gz").write_bytes(b"no image")
    report = preview_dataset(tmp_path / "in", tmp_path / "out", columns=1, rows=1)
    assert report.sheets == ("sheets/CT_image.png",)
    ((name, reason),) = report.failed
    assert name == "MR_image" and "expected an image file" in reason
    assert "MR_image" in (tmp_path / "out" / "failures.csv").read_text()


def test_wrong_numbers_are_told(tmp_path):
    with pytest.raises(InputError, match="--columns: expected a number from 1 to 12"):
        preview_dataset(tmp_path, tmp_path / "out", columns=0)
    with pytest.raises(InputError, match="--window: expected two ascending values"):
        preview_dataset(tmp_path, tmp_path / "out", window=(5, 1))
