"""Answers get their methods back: from a study by its key, from a collected table by its columns."""

import numpy as np
import pytest

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.studies import (
    AnswerColumns,
    Session,
    answers_from_study,
    answers_from_table,
    read_preference_item,
)
from oncologyai.types import Table


def smaller_side(session: Session) -> str:
    """The side of the method's contour, which is the smaller one; seen in the voxels, not in the key."""
    _, left, right = read_preference_item(session.item)
    return "left" if np.count_nonzero(left.array) < np.count_nonzero(right.array) else "right"


def test_a_reader_who_always_wants_the_smaller_contour_prefers_the_method(a_preference_study, tmp_path):
    study = a_preference_study(7, (("Dr A", "x"), ("Dr B", "y"), ("Dr C", "y")), repeats=0.4)
    for name in ("Dr A", "Dr B"):
        session = Session(study, name)
        while session.show() is not None:
            side = smaller_side(session)
            session.answer(side if name == "Dr A" else {"left": "right", "right": "left"}[side], comment=side)
    found = answers_from_study(tmp_path / "study", tmp_path / "study-key")
    assert (found.method, found.reference) == ("automatic", "manual")
    assert found.notes == ("Dr C has answered 0 of 10 items",)
    frame = found.frame
    assert len(frame) == 20 and frame["repeat"].sum() == 6
    assert set(frame[frame["reader"] == "Dr A"]["preferred"]) == {"automatic"}
    assert set(frame[frame["reader"] == "Dr B"]["preferred"]) == {"manual"}
    assert sorted(frame[(frame["reader"] == "Dr A") & ~frame["repeat"]]["case"]) == [f"LUNG-{c}" for c in "ABCDEFG"]
    assert set(frame["group"]) == {"x", "y"}


def test_an_answer_cut_short_does_not_count_and_a_damaged_one_is_told(a_preference_study, tmp_path):
    study = a_preference_study(3)
    session = Session(study, "Dr A")
    for _ in range(2):
        session.show()
        session.answer("left")
    path = study.answers_path(study.readers[0])
    whole = path.read_bytes()
    path.write_bytes(whole + b"answer,3,le")
    assert len(answers_from_study(tmp_path / "study", tmp_path / "study-key").frame) == 2
    path.write_bytes(whole.replace(b"answer,2,left", b"answer,2,right"))
    with pytest.raises(UnreadableFileError, match="answers.csv line 3"):
        answers_from_study(tmp_path / "study", tmp_path / "study-key")


def test_no_preference_has_no_side(a_preference_study, tmp_path):
    study = a_preference_study(1, allow_none=True)
    session = Session(study, "Dr A")
    session.show()
    session.answer("none")
    row = answers_from_study(tmp_path / "study", tmp_path / "study-key").frame.iloc[0]
    assert (row["preferred"], row["side"]) == ("none", "")


COLUMNS = AnswerColumns("who", "patient", "choice", "training", "again", "t")
HEADER = ("who", "training", "patient", "choice", "again", "t")
ROWS = (
    ("Dr A", "radiologist", "P1", "DL", None, "3.5"),
    ("Dr A", "radiologist", "P1", "expert", "yes", "2"),
    (None,) * 6,
    ("Dr B", "student", "P1", "None", "no", None),
)


def test_a_collected_table_is_read_by_its_columns():
    found = answers_from_table(Table("t", HEADER, ROWS), "t.csv", COLUMNS, method="dl", reference="Expert")
    assert found.frame[["reader", "group", "case", "repeat", "preferred"]].to_numpy().tolist() == [
        ["Dr A", "radiologist", "P1", False, "dl"],
        ["Dr A", "radiologist", "P1", True, "Expert"],
        ["Dr B", "student", "P1", False, "none"],
    ]
    assert found.frame["seconds"].to_numpy() == pytest.approx([3.5, 2.0, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Dr A;radiologist;P1;DL;;1", "line 6: expected one answer of Dr A for case P1, got another one, after line 2"),
        ("Dr A;student;P2;DL;;1", "line 6: expected Dr A in group 'radiologist', got 'student'"),
        ("Dr C;student;P2;both;;1", "line 6: expected one of DL, expert, none, got 'both'; name the methods"),
        ("Dr C;student;P2;DL;maybe;1", "line 6: expected yes or no for a repeat, got 'maybe'"),
        ("Dr C;student;P2;DL;;fast", "line 6: expected a finite number from 0, got 'fast'"),
        ("Dr C;student;P2;DL;;-1", "line 6: expected a finite number from 0, got '-1'"),
        (";student;P2;DL;;1", "line 6: expected a reader and a case, got an empty cell"),
        ("Dr C;student;P2;DL;yes;1", "line 6: expected a first answer for case P2 above, got a repeat"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(line, message):
    table = Table("t", HEADER, (*ROWS, tuple(cell or None for cell in line.split(";"))))
    with pytest.raises(InputError, match=f"t.csv {message}"):
        answers_from_table(table, "t.csv", COLUMNS, method="DL", reference="expert")


def test_a_missing_column_is_told():
    with pytest.raises(InputError, match="a column 'reader', got who, training, patient, choice, again, t"):
        answers_from_table(Table("t", HEADER, ROWS), "t.csv")
