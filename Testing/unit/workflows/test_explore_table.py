"""Tables of features and of patients, joined: keys, classes, horizons, and what is no feature."""

import math

import numpy as np
import openpyxl
import pytest

from oncologyai.errors import InputError, MissingFileError
from oncologyai.workflows.explore_table import ExploreForm, horizon_labels, read_feature_set

FEATURES = """,Patient,ROI,diagnostics_Image_Mean,original_x,original_y
0,L-1_CT_GTV-1_mask,GTV-1,5,1.5,2
1,L-1_CT_GTV-2_mask,GTV-2,5,NA,3

2,L-10_CT_GTV-1_mask,GTV-1,5,2.25,inf
3,L-2 second,GTV-1,5,7,-1e3
"""
CLINICAL = """PatientID;stage;days;dead
L-1;I;100;1
L-10;II;400;0
L-2;;200;0
L-3;I;5;1
"""


@pytest.fixture
def a_folder(tmp_path):
    (tmp_path / "features.csv").write_text(FEATURES)
    (tmp_path / "clinical.csv").write_text(CLINICAL)
    return tmp_path


def read(folder, outcome="stage", clinical=True, **rest):
    form = ExploreForm(outcome, **rest)
    return read_feature_set(folder / "features.csv", folder / "clinical.csv" if clinical else None, form)


def test_rows_are_joined_by_the_id_that_begins_their_name(a_folder) -> None:
    table, digests = read(a_folder)
    assert table.patients == ("L-1", "L-1", "L-10", "L-2") and table.labels == ("I", "I", "II", "")
    assert table.names == ("original_x", "original_y") and table.lines == (2, 3, 5, 6)
    assert np.array_equal(table.values, [[1.5, 2], [math.nan, 3], [2.25, math.inf], [7, -1000]], equal_nan=True)
    assert set(digests) == {"features.csv", "clinical.csv"} and len(digests["features.csv"]) == 64
    for told in (
        "1 column of text left out, no features: ROI ('GTV-1')",
        "1 column of diagnostics left out, no features",
        "a column without a name left out, no feature",
        "1 of 4 patients in clinical.csv have no features",
        "rows were joined by the patient's id at the beginning of their name: L-1_CT_GTV-1_mask is L-1",
    ):
        assert told in table.notes


def test_a_pattern_says_where_the_patient_stands(a_folder) -> None:
    assert read(a_folder, key=r"L-\d+")[0].patients == ("L-1", "L-1", "L-10", "L-2")
    assert read(a_folder, key=r"^(L-\d+)[_ ]|^(?=L-\d+$)")[0].labels == ("I", "I", "II", "")
    with pytest.raises(InputError, match="--key: expected a pattern that finds the patient in 'L-1"):
        read(a_folder, key="X")
    with pytest.raises(InputError, match=r"--key: expected a pattern such as .*, got '\('"):
        ExploreForm("stage", key="(")


def test_what_joins_nothing_is_an_error_and_what_joins_some_is_told(a_folder) -> None:
    clinical = a_folder / "clinical.csv"
    clinical.write_text("PatientID,stage\nA-1,I\nA-2,II\n")
    with pytest.raises(
        InputError, match=r"--clinical: expected patients of the features \('L-1_CT.*A-1, A-2 in clin.*--key"
    ):
        read(a_folder)
    clinical.write_text("PatientID,stage\nL-1,I\nL-2,II\n")
    table, _ = read(a_folder)
    assert (
        table.labels == ("I", "I", "", "II")
        and "1 row without a patient in clinical.csv: L-10_CT_GTV-1_mask" in table.notes
    )
    clinical.write_text("PatientID,stage\nL-1,I\nL-1,II\n")
    with pytest.raises(InputError, match="clinical.csv patient L-1: expected one outcome, got I and II"):
        read(a_folder)


def test_a_horizon_makes_two_classes_and_tells_who_is_of_neither(a_folder) -> None:
    without, happened = horizon_labels(365)
    table, _ = read(a_folder, "days", event="dead", horizon_days=365)
    assert table.labels == (happened, happened, without, "")
    assert "1 row of clinical.csv censored before 365 days: of neither class" in table.notes
    for given in ({"event": "dead"}, {"horizon_days": 5}):
        with pytest.raises(InputError, match="expected --event and --horizon-days together, got one of them"):
            ExploreForm("days", **given)
    (a_folder / "clinical.csv").write_text("PatientID,days,dead\nL-1,soon,1\n")
    with pytest.raises(InputError, match="clinical.csv, days: expected a number, got 'soon'"):
        read(a_folder, "days", event="dead", horizon_days=365)


def test_one_table_may_hold_all(tmp_path) -> None:
    (tmp_path / "features.csv").write_text("case,grade,volume,a b\nx,1,5,7\ny,2,6,8\n")
    table, _ = read(tmp_path, "grade", clinical=False)
    assert table.names == ("volume", "a b") and table.labels == ("1", "2") and table.patients == ("x", "y")
    (tmp_path / "features.csv").write_text("case,patient,segment,grade,volume,a b\n1,x,1,1,5,7\n2,x,1,2,6,8\n")
    table, _ = read(tmp_path, "grade", clinical=False)
    assert table.names == ("volume", "a b") and table.patients == ("x", "x")  # numbers that are ids are no features
    table, _ = read(tmp_path, "grade", clinical=False, patient="a b")
    assert table.names == ("volume",) and table.patients == ("7", "8")


def test_features_and_patients_are_chosen(a_folder) -> None:
    assert read(a_folder, include=("*_x",))[0].names == ("original_x",)
    assert read(a_folder, exclude=("original_x",))[0].names == ("original_y",)
    assert read(a_folder, include=("diagnostics*",))[0].names == ("diagnostics_Image_Mean",)
    table, _ = read(a_folder, exclude_patients=("L-1",))
    assert table.patients == ("L-10", "L-2") and "2 rows of excluded patients left out" in table.notes
    with pytest.raises(InputError, match="--exclude-patient: expected a patient of the table, got L-7"):
        read(a_folder, exclude_patients=("L-7",))
    with pytest.raises(InputError, match=r"features.csv: expected at least one column of numbers"):
        read(a_folder, include=("ROI",))


def test_missing_columns_and_files_are_named(a_folder) -> None:
    with pytest.raises(InputError, match=r"--outcome: expected a column of clinical.csv \(PatientID, .*got 'grade'"):
        read(a_folder, "grade")
    with pytest.raises(InputError, match="--patient: expected a column of features.csv"):
        read(a_folder, patient="Name")
    with pytest.raises(InputError, match="--outcome: expected a column, got none"):
        ExploreForm("")
    with pytest.raises(MissingFileError, match=r"gone.csv"):
        read_feature_set(a_folder / "gone.csv", None, ExploreForm("stage"))
    (a_folder / "features.csv").write_text("name,x\na,1\n")
    with pytest.raises(InputError, match="expected a column of patients such as patient, .*name it by --patient"):
        read(a_folder)
    (a_folder / "features.csv").write_text("patient,x\n")
    with pytest.raises(InputError, match="features.csv: expected a row a lesion, got none"):
        read(a_folder)


def test_workbooks_are_read_by_sheet(a_folder) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet("numbers")
    for row in (("patient", "x"), ("L-1", 0.1234567890123), ("L-10", 3)):
        page.append(row)
    book.save(a_folder / "features.xlsx")
    table, _ = read_feature_set(
        a_folder / "features.xlsx", a_folder / "clinical.csv", ExploreForm("stage", sheet="numbers")
    )
    assert table.values.tolist() == [[0.1234567890123], [3.0]] and table.labels == ("I", "II")
