"""Masks compared case by case: what is read, kept, resumed, and listed as failed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import CancelledError
from oncologyai.imaging import write_masks, write_rtstruct, write_volume
from oncologyai.pipelines import CohortConfig, evaluate_case
from oncologyai.progress import Silent
from oncologyai.types import Mask, Volume
from oncologyai.workflows.cohort_cases import compare_cases
from oncologyai.workflows.cohort_table import TableForm, read_cohort


@pytest.fixture
def some_masks(tmp_path, a_ball):
    """The ball, the ball moved by one and by two slices, and a label map of zeros."""
    for name, shift in (("ref", 0), ("one", 1), ("two", 2)):
        write_masks([replace(a_ball, array=np.roll(a_ball.array, shift, axis=0))], tmp_path / f"{name}.nrrd")
    write_volume(Volume(np.zeros(a_ball.shape, np.uint8), a_ball.ijk_to_ras), tmp_path / "zeros.nrrd")
    return tmp_path


@pytest.fixture
def compare(some_masks):
    """A function that compares the cases of some lines."""

    def call(*lines: str, config: CohortConfig | None = None, progress=None, **form):
        path = some_masks / "cohort.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = config or CohortConfig()
        table = read_cohort(path, TableForm(**form), config)
        return compare_cases(table, some_masks / "store", config, progress=progress or Silent())

    return call


def test_rows_hold_what_was_computed_and_what_the_table_gives(compare, a_ball) -> None:
    report = compare("case,patient,method,reference,result,seconds", "1,p,A,ref.nrrd,one.nrrd,7")
    (row,) = report.rows
    moved = replace(a_ball, array=np.roll(a_ball.array, 1, axis=0))
    expected = evaluate_case(a_ball, moved)
    assert row.values == pytest.approx({**expected.values, "seconds": 7.0}, nan_ok=True)
    assert (row.case, row.patient, row.method, row.against) == ("1", "p", "A", "reference")
    assert report.slice_dices["A"] == pytest.approx(expected.slice_dices) and report.failures == ()


def test_nothing_there_and_nothing_found_are_empty_masks(compare) -> None:
    report = compare(
        "case,reference,A,B", "1,none,none,zeros.nrrd", "2,zeros.nrrd,one.nrrd,none", "3,ref.nrrd,none,zeros.nrrd",
        results={"A": "A", "B": "B"},
    )  # fmt: skip
    dices = {(row.case, row.method): row.value("dice") for row in report.rows}
    assert dices == {("1", "A"): 1, ("1", "B"): 1, ("2", "A"): 0, ("2", "B"): 1, ("3", "A"): 0, ("3", "B"): 0}
    units = {(u.case, u.method): (u.positive, u.found) for u in report.units}
    assert units["1", "A"] == (False, False) and units["2", "A"] == (False, True) and units["3", "B"] == (True, False)


def test_structures_of_a_set_are_named_or_united(compare, some_masks, a_series, a_ball) -> None:
    volume = a_series(some_masks / "ct")
    half = a_ball.array.copy()
    half[:10] = False
    write_rtstruct(
        [replace(a_ball, array=half, label="GTV-1"), replace(a_ball, array=a_ball.array & ~half, label="GTV-2")],
        volume, some_masks / "rs.dcm",
    )  # fmt: skip
    lines = ["case,image,reference,result"]
    lines += [f"{n},ct,rs.dcm{names},ref.nrrd" for n, names in enumerate(("::GTV-1;GTV-2", "::*", "", "::GTV-3"))]
    report = compare(*lines)
    assert [row.value("dice") for row in report.rows] == [1.0, 1.0]
    reasons = {failure.case: failure.reason for failure in report.failures}
    assert "rs.dcm: expected one structure, got 2 (GTV-1, GTV-2); name it in the table, or *" in reasons["2"]
    assert "'GTV-3'" in reasons["3"]


def test_failures_are_listed_with_their_reason_and_the_rest_goes_on(compare, some_masks, a_ball) -> None:
    (some_masks / "damaged.nrrd").write_bytes(b"NRRD0004\nnothing")
    write_masks([Mask(np.ones((3, 3, 3), bool), a_ball.ijk_to_ras)], some_masks / "small.nrrd")
    report = compare(
        "case,reference,A,B",
        "1,damaged.nrrd,one.nrrd,two.nrrd",
        "2,ref.nrrd,damaged.nrrd,one.nrrd",
        "3,ref.nrrd,absent.nrrd,small.nrrd",
        "4,ref.nrrd,one.nrrd,two.nrrd",
        results={"A": "A", "B": "B"},
    )
    assert [(row.case, row.method) for row in report.rows] == [("2", "B"), ("4", "A"), ("4", "B")]
    assert [(f.case, f.method) for f in report.failures] == [("1", ""), ("2", "A"), ("3", "A"), ("3", "B")]
    assert report.failures[2].reason == "absent.nrrd: expected a file or folder of masks, got nothing there"
    assert "3x3x3" in report.failures[3].reason and str(some_masks) not in "".join(f.reason for f in report.failures)


def test_pairs_with_readers_and_repetitions(compare, a_ball) -> None:
    report = compare(
        "case,method,session,reference,result",
        "1,Dr1,a,ref.nrrd,ref.nrrd",
        "1,Dr1,b,ref.nrrd,one.nrrd",
        "1,Dr2,a,ref.nrrd,two.nrrd",
        "1,net,,ref.nrrd,one.nrrd",
        "1,net2,,ref.nrrd,two.nrrd",
        config=CohortConfig(readers=("Dr1", "Dr2")),
    )
    pairs = {(r.against, r.against_session, r.method, r.session): r for r in report.rows if r.against != "reference"}
    assert list(pairs) == [
        ("Dr1", "a", "Dr1", "b"), ("Dr1", "a", "Dr2", "a"), ("Dr1", "a", "net", ""), ("Dr1", "a", "net2", ""),
        ("Dr2", "a", "net", ""), ("Dr2", "a", "net2", ""),
    ]  # fmt: skip
    moved = Mask.on(a_ball, np.roll(a_ball.array, 1, axis=0))
    assert pairs["Dr1", "a", "Dr1", "b"].value("dice") == pytest.approx(evaluate_case(a_ball, moved).values["dice"])
    assert pairs["Dr2", "a", "net2", ""].value("dice") == 1.0
    assert len(report.slice_dices["Dr1"]) == 11 or len(report.slice_dices["Dr1"]) == 12  # the first contour alone


def test_readers_without_a_reference_are_compared_with_each_other(compare) -> None:
    lines = ("case,method,result,seconds", "1,Dr1,ref.nrrd,60", "1,Dr2,one.nrrd,90")
    report = compare(*lines, config=CohortConfig(readers=("Dr1", "Dr2")))
    assert [(r.method, r.against) for r in report.rows] == [("Dr1", "reference"), ("Dr2", "reference"), ("Dr2", "Dr1")]
    assert report.rows[0].values == {"seconds": 60.0} and report.units == ()


def test_detection_by_lung_and_by_score(compare, some_masks, a_ball) -> None:
    halves = [np.zeros(a_ball.shape, bool) for _ in range(2)]
    halves[0][:, :, :2], halves[1][:, :, 2:] = True, True
    for name, array in zip(("left", "right"), halves, strict=True):
        write_masks([replace(a_ball, array=array)], some_masks / f"{name}.nrrd")
    values = np.where(a_ball.array, 0.7, 0.2).astype(np.float32)
    write_volume(Volume(values, a_ball.ijk_to_ras, unit="probability"), some_masks / "p.nii.gz")
    report = compare(
        "case,reference,result,l,r,probability", "1,ref.nrrd,one.nrrd,left.nrrd,right.nrrd,p.nii.gz",
        lungs={"left": "l", "right": "r"},
    )  # fmt: skip
    left, right = report.units
    assert (left.unit, left.positive, left.found, right.positive, right.found) == ("left", False, False, True, True)
    assert (left.score, right.score) == pytest.approx((0.2, 0.7))
    failed = compare("case,reference,result,l", "1,ref.nrrd,one.nrrd,gone.nrrd", lungs={"left": "l"})
    assert failed.rows == failed.units == () and failed.slice_dices == {} and len(failed.failures) == 1
    scored = compare("case,reference,result,score", "1,ref.nrrd,one.nrrd,0.4")
    assert scored.units[0].score == 0.4


def test_cases_done_are_not_computed_again_until_something_changes(compare, some_masks, monkeypatch, a_ball) -> None:
    lines = ["case,method,reference,result,seconds", "1,A,ref.nrrd,one.nrrd,3", "2,A,ref.nrrd,two.nrrd,3"]
    first = compare(*lines)
    assert first.kept == 0 and len(list((some_masks / "store").iterdir())) == 2

    def fails(*_args, **_more):
        raise AssertionError("computed again")

    monkeypatch.setattr("oncologyai.workflows.cohort_cases.evaluate_case", fails)
    lines[1] = lines[1].replace(",3", ",4")  # what the table gives is not kept
    again = compare(*lines)
    assert again.kept == 2 and again.rows[0].value("seconds") == 4.0
    assert again.rows[1].values == pytest.approx(first.rows[1].values, nan_ok=True)
    monkeypatch.undo()
    write_masks([a_ball], some_masks / "two.nrrd")
    changed = compare(*lines)
    assert changed.kept == 1 and changed.rows[1].value("dice") == 1.0
    assert compare(*lines, config=CohortConfig(tolerance_mm=5.0)).kept == 0


def test_a_damaged_kept_file_and_a_failed_case_are_computed_again(compare, some_masks, a_ball) -> None:
    lines = ("case,reference,result", "1,ref.nrrd,one.nrrd", "2,ref.nrrd,late.nrrd")
    assert len(compare(*lines).failures) == 1
    (kept,) = (some_masks / "store").iterdir()
    kept.write_text(kept.read_text()[:50])
    write_masks([a_ball], some_masks / "late.nrrd")
    report = compare(*lines)
    assert report.kept == 0 and report.failures == () and len(report.rows) == 2
    assert json.loads(kept.read_text())["rows"]


def test_a_cancelled_cohort_keeps_the_cases_done(compare, some_masks) -> None:
    class AfterTwo(Silent):
        seen = 0

        def stage(self, name: str, share: float) -> None:
            self.seen += name.startswith("case 3")

        def cancelled(self) -> bool:
            return self.seen > 0

    lines = ("case,reference,result", *(f"{n},ref.nrrd,one.nrrd" for n in range(4)))
    with pytest.raises(CancelledError):
        compare(*lines, progress=AfterTwo())
    assert len(list((some_masks / "store").iterdir())) == 2
    assert compare(*lines).kept == 2
