"""A cohort's table: forms it may have, and one clear line for what it may not."""

import math
from pathlib import Path

import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import CohortConfig
from oncologyai.workflows.cohort_table import MaskCell, TableForm, read_cohort


@pytest.fixture
def a_table(tmp_path):
    """A function that writes lines and reads them as a cohort."""

    def read(*lines: str, config: CohortConfig | None = None, **form):
        path = tmp_path / "cohort.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_cohort(path, TableForm(**form), config or CohortConfig())

    return read


def test_long_form_a_row_a_case_and_method(a_table, tmp_path) -> None:
    found = a_table(
        "case,patient,method,session,image,reference,reference_name,result,result_name,seconds,time_days,event,score",
        "001,p1,A,,ct,ref.nii.gz,GTV-1;GTV-2,a.nii.gz,*,12,300,true,0.5",
        "001,p1,Dr1,1,ct,ref.nii.gz,GTV-1;GTV-2,d1.nii.gz,,,300,yes,",
        "001,p1,Dr1,2,ct,ref.nii.gz,GTV-1;GTV-2,d2.nii.gz,,,300,1,",
        "002,p2,A,,,none,,none,,3,,,",
        "003,,A,,,/abs/ref.nii.gz,,,,,,,",
    )
    one, two, three = found.cases
    assert one.case == "001" and one.patient == "p1" and one.image == tmp_path / "ct"
    assert one.reference == MaskCell(tmp_path / "ref.nii.gz", ("GTV-1", "GTV-2"))
    assert [(r.method, r.session) for r in one.results] == [("A", ""), ("Dr1", "1"), ("Dr1", "2")]
    assert one.results[0].mask == MaskCell(tmp_path / "a.nii.gz", ("*",))
    assert one.results[0].values == {"seconds": 12.0, "score": 0.5, "time_days": 300.0, "event": 1.0}
    assert two.reference == MaskCell(None) == two.results[0].mask
    assert three.reference == MaskCell(Path("/abs/ref.nii.gz")) and three.patient == "003" and three.results == ()
    assert found.notes == ("no result for 1 cases: 003",) and found.rows == ()


def test_wide_form_a_column_a_method_with_its_own_numbers(a_table, tmp_path) -> None:
    found = a_table(
        "id;gtv;net;dr1;seconds_net;seconds_dr1;seconds;time_days;event;left",
        "1;r.nii.gz::GTV;n.nii.gz;d.nii.gz;3;;99;10;0;lungs.dcm::Lung L",
        columns={"case": "id", "reference": "gtv"},
        results={"net": "net", "Dr 1": "dr1"},
        lungs={"left": "left"},
    )
    (case,) = found.cases
    assert [r.method for r in case.results] == ["net", "Dr 1"]
    assert case.results[0].values == {"seconds": 3.0, "time_days": 10.0, "event": 0.0}
    assert case.results[1].values == {"time_days": 10.0, "event": 0.0}  # the common seconds are nobody's
    assert case.reference == MaskCell(tmp_path / "r.nii.gz", ("GTV",))
    assert case.lungs == {"left": MaskCell(tmp_path / "lungs.dcm", ("Lung L",))}


def test_a_single_method_takes_the_common_numbers(a_table) -> None:
    found = a_table("case,reference,m,seconds", "1,r,m,5", results={"net": "m"})
    assert found.cases[0].results[0].values == {"seconds": 5.0}


def test_names_of_structures_for_the_whole_table(a_table) -> None:
    (case,) = a_table("case,reference,result", "1,r,m", reference_name="GTV", result_name="*").cases
    assert case.reference.names == ("GTV",) and case.results[0].mask.names == ("*",)


