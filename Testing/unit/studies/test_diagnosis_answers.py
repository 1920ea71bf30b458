"""Answers of a diagnostic study are set beside the truth, those of a collected table checked line by line."""

import pytest

from oncologyai.errors import InputError
from oncologyai.studies import (
    DiagnosisColumns,
    Session,
    diagnosis_from_study,
    diagnosis_from_table,
    read_diagnosis_key,
    truth_of_text,
)
from oncologyai.types import Table


def key_folder(study):
    return study.folder.with_name("study-key")


def test_answers_stand_beside_the_truth_under_the_cases_own_names(a_diagnosis_study, a_clock):
    study = a_diagnosis_study(9, (("Dr A", "physician"), ("Dr B", "trainee")), repeats=0.34)
    truth = {case.case: case for case in read_diagnosis_key(key_folder(study), study.identity).cases}
    session = Session(study, "Dr A", clock=a_clock)
    while (item := session.show()) is not None:
        a_clock.seconds += 3
        session.answer("yes" if truth[item.case].positive else "no", confidence=5, shown="usual 100 %")
    found = diagnosis_from_study(study.folder, key_folder(study))
    assert len(found.frame) == 12 and found.frame["repeat"].sum() == 3
    assert (found.frame["choice"] == found.frame["truth"]).all()
    assert set(found.frame["score"]) == {5.0, -5.0} and (found.frame["seconds"] == 3).all()
    assert dict(found.truth) == {f"SCAN-{n:02d}": n % 3 == 0 for n in range(9)} and found.positives == 3
    assert found.sources["SCAN-04"] == "scans/SCAN-04/NM"
    assert (found.offered, found.offered_positive, found.steps, found.seed) == (9, 3, 5, 987654321)
    assert found.notes == ("Dr B has answered 0 of 12 items",)


def test_a_preference_study_is_refused(a_study, tmp_path):
    with pytest.raises(InputError, match="a study of the kind 'diagnosis', got one of 'preference'"):
        diagnosis_from_study(a_study.folder, tmp_path)


def test_a_collected_table_is_taken_with_scores_or_with_confidence():
    rows = (("A", "P1", 1, "yes", 3, 81.5, 12.0), ("A", "P2", 0, "no", 2, None, None))
    columns = ("who", "scan", "MBD", "said", "sure", "per cent", "t")
    names = DiagnosisColumns("who", "scan", "MBD", "said", "sure", "per cent", seconds="t")
    found = diagnosis_from_table(Table("t", columns, rows), "a.csv", names)
    assert found.frame["score"].tolist() == [81.5, -2.0] and found.frame["truth"].tolist() == [True, False]
    assert (found.offered, found.offered_positive, dict(found.truth)) == (2, 1, {"P1": True, "P2": False})
    plain = Table("t", ("reader", "case", "truth", "choice"), (("A", "P1", "yes", "no"),))
    assert diagnosis_from_table(plain, "a.csv").frame["score"].tolist() == [-1.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", "", 1, "yes")], "a.csv line 2: expected a reader and a case"),
        ([("A", "P1", "?", "yes")], "a.csv line 2, truth: expected 1 or 0, yes or no, got '?'"),
        ([("A", "P1", 1, "maybe")], "a.csv line 2, choice: expected 1 or 0"),
        ([("A", "P1", 1, "yes"), ("B", "P1", 0, "yes")], "a.csv line 3: expected one truth of case P1"),
        (
            [("A", "P1", 1, "yes"), ("A", "P1", 1, "no")],
            "line 3: expected one answer of A for case P1, got another, line 2",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(rows, message):
    with pytest.raises(InputError, match=message):
        diagnosis_from_table(Table("t", ("reader", "case", "truth", "choice"), tuple(rows)), "a.csv")


def test_a_reader_of_two_groups_is_refused():
    rows = (("A", "P1", 1, "yes", "x"), ("A", "P2", 1, "yes", "y"))
    table = Table("t", ("reader", "case", "truth", "choice", "g"), rows)
    with pytest.raises(InputError, match="line 3: expected A in group 'x', got 'y'"):
        diagnosis_from_table(table, "a.csv", DiagnosisColumns(group="g"))


def test_truth_is_read_in_its_usual_forms():
    assert [truth_of_text(text, "x") for text in ("1", "Yes", " positive ", "0", "no", "False")] == [1, 1, 1, 0, 0, 0]
