"""A study made of a table of bone scans: read as any bone scan, faults with their line and case."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError
from oncologyai.imaging import write_nm_whole_body
from oncologyai.studies import read_diagnosis_item, read_diagnosis_key, read_items
from oncologyai.workflows import add_study_reader, create_bonescan_study, draw_scan, open_desk, study_status
from oncologyai.workflows.study_scans import scan_rows
from Testing.unit.scintigraphy.conftest import as_view, draw_body


@pytest.fixture(scope="module")
def a_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of four DICOM NM scans; P0 and P2 are ill; P3 has a posterior view only, its name for a path."""
    folder = tmp_path_factory.mktemp("cohort")
    lines = ["case,scan,metastases"]
    for n in range(4):
        views = ("posterior",) if n == 3 else ("anterior", "posterior")
        place = folder / (f"P{n}" if n == 3 else f"P{n}/NM")
        place.mkdir(parents=True)
        volumes = [as_view(draw_body(view, seed=n), view) for view in views]
        who = {"PatientID": f"P{n}", "StudyInstanceUID": f"1.2.{n + 3}", "PatientName": "Quill^Jane"}
        write_nm_whole_body(volumes, place / "scan.dcm", attributes=who)
        lines.append(f"P{n},{'' if n == 3 else f'P{n}/NM'},{'yes' if n % 2 == 0 else 'no'}")
    (folder / "cases.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_study_is_made_of_scans_read_drawn_and_joined(a_cohort, tmp_path):
    out = tmp_path / "study"
    study = create_bonescan_study(a_cohort / "cases.csv", out, seed=4, readers=[("Dr A", "physician")], cases=4)
    key = read_diagnosis_key(tmp_path / "study-key", study.identity)
    assert {case.name: case.positive for case in key.cases} == {"P0": True, "P1": False, "P2": True, "P3": False}
    names = {case.case: case.name for case in key.cases}
    for item in read_items(study, study.readers[0]):
        images = read_diagnosis_item(item)
        assert set(images) == ({"posterior"} if names[item.case] == "P3" else {"anterior", "posterior"})
        expected = draw_body("posterior", seed=int(names[item.case][1]))
        assert np.array_equal(images["posterior"].array[0], expected)
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert b"Quill" not in everything and b"1.2.3" not in everything
    desk = open_desk(out, "Dr A")
    draw_scan(desk, tmp_path / "scan.png")
    assert matplotlib.image.imread(tmp_path / "scan.png").shape[0] > 500
    add_study_reader(out, "Dr B", "trainee")
    assert [row[0] for row in study_status(out).rows] == ["Dr A", "Dr B"]


def test_paths_start_where_one_says_and_columns_have_other_names(a_cohort, tmp_path):
    (tmp_path / "t.csv").write_text("id;MBD\nP0/NM;1\nP1/NM;0\n")
    rows = scan_rows(tmp_path / "t.csv", scans=a_cohort, case_column="id", truth_column="MBD")
    assert [(row.name, row.positive) for row in rows] == [("P0/NM", True), ("P1/NM", False)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("case,metastases\n,1\n", "line 2: expected the name of a case"),
        (
            "case,scan,metastases\nP0,P0/NM,1\nP0,P1/NM,1\n",
            "line 3: expected each case once, got 'P0' again, as in line 2",
        ),
        ("case,scan,metastases\nP0,P0/NM,2\n", "line 2, metastases: expected 1 or 0, yes or no, got '2'"),
        ("case,truth\nP0,1\n", "a column 'metastases'"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_line(a_cohort, tmp_path, lines, message):
    (tmp_path / "t.csv").write_text(lines)
    with pytest.raises(InputError, match=message):
        scan_rows(tmp_path / "t.csv", scans=a_cohort)


def test_a_scan_that_is_not_there_or_cannot_be_read_leaves_nothing(a_cohort, tmp_path):
    (tmp_path / "t.csv").write_text("case,scan,metastases\nP9,P9/NM,1\n")
    with pytest.raises(MissingFileError, match="line 2, scan: expected a file or folder"):
        create_bonescan_study(tmp_path / "t.csv", tmp_path / "study", columns={"scans": a_cohort})
    (tmp_path / "empty").mkdir()
    (tmp_path / "t.csv").write_text("case,scan,metastases\nP9,empty,1\n")
    with pytest.raises(InputError, match="case P9: "):
        create_bonescan_study(tmp_path / "t.csv", tmp_path / "study")
    assert not (tmp_path / "study").exists() and not (tmp_path / "study-key").exists()
