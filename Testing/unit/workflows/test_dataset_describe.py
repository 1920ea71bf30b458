"""A folder of studies described: a row a series, a summary and a page."""

import csv
from pathlib import Path

import openpyxl
import pydicom
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import write_rtstruct
from oncologyai.workflows import describe_dataset

SCANNER = {
    "Manufacturer": "SIEMENS", "ManufacturerModelName": "Biograph 40", "ConvolutionKernel": "B19f", "KVP": "120",
    "SeriesDate": "20200201",
}  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_series_is_a_row_of_its_parameters(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in" / "ct", **SCANNER)
    for number, file in enumerate(volume.dicom.files):
        dataset = pydicom.dcmread(file)
        dataset.XRayTubeCurrent, dataset.Exposure = str(100 + 10 * number), "7"
        dataset.save_as(file)
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    report = describe_dataset(tmp_path / "in", tmp_path / "out", tags=["StationName", "(0018,0060)"])
    scan, structures = rows_of(tmp_path / "out" / "series.csv")
    assert report.failed == () and structures["modality"] == "RTSTRUCT" and structures["slices"] == ""
    assert (scan["modality"], scan["slices"], scan["rows"], scan["orientation"]) == ("CT", "20", "20", "axial")
    assert (scan["pixel_row_mm"], scan["slice_step_mm"], scan["slice_thickness_mm"]) == ("2.0", "2.0", "2.0")
    assert (scan["kernel"], scan["kvp"], scan["manufacturer"], scan["model"]) == (
        "B19f",
        "120.0",
        "SIEMENS",
        "Biograph 40",
    )
    assert (scan["tube_current_ma"], scan["exposure_mas"], scan["series_date"]) == ("195.0", "7.0", "20200201")
    assert scan["structures"] == "GTV-1" and scan["folder"] == "ct"
    assert scan["StationName"] == "" and scan["(0018,0060)"] == "120.0"


def test_patients_go_by_a_pseudonym_unless_their_identity_is_wanted(tmp_path, a_series):
    a_series(tmp_path / "in" / "pat 4711" / "a", SeriesNumber="1", SeriesDescription="Thorax PAT 4711")
    a_series(tmp_path / "in" / "b", SeriesNumber="2", StudyInstanceUID="1.2.3")
    describe_dataset(tmp_path / "in", tmp_path / "hidden")
    describe_dataset(tmp_path / "in", tmp_path / "shown", identity=True)
    (hidden,), (shown,) = (
        {row["patient"] for row in rows_of(tmp_path / name / "series.csv")} for name in ("hidden", "shown")
    )
    assert shown == "PAT 4711" and hidden.startswith("P-") and len(hidden) == 10
    for file in ("series.csv", "description.html", "summary.csv"):
        text = (tmp_path / "hidden" / file).read_text(encoding="utf-8")
        assert "4711" not in text and "Muster" not in text


def test_summary_workbook_and_page_hold_the_distributions(tmp_path, a_series):
    for number, kernel in enumerate(("B19f", "B19f", "B60f")):
        a_series(tmp_path / "in" / str(number), PatientID=f"P{number}", **{**SCANNER, "ConvolutionKernel": kernel})
    describe_dataset(tmp_path / "in", tmp_path / "out")
    summary = {row["column"]: row for row in rows_of(tmp_path / "out" / "summary.csv")}
    assert summary["kernel"]["most_frequent"] == "B19f (2); B60f (1)" and summary["kernel"]["different"] == "2"
    assert (summary["kvp"]["min"], summary["kvp"]["median"], summary["kvp"]["with_value"]) == ("120.0", "120.0", "3")
    assert summary["exposure_mas"]["without"] == "3"
    assert openpyxl.load_workbook(tmp_path / "out" / "description.xlsx").sheetnames == ["series", "summary", "failures"]
    page = (tmp_path / "out" / "description.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") >= 8 and "http" not in page.replace("http-equiv", "")
    assert "Research software, not for clinical use" in page
    assert (tmp_path / "out" / "figures" / "kernel.png").stat().st_size > 1000


def test_a_file_that_vanishes_is_a_failure_with_its_reason_and_is_tried_again(tmp_path, a_series, monkeypatch):
    from oncologyai.imaging import find_studies
    from oncologyai.workflows import dataset_describe

    a_series(tmp_path / "in" / "a", PatientID="A")
    gone = a_series(tmp_path / "in" / "b", PatientID="B").dicom.files[0]
    content = Path(gone).read_bytes()

    def vanishing(*words, **options):
        found = find_studies(*words, **options)
        Path(gone).unlink()
        return found

    monkeypatch.setattr(dataset_describe, "find_studies", vanishing)
    report = describe_dataset(tmp_path / "in", tmp_path / "out")
    assert len(report.series.rows) == 1 and "expected a file" in report.failed[0][1]
    monkeypatch.setattr(dataset_describe, "find_studies", find_studies)
    Path(gone).write_bytes(content)
    again = describe_dataset(tmp_path / "in", tmp_path / "out")
    assert len(again.series.rows) == 2 and again.failed == () and again.kept == 1


def test_an_unknown_tag_is_told_before_any_work(tmp_path):
    with pytest.raises(InputError, match="--tag: expected a DICOM keyword"):
        describe_dataset(tmp_path, tmp_path / "out", tags=["NoSuchKeyword"])