def test_a_table_of_metrics(a_table) -> None:
    found = a_table(
        "case,model,DSC,HD,mine,volume_ml,where,against",
        "1,A,0.9,inf,2,5,wall,",
        "1,B,NA,,3,5,wall,A",
        columns={"method": "model", "dice": "DSC", "hd95_max_mm": "HD"},
        config=CohortConfig(metrics=("dice", "mine"), group_by=("where", "volume_ml")),
    )
    first, second = found.rows
    assert first.values == {"dice": 0.9, "hd95_max_mm": math.inf, "mine": 2.0, "volume_ml": 5.0}
    assert first.groups == {"where": "wall"} and first.against == "reference"
    assert second.values == {"mine": 3.0, "volume_ml": 5.0} and second.against == "A"
    assert found.cases == () and len(found.sha256) == 64


def test_readers_need_no_reference(a_table) -> None:
    found = a_table("case,method,result", "1,Dr1,a", "1,Dr2,b", config=CohortConfig(readers=("Dr1",)))
    assert found.cases[0].reference is None and len(found.cases[0].results) == 2


BAD = [
    (("patient,dice", "1,0.5"), {}, r"cohort.csv: expected a column of .* \(patient, dice\), got 'case'; name it"),
    (("case,dice", "1,0.5"), {"columns": {"dice": "DSC"}}, "--column dice: expected a column of .*, got 'DSC'"),
    (("case,dice", "1,0.5"), {"columns": {"dise": "dice"}}, "--column: expected a name such as case, .* got 'dise'"),
    (("case,dice", "1,0.5"), {"results": {"A": "mask"}}, "--result A: expected a column of .* got 'mask'"),
    (("case,dice", "1,0.5"), {"lungs": {"left": "l"}}, "--lung left: expected a column of .* got 'l'"),
    (("case,result", "1,a.nii"), {}, "cohort.csv: expected a column of .* got 'reference'; name it with --column ref"),
    (("case,where", "1,wall"), {}, "expected a column of masks .* or of metrics"),
    (("case,time_days,event", "1,5,1"), {}, "expected a column of masks .* or of metrics"),
    (("case,dice", ), {}, "cohort.csv: expected a row a case, got none"),
    (("case,dice", ",0.5"), {}, "cohort.csv row 1: expected a case, got an empty cell"),
    (("case,reference,result", ",r,m"), {}, "cohort.csv row 1: expected a case, got an empty cell"),
    (("case,dice", "1,good"), {}, "cohort.csv case 1, dice: expected a number such as 0.85, got 'good'"),
    (("case,dice,event", "1,0.5,2"), {}, "cohort.csv case 1, event: expected 0 or 1, got '2'"),
    (("case,dice,time_days", "1,0.5,-3"), {}, "case 1, time_days: expected a number of at least 0, got '-3'"),
    (("case,method,dice", "1,A,0.5", "1,A,0.6"), {}, "expected each case and method once, got case 1, method A twice"),
    (("case,method,reference,result", "1,A,r,m", "1,A,r,n"), {}, "each case and method once, got case 1, method A"),
    (("case,session,reference,result", "1,2,r,m", "1,2,r,n"), {}, "got case 1, method result, session 2 twice"),
    (("case,method,reference,result", "1,A,r,m", "1,B,q,n"), {}, "case 1: expected one reference and image, got sev"),
    (("case,reference,result", "1,,m"), {}, "case 1, reference: expected a mask, got an empty cell; write none where"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "form", "said"), BAD)
def test_refuses_with_one_line(a_table, lines, form, said) -> None:
    with pytest.raises(InputError, match=said):
        a_table(*lines, **form)


def test_unknown_groups_are_refused_before_anything_is_computed(a_table) -> None:
    config = CohortConfig(group_by=("nothing",))
    for lines in (("case,dice", "1,0.5"), ("case,reference,result", "1,r,m")):
        with pytest.raises(InputError, match="--group-by: expected one of case, .*, got 'nothing'"):
            a_table(*lines, config=config)
    with pytest.raises(InputError, match="--group-by volume_ml: expected a column of another name"):
        a_table("case,reference,result,volume_ml", "1,r,m,5", config=CohortConfig(group_by=("volume_ml",)))
    found = a_table("case,reference,result,tumours", "1,r,m,2", config=CohortConfig(group_by=("tumours",)))
    assert found.cases[0].groups == {"tumours": "2"}
