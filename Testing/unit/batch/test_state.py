"""The state keeps plans, attempts and hashes, and lets nobody misread it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from oncologyai.batch import STATE_FILE, State, Step
from oncologyai.batch.fingerprint import KnownFile
from oncologyai.batch.plan import Plan, PlannedTask
from oncologyai.batch.references import OutputReference
from oncologyai.batch.task import Outcome
from oncologyai.errors import InputError, MissingFileError, OutputError

STEP = Step("s", "m:f", {"o": "o.txt"})


def plan(*cases: str, **changes: object) -> Plan:
    tasks = []
    for case in cases:
        tasks.append(PlannedTask(case, "one", {"x": case}))
        tasks.append(PlannedTask(case, "two", {}, {"y": OutputReference("one", "o", "/a")}))
    content = {"name": "b", "steps": {"one": STEP, "two": STEP}, "cases": {case: {"p": case} for case in cases}}
    return Plan(**{**content, "tasks": tuple(tasks), "gather": "two", **changes})  # type: ignore[arg-type]


def test_gives_back_the_plan_it_was_given(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.plan(plan("a", "b"))
    with State(tmp_path, must_exist=True) as state:
        assert state.stored_plan("b") == plan("a", "b")
        assert state.batches() == ("b",)
        assert [task.needs for task in state.tasks("b")] == [(), ("one",)] * 2


def test_a_task_goes_from_waiting_to_its_end_and_its_attempts_are_counted(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.plan(plan("a"))
        first, second = (task.id for task in state.tasks("b"))
        state.start(first)
        state.release(Outcome(task=first, failure="crash", reason="died", worker="m:1"))
        assert state.tasks("b", "waiting")[0].reason == "died"
        state.start(first)
        state.finish(Outcome(task=first, key="k", worker="m:2", seconds=1.5))
        state.start(second)
        assert state.counts("b") == {"waiting": 0, "running": 1, "done": 1, "failed": 0, "cancelled": 0}
        state.cancel("b")
        task = state.tasks("b", "done")[0]
        assert (task.attempts, task.key, task.worker, task.seconds, task.reason) == (2, "k", "m:2", 1.5, "")
        assert list(state.attempts("b")) == [
            ("a", "one", 1, "crash", "m:1"), ("a", "one", 2, "", "m:2"), ("a", "two", 1, None, None),
        ]  # fmt: skip
        assert state.tasks("b", "cancelled")[0].step == "two"


def test_planning_again_keeps_failures_of_the_input_and_drops_cases_that_are_gone(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.plan(plan("a", "b"))
        for task in state.tasks("b"):
            state.start(task.id)
            state.finish(Outcome(task=task.id, key="k", failure="input", reason="bad"))
        state.plan(plan("b", "c"))
        rows = state.tasks("b")
        assert [(t.case, t.state, t.key, t.failure) for t in rows if t.step == "one"] == [
            ("b", "waiting", "k", "input"), ("c", "waiting", "", ""),
        ]  # fmt: skip
        state.finish(Outcome(task=rows[0].id, key="k", failure="input", reason="bad"))
        assert state.forget_failures("b") == 1
        assert state.tasks("b")[0].key == ""


def test_hashes_of_a_folder_are_those_below_it_alone(tmp_path: Path) -> None:
    files = [KnownFile(path, 1, 2, "h") for path in ("/d/a", "/d/deep/b", "/d-other/c", "/d", "/d0")]
    with State(tmp_path) as state:
        state.remember(files)
        state.remember([KnownFile("/d/a", 3, 4, "new")])
        assert sorted(state.known_files("/d")) == [KnownFile("/d", 1, 2, "h"), KnownFile("/d/a", 3, 4, "new"), files[1]]


def test_refuses_what_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=f"expected the folder of a batch, got one without {STATE_FILE}"):
        State(tmp_path, must_exist=True)
    assert not (tmp_path / STATE_FILE).exists()
    (tmp_path / STATE_FILE).write_text("no database, but a text that is long enough to be looked at" * 9)
    with pytest.raises(OutputError, match="expected a state that can be written, got file is not a database"):
        State(tmp_path)


def test_refuses_the_form_of_another_version(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / STATE_FILE)) as base:
        base.execute("pragma user_version = 99")
        base.commit()
    with pytest.raises(InputError, match="expected a state of form 1, got form 99; use a new folder"):
        State(tmp_path)
