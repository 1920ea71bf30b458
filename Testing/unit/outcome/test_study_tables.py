"""Tables of a study joined by patient: who goes at each step, with the lines of the file; competing events."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import StudyConfig, check_study_tables, frame_of, join_study_tables, study_data
from oncologyai.types import Table

CLINICAL = Table(
    "clinical",
    ("id", "days", "dead", "age", "site"),
    (("a", "10", "1", "60", "x"), ("b", "20", "0", "?", "y"), (None,) * 5, ("c", "30", "1", "70", "x"),
     ("d", "40", "", "50", "x"), ("e", "50", "0", "55", "y"), ("e", "50", "0", "55", "y")),
)  # fmt: skip
IMAGES = Table("images", ("case", "f1", "f2"), (("a_CT", "1,5", "2"), ("b_CT", "3", "4"), ("c_CT", "5", "6"), ("z_CT", "7", "8")))  # fmt: skip  # noqa: E501


ROLES = {"patient": "id", "time": "days", "event": "dead"}


def a_study(**changes):
    content = {
        "name": "s", "tables": [{"path": "/x/clinical.csv", "source": "clinical"}],
        "roles": ROLES,
        "models": [{"name": "m", "learner": "cox"}],
    }  # fmt: skip
    return StudyConfig.model_validate(content | changes)


def made(study, *tables):
    parts = [(part, frame_of(table)) for part, table in zip(study.tables, tables, strict=True)]
    return join_study_tables(parts, study)


def steps(flow):
    return [(one.step, one.left_out, one.left) for one in flow if one.left_out]


def test_the_flow_says_who_went_and_why():
    study = a_study()
    found = study_data(made(study, CLINICAL), study)
    assert found.data.patients == ("a", "b", "c", "e")
    assert steps(found.flow) == [("rows without an outcome", 1, 5), ("exact repeats", 1, 4)]
    assert (found.flow[0].step, found.flow[0].left) == ("rows read", 6)
    assert (found.flow[-1].step, found.flow[-1].left) == ("patients analysed", 4)
    assert found.missing == (("age", 1),)


def two(**changes):
    images = {"path": "/x/images.csv", "patient": "case", "key": r"^(\w)_", "source": "radiomics", "prefix": "CT_"}
    return a_study(tables=[{"path": "/x/clinical.csv", "source": "clinical"}, images | changes])


def test_tables_are_joined_by_a_pattern_and_features_know_their_source():
    study = two()
    joined = made(study, CLINICAL, IMAGES)
    found = study_data(joined, study).data
    assert found.patients == ("a", "b", "c") and found.names == ("age", "CT_f1", "CT_f2")
    assert found.sources == ("clinical", "radiomics", "radiomics")
    assert found.x[0].tolist() == [60.0, 1.5, 2.0]
    assert joined.notes == ("images.csv: 1 patients who are not in the first table (z)",)
    assert steps(joined.flow) == [("not in images.csv", 3, 3)]


def test_patients_stay_without_a_table_that_is_not_required():
    study = two(required=False)
    found = study_data(made(study, CLINICAL, IMAGES), study)
    assert found.data.patients == ("a", "b", "c", "e") and np.isnan(found.data.x[3, 1:]).all()
    assert "images.csv: values missing in 3 rows" in found.notes


def test_rows_of_the_first_table_find_their_patient_by_its_beginning():
    study = a_study(
        tables=[{"path": "images.csv", "patient": "case"}, {"path": "clinical.csv"}],
    )
    assert study_data(made(study, IMAGES, CLINICAL), study).data.patients == ("a", "b", "c")


def test_only_rows_that_are_wanted_count():
    study = a_study(where={"site": ["x"]})
    found = study_data(made(study, CLINICAL), study)
    assert found.data.patients == ("a", "c") and ("site other than x", 3, 3) in steps(found.flow)
    with pytest.raises(InputError, match=r"where.site: expected values of the column \(x, y\), got q"):
        made(a_study(where={"site": ["q"]}), CLINICAL)


def test_another_event_that_comes_first_competes():
    table = Table("t", ("id", "days", "failed", "dead", "dead_days", "f"), (
        ("a", "10", "1", "1", "90", "1"), ("b", "20", "0", "1", "25", "2"), ("c", "30", "0", "0", "30", "3")))  # fmt: skip  # noqa: E501
    study = a_study(roles={"patient": "id", "time": "days", "event": "failed", "competes": {"dead": "dead_days"}})
    data = study_data(made(study, table), study).data
    assert data.names == ("f",)
    assert data.follow_up.events.tolist() == [1, 2, 0] and data.follow_up.times.tolist() == [10, 25, 30]


def test_follow_up_ends_at_a_day_for_everybody():
    study = a_study(censor_at_days=15)
    found = study_data(made(study, CLINICAL), study).data.follow_up
    assert found.times.tolist() == [10, 15, 15, 15] and found.events.tolist() == [1, 0, 0, 0]


def test_findings_name_lines_of_the_first_file_also_behind_blank_rows():
    table = Table("t", CLINICAL.columns, (*CLINICAL.rows[:4], ("d", "-4", "0", "50", "x")))
    study = a_study()
    said = [one.sentence() for one in check_study_tables(made(study, table), study)]
    assert "error: days: negative days (lines 6)" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"roles": {"patient": "who", "time": "days", "event": "dead"}}, "who: expected a column of clinical.csv"),
        ({"roles": {"patient": "id", "time": "site", "event": "dead"}}, "site: expected days as numbers, got text"),
        ({"roles": {"patient": "id", "label": "dead", "positive": "2"}}, "positive: expected a value of dead: 0, 1"),
        ({"where": {"nothing": ["1"]}}, "where.nothing: expected a column"),
    ],
)
def test_what_cannot_be_is_refused(change, said):
    study = a_study(**change)
    with pytest.raises(InputError, match=said):
        study_data(made(study, CLINICAL), study)


def test_columns_of_text_are_told_and_cells_may_be_named_as_missing():
    rows = (("a", "1", "1", "5", "x", "3"), ("b", "2", "0", "odd", "y", "4"))
    table = Table("t", ("id", "days", "dead", "f", "g", "h"), rows)
    study = a_study(roles=ROLES | {"features": ["f*", "g*", "h"]})
    found = study_data(made(study, table), study)
    assert found.data.names == ("h",) and "2 columns of text are no features: f, g; name them" in found.notes[0]
    study = a_study(missing=["odd"], roles=ROLES | {"features": ["f*"]})
    found = study_data(made(study, table), study)
    assert found.notes == () and np.isnan(found.data.x[1, 0]) and found.data.names == ("f",)


def test_a_later_table_holds_each_patient_once_and_some_of_the_first():
    twice = Table("images", IMAGES.columns, (*IMAGES.rows, ("a_CT", "9", "9")))
    with pytest.raises(InputError, match="images.csv: case: expected each patient once, got a again"):
        made(two(), CLINICAL, twice)
    with pytest.raises(InputError, match="expected patients such as a, got others, such as q"):
        made(two(), CLINICAL, Table("images", IMAGES.columns, (("q_CT", "9", "9"),)))


def test_nobody_with_the_event_and_one_class_are_refused():
    none = Table("t", ("id", "days", "dead", "f"), (("a", "1", "0", "1"), ("b", "2", "0", "2")))
    with pytest.raises(InputError, match="events: expected the event in at least one patient, got 0"):
        study_data(made(a_study(), none), a_study())
    study = a_study(roles={"patient": "id", "label": "dead", "positive": "0"})
    with pytest.raises(InputError, match="dead: expected two classes, got one: all patients are 0"):
        study_data(made(study, none), study)
