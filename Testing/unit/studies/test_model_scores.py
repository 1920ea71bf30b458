"""A model's table beside a study: rows are found by name or path, what does not fit is told."""

import pytest

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.studies import ModelColumns, model_scores_from_table
from oncologyai.types import Table

SOURCES = {"C-0001": "/data/C-0001/NM", "C-0010": "/data/C-0010/NM", "C-0011": "/data/b/x.dcm"}


def a_table(*rows: tuple[object, ...], columns: tuple[str, ...] = ("case", "probability")) -> Table:
    return Table("t", columns, rows)


def test_rows_are_found_by_name_by_source_and_by_path():
    table = a_table(("C-0001", 0.2), ("/elsewhere/C-0010/NM", 0.9), ("b/x.dcm", "0.5"), ("C-0099", 1), ("", None))
    found = model_scores_from_table(table, "p.csv", SOURCES, name="VGG16", threshold=0.4)
    assert dict(found.scores) == {"C-0001": 0.2, "C-0010": 0.9, "C-0011": 0.5}
    assert (found.name, found.threshold, found.notes, dict(found.seconds)) == ("VGG16", 0.4, (), {})


def test_seconds_are_taken_and_missing_cases_noted():
    table = a_table(("C-0001", 0.2, 1.5), ("C-0010", None, 9), columns=("id", "p", "s"))
    found = model_scores_from_table(table, "p.csv", SOURCES, columns=ModelColumns("id", "p", "s"))
    assert dict(found.scores) == {"C-0001": 0.2} and dict(found.seconds) == {"C-0001": 1.5}
    assert found.notes == ("model has no score of 2 of 3 cases",)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("C-0001", 0.2), ("x/C-0001", 0.3)], "p.csv line 3: expected one row of case C-0001, got another, line 2"),
        ([("C-0001/C-0010", 0.3)], "p.csv line 2: expected a path of one case"),
        ([("NM", 0.3)], "a path of one case, got 'NM', which fits C-0001, C-0010"),
        ([("C-0001", "high")], "p.csv line 2: expected a finite number, got 'high'"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(rows, message):
    with pytest.raises(InputError, match=message):
        model_scores_from_table(a_table(*rows), "p.csv", SOURCES)


def test_a_table_of_other_scans_is_refused():
    with pytest.raises(EmptyStudyError, match="rows of the study's cases, got none that names one"):
        model_scores_from_table(a_table(("D-1", 0.5)), "p.csv", SOURCES)
    with pytest.raises(InputError, match="a column 'probability'"):
        model_scores_from_table(a_table(("D-1", 0.5), columns=("case", "p")), "p.csv", SOURCES)
