"""A result's key counts what the result depends on, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oncologyai.batch.execute import execute_task, result_key
from oncologyai.batch.fingerprint import Fingerprints
from oncologyai.batch.step import checked_arguments
from oncologyai.batch.store import Store
from oncologyai.batch.task import Outcome, Task


@pytest.fixture
def key_of(letters):
    """The key of counting a file's letters."""

    def key(step=letters.step, **arguments: object) -> str:
        given = {"text": letters.folder / "a.txt", "log": "log", **arguments}
        return result_key(step, checked_arguments(step, given), Fingerprints())[0]

    letters.case("a", "xyz")
    return key


def test_what_counts_and_what_does_not(letters, key_of, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of()
    assert key == key_of(factor=1), "a default that is said"
    assert key == key_of(factor="1"), "text that means the same"
    letters.case("b", "xyz")
    assert key == key_of(text=letters.folder / "b.txt"), "another name"
    (letters.folder / "b.nrrd").write_text("xyz")
    assert key != key_of(text=letters.folder / "b.nrrd"), "another ending, which readers go by"
    letters.case("b", "xyzz")
    assert key != key_of(text=letters.folder / "b.txt"), "other content"
    assert key != key_of(factor=2), "another setting"
    assert key != key_of(step=replace(letters.step, version=2)), "another version of the step"
    assert key != key_of(step=replace(letters.step, depends="letter_steps:whole")), "what the step says"
    monkeypatch.setattr("oncologyai.__version__", "999")
    assert key != key_of(), "another version of the library"


def test_endings_of_two_parts_count_whole_and_dots_of_a_name_do_not(letters, key_of) -> None:
    for name in ("a.nii.gz", "b.nii.gz", "b.gz", "p.1.seg.nrrd", "p.2.seg.nrrd", "p.nrrd"):
        (letters.folder / name).write_text("xyz")
    keys = {name: key_of(text=letters.folder / name) for name in ("a.nii.gz", "b.nii.gz", "b.gz")}
    assert keys["a.nii.gz"] == keys["b.nii.gz"] != keys["b.gz"]
    keys = {name: key_of(text=letters.folder / name) for name in ("p.1.seg.nrrd", "p.2.seg.nrrd", "p.nrrd")}
    assert keys["p.1.seg.nrrd"] == keys["p.2.seg.nrrd"] != keys["p.nrrd"]


def test_an_outcome_and_a_task_survive_json(letters, tmp_path: Path) -> None:
    case = letters.case("a", "xyz")
    arguments = {"text": str(case.arguments["text"]), "log": str(letters.log)}
    task = Task(7, letters.step, arguments, str(tmp_path / "store"))
    assert Task.from_json(task.to_json()) == task
    outcome = execute_task(task)
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert (outcome.task, outcome.failure, outcome.reused, len(outcome.files)) == (7, "", False, 1)
    assert Store(tmp_path / "store").find(outcome.key) is not None
    again = execute_task(replace(task, known=outcome.files))
    assert (again.key, again.reused, again.files) == (outcome.key, True, ())


def test_a_step_that_fails_leaves_no_draft(letters, tmp_path: Path) -> None:
    case = letters.case("a", "fault")
    task = Task(1, letters.step, {"text": str(case.arguments["text"]), "log": str(letters.log)}, str(tmp_path / "s"))
    outcome = execute_task(task)
    assert (outcome.failure, outcome.reason) == ("fault", "ZeroDivisionError: nobody thought of this")
    assert "ZeroDivisionError" in outcome.trace
    assert not list((tmp_path / "s" / "drafts").iterdir()) and not list((tmp_path / "s" / "locks").iterdir())
